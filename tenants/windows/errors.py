"""What the register of windows refuses."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class AreaNotFoundError(DomainError):
    code = "SERVICE_AREA_NOT_FOUND"
    message_zh = "本中心没有该服务区。"
    message_en = "The center has no such service area."


class AreaExistsError(DomainError):
    code = "SERVICE_AREA_EXISTS"
    message_zh = "已有代码为“{area}”的服务区。"
    message_en = "There is a service area {area} already."


class AreaInUseError(DomainError):
    code = "SERVICE_AREA_IN_USE"
    message_zh = "该服务区还有开放的窗口，请先关闭或迁移。"
    message_en = "The service area still has open windows; close or move them first."


class WindowNotFoundError(DomainError):
    code = "WINDOW_NOT_FOUND"
    message_zh = "本中心没有该窗口，或已关闭。"
    message_en = "The center has no such window, or it is closed."


class WindowExistsError(DomainError):
    code = "WINDOW_EXISTS"
    message_zh = "已有代码为“{window}”的窗口。"
    message_en = "There is a window {window} already."


class WindowDepartmentError(DomainError):
    code = "WINDOW_DEPARTMENT_REQUIRED"
    message_zh = "部门窗口须注明部门，综合窗口不属于任何部门。"
    message_en = "A department's window names its department; an integrated one has none."


class NotSeatedError(DomainError):
    code = "NOT_SEATED"
    message_zh = "该人员现不在任何窗口。"
    message_en = "This member sits at no window now."


class SeatDepartmentError(DomainError):
    code = "SEAT_OF_ANOTHER_DEPARTMENT"
    message_zh = "部门窗口只能由该部门派驻的人员值守。"
    message_en = "Only members posted by a window's department sit at it."


class OfficeTermsInvalidError(ReasonedError):
    code = "OFFICE_TERMS_INVALID"
    message_zh = "办公与计时规则有误：{because}"
    message_en = "The office terms are wrong: {because}"
    because: ClassVar = {
        "HOURS": (
            "上午、下午的起止时间须依次相接。",
            "the hours of morning and afternoon must follow each other.",
        ),
        "YELLOW": ("黄灯比例须为 1 至 100。", "the lamp turns yellow at 1 to 100 percent."),
        "REPLY": (
            "督办回复期限须为 1 至 {limit} 个工作日。",
            "an urging is answered within 1 to {limit} working days.",
        ),
        "DEBT": (
            "容缺材料补交期限须为 1 至 {limit} 个工作日。",
            "what may follow comes within 1 to {limit} working days.",
        ),
        "LEASE": (
            "待办认领时长须为 {least} 至 {limit} 分钟。",
            "who takes a task holds it for {least} to {limit} minutes.",
        ),
        "COMMITMENT": (
            "承诺核查期限须为 1 至 {limit} 个工作日。",
            "a commitment is verified within 1 to {limit} working days.",
        ),
    }
