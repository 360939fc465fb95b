"""What a content that is to be published must not have, or must."""

from tongban.kernel.calendar import LimitUnit
from tongban.kernel.errors import DomainError

_UNITS = {
    LimitUnit.WORKING_DAY: ("个工作日", "working days"),
    LimitUnit.CALENDAR_DAY: ("个自然日", "calendar days"),
    LimitUnit.WORKING_HOUR: ("个工作小时", "working hours"),
}
"""Time units as a text says them, in zh-Hans and in en."""


class PromiseError(DomainError):
    """A promise is too long; ``amount`` and ``unit`` say how long it may be."""

    def message(self, language: str) -> str:
        """Return the text for people in ``zh-Hans`` (default) or ``en``."""
        is_english = language == "en"
        limit = ""
        if "unit" in self.params:
            chinese, english = _UNITS[LimitUnit(self.params["unit"])]
            amount = self.params["amount"]
            limit = f" ({amount} {english})" if is_english else f"（{amount} {chinese}）"
        return (self.message_en if is_english else self.message_zh).format(limit=limit)


class UnpublishableError(DomainError):
    """A content fails the checks; ``faults`` lists all of them, the error is about the first."""


class NoLegalBasisError(UnpublishableError):
    code = "NO_LEGAL_BASIS"
    message_zh = "“{subject}”没有设定依据：每一个条件、材料和收费都须于法有据。"
    message_en = "“{subject}” has no legal basis: each condition, material and fee needs one."


class NoServiceLineError(UnpublishableError):
    code = "NO_SERVICE_LINE"
    message_zh = "未注明属于行政审批、公共资源交易还是便民服务。"
    message_en = "It is not said whether this is approval, trading or convenience."


class PromiseOverStatutoryError(PromiseError, UnpublishableError):
    code = "PROMISE_OVER_STATUTORY"
    message_zh = "承诺时限不得超过法定时限{limit}。"
    message_en = "The promised limit must not be longer than the statutory one{limit}."


class ForbiddenElementError(UnpublishableError):
    code = "FORBIDDEN_ELEMENT"
    message_zh = "不得再要求“{subject}”（{document}）。"
    message_en = "“{subject}” must not be asked for any more ({document})."


class MatterIncompleteError(UnpublishableError):
    code = "MATTER_INCOMPLETE"
    message_zh = "缺少要素或要素重复：{label}。"
    message_en = "An element is missing or repeated: {field}."


class AttachmentMissingError(UnpublishableError):
    code = "ATTACHMENT_MISSING"
    message_zh = "文件“{subject}”没有上传，不能发布。"
    message_en = "File “{subject}” was never uploaded; it can't be published."


class ChoicesInconsistentError(UnpublishableError):
    code = "CHOICES_INCONSISTENT"
    message_zh = (
        "情形与问题前后不一致：{label}“{subject}”不存在、重复、"
        "排在引用它的问题之后，或者任何选择都不会用到。"
    )
    message_en = (
        "Variants and questions don't agree: {field} “{subject}” is missing, repeated, stands "
        "behind the question that refers to it, or is what no choice leads to."
    )


class PreconditionCycleError(UnpublishableError):
    """取消互为前置: matters that wait for each other are never decided."""

    code = "PRECONDITION_CYCLE"
    message_zh = "事项互为前置：{subject}。"
    message_en = "Matters are preconditions of each other: {subject}."


class PreconditionCancelledError(UnpublishableError):
    code = "PRECONDITION_CANCELLED"
    message_zh = "“{subject}”作为该事项前置条件已经取消（{document}），不得恢复。"
    message_en = "{subject} was cancelled as a precondition ({document}) and must not come back."


class PreconditionUnknownError(UnpublishableError):
    code = "PRECONDITION_UNKNOWN"
    message_zh = "前置事项“{subject}”在该机关及其上级的现行目录中不存在。"
    message_en = "Precondition {subject} is no matter in force of the issuer or a division above."
