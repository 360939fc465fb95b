"""Who may read the platform's own audit log."""

from tongban.kernel.actors import Actor, PlatformRole


def may_read_platform(actor: Actor) -> bool:
    """Tell whether the actor is a platform operator over the whole country."""
    return (PlatformRole.PLATFORM_OPERATOR, "0" * 12) in actor.platform_roles
