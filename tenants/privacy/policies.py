"""Who answers what people ask about their data."""

from typing import Final

from tenants.staff.rules import CenterRole, Membership

READERS: Final = frozenset({CenterRole.MANAGER, CenterRole.SUPERVISOR})
ANSWERERS: Final = frozenset({CenterRole.MANAGER})


def may_read_register(membership: Membership | None) -> bool:
    """Tell whether the actor reads everybody's requests: the management office, supervisors."""
    return membership is not None and membership.has(*READERS)


def why_not_answer(membership: Membership | None, *, is_own: bool) -> str:
    """Return why the actor may not answer a request that they see, or ""."""
    if is_own:
        return "OWN"
    return "" if membership is not None and membership.has(*ANSWERERS) else "ROLE"
