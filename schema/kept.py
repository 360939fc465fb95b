"""Answers of the catalog that this process keeps, and gives again without Django or the database.

What is kept is bounded in bytes and falls away by itself: it is given only while the version of the
catalog that it was made from is the present one and was looked up within the second. Otherwise the
request goes its usual way, which also looks the version up.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Generic, TypeAlias, TypeVar

from django.http import HttpResponse

from schema import rates, tags, versioned
from schema.context import RequestContext
from schema.errors import RateLimitedError
from schema.measures import measures

KEPT_BYTES: Final = 16 * 1024 * 1024
"""Of each of the two caches, keys and what else an entry takes included."""
LONGEST: Final = 512 * 1024
_OVERHEAD: Final = 600
_OF_HEADERS: Final = 1_200
"""What the headers of a response take, and the objects that hold them and its key (measured)."""

Kept = TypeVar("Kept")


class KeptBytes(Generic[Kept]):
    """What was used last, up to a number of bytes."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, tuple[Kept, int]] = OrderedDict()
        self._most = most
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """How much is kept at present."""
        return self._bytes

    def get(self, key: Any) -> Kept | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Any, value: Kept, size: int) -> None:
        """Keep a value of ``size`` bytes in place of another; too long a one isn't kept."""
        if size > LONGEST:
            return
        with self._lock:
            _, former = self._kept.pop(key, (None, 0))
            self._kept[key] = (value, size + _OVERHEAD)
            self._bytes += size + _OVERHEAD - former
            while self._bytes > self._most:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


bodies: Final[KeptBytes[bytes]] = KeptBytes()
"""Bodies of answers by their tags."""

Environ: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
_SAID: Final = (
    "wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING",
)  # fmt: skip
"""All of a request that a kept response follows from."""
_ASIDE: Final = ("HTTP_AUTHORIZATION", "HTTP_ORIGIN")
"""What a request with any of these is answered depends on more, so it goes the usual way."""
_OF_A_BODY: Final = frozenset({"Content-Type", "Content-Length", "Content-Encoding"})


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response as Django made it."""

    version: str
    tag: str
    headers: list[tuple[str, str]]
    body: bytes


class KeptResponses:
    """A WSGI application in front of Django's, for reads of the catalog that are sent again."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.kept: KeptBytes[Response] = KeptBytes()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request from what is kept, else as Django does."""
        key = _key(environ)
        if key is None:
            return self._application(environ, start_response)
        started = time.perf_counter()
        found = self.kept.get(key)
        if found is not None and _still_holds(found, environ):
            measures.observe(time.perf_counter() - started, ())
            return _given(found, environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], fault: Any = None) -> Any:
            is_bodyless = status.startswith("304")
            return start_response(status, _bodyless(headers) if is_bodyless else headers, fault)

        response = self._application(environ, start)
        self._keep(key, response)
        return response

    def _keep(self, key: tuple[str, ...], response: Iterable[bytes]) -> None:
        version = getattr(response, "catalog_version", None)
        if version is None or not isinstance(response, HttpResponse):
            return
        if response.status_code != HTTPStatus.OK:
            return
        body = response.content
        size = len(body) + sum(map(len, key)) + _OF_HEADERS
        headers = list(response.items())
        self.kept.put(key, Response(version, response["ETag"], headers, body), size)


def _bodyless(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    # Django says a length of 0, which is not the answer's.
    return [item for item in headers if item[0] not in _OF_A_BODY]


def _key(environ: Environ) -> tuple[str, ...] | None:
    """Return what a kept response is found by, None where none can be."""
    if environ["REQUEST_METHOD"] != "GET" or not environ["PATH_INFO"].endswith("/graphql"):
        return None
    if any(name in environ for name in _ASIDE):
        return None
    return tuple([environ.get(name, "") for name in _SAID])


def _still_holds(found: Response, environ: Environ) -> bool:
    """Tell whether a response may be given again, and count the request as any other."""
    context = RequestContext(client_address=rates.address_of(environ))
    if versioned.version_at_hand(context) != found.version:
        return False
    try:
        rates.admit(context)
    except RateLimitedError:
        return False  # Django refuses it in words
    return True


def _given(
    found: Response, environ: Mapping[str, str], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    if "HTTP_IF_NONE_MATCH" in environ and (
        tags.is_known(found.tag, environ) or tags.is_any_known(environ)
    ):
        start_response("304 Not Modified", _bodyless(found.headers))
        return ()
    start_response("200 OK", list(found.headers))
    return (found.body,)
