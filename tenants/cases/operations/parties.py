"""Who acted, as events show it: without what nobody but the center needs to know."""

from tenants.cases import models, rules
from tenants.staff.rules import CenterRole, Membership
from tongban.kernel import context


def staff(membership: Membership) -> rules.Party:
    """Return one of the running center's own."""
    is_station = membership.roles == {CenterRole.STATION_OPERATOR}
    return rules.Party(
        role="station" if is_station else "staff",
        name=membership.display_name,
        center_code=context.current_center(),
        staff_number=membership.staff_number,
    )


def applicant(case: models.Case) -> rules.Party:
    """Return the applicant of a case, the name masked."""
    return rules.Party(
        role="applicant",
        name=case.applicant_name_masked,
        center_code=context.current_center(),
    )


def system(name: str) -> rules.Party:
    """Return the platform itself at the running center; ``name`` says as what it acts."""
    return rules.Party(role="system", name=name, center_code=context.current_center())
