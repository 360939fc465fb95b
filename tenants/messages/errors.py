"""What messages and their templates refuse."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class MessageNotFoundError(DomainError):
    code = "MESSAGE_NOT_FOUND"
    message_zh = "没有这条消息。"
    message_en = "There is no such message."


class MessageRetryNotAllowedError(ReasonedError):
    code = "MESSAGE_RETRY_NOT_ALLOWED"
    message_zh = "该消息不能重新发送：{because}"
    message_en = "The message can't be sent again: {because}"
    because: ClassVar = {
        "ROLE": ("须由管理办操作。", "this is for the management office."),
        "STATE": ("已发送，或仍在发送中。", "it was sent, or is still on its way."),
        "CONSENT": (
            "申请人不同意接收短信。",
            "the applicant does not agree to text messages.",
        ),
        "NO_GATEWAY": (
            "尚未配置短信网关，消息只保存在发件箱中。",
            "no gateway is set up; messages are kept in the outbox only.",
        ),
    }


class TemplateEditNotAllowedError(DomainError):
    code = "MESSAGE_TEMPLATE_EDIT_NOT_ALLOWED"
    message_zh = "只有管理办可以修改本中心的消息模板。"
    message_en = "Only the management office edits the center's templates of messages."


class TemplateInvalidError(ReasonedError):
    code = "MESSAGE_TEMPLATE_INVALID"
    message_zh = "消息模板有误：{because}"
    message_en = "The template is wrong: {because}"
    because: ClassVar = {
        "LENGTH": ("须为 1 至 {limit} 个字。", "it has 1 to {limit} characters."),
        "CHARACTER": ("不能含换行或控制字符。", "it holds no line breaks or control characters."),
        "BRACES": ("大括号须成对，内为占位符名称。", "braces come in pairs around a placeholder."),
        "PLACEHOLDER": (
            "不能使用占位符“{placeholder}”，可用：{allowed}。",
            "{placeholder!r} is no placeholder here; there are {allowed}.",
        ),
        "NUMBER_MISSING": (
            "须含办件编号占位符“number”。",
            "it must name the case by the placeholder 'number'.",
        ),
    }
