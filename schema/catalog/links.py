"""Addresses of the catalog's files: signed, and good for some time.

A file of a published revision is everybody's: its address holds until the end of the next day and
is the same all day, so that an answer that is kept stays good. A draft's is good for ten minutes
and only for who asked for it.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Self

from django.conf import settings
from django.core import signing

from schema.context import Info
from tongban.catalog.rules.attachments import AttachmentKind, AttachmentPlace
from tongban.kernel import calendar

_DRAFT: Final = timedelta(minutes=10)
_DAYS: Final = 2
_SALT: Final = "schema.catalog.links"
_EVERYBODY: Final = 0


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: which file, for whom, and until when."""

    place: AttachmentPlace
    token_id: int
    """The token of who asked; 0 where it is everybody's."""
    expires_at: int
    """Seconds since the epoch."""

    def sign(self) -> str:
        """Return the link's token."""
        place = self.place
        return signing.Signer(salt=_SALT).sign_object(
            [place.matter, place.number, place.kind, place.material, self.token_id, self.expires_at]
        )

    @classmethod
    def read(cls, token: str, *, now: datetime) -> Self:
        """Return what a token says. Raises: signing.BadSignature, also when it has expired."""
        said = signing.Signer(salt=_SALT).unsign_object(token)
        matter, number, kind, material, token_id, expires_at = said
        if now.timestamp() > expires_at:
            raise signing.SignatureExpired
        return cls(
            AttachmentPlace(matter, number, AttachmentKind(kind), material), token_id, expires_at
        )

    @property
    def is_for_everybody(self) -> bool:
        """Whether anybody who has it may follow it."""
        return self.token_id == _EVERYBODY


def link_to(info: Info, place: AttachmentPlace, *, is_public: bool) -> str | None:
    """Return the address of a file, None of a draft's for who has no token."""
    if is_public:
        day = info.context.today() + timedelta(days=_DAYS)
        link = Link(place, _EVERYBODY, _seconds(datetime.combine(day, time(), calendar.ZONE)))
    elif info.context.actor.token_id is None:
        return None
    else:
        link = Link(place, info.context.actor.token_id, _seconds(info.context.now() + _DRAFT))
    return f"{settings.PUBLIC_URL}/files/{link.sign()}"


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
