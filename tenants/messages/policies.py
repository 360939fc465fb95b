"""Who may read and manage what a center tells applicants."""

from typing import Final

from tenants.staff.rules import CenterRole, Membership

READERS: Final = frozenset({CenterRole.MANAGER, CenterRole.SUPERVISOR})
KEEPERS: Final = frozenset({CenterRole.MANAGER})


def may_read_messages(membership: Membership | None) -> bool:
    """Tell whether the actor may list what the center told applicants, and its templates."""
    return membership is not None and membership.has(*READERS)


def may_keep_messages(membership: Membership | None) -> bool:
    """Tell whether the actor may word the templates and send again what failed."""
    return membership is not None and membership.has(*KEEPERS)
