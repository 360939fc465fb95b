"""Who may change the registry."""

from tongban.kernel.actors import Actor, PlatformRole
from tongban.registry import rules


def may_register(actor: Actor, center_code: str) -> bool:
    """Tell whether the actor is a registrar over the division of a center, existing or planned."""
    return any(
        role == PlatformRole.REGISTRAR
        and center_code.startswith(rules.significant_digits(division_code))
        for role, division_code in actor.platform_roles
    )
