"""Who may change what identity keeps, and whom a center lets in."""

from tongban.kernel.actors import Actor, PlatformRole
from tongban.registry import rules as registry_rules


def may_enter(actor: Actor, center_code: str) -> bool:
    """Tell whether an actor may come to a center at all: a machine only to its own."""
    return actor.kind != "machine" or actor.center_code == center_code


def holds(actor: Actor, role: PlatformRole, code: str) -> bool:
    """Tell whether the actor has a platform role over ``code`` (division or center)."""
    return any(
        held == role and code.startswith(registry_rules.significant_digits(division))
        for held, division in actor.platform_roles
    )


def may_grant(actor: Actor, division_code: str) -> bool:
    """Tell whether the actor may grant and revoke platform roles over a division."""
    return holds(actor, PlatformRole.PLATFORM_OPERATOR, division_code)


def may_lock(actor: Actor) -> bool:
    """Tell whether the actor is platform operator over the whole: accounts have no division."""
    return holds(actor, PlatformRole.PLATFORM_OPERATOR, "")
