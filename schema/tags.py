"""Tags of answers (RFC 9110, 8.8.3), and the answers of this process that are kept by them.

A tag names everything that an answer of the catalog follows from. So a request whose tag is the
one the client has is answered before anything is parsed or asked of the database, and an answer
that was made once is given again. What else an answer follows from, who asks or the time, keeps it
from being tagged: no such answer was ever given the tag that is computed for its request.
"""

import hashlib
import threading
from collections import OrderedDict
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

KEPT_BYTES: Final = 16 * 1024 * 1024
"""Of answers that a process keeps, with 200 bytes for the keeping of each."""
LONGEST_KEPT: Final = 512 * 1024
_OVERHEAD: Final = 200
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


def is_known(request: HttpRequest, tag: str) -> bool:
    """Tell whether the client has the answer with this tag (``If-None-Match``, compared weakly)."""
    return tag in _given(request)


def is_any_known(request: HttpRequest) -> bool:
    """Tell whether the client wants an answer only if there is none (``If-None-Match: *``)."""
    return _given(request) == ["*"]


def _given(request: HttpRequest) -> list[str]:
    header = request.META.get("HTTP_IF_NONE_MATCH", "")
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


class AnswerCache:
    """Bodies of tagged answers; the least used go when they take too many bytes."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._most = most
        self._bytes = 0

    @property
    def kept_bytes(self) -> int:
        """What is kept at present, with the keeping itself."""
        return self._bytes

    def get(self, tag: str) -> bytes | None:
        """Return the body of the answer with this tag, or None."""
        with self._lock:
            body = self._kept.get(tag)
            if body is not None:
                self._kept.move_to_end(tag)
            return body

    def put(self, tag: str, body: bytes) -> None:
        """Keep a body; too long a one isn't."""
        if len(body) > LONGEST_KEPT:
            return
        with self._lock:
            if tag in self._kept:
                return
            self._kept[tag] = body
            self._bytes += len(body) + _OVERHEAD
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest) + _OVERHEAD

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


answers: Final = AnswerCache()
