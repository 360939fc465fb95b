"""Who acts: resolved from the bearer token once, before any center is entered."""

from dataclasses import dataclass
from enum import StrEnum


class PlatformRole(StrEnum):
    """Roles over shared data, each held for one division and what lies below it."""

    CATALOG_EDITOR = "catalog_editor"
    CATALOG_REVIEWER = "catalog_reviewer"
    CATALOG_PUBLISHER = "catalog_publisher"
    OFFERING_EDITOR = "offering_editor"
    REGISTRAR = "registrar"
    PLATFORM_OPERATOR = "platform_operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in one request, immutable; rights in a center come from that center's own rows."""

    account_id: int | None
    kind: str
    """``person``, ``machine`` (a station's client), ``system`` or ``anonymous``."""
    display_name: str = ""
    applicant_hash: bytes | None = None
    """The keyed hash of the verified identity number: it finds the person's own cases."""
    client_id: str = ""
    center_code: str = ""
    """For a machine: the one center its credentials are bound to."""
    scopes: frozenset[str] = frozenset()
    token_id: int | None = None
    real_name: bool = False
    has_second_factor: bool = False
    """Whether the account has one that is confirmed."""
    is_two_factor: bool = False
    """Whether it was proven for the token at hand."""
    is_password_expired: bool = False
    """Whether the password is older than staff may have one."""
    platform_roles: frozenset[tuple[str, str]] = frozenset()
    """(role, 12-digit division code) pairs."""
    workplaces: frozenset[str] = frozenset()
    """Codes of the centers in which the account works, as far as the platform has heard of it."""

    @property
    def key(self) -> str:
        """The stable name of the actor, unique over people, machines and the system."""
        if self.kind == "machine":
            return f"client:{self.client_id}"
        if self.kind == "anonymous":
            return "anonymous"
        if self.kind == "system":
            return f"system:{self.display_name}"
        return f"account:{self.account_id}"

    def acts_by_name(self, center: str | None) -> bool:
        """Tell whether it is no secret who this is, at a center or with None to the platform.

        So it is of who works there or holds a platform role, and of what is no person.
        """
        works_there = self.workplaces if center is None else center in self.workplaces
        return self.kind != "person" or bool(works_there or self.platform_roles)


ANONYMOUS = Actor(account_id=None, kind="anonymous")


def system(name: str) -> Actor:
    """Return the system itself as an actor (``relay``, ``timers`` …)."""
    return Actor(account_id=None, kind="system", display_name=name)


def operator(name: str) -> Actor:
    """Return whoever runs a command on the server as an actor with every platform role."""
    return Actor(
        account_id=None,
        kind="system",
        display_name=name,
        platform_roles=frozenset((role, "0" * 12) for role in PlatformRole),
    )
