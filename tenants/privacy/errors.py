"""What requests about one's own data refuse."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class DataRequestNotFoundError(DomainError):
    code = "DATA_REQUEST_NOT_FOUND"
    message_zh = "没有这项申请，或它不属于您。"
    message_en = "There is no such request of yours."


class DataRequestNotAllowedError(ReasonedError):
    code = "DATA_REQUEST_NOT_ALLOWED"
    message_zh = "不能提出该申请：{because}"
    message_en = "The request can't be made: {because}"
    because: ClassVar = {
        "REAL_NAME": ("请先完成实名认证。", "verify your identity first."),
        "NOTHING": (
            "本中心没有您的办件信息。",
            "this center has no case of yours.",
        ),
        "CORRECTION": (
            "更正须说明办件、项目和正确的内容，其他申请不填。",
            "a correction, and nothing else, names a case, what of it, and what is right.",
        ),
        "OPEN": ("您已提出过，尚在处理。", "yours is being handled already."),
        "ROLE": ("须由窗口代为提出。", "this is for a window."),
        "PERSON": ("须由自然人提出。", "only a natural person asks."),
        "CONSENT": ("须先告知个人信息处理规则。", "the privacy notice must be told first."),
        "AGENT": (
            "由他人代为提出的，须一并登记代办人的证件和授权委托书。",
            "who acts for the person shows a document and a deed, and both are recorded.",
        ),
    }


class DataRequestAnswerNotAllowedError(ReasonedError):
    code = "DATA_REQUEST_ANSWER_NOT_ALLOWED"
    message_zh = "不能答复该申请：{because}"
    message_en = "The request can't be answered: {because}"
    because: ClassVar = {
        "ROLE": ("须由管理办答复。", "this is for the management office."),
        "OWN": ("不得答复本人的申请。", "nobody answers a request of their own."),
        "STATE": ("已经答复过。", "it was answered already."),
        "ENTERED": ("代为提出的人不得答复。", "who entered it does not answer it."),
        "ORGANIZATION": (
            "该号码登记的是单位，不能同意。",
            "the number is that of an organization: it can't be granted.",
        ),
    }


class DataRequestRevealNotAllowedError(ReasonedError):
    code = "DATA_REQUEST_REVEAL_NOT_ALLOWED"
    message_zh = "不能查看完整内容：{because}"
    message_en = "It is not shown in full: {because}"
    because: ClassVar = {
        "ROLE": ("须由管理办查看。", "this is for the management office."),
        "OWN": ("不得处理本人的申请。", "nobody handles a request of their own."),
        "STATE": ("已经答复过，或没有更正内容。", "it was answered, or asks for no correction."),
        "ENTERED": ("代为提出的人不得处理。", "who entered it does not handle it."),
        "NOT_PRESENTED": ("没有登记该项。", "no window recorded that."),
    }


class DataRequestTextError(ReasonedError):
    code = "DATA_REQUEST_TEXT_INVALID"
    message_zh = "文字有误：{because}"
    message_en = "The text is wrong: {because}"
    because: ClassVar = {
        "LENGTH": ("不超过 {limit} 个字。", "it has at most {limit} characters."),
        "CHARACTER": ("不能含控制字符。", "it holds no control characters."),
        "EMPTY": ("须说明理由或用途。", "reason or purpose must be said."),
    }
