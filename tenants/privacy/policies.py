"""Who enters and who answers what people ask about their data."""

from collections.abc import Mapping
from typing import Any, Final

from tenants.staff.rules import CenterRole, Membership

READERS: Final = frozenset({CenterRole.MANAGER, CenterRole.SUPERVISOR})
ANSWERERS: Final = frozenset({CenterRole.MANAGER})
ENTERERS: Final = frozenset({CenterRole.CLERK, CenterRole.STATION_OPERATOR})


def may_read_register(membership: Membership | None) -> bool:
    """Tell whether the actor reads everybody's requests: the management office, supervisors."""
    return membership is not None and membership.has(*READERS)


def may_enter(membership: Membership | None) -> bool:
    """Tell whether the actor enters requests for people, and reads those: a window."""
    return membership is not None and membership.has(*ENTERERS)


def why_not_answer(
    membership: Membership | None, *, is_own: bool, counter: Mapping[str, Any] | None
) -> str:
    """Return why the actor may not answer a request that they see, or "".

    ``counter`` is what a window recorded of it, None online: who entered it there answers it not.
    """
    if is_own:
        return "OWN"
    if membership is None or not membership.has(*ANSWERERS):
        return "ROLE"
    entered_by = counter["by"]["staff_number"] if counter is not None else None
    return "ENTERED" if entered_by == membership.staff_number else ""
