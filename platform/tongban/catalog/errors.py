"""What the catalog refuses."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.kernel.calendar import LimitUnit
from tongban.kernel.errors import DomainError, ReasonedError

_UNITS = {
    LimitUnit.WORKING_DAY: ("个工作日", "working days"),
    LimitUnit.CALENDAR_DAY: ("个自然日", "calendar days"),
    LimitUnit.WORKING_HOUR: ("个工作小时", "working hours"),
}
"""Time units as a text says them, in zh-Hans and in en."""


class MatterNotFoundError(DomainError):
    code = "MATTER_NOT_FOUND"
    message_zh = "目录中没有编码为“{matter}”的事项。"
    message_en = "The catalog has no matter {matter}."


class OfferingNotFoundError(DomainError):
    code = "OFFERING_NOT_FOUND"
    message_zh = "没有该实施清单。"
    message_en = "There is no such offering."


class NotOnListError(DomainError):
    """清单之外无审批: what is on no center's list is neither accepted nor published there."""

    code = "NOT_ON_LIST"
    message_zh = "“{center}”的清单中没有事项“{matter}”，清单之外无审批。"
    message_en = "Matter {matter} is not on the list of center {center}: it is not handled there."


class PublishNotAllowedError(DomainError):
    code = "MATTER_PUBLISH_NOT_ALLOWED"
    message_zh = "只有目录发布人员可以发布事项，且限于其管辖区划。"
    message_en = "Only a catalog publisher may publish matters, within the division of the role."


class RevisionNotFoundError(DomainError):
    code = "REVISION_NOT_FOUND"
    message_zh = "事项“{matter}”没有该版本。"
    message_en = "Matter {matter} has no such revision."


class RevisionStateError(ReasonedError):
    """What is to be done needs another state of the revision; ``status`` says where it stands."""

    message_zh = "{because}。"
    message_en = "{because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "draft": ("该版本尚未审核", "the revision is not reviewed yet"),
        "reviewed": ("该版本已审核，须先退回", "the revision is reviewed; return it first"),
        "published": ("该版本已发布", "the revision is published already"),
        "superseded": ("该版本已被取代", "the revision is superseded"),
    }


class RevisionNotEditableError(RevisionStateError):
    code = "REVISION_EDIT_NOT_ALLOWED"
    message_zh = "不能修改：{because}。"
    message_en = "It can't be edited: {because}."


class RevisionNotDiscardableError(RevisionStateError):
    code = "REVISION_DISCARD_NOT_ALLOWED"
    message_zh = "不能删除：{because}。"
    message_en = "It can't be discarded: {because}."


class RevisionNotReviewableError(RevisionStateError):
    code = "REVISION_REVIEW_NOT_ALLOWED"
    message_zh = "不能审核：{because}。"
    message_en = "It can't be reviewed: {because}."


class RevisionNotReturnableError(RevisionStateError):
    code = "REVISION_RETURN_NOT_ALLOWED"
    message_zh = "不能退回：{because}。"
    message_en = "It can't be returned: {because}."


class RevisionNotPublishableError(RevisionStateError):
    code = "REVISION_PUBLISH_NOT_ALLOWED"
    message_zh = "不能发布：{because}。"
    message_en = "It can't be published: {because}."


class DraftNotAllowedError(DomainError):
    code = "MATTER_DRAFT_NOT_ALLOWED"
    message_zh = "只有目录编辑人员可以编制事项，且限于其管辖区划。"
    message_en = "Only a catalog editor may draft matters, within the division of the role."


class ReviewNotAllowedError(DomainError):
    code = "MATTER_REVIEW_NOT_ALLOWED"
    message_zh = "只有目录审核人员可以审核或退回事项，且限于其管辖区划。"
    message_en = "Only a catalog reviewer may review or return matters, within the role's division."


class MatterCodeError(ReasonedError):
    code = "MATTER_CODE_INVALID"
    message_zh = "事项编码不能使用：{because}。"
    message_en = "The code of the matter can't be used: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "MISSING": ("基本编码和本地编码至少填一项", "give its national or its local code"),
        "MISMATCH": (
            "“{found}”与发布机关或事项类型不符",
            "{found} doesn't agree with the issuer or the type",
        ),
        "TAKEN": ("“{found}”已被使用", "{found} is taken"),
    }


