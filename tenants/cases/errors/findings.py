"""What answering a finding refuses."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class FindingNotFoundError(DomainError):
    code = "FINDING_NOT_FOUND"
    message_zh = "没有该问题记录，或您无权查看。"
    message_en = "There is no such finding, or you may not see it."


class FindingReplyNotAllowedError(ReasonedError):
    """``reason`` is a key of ``because``."""

    code = "FINDING_REPLY_NOT_ALLOWED"
    message_zh = "不能回复该问题记录：{because}。"
    message_en = "The finding can't be answered: {because}."
    because: ClassVar = {
        "ROLE": ("您的岗位没有该项权限", "your role does not permit it"),
        "REPLIED": ("已经回复过", "it was answered already"),
        "URGING": ("请回复第 {place} 次督办", "answer urging {place} of the case"),
        "RATING": ("请回复第 {place} 个评价的整改", "answer rating {place} of the case"),
    }
