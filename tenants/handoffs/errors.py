"""What handoffs refuse."""

from collections.abc import Mapping
from typing import Final

from tongban.kernel.errors import DomainError, ReasonedError

BECAUSE: Final[Mapping[str, tuple[str, str]]] = {
    "ROLE": ("您的岗位没有该项权限", "your role does not permit it"),
    "OWN_CASE": ("您是申请人，不得办理本人的办件", "you are its applicant"),
    "STATE": ("当前状态不能进行该操作", "its state does not permit it"),
    "DECIDED": ("该办件已作出决定或已结束", "the case is decided or has ended"),
    "OWNED_HERE": ("该办件应由本中心办理，无须移交", "this center itself decides the case"),
}
"""Why an action is not allowed, by the ``reason`` of the refusal: zh-Hans and en."""


class _NotAllowedError(ReasonedError):
    because = BECAUSE


class HandoffNotFoundError(DomainError):
    code = "HANDOFF_NOT_FOUND"
    message_zh = "没有该移交，或您无权查看。"
    message_en = "There is no such handoff, or you may not see it."


class HandoffOfferNotAllowedError(_NotAllowedError):
    code = "HANDOFF_OFFER_NOT_ALLOWED"
    message_zh = "不能移交该办件：{because}。"
    message_en = "This case can't be handed over: {because}."


class HandoffTargetError(DomainError):
    code = "HANDOFF_TARGET_NOT_ON_ROUTE"
    message_zh = "按事项和申请人所在地，该办件应移交给“{name}”。"
    message_en = "By matter and address this case goes to {name}."


class HandoffAcceptNotAllowedError(_NotAllowedError):
    code = "HANDOFF_ACCEPT_NOT_ALLOWED"
    message_zh = "不能接收该移交：{because}。"
    message_en = "This handoff can't be accepted: {because}."


class HandoffDeclineNotAllowedError(_NotAllowedError):
    code = "HANDOFF_DECLINE_NOT_ALLOWED"
    message_zh = "不能拒收该移交：{because}。"
    message_en = "This handoff can't be declined: {because}."


class HandoffRecallNotAllowedError(_NotAllowedError):
    code = "HANDOFF_RECALL_NOT_ALLOWED"
    message_zh = "不能收回该移交：{because}。"
    message_en = "This handoff can't be recalled: {because}."


class HandoffReturnNotAllowedError(_NotAllowedError):
    code = "HANDOFF_RETURN_NOT_ALLOWED"
    message_zh = "不能退回该移交：{because}。"
    message_en = "This handoff can't be returned: {because}."


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
