"""What stands between a decision and its delivery."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class DecisionOutsideCenterError(DomainError):
    code = "DECISION_OUTSIDE_CENTER"
    message_zh = "“{department}”已进驻中心，只有派驻本中心的人员可以作决定；您没有派驻登记。"
    message_en = "{department} works in the center: only who is posted there decides; you are not."


class NotAuthorizedError(ReasonedError):
    """``reason`` is a key of ``because``; a deed is of one department and names its matters."""

    code = "NOT_AUTHORIZED"
    message_zh = "您不能决定该办件：{because}。"
    message_en = "You may not decide the case: {because}."
    because: ClassVar = {
        "MISSING": ("“{department}”没有授予您授权责任书", "{department} granted you no deed"),
        "REVOKED": (
            "“{department}”授予您的授权责任书已收回",
            "the deed that {department} granted you was revoked",
        ),
        "NOT_IN_FORCE": (
            "“{department}”授予您的授权责任书不在有效期内",
            "the deed that {department} granted you is not in force",
        ),
        "OUTSIDE": (
            "“{department}”授予您的授权责任书不包括该事项",
            "the deed that {department} granted you does not name the matter",
        ),
    }


class SealRequiredError(DomainError):
    code = "SEAL_REQUIRED"
    message_zh = "结果尚未加盖“{department}”在本中心的印章。"
    message_en = "The result lacks the seal that {department} keeps in the center."


class ResultSealedError(DomainError):
    code = "RESULT_SEALED"
    message_zh = "结果“{name}”已用印，名称和编号不能再改；如需更改请重新用印。"
    message_en = "{name} is sealed as it is; seal it anew to change its name or number."


class ResultDaysError(DomainError):
    code = "RESULT_DAYS_INVALID"
    message_zh = "有效期截止日期须晚于起始日期。"
    message_en = "A result is valid until a later day than from."


class TrackingNumberRequiredError(DomainError):
    code = "TRACKING_NUMBER_REQUIRED"
    message_zh = "邮寄送达须填写邮件号码，其他方式不填（最多 {limit} 字）。"
    message_en = "What is posted has a tracking number, and nothing else (at most {limit} letters)."


class CompletionLacksError(ReasonedError):
    """``reason`` is a key of ``because``: a case is complete with all of them only."""

    code = "COMPLETION_LACKS"
    message_zh = "不能办结：{because}。"
    message_en = "The case is not complete: {because}."
    because: ClassVar = {
        "DECISION": ("尚无决定", "it has no decision"),
        "SEAL": ("结果尚未用印", "its result is not sealed"),
        "FEE": ("尚有 {amount} 元未缴清", "{amount} yuan are still due"),
        "DEBT": ("容缺材料尚未补齐", "materials are still owed"),
        "PAPER": ("没有可送达的结果文书", "there is no paper of its result"),
    }
