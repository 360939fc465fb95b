"""What the registry refuses."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


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


class CalendarNotAllowedError(DomainError):
    code = "CALENDAR_EDIT_NOT_ALLOWED"
    message_zh = "只有全国范围的平台管理员可以维护工作日历。"
    message_en = "Only a platform operator of the whole country keeps the work calendar."


class CalendarFileError(ReasonedError):
    """``row`` counts from 1, the heading line included."""

    code = "CALENDAR_INVALID"
    message_zh = "工作日历有误：{because}"
    message_en = "The calendar is wrong: {because}"
    because: ClassVar = {
        "BASIS": ("须注明依据的通知或文件。", "the notice that it rests on must be named."),
        "EMPTY": ("没有任何日期。", "there is no day in it."),
        "DAY": ("第 {row} 行的日期不存在。", "row {row} names no day."),
        "WORK": ("第 {row} 行须写“休”或“班”。", "row {row} says neither off nor on."),
        "TWICE": ("第 {row} 行的日期已出现过。", "row {row} names a day for the second time."),
        "YEAR": ("第 {row} 行的日期不在该年。", "row {row} is of another year."),
        "ENCODING": ("文件须为 UTF-8 编码。", "the file is not UTF-8."),
    }
