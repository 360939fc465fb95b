"""What is refused of clean-up rounds."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class RoundNotFoundError(DomainError):
    code = "ROUND_NOT_FOUND"
    message_zh = "没有该清理轮次。"
    message_en = "There is no such clean-up round."


class RoundNotAllowedError(DomainError):
    code = "ROUND_NOT_ALLOWED"
    message_zh = "清理轮次由目录编辑人员开展并作决定，由目录发布人员结束，且限于其管辖区划。"
    message_en = "Catalog editors open and decide a round, a publisher closes it, within the role."


class RoundAlreadyOpenError(DomainError):
    code = "ROUND_ALREADY_OPEN"
    message_zh = "第 {number} 轮清理尚未结束，不能再开一轮。"
    message_en = "Round {number} is not closed yet; a second one can't be opened beside it."


class RoundClosedError(DomainError):
    code = "ROUND_CLOSED"
    message_zh = "第 {number} 轮清理已结束，其决定不再更改。"
    message_en = "Round {number} is closed; its decisions never change again."


class RoundTextError(DomainError):
    code = "ROUND_TEXT_INVALID"
    message_zh = "此项为空、过长，或含有不能保存的字符。"
    message_en = "This is empty, too long, or holds what can't be kept."


class RoundTargetError(ReasonedError):
    """What a decision leads to can't be; ``matter`` is the one decided on."""

    code = "ROUND_TARGET_INVALID"
    message_zh = "不能这样决定：{because}。"
    message_en = "This can't be decided: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "NO_LEVEL": (
            "“{matter}”须写明由市、县、乡哪一级办理",
            "it must name the level that handles {matter}: city, county or township",
        ),
        "NOTHING_MOVES": ("“{matter}”已由该级办理", "that level handles {matter} already"),
        "ITSELF": ("“{matter}”不能并入自身", "{matter} isn't merged into itself"),
        "NOT_IN_FORCE": (
            "“{matter}”拟并入的事项（{target}）不在现行目录中",
            "what {matter} is to be merged into ({target}) is not in force",
        ),
        "TARGET_ENDS": (
            "“{matter}”拟并入的事项（{target}）在本轮中取消或者并入其他事项",
            "what {matter} is to be merged into ({target}) ends itself in this round",
        ),
        "TAKES_OTHERS_IN": (
            "本轮中有其他事项并入“{matter}”",
            "others are merged into {matter} in this round",
        ),
        "NO_TARGET": ("这一决定不带去向", "this decision leads to nothing"),
    }


class RoundUndecidedError(DomainError):
    """Matters wait for a decision; ``first`` lists some of them."""

    code = "ROUND_UNDECIDED"
    message_zh = "还有 {count} 项未作决定（{first}）：没有明确规定保留的一律取消。"
    message_en = (
        "{count} matters are not decided on ({first}): what no provision keeps is cancelled."
    )


class RoundEmptyError(DomainError):
    code = "ROUND_EMPTY"
    message_zh = "本轮尚未作出任何决定，不能结束。"
    message_en = "Nothing was decided in this round yet; it can't be closed."


class RoundMattersError(DomainError):
    """Matters keep a round from being closed; ``first`` lists some of them."""


class RoundMattersChangedError(RoundMattersError):
    """What a decision rests on is another now; it must be decided again."""

    code = "ROUND_MATTERS_CHANGED"
    message_zh = "作出决定之后，{count} 项已有新版本或者不再有效（{first}），请重新决定。"
    message_en = (
        "{count} matters have another version in force, or none, since they were decided on "
        "({first}); decide again."
    )


class RoundMattersInWorkError(RoundMattersError):
    """A draft in work would undo what the round decides when it is published."""

    code = "ROUND_MATTERS_IN_WORK"
    message_zh = "{count} 项还有未发布的草稿（{first}），请先发布或者放弃。"
    message_en = "{count} matters have drafts in work ({first}); publish or discard these first."


class RoundMattersNeededError(RoundMattersError):
    """Matters that stay have one that ends as a precondition."""

    code = "ROUND_MATTERS_NEEDED"
    message_zh = "{count} 项仍以拟取消或者合并的事项为前置条件（{first}），请先修订。"
    message_en = "{count} matters wait for the result of one that is to end ({first}); revise them."
