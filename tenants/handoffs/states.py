"""The life of a handoff as plain data."""

from collections.abc import Mapping
from enum import StrEnum


class HandoffState(StrEnum):
    """Where a handoff stands; the destination's copy decides, the origin's follows."""

    OFFERED = "offered"
    RECALL_REQUESTED = "recall_requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RECALLED = "recalled"
    RETURNED = "returned"
    COMPLETED = "completed"


class Direction(StrEnum):
    """Which side of a handoff this copy is."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


STATE_TEXTS: Mapping[HandoffState, str] = {
    HandoffState.OFFERED: "待接收",
    HandoffState.RECALL_REQUESTED: "申请收回",
    HandoffState.ACCEPTED: "已接收",
    HandoffState.DECLINED: "已拒收",
    HandoffState.RECALLED: "已收回",
    HandoffState.RETURNED: "已退回",
    HandoffState.COMPLETED: "已办结交回",
}

SETTLES: Mapping[HandoffState, frozenset[HandoffState]] = {
    HandoffState.ACCEPTED: frozenset({HandoffState.OFFERED, HandoffState.RECALL_REQUESTED}),
    HandoffState.DECLINED: frozenset({HandoffState.OFFERED, HandoffState.RECALL_REQUESTED}),
    HandoffState.RECALLED: frozenset({HandoffState.OFFERED, HandoffState.RECALL_REQUESTED}),
    HandoffState.RETURNED: frozenset({HandoffState.ACCEPTED}),
    HandoffState.COMPLETED: frozenset({HandoffState.ACCEPTED}),
}
"""State → the states it may follow; RECALL_REQUESTED occurs at the origin only."""

OPEN = frozenset({HandoffState.OFFERED, HandoffState.RECALL_REQUESTED})
