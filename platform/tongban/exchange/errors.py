"""What routing refuses."""

from tongban.kernel.errors import DomainError


class MatterNotOfferedError(DomainError):
    code = "MATTER_NOT_OFFERED"
    message_zh = "按申请人所在地，没有中心办理事项“{matter}”。"
    message_en = "No center that is competent for this address offers the matter {matter}."


class RouteOutOfScopeError(DomainError):
    code = "ROUTE_OUT_OF_SCOPE"
    message_zh = "“{center}”不在本地区，且该事项未开通跨区域通办。"
    message_en = (
        "Center {center} is outside this tree, and the matter is not open to it (通办范围)."
    )


class AssistedIntakeNotOfferedError(DomainError):
    code = "ASSISTED_INTAKE_NOT_OFFERED"
    message_zh = "该事项须由申请人到“{center}”办理，不能代收代办。"
    message_en = (
        "Center {center} does not take this matter through stations: apply there in person."
    )


class AddressUnknownError(DomainError):
    code = "DIVISION_NOT_FOUND"
    message_zh = "没有代码为“{code}”的行政区划。"
    message_en = "There is no division {code}."


class ParkedNotFoundError(DomainError):
    code = "PARKED_MESSAGE_NOT_FOUND"
    message_zh = "没有该搁置的消息，或已重新投递。"
    message_en = "There is no such parked message, or it is on its way again."
