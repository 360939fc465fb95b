"""Who may change the catalog: platform roles, each over one division and what lies below it."""

from tongban.kernel.actors import Actor, PlatformRole
from tongban.registry import rules as registry_rules

CATALOG_ROLES = (
    PlatformRole.CATALOG_EDITOR,
    PlatformRole.CATALOG_REVIEWER,
    PlatformRole.CATALOG_PUBLISHER,
)


def may_import(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor edits the catalog of the issuing division."""
    return _holds(actor, PlatformRole.CATALOG_EDITOR, issuer_code)


def may_publish(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor publishes the catalog of the issuing division."""
    return _holds(actor, PlatformRole.CATALOG_PUBLISHER, issuer_code)


def may_publish_at_once(actor: Actor) -> bool:
    """Tell whether the actor may bring a catalog in and publish it unreviewed: the operator may."""
    return actor.kind == "system"


def may_review(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor reviews the catalog of the issuing division."""
    return _holds(actor, PlatformRole.CATALOG_REVIEWER, issuer_code)


def may_return(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor may give a revision of the issuing division back to its editors."""
    return may_review(actor, issuer_code) or may_publish(actor, issuer_code)


def may_see_drafts(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor works on the catalog of the issuing division."""
    return any(_holds(actor, role, issuer_code) for role in CATALOG_ROLES)


def may_offer(actor: Actor, center_code: str) -> bool:
    """Tell whether the actor edits what the center offers."""
    return _holds(actor, PlatformRole.OFFERING_EDITOR, center_code)


def may_draft(actor: Actor, issuer_code: str) -> bool:
    """Tell whether the actor drafts the division's matters and directories."""
    return _holds(actor, PlatformRole.CATALOG_EDITOR, issuer_code)


def catalog_divisions(actor: Actor) -> frozenset[str]:
    """Return the divisions over which the actor works on the catalog, and so sees its drafts."""
    return frozenset(division for role, division in actor.platform_roles if role in CATALOG_ROLES)


def offering_divisions(actor: Actor) -> frozenset[str]:
    """Return the divisions over which the actor edits what centers offer."""
    return frozenset(
        division for role, division in actor.platform_roles if role == PlatformRole.OFFERING_EDITOR
    )


def may_see_conformity(actor: Actor, center_code: str) -> bool:
    """Tell whether the actor answers for how a center's list agrees with the standard."""
    return any(
        _holds(actor, role, center_code) for role in (*CATALOG_ROLES, PlatformRole.OFFERING_EDITOR)
    )


def _holds(actor: Actor, role: PlatformRole, code: str) -> bool:
    return any(
        held == role and code.startswith(registry_rules.significant_digits(division))
        for held, division in actor.platform_roles
    )
