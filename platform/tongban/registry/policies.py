"""Who may change the registry."""

from tongban.kernel.actors import Actor, PlatformRole
from tongban.registry import rules


def may_keep_calendar(actor: Actor) -> bool:
    """Tell whether the actor is a platform operator over the whole country: days off are its."""
    return (PlatformRole.PLATFORM_OPERATOR, "0" * 12) in actor.platform_roles


def may_register(actor: Actor, center_code: str) -> bool:
    """Tell whether the actor is a registrar over the division of a center, existing or planned."""
    return any(
        role == PlatformRole.REGISTRAR
        and center_code.startswith(rules.significant_digits(division_code))
        for role, division_code in actor.platform_roles
    )