class ContentInvalidError(ReasonedError):
    """The content has not the form of a content; the path names the first such element."""

    code = "MATTER_CONTENT_INVALID"
    message_zh = "事项内容填写有误：{because}。"
    message_en = "The content is not right: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "MISSING": ("“{field}”缺少必填内容", "{field}: something that it needs is missing"),
        "NOT_TEXT": ("“{field}”应为文字", "{field}: it must be text"),
        "TOO_LONG": ("“{field}”内容过长（{found}）", "{field}: it is too long ({found})"),
        "NOT_A_CODE": ("“{field}”“{found}”不是有效代码", "{field}: {found} is no valid code"),
        "NOT_A_FLAG": ("“{field}”应为是或否", "{field}: it must be true or false"),
        "NOT_A_NUMBER": ("“{field}”应为整数", "{field}: it must be a whole number"),
        "NOT_MONEY": ("“{field}”“{found}”不是金额", "{field}: {found} is no amount of money"),
        "OUT_OF_RANGE": ("“{field}”“{found}”超出范围", "{field}: {found} is out of range"),
        "NOT_A_LIST": ("“{field}”应为列表", "{field}: it must be a list"),
        "NOT_AN_OBJECT": ("“{field}”应为对象", "{field}: it must be an object"),
    }


class ReasonMissingError(DomainError):
    code = "REASON_MISSING"
    message_zh = "请写明理由或依据（不超过 {longest} 字）。"
    message_en = "Say why, or on what basis, in at most {longest} characters."


class ReleaseNotFoundError(DomainError):
    code = "RELEASE_NOT_FOUND"
    message_zh = "没有该次发布。"
    message_en = "There is no such release."


class ReleaseInvalidError(ReasonedError):
    code = "RELEASE_INVALID"
    message_zh = "不能发布：{because}。"
    message_en = "This can't be released: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "EMPTY": ("没有选择事项版本", "it holds no revision"),
        "TOO_MANY": ("一次最多发布 {longest} 个版本", "it holds more than {longest} revisions"),
        "TITLE": ("标题须为 1 至 200 字", "its title must have 1 to 200 characters"),
        "REPEATED": ("事项“{found}”重复", "matter {found} is there twice"),
        "ISSUED_ELSEWHERE": (
            "事项“{found}”由其他机关发布",
            "matter {found} is issued by another division",
        ),
    }


class ReleaseWithdrawError(ReasonedError):
    code = "RELEASE_WITHDRAW_NOT_ALLOWED"
    message_zh = "不能撤回：{because}。"
    message_en = "The release can't be withdrawn: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "IN_FORCE": ("已经施行", "its day has come"),
        "WITHDRAWN": ("已经撤回", "it is withdrawn already"),
        "ROUND": (
            "清理轮次已经结束，其决定由下一轮更改",
            "it closed a clean-up round; the next round decides otherwise",
        ),
        "BUILT_ON": (
            "事项“{found}”已有后续草稿或发布",
            "matter {found} has a later draft or release",
        ),
    }


class EffectiveDayError(DomainError):
    code = "EFFECTIVE_DAY_INVALID"
    message_zh = "生效日 {day} 不得早于 {earliest}。"
    message_en = "The effective day {day} must not lie before {earliest}."


class ImportNotAllowedError(DomainError):
    code = "MATTERS_IMPORT_NOT_ALLOWED"
    message_zh = "只有目录编辑人员可以导入事项，且限于其管辖区划。"
    message_en = "Only a catalog editor may import matters, within the division of the role."


class IssuerUnknownError(DomainError):
    code = "ISSUER_UNKNOWN"
    message_zh = "“{issuer}”不是国家、省、市、县的 12 位区划代码。"
    message_en = "{issuer} is no 12-digit code of the nation, a province, a city or a county."


class SourceUnreadableError(DomainError):
    code = "SOURCE_UNREADABLE"
    message_zh = "无法读取该文件：{reason}"
    message_en = "The file can't be read: {reason}"


class SourceTooLargeError(DomainError):
    code = "SOURCE_TOO_LARGE"
    message_zh = "文件超过上限（{limit}），请拆分后分次导入。"
    message_en = "The file is larger than what is taken at once ({limit}): deliver it in parts."


class SourceMisplacedError(DomainError):
    code = "SOURCE_MISPLACED"
    message_zh = "该文件的内容是{found}，不是{wanted}。"
    message_en = "The file holds another kind of list than was asked for."


class OfferNotAllowedError(DomainError):
    code = "OFFERING_OPEN_NOT_ALLOWED"
    message_zh = "只有实施清单编辑人员可以开通或修改实施清单，且限于其管辖区划。"
    message_en = "Only an offering editor may open or edit offerings, within the role's division."


class PromiseError(DomainError):
    """A promise is too long; ``amount`` and ``unit`` say how long it may be."""

    def message(self, language: str) -> str:
        """Return the text for people in ``zh-Hans`` (default) or ``en``."""
        is_english = language == "en"
        limit = ""
        if "unit" in self.params:
            chinese, english = _UNITS[LimitUnit(self.params["unit"])]
            amount = self.params["amount"]
            limit = f" ({amount} {english})" if is_english else f"（{amount} {chinese}）"
        return (self.message_en if is_english else self.message_zh).format(limit=limit)


