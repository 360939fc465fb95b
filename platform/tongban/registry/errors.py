"""What the registry refuses."""

from tongban.kernel.errors import DomainError


class UnknownDivisionError(DomainError):
    code = "DIVISION_NOT_FOUND"
    message_zh = "{as_of} 没有代码为“{code}”的行政区划。"
    message_en = "There was no division {code} on {as_of}."


class OnboardNotAllowedError(DomainError):
    code = "CENTERS_ONBOARD_NOT_ALLOWED"
    message_zh = "只有登记管理员可以接入政务服务中心，且限于其管辖区划。"
    message_en = "Only a registrar may onboard centers, within the division of the role."


class OnboardingNotFoundError(DomainError):
    code = "ONBOARDING_NOT_FOUND"
    message_zh = "没有该接入任务。"
    message_en = "There is no such onboarding."


class CenterNotFoundError(DomainError):
    code = "CENTER_NOT_FOUND"
    message_zh = "没有代码为“{center}”的政务服务中心。"
    message_en = "There is no center with the code {center}."


class SuspendNotAllowedError(DomainError):
    code = "CENTER_SUSPEND_NOT_ALLOWED"
    message_zh = "只有登记管理员可以暂停或恢复政务服务中心。"
    message_en = "Only a registrar may suspend or resume a center."


class CenterNotReadyError(DomainError):
    code = "CENTER_NOT_READY"
    message_zh = "“{center}”尚未接入完成，不能暂停或恢复。"
    message_en = "Center {center} is still being onboarded; it can't be suspended or resumed."


class ReasonRequiredError(DomainError):
    code = "REASON_REQUIRED"
    message_zh = "请填写原因。"
    message_en = "Give a reason."


class TooManyCentersError(DomainError):
    code = "TOO_MANY_CENTERS"
    message_zh = "一次最多接入 {limit} 个中心，请分批进行。"
    message_en = "At most {limit} centers can be onboarded in one request."


class DelegateNotAllowedError(DomainError):
    code = "JURISDICTION_DELEGATE_NOT_ALLOWED"
    message_zh = "只有登记管理员可以设定同城办理，且限于其管辖区划。"
    message_en = "Only a registrar may delegate jurisdiction, within the division of the role."


class DistrictNotBelowError(DomainError):
    code = "DISTRICT_NOT_BELOW"
    message_zh = "“{district}”不是“{city}”直接下辖的中心。"
    message_en = "Center {district} is not right below {city}."


class DelegatedElsewhereError(DomainError):
    code = "DELEGATED_ELSEWHERE"
    message_zh = "“{district}”的事项“{matter}”已由“{city}”办理。"
    message_en = "Matter {matter} of {district} is handled by {city} already."
