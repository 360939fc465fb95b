"""What is refused because of what an applicant agreed to, or did not."""

from tongban.kernel.errors import DomainError


class NoticeUnknownError(DomainError):
    code = "PRIVACY_NOTICE_UNKNOWN"
    message_zh = "没有版本为“{version}”的个人信息处理告知书，现行版本为“{current}”。"
    message_en = "There is no privacy notice {version}; the present one is {current}."


class DeliveryNotConsentedError(DomainError):
    code = "DELIVERY_NOT_CONSENTED"
    message_zh = "申请人不同意电子送达，请以其他方式送达。"
    message_en = "The applicant does not agree to electronic delivery; choose another way."
