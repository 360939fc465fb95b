"""Who may change the catalog: platform roles, each over one division and what lies below it."""

from tongban.kernel.actors import Actor, PlatformRole
from tongban.registry import rules as registry_rules


def may_import(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor edits the catalog of the issuing division."""
    return _holds(actor, PlatformRole.CATALOG_EDITOR, issuer_code)


def may_publish(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor publishes the catalog of the issuing division."""
    return _holds(actor, PlatformRole.CATALOG_PUBLISHER, issuer_code)


def may_offer(actor: Actor, center_code: str) -> bool:
    """Tell whether the actor edits what the center offers."""
    return _holds(actor, PlatformRole.OFFERING_EDITOR, center_code)


def _holds(actor: Actor, role: PlatformRole, code: str) -> bool:
    return any(
        held == role and code.startswith(registry_rules.significant_digits(division))
        for held, division in actor.platform_roles
    )