class PromiseOverStandardError(PromiseError):
    code = "PROMISE_OVER_STANDARD"
    message_zh = "承诺时限不得超过标准目录的承诺时限{limit}。"
    message_en = "The promise must not be longer than the standard's{limit}."


class LockedByCityError(DomainError):
    """What the issuer of the standard sets is the same at each of its centers (统一标准)."""

    code = "LOCKED_BY_CITY"
    message_zh = "“{label}”由{issuer}统一制定，各中心不得自行更改；需要调整的，请向其提出修改建议。"
    message_en = "{element} is set by {issuer} for all its centers; propose a change there."


class AssistedIntakeNotOpenError(DomainError):
    code = "ASSISTED_INTAKE_NOT_OPEN"
    message_zh = "标准目录未允许该事项代收代办。"
    message_en = "The standard doesn't open this matter to assisted intake."


class OfferingTermError(DomainError):
    code = "OFFERING_TERM_INVALID"
    message_zh = "“{label}”不能填写为“{value}”。"
    message_en = "{label} can't be set to “{value}”."


class CatalogFileError(ReasonedError):
    code = "CATALOG_FILE_INVALID"
    message_zh = "该文件不能使用：{because}。"
    message_en = "This file can't be used: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "EMPTY": ("“{filename}”是空的", "“{filename}” is empty"),
        "TOO_LARGE": (
            "“{filename}”超过 {limit} 字节",
            "“{filename}” has more than {limit} bytes",
        ),
        "TYPE": (
            "只接受内容确为 PDF、OFD、JPEG、PNG 或者 HEIC 的文件，“{filename}”不是",
            "its content must be PDF, OFD, JPEG, PNG or HEIC, that of “{filename}” isn't",
        ),
    }


class AttachmentPlaceError(DomainError):
    code = "ATTACHMENT_PLACE_UNKNOWN"
    message_zh = "草稿中没有编号为“{material}”的材料，或者还没有写明办理结果。"
    message_en = "The draft has no material {material}, or says no result yet."


class ChoiceInvalidError(ReasonedError):
    code = "CHOICE_INVALID"
    message_zh = "所选办理情形或者回答与该事项不符：{because}。"
    message_en = "The matter doesn't offer this choice: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "UNKNOWN_VARIANT": ("没有编号为“{found}”的办理情形", "it has no variant {found}"),
        "UNKNOWN_QUESTION": ("没有编号为“{found}”的问题", "it has no question {found}"),
        "UNKNOWN_OPTION": ("没有编号为“{found}”的选项", "the question has no option {found}"),
        "NOT_ASKED": (
            "按已选情形和其他回答，无需回答“{found}”",
            "question {found} isn't asked with this variant and these answers",
        ),
        "ANSWERED_TWICE": ("“{found}”回答了两次", "question {found} is answered twice"),
    }


class UnpublishableError(DomainError):
    """A content fails the checks; ``faults`` lists all of them, the error is about the first."""


class NoLegalBasisError(UnpublishableError):
    code = "NO_LEGAL_BASIS"
    message_zh = "“{subject}”没有设定依据：每一个条件、材料和收费都须于法有据。"
    message_en = "“{subject}” has no legal basis: each condition, material and fee needs one."


class NoServiceLineError(UnpublishableError):
    code = "NO_SERVICE_LINE"
    message_zh = "未注明属于行政审批、公共资源交易还是便民服务。"
    message_en = "It is not said whether this is approval, trading or convenience."


class PromiseOverStatutoryError(PromiseError, UnpublishableError):
    code = "PROMISE_OVER_STATUTORY"
    message_zh = "承诺时限不得超过法定时限{limit}。"
    message_en = "The promised limit must not be longer than the statutory one{limit}."


class ForbiddenElementError(UnpublishableError):
    code = "FORBIDDEN_ELEMENT"
    message_zh = "不得再要求“{subject}”（{document}）。"
    message_en = "“{subject}” must not be asked for any more ({document})."


class MatterIncompleteError(UnpublishableError):
    code = "MATTER_INCOMPLETE"
    message_zh = "缺少要素或要素重复：{field}。"
    message_en = "An element is missing or repeated: {field}."


class AttachmentMissingError(UnpublishableError):
    code = "ATTACHMENT_MISSING"
    message_zh = "文件“{subject}”没有上传，不能发布。"
    message_en = "File “{subject}” was never uploaded; it can't be published."


