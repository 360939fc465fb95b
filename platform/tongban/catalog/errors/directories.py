"""What is refused of published directories."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class DirectoryNotFoundError(DomainError):
    code = "DIRECTORY_NOT_FOUND"
    message_zh = "没有该目录（清单）版本。"
    message_en = "There is no such version of the directory."


class DirectoryKindUnknownError(DomainError):
    code = "DIRECTORY_KIND_UNKNOWN"
    message_zh = "没有名为“{kind}”的清单种类。"
    message_en = "There is no kind of list named {kind}."


class DirectoryDraftNotAllowedError(DomainError):
    code = "DIRECTORY_DRAFT_NOT_ALLOWED"
    message_zh = "只有目录编辑人员可以编制目录（清单），且限于其管辖区划。"
    message_en = "Only a catalog editor may draft directories, within the division of the role."


class DirectoryPublishNotAllowedError(DomainError):
    code = "DIRECTORY_PUBLISH_NOT_ALLOWED"
    message_zh = "只有目录发布人员可以公布目录（清单），且限于其管辖区划。"
    message_en = "Only a catalog publisher may publish directories, within the role's division."


class DirectoryPublishedError(DomainError):
    code = "DIRECTORY_ALREADY_PUBLISHED"
    message_zh = "第 {version} 版已公布，不再更改。"
    message_en = "Version {version} is published and never changes again."


class DirectoryDayError(DomainError):
    code = "DIRECTORY_DAY_INVALID"
    message_zh = "生效日 {day} 不得早于上一版的生效日 {earliest}。"
    message_en = "The effective day {day} must not lie before the former version's, {earliest}."


class DirectoryTextError(DomainError):
    code = "DIRECTORY_TEXT_INVALID"
    message_zh = "标题或说明过长，或含有不能保存的字符。"
    message_en = "The title or the note is too long, or holds what can't be kept."


class DirectoryEntryError(ReasonedError):
    """An entry is not what its kind needs; ``faults`` lists all that were found."""

    code = "DIRECTORY_ENTRY_INVALID"
    message_zh = "不能列入目录（清单）：{because}。"
    message_en = "It can't be listed: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "MISSING": ("第 {row} 条缺少必填内容", "entry {row} lacks something that it needs"),
        "NOT_TEXT": ("第 {row} 条有一项应为文字", "something of entry {row} must be text"),
        "TOO_LONG": ("第 {row} 条有一项内容过长", "something of entry {row} is too long"),
        "NOT_A_CODE": (
            "第 {row} 条的“{found}”不是有效代码",
            "“{found}” of entry {row} is no valid code",
        ),
        "NOT_A_FLAG": ("第 {row} 条有一项应为是或否", "something of entry {row} must be yes or no"),
        "NOT_MONEY": (
            "第 {row} 条的“{found}”不是金额",
            "“{found}” of entry {row} is no amount of money",
        ),
        "NOT_A_LIST": ("第 {row} 条有一项应为列表", "something of entry {row} must be a list"),
        "NOT_AN_OBJECT": ("第 {row} 条不是条目", "entry {row} is no entry"),
        "OUT_OF_RANGE": (
            "第 {row} 条的“{found}”超出范围",
            "“{found}” of entry {row} is out of range",
        ),
        "NOT_OF_THIS_KIND": (
            "第 {row} 条有该类清单没有的内容",
            "entry {row} has a field that lists of this kind have not",
        ),
        "REPEATED": (
            "第 {row} 条的编码“{found}”重复",
            "the code “{found}” of entry {row} is there twice",
        ),
        "TOO_MANY": ("条目过多（{found} 条）", "there are too many entries ({found})"),
    }


class DirectoryEmptyError(DomainError):
    code = "DIRECTORY_EMPTY"
    message_zh = "没有条目的目录（清单）不能公布。"
    message_en = "A directory without entries can't be published."


class DerivedKindError(DomainError):
    code = "DIRECTORY_NOT_DERIVABLE"
    message_zh = "只有审批项目目录可以由现行事项目录生成。"
    message_en = "Only the directory of approvals can be derived from the catalog in force."
