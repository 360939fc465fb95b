"""From the bytes of an HTTP request to one operation: JSON, gzip, multipart, stored by hash."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from schema import stored, uploads
from schema.errors import BadRequestError, TooLargeError, UnsupportedMediaError

JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks to be executed."""

    text: str
    variables: dict[str, Any] = field(default_factory=dict)
    name: str | None = None


def read(request: HttpRequest) -> Operation:
    """Return the operation of a POST. Raises: BadRequestError and its kinds."""
    kind = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaError(kind=charset)
    try:
        if kind == JSON:
            return operation_of(parsed(_body(request)))
        if kind == MULTIPART:
            uploads.require_preflight(request)
            return operation_of(uploads.placed(request, parsed))
    except RequestDataTooBig as error:
        raise TooLargeError(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from error
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
        raise BadRequestError(reason="the body can't be read") from error
    raise UnsupportedMediaError(kind=kind or "none")


def read_stored(request: HttpRequest) -> Operation:
    """Return the operation that a GET names by its hash. Raises: BadRequestError."""
    try:
        # Whatever its sender says: an answer is kept by the bytes of the query string alone.
        request.encoding = "utf-8"
        said = request.GET
    except SuspiciousOperation as error:
        raise BadRequestError(reason="the query string has too many parts") from error
    given: dict[str, Any] = {
        name: said[name] for name in ("query", "id", "operationName") if name in said
    }
    for name in ("variables", "extensions"):
        if said.get(name):
            given[name] = parsed(said[name].encode())
    if "query" in given:
        raise BadRequestError(reason="GET is for stored operations; send a document by POST")
    return operation_of(given)


def parsed(body: bytes) -> Any:
    """Return the value of a JSON text. Raises: BadRequestError."""
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(reason="the body is not JSON") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _body(request: HttpRequest) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return request.body
    if encoding != "gzip":
        raise UnsupportedMediaError(kind=encoding)
    allowed: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        # Never more than the limit is inflated, however small the request is.
        body = unzip.decompress(request.body, allowed + 1)
    except zlib.error as error:
        raise BadRequestError(reason="the body is not gzip") from error
    if len(body) > allowed:
        raise TooLargeError(limit=allowed)
    if not unzip.eof or unzip.unused_data:
        raise BadRequestError(reason="the body is not one whole gzip member")
    return body


def operation_of(given: Any) -> Operation:
    """Return the operation that parsed JSON asks for. Raises: BadRequestError."""
    if isinstance(given, list):
        raise BadRequestError(reason="one operation per request; there is no batching")
    if not isinstance(given, Mapping):
        raise BadRequestError(reason="the body is an object")
    variables, name = given.get("variables"), given.get("operationName")
    if not isinstance(variables, dict | None):
        raise BadRequestError(reason="variables is an object")
    if not isinstance(name, str | None):
        raise BadRequestError(reason="operationName is a string")
    return Operation(text=_text(given), variables=variables or {}, name=name or None)


def _text(given: Mapping[str, Any]) -> str:
    text, key = given.get("query"), _stored_id(given)
    if not isinstance(text, str | None):
        raise BadRequestError(reason="query is a string")
    if not text:
        if key is None:
            raise BadRequestError(reason="query is missing")
        return stored.document(key)
    if settings.STORED_OPERATIONS_ONLY:
        return stored.document(stored.key_of(text))
    if key is not None and stored.key_of(text) != key:
        raise BadRequestError(reason="query is not the document that the hash names")
    return text


def _stored_id(given: Mapping[str, Any]) -> str | None:
    extensions = given.get("extensions")
    if not isinstance(extensions, dict | None):
        raise BadRequestError(reason="extensions is an object")
    persisted = (extensions or {}).get("persistedQuery")
    key = persisted.get("sha256Hash") if isinstance(persisted, dict) else given.get("id")
    if not isinstance(key, str | None):
        raise BadRequestError(reason="the hash of a stored operation is a string")
    return key
