"""Who may hand over and take up cases. No queries here."""

from tenants.staff.rules import CenterRole, Membership

_HANDS_OVER = frozenset({CenterRole.CLERK, CenterRole.STATION_OPERATOR, CenterRole.REVIEWER})
_TAKES_UP = frozenset({CenterRole.CLERK, CenterRole.STATION_OPERATOR, CenterRole.REVIEWER})
_SEES = _HANDS_OVER | {
    CenterRole.CHIEF_REPRESENTATIVE,
    CenterRole.MANAGER,
    CenterRole.SUPERVISOR,
}


def may_see(membership: Membership | None) -> bool:
    """Tell whether the member sees this center's handoffs."""
    return membership is not None and bool(_SEES & membership.roles)


def may_hand_over(membership: Membership | None) -> bool:
    """Tell whether the member offers, recalls and returns cases."""
    return membership is not None and bool(_HANDS_OVER & membership.roles)


def may_take_up(membership: Membership | None) -> bool:
    """Tell whether the member accepts and declines what other centers offer."""
    return membership is not None and bool(_TAKES_UP & membership.roles)
