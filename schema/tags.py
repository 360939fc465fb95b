"""Tags of answers (RFC 9110, 8.8.3): what an unchanged one is known by.

A tag names everything that an answer of the catalog follows from. So a request whose tag is the
one the client has is answered before anything is parsed or asked of the database. What else an
answer follows from, who asks or the time, keeps it from being tagged: no such answer was ever given
the tag that is computed for its request.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import parse_etags

import schema
import tenants
import tongban
from schema.context import RequestContext

_LONGEST_HEADER: Final = 8_000


def tag_of(request: HttpRequest, context: RequestContext, kind: str) -> str:
    """Return the tag, quoted, under which the answer to a GET is known if it may be kept.

    From the version of the catalog (with centers and day), the center, the operation and its
    variables as they were sent, language and media type, whether somebody asks, and the code that
    answers. Keyed, so nobody but us can make one.
    """
    parts = (
        _build(),
        context.catalog_version,
        context.center.code if context.center else "",
        context.language,
        kind,
        "nobody" if context.is_nobodys else "somebody",
        request.META.get("QUERY_STRING", ""),
    )
    digest = hashlib.blake2b(digest_size=18, key=_key(settings.SECRET_KEY), usedforsecurity=True)
    digest.update("\0".join(parts).encode(errors="surrogateescape"))
    return f'"{digest.hexdigest()}"'


def is_known(tag: str, meta: Mapping[str, str]) -> bool:
    """Tell whether the client has the answer with this tag (``If-None-Match``, compared weakly)."""
    header = meta.get("HTTP_IF_NONE_MATCH", "")
    return header == tag or tag.removeprefix("W/") in _given(header)


def is_any_known(meta: Mapping[str, str]) -> bool:
    """Tell whether the client wants an answer only if there is none (``If-None-Match: *``)."""
    return meta.get("HTTP_IF_NONE_MATCH", "").strip() == "*"


def _given(header: str) -> list[str]:
    if not header or len(header) > _LONGEST_HEADER:
        return []
    return [tag.removeprefix("W/") for tag in parse_etags(header)]


@cache
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"schema.tags" + secret.encode()).digest()


@cache
def _build() -> str:
    """Return a digest of the code that answers; operations are named by their own digests."""
    digest = hashlib.sha256()
    for package in (schema, tenants, tongban):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
