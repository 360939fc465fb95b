"""What is refused of a center's own terms."""

from tongban.catalog.errors.publishing import PromiseError
from tongban.kernel.errors import DomainError


class OfferingNotFoundError(DomainError):
    code = "OFFERING_NOT_FOUND"
    message_zh = "没有该实施清单。"
    message_en = "There is no such offering."


class OfferNotAllowedError(DomainError):
    code = "OFFERING_OPEN_NOT_ALLOWED"
    message_zh = "只有实施清单编辑人员可以开通或修改实施清单，且限于其管辖区划。"
    message_en = "Only an offering editor may open or edit offerings, within the role's division."


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
