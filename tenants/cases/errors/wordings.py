"""What wording papers refuses."""

from typing import ClassVar

from tongban.kernel.errors import ReasonedError


class PaperWordingInvalidError(ReasonedError):
    code = "PAPER_WORDING_INVALID"
    message_zh = "文书用语有误：{because}"
    message_en = "The wording is wrong: {because}"
    because: ClassVar = {
        "LENGTH": ("须为 1 至 {limit} 个字。", "it has 1 to {limit} characters."),
        "CHARACTER": ("不能含换行或控制字符。", "it holds no line breaks or control characters."),
        "BRACES": ("大括号须成对，内为占位符名称。", "braces come in pairs around a placeholder."),
        "PLACEHOLDER": (
            "不能使用占位符“{placeholder}”，可用：{allowed}。",
            "{placeholder} is no placeholder here; there are {allowed}.",
        ),
        "TEXT_ONCE": (
            "须恰好含一次占位符“text”：文书依法要说明的内容。",
            "it has the placeholder 'text' exactly once: what the law wants said.",
        ),
        "NO_OPENING": (
            "该文书没有开头语，只能添加说明。",
            "this paper has no opening sentence; notes may be added.",
        ),
        "NOTES": ("说明最多 {limit} 条。", "there are at most {limit} notes."),
    }
