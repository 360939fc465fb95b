"""What is refused because of an applicant's say in their own data."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class NoticeUnknownError(DomainError):
    code = "PRIVACY_NOTICE_UNKNOWN"
    message_zh = "没有版本为“{version}”的个人信息处理告知书，现行版本为“{current}”。"
    message_en = "There is no privacy notice {version}; the present one is {current}."


class DeliveryNotConsentedError(DomainError):
    code = "DELIVERY_NOT_CONSENTED"
    message_zh = "申请人不同意电子送达，请以其他方式送达。"
    message_en = "The applicant does not agree to electronic delivery; choose another way."


class CorrectionNotAllowedError(ReasonedError):
    code = "CORRECTION_NOT_ALLOWED"
    message_zh = "不能更正：{because}"
    message_en = "It can't be corrected: {because}"
    because: ClassVar = {
        "DRAFT": ("草稿请直接修改后提交。", "a draft is simply changed."),
        "DECIDED": (
            "已作出决定，请按该事项的变更程序办理。",
            "the case is decided; apply for the result to be changed.",
        ),
    }
