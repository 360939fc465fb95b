"""What handoffs refuse."""

from tongban.kernel.errors import DomainError


class HandoffNotFoundError(DomainError):
    code = "HANDOFF_NOT_FOUND"
    message_zh = "没有该移交，或您无权查看。"
    message_en = "There is no such handoff, or you may not see it."


class HandoffOfferNotAllowedError(DomainError):
    code = "HANDOFF_OFFER_NOT_ALLOWED"
    message_zh = "不能移交该办件（{reason}）。"
    message_en = "This case can't be handed over ({reason})."


class HandoffTargetError(DomainError):
    code = "HANDOFF_TARGET_NOT_ON_ROUTE"
    message_zh = "按事项和申请人所在地，该办件应移交给“{expected}”。"
    message_en = "By matter and address this case goes to center {expected}."


class HandoffAcceptNotAllowedError(DomainError):
    code = "HANDOFF_ACCEPT_NOT_ALLOWED"
    message_zh = "不能接收该移交（{reason}）。"
    message_en = "This handoff can't be accepted ({reason})."


class HandoffDeclineNotAllowedError(DomainError):
    code = "HANDOFF_DECLINE_NOT_ALLOWED"
    message_zh = "不能拒收该移交（{reason}）。"
    message_en = "This handoff can't be declined ({reason})."


class HandoffRecallNotAllowedError(DomainError):
    code = "HANDOFF_RECALL_NOT_ALLOWED"
    message_zh = "不能收回该移交（{reason}）。"
    message_en = "This handoff can't be recalled ({reason})."


class HandoffReturnNotAllowedError(DomainError):
    code = "HANDOFF_RETURN_NOT_ALLOWED"
    message_zh = "不能退回该移交（{reason}）。"
    message_en = "This handoff can't be returned ({reason})."


class HandoffFilesMissingError(DomainError):
    code = "HANDOFF_FILES_MISSING"
    message_zh = "移交的材料文件尚未到齐（缺 {missing} 个），请稍后再接收。"
    message_en = "{missing} files of the handoff have not arrived yet; accept it a little later."


class ReasonRequiredError(DomainError):
    code = "REASON_REQUIRED"
    message_zh = "请写明原因。"
    message_en = "Give a reason."


class NotHandedOverError(DomainError):
    code = "NOT_HANDED_OVER"
    message_zh = "该办件不是其他中心移交来的，不能交回原中心送达，请选择在本中心送达。"
    message_en = "Nobody handed this case over, so it can't be delivered at an origin."
