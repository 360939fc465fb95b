"""Addresses of files and papers: signed, short-lived, and good only for who asked for them."""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final, Self

from django.conf import settings
from django.core import signing

from schema.context import Info

MATERIAL: Final = "material"
PAPER: Final = "paper"
EXPORT: Final = "export"
COPY: Final = "copy"
"""Of one's own data, of the feature ``privacy``; the other kinds are files of cases."""
SECONDS: Final = 600
_SALT: Final = "schema.cases.links"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: which file of which center, by whose token, and until when."""

    center_code: str
    kind: str
    key: str
    token_id: int
    expires_at: int
    """Seconds since the epoch."""

    def sign(self) -> str:
        """Return the link's token."""
        return signing.Signer(salt=_SALT).sign_object(astuple(self))

    @classmethod
    def read(cls, token: str, *, now: datetime) -> Self:
        """Return what a token says. Raises: signing.BadSignature, also when it has expired."""
        link = cls(*signing.Signer(salt=_SALT).unsign_object(token))
        if now.timestamp() > link.expires_at:
            raise signing.SignatureExpired
        return link


def link_to(info: Info, kind: str, key: object) -> str | None:
    """Return the address of a file of the request's center, None for who has no token."""
    center, token_id = info.context.center, info.context.actor.token_id
    if center is None or token_id is None:
        return None
    expires_at = int(info.context.now().timestamp()) + SECONDS
    token = Link(center.code, kind, str(key), token_id, expires_at).sign()
    return f"{settings.PUBLIC_URL}/files/{token}"


def verify_url(token: str) -> str:
    """Return the address of the public page that verifies a paper."""
    return f"{settings.PUBLIC_URL}/verify/{token}"
