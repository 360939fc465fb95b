"""What the catalog refuses."""

from tongban.kernel.errors import DomainError


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


class RevisionNotPublishableError(DomainError):
    code = "REVISION_PUBLISH_NOT_ALLOWED"
    message_zh = "该版本当前状态为“{status}”，不能发布。"
    message_en = "A revision that is {status} can't be published."


class EffectiveDayError(DomainError):
    code = "EFFECTIVE_DAY_INVALID"
    message_zh = "生效日 {day} 须不早于上一版本的 {earliest}，且不晚于今天 {today}。"
    message_en = "The effective day {day} must lie between {earliest} and today, {today}."


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


class OfferNotAllowedError(DomainError):
    code = "OFFERING_OPEN_NOT_ALLOWED"
    message_zh = "只有实施清单编辑人员可以开通或修改实施清单，且限于其管辖区划。"
    message_en = "Only an offering editor may open or edit offerings, within the role's division."


class PromiseOverStandardError(DomainError):
    code = "PROMISE_OVER_STANDARD"
    message_zh = "承诺时限不得超过标准目录的 {amount} {unit}。"
    message_en = "The promise must not be longer than the standard's {amount} {unit}."


class AssistedIntakeNotOpenError(DomainError):
    code = "ASSISTED_INTAKE_NOT_OPEN"
    message_zh = "标准目录未允许该事项代收代办。"
    message_en = "The standard doesn't open this matter to assisted intake."


class OfferingTermError(DomainError):
    code = "OFFERING_TERM_INVALID"
    message_zh = "“{value}”不是该项可以填写的内容。"
    message_en = "“{value}” can't be set here."


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


class PromiseOverStatutoryError(UnpublishableError):
    code = "PROMISE_OVER_STATUTORY"
    message_zh = "承诺时限不得超过法定时限。"
    message_en = "The promised limit must not be longer than the statutory one."


class ForbiddenElementError(UnpublishableError):
    code = "FORBIDDEN_ELEMENT"
    message_zh = "不得再要求“{subject}”（{document}）。"
    message_en = "“{subject}” must not be asked for any more ({document})."


class MatterIncompleteError(UnpublishableError):
    code = "MATTER_INCOMPLETE"
    message_zh = "缺少要素或要素重复：{field}。"
    message_en = "An element is missing or repeated: {field}."


class ChoicesInconsistentError(UnpublishableError):
    code = "CHOICES_INCONSISTENT"
    message_zh = "情形与问题前后不一致：{field}“{subject}”不存在、重复或排在引用它的问题之后。"
    message_en = (
        "Variants and questions don't agree: {field} “{subject}” is missing, repeated, or stands "
        "behind the question that refers to it."
    )
