"""What stands between a decision and its delivery."""

from typing import ClassVar

from tongban.kernel.errors import ReasonedError


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
