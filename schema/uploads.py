"""GraphQL multipart requests: files go where ``map`` says, and nowhere else.

Source: GraphQL multipart request specification 2, with the checks that libraries leave out: a
path is under ``variables``, its target is exactly null, and each file has exactly one place.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from schema.errors import BadRequestError, TooLargeError

MOST_FILES: Final = 20
_PATH: Final = re.compile(r"variables(?:\.(?:[A-Za-z_]\w*|0|[1-9]\d{0,3}))+", re.ASCII)
_ENVELOPE: Final = 64 * 1024
"""What boundaries and headers of the parts may take beside their contents."""


def require_preflight(request: HttpRequest) -> None:
    """Refuse a multipart request that a foreign page's form could have sent.

    A browser sends a form anywhere without asking. Only a bearer token authenticates here, which
    no form can add; the rule also keeps anonymous operations from being sent that way.
    Raises: BadRequestError.
    """
    if not (
        request.headers.get("Authorization") or request.headers.get("GraphQL-Require-Preflight")
    ):
        raise BadRequestError(reason="multipart needs the header GraphQL-Require-Preflight: 1")


def placed(request: HttpRequest, parse: Callable[[bytes], Any]) -> Any:
    """Return the operations of a multipart request with its files in their places.

    Files are streamed to temporary ones. Raises: BadRequestError, TooLargeError.
    """
    whole = int(request.META.get("CONTENT_LENGTH") or 0)
    total = settings.UPLOAD_SIZE_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE + _ENVELOPE
    if whole > total:
        raise TooLargeError(limit=settings.UPLOAD_SIZE_LIMIT)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise BadRequestError(reason="a multipart body is sent as it is")
    guard = _Guard(request)
    request.upload_handlers = [
        guard,
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]
    texts, files = request.POST, request.FILES
    if guard.exceeded is not None:
        raise guard.exceeded
    if set(texts) != {"operations", "map"} or any(len(texts.getlist(name)) > 1 for name in texts):
        raise BadRequestError(reason="a multipart request has operations, map and files")
    operations = parse(texts["operations"].encode())
    _place(operations, _places(parse(texts["map"].encode())), _single_files(files))
    return operations


class _Guard(FileUploadHandler):
    """Counts files and bytes while they arrive; the handlers behind it keep them."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.exceeded: TooLargeError | None = None
        self._files = 0
        self._whole = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._files += 1
        if self._files > MOST_FILES:
            self._stop(MOST_FILES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._whole += len(raw_data)
        if start + len(raw_data) > settings.FILE_SIZE_LIMIT:
            self._stop(settings.FILE_SIZE_LIMIT)
        if self._whole > settings.UPLOAD_SIZE_LIMIT:
            self._stop(settings.UPLOAD_SIZE_LIMIT)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind."""

    def _stop(self, limit: int) -> None:
        # Django swallows what stops an upload, so the reason is kept for `placed`.
        self.exceeded = TooLargeError(limit=limit)
        raise StopUpload(connection_reset=True)


def _places(given: Any) -> Mapping[str, list[str]]:
    """Return the checked ``map``: each file's one path under ``variables``."""
    if not isinstance(given, dict) or not given:
        raise BadRequestError(reason="map is an object that names each file's place")
    seen: set[str] = set()
    for paths in given.values():
        if not isinstance(paths, list) or len(paths) != 1 or not isinstance(paths[0], str):
            raise BadRequestError(reason="map gives each file a list of exactly one path")
        if not _PATH.fullmatch(paths[0]) or paths[0] in seen:
            raise BadRequestError(reason="a path in map is under variables and used once")
        seen.add(paths[0])
    return given


def _single_files(files: MultiValueDict[str, Any]) -> Mapping[str, Any]:
    if any(len(files.getlist(name)) != 1 for name in files):
        raise BadRequestError(reason="two files have the same name in the form")
    return files.dict()


def _place(operations: Any, places: Mapping[str, list[str]], files: Mapping[str, Any]) -> None:
    if set(places) != set(files):
        raise BadRequestError(reason="map and the files of the form name each other exactly")
    for name, (path,) in places.items():
        *around, last = path.split(".")
        target = operations
        for step in around:
            target = _at(target, step)
        if _at(target, last) is not None:
            raise BadRequestError(reason=f"{path} is not null")
        target[int(last) if isinstance(target, list) else last] = files[name]


def _at(target: Any, step: str) -> Any:
    if isinstance(target, dict) and step in target:
        return target[step]
    if isinstance(target, list) and step.isdecimal() and int(step) < len(target):
        return target[int(step)]
    raise BadRequestError(reason="map names a place that operations does not have")
