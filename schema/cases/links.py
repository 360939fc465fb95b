"""Addresses of files and papers: signed, short-lived, and good only for who asked for them."""

from dataclasses import dataclass
from typing import Final, Self

from django.conf import settings
from django.core import signing

from schema.context import Info

MATERIAL: Final = "material"
PAPER: Final = "paper"
SECONDS: Final = 600
_SALT: Final = "schema.cases.links"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: which file of which center, and by whose token it was asked for."""

    center_code: str
    kind: str
    key: str
    token_id: int

    def sign(self) -> str:
        """Return the link's token; its age is counted from now."""
        parts = [self.center_code, self.kind, self.key, self.token_id]
        return signing.dumps(parts, salt=_SALT)

    @classmethod
    def read(cls, token: str) -> Self:
        """Return what a token says. Raises: signing.BadSignature, also when it has expired."""
        return cls(*signing.loads(token, salt=_SALT, max_age=SECONDS))


def link_to(info: Info, kind: str, key: object) -> str | None:
    """Return the address of a file of the request's center, None for who has no token."""
    center, token_id = info.context.center, info.context.actor.token_id
    if center is None or token_id is None:
        return None
    token = Link(center.code, kind, str(key), token_id).sign()
    return f"{settings.PUBLIC_URL}/files/{token}"


def verify_url(token: str) -> str:
    """Return the address of the public page that verifies a paper."""
    return f"{settings.PUBLIC_URL}/verify/{token}"