class ChoicesInconsistentError(UnpublishableError):
    code = "CHOICES_INCONSISTENT"
    message_zh = "情形与问题前后不一致：{field}“{subject}”不存在、重复、排在引用它的问题之后，或者任何选择都不会用到。"
    message_en = (
        "Variants and questions don't agree: {field} “{subject}” is missing, repeated, stands "
        "behind the question that refers to it, or is what no choice leads to."
    )


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


class WorkStandardNotAllowedError(DomainError):
    code = "WORK_STANDARD_PUBLISH_NOT_ALLOWED"
    message_zh = "只有目录发布人员可以发布工作标准、登记验收，且限于其管辖区划。"
    message_en = "Only a catalog publisher may publish standards of work and record acceptances."


class WorkStandardTextError(DomainError):
    code = "WORK_STANDARD_INVALID"
    message_zh = "工作标准的编号、标题、类别和正文不能为空，也不能过长。"
    message_en = "A standard's number, title, category and text must be there and not too long."


class WorkStandardDayError(DomainError):
    code = "WORK_STANDARD_DAY_INVALID"
    message_zh = "生效日 {day} 须晚于上一版的生效日 {former}。"
    message_en = "The effective day {day} must lie after the former version's, {former}."


class AcceptanceInvalidError(DomainError):
    code = "ACCEPTANCE_INVALID"
    message_zh = "验收日期不得晚于今天，验收单位、级别和结论不能为空，也不能过长。"
    message_en = "An acceptance has a day up to today, an authority, a level and a result."


class AcceptanceRecordedError(DomainError):
    code = "ACCEPTANCE_ALREADY_RECORDED"
    message_zh = "该单位当日的验收已登记。"
    message_en = "This authority's acceptance of that day is recorded already."


class SamePersonError(DomainError):
    """Who wrote it neither reviews nor publishes it (两人以上办理)."""

    code = "SAME_PERSON"
    message_zh = "编制、审核和发布须由不同的人员完成。"
    message_en = "Writing, reviewing and publishing are done by different people."


class PreconditionCycleError(UnpublishableError):
    """取消互为前置: matters that wait for each other are never decided."""

    code = "PRECONDITION_CYCLE"
    message_zh = "事项互为前置：{subject}。"
    message_en = "Matters are preconditions of each other: {subject}."


class PreconditionCancelledError(UnpublishableError):
    code = "PRECONDITION_CANCELLED"
    message_zh = "“{subject}”作为该事项前置条件已经取消（{document}），不得恢复。"
    message_en = "{subject} was cancelled as a precondition ({document}) and must not come back."


class PreconditionUnknownError(UnpublishableError):
    code = "PRECONDITION_UNKNOWN"
    message_zh = "前置事项“{subject}”在该机关及其上级的现行目录中不存在。"
    message_en = "Precondition {subject} is no matter in force of the issuer or a division above."


class CancelledAlreadyError(DomainError):
    code = "PRECONDITION_CANCELLED_ALREADY"
    message_zh = "该前置条件已在取消登记中。"
    message_en = "This precondition is in the register already."


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


class ProposalNotFoundError(DomainError):
    code = "PROPOSAL_NOT_FOUND"
    message_zh = "没有该修改建议。"
    message_en = "There is no such proposal."


class ProposalNotAllowedError(DomainError):
    code = "PROPOSAL_NOT_ALLOWED"
    message_zh = "修改建议由本中心实施清单编辑人员提出和撤回，由发布标准的区划的目录编辑人员答复。"
    message_en = (
        "A center's offering editors propose and withdraw; editors of the issuer's catalog answer."
    )


class ProposalTextError(DomainError):
    code = "PROPOSAL_TEXT_INVALID"
    message_zh = "此项为空、超过 {longest} 字，或含有不能保存的字符。"
    message_en = "This is empty, longer than {longest} characters, or holds what can't be kept."


class ProposalElementError(ContentInvalidError):
    """A proposed element has not the form it must have; the path names it."""

    code = "PROPOSAL_ELEMENT_INVALID"
    message_zh = "建议的内容填写有误：{because}。"
    message_en = "What is proposed is not right: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        **ContentInvalidError.because,
        "UNKNOWN_ELEMENT": ("没有名为“{found}”的要素", "there is no element {found}"),
    }


class ProposalEmptyError(DomainError):
    code = "PROPOSAL_CHANGES_NOTHING"
    message_zh = "标准目录已是所建议的内容。"
    message_en = "The standard says so already."


class ProposalAnsweredError(ReasonedError):
    code = "PROPOSAL_ANSWERED"
    message_zh = "该建议不能再更改：{because}。"
    message_en = "The proposal can't be changed any more: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accepted": ("已采纳", "it is accepted"),
        "declined": ("已答复不采纳", "it is declined"),
        "withdrawn": ("已撤回", "it is withdrawn"),
        "published": ("已采纳并发布", "it is accepted and published"),
    }
