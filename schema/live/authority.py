"""What open sockets may see, kept as a number that grows when it may have changed.

Centers and identity tell in their logs when a membership, a token or an account changed, and whose
(``subject``). Reading such an entry raises the version of that subject's authorities here; a
subscription compares two numbers before each event and asks the database only where they differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tongban.kernel.actors import Actor

MEMBER_TOPIC: Final = "member"
IDENTITY_TOPIC: Final = "identity"


@dataclass(eq=False, slots=True)
class Authority:
    """What one socket's token stands for."""

    actor: Actor
    close: Callable[[], None]
    """Ends the socket: its token opens no door any more."""
    version: int = 0
    wakes: set[Callable[[], None]] = field(default_factory=set)
    """Of the subscriptions that rest on it."""

    def raise_version(self) -> None:
        """Let every subscription that rests on this authority be authorized again, at once."""
        self.version += 1
        for wake in self.wakes:
            wake()


class Authorities:
    """The authorities of all open sockets of this process, by subject."""

    def __init__(self) -> None:
        self.identity_version = 0
        """Grows with each identity entry, whoever it is about."""
        self._by_subject: dict[str, set[Authority]] = {}

    def __iter__(self) -> Iterator[Authority]:
        return (authority for held in self._by_subject.values() for authority in held)

    def of(self, subject: str) -> set[Authority]:
        """Return the authorities of an account (``account:7``) or a client (``client:…``)."""
        return self._by_subject.get(subject, set())

    def add(self, authority: Authority) -> None:
        """Follow what becomes of an authority."""
        self._by_subject.setdefault(authority.actor.key, set()).add(authority)

    def discard(self, authority: Authority) -> None:
        """Forget an authority whose socket is gone."""
        held = self._by_subject.get(authority.actor.key, set())
        held.discard(authority)
        if not held:
            self._by_subject.pop(authority.actor.key, None)
