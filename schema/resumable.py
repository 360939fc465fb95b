"""``…/uploads/``: large files in parts that survive a lost line (tus 1.0.0).

Source: tus.io resumable upload protocol 1.0.0, core with the extensions creation, expiration and
termination. What has come whole is handed in by its id, in ``submitCase`` and its like.
"""

import base64
import secrets
import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from schema import errors, rates, view
from schema.context import RequestContext
from schema.errors import (
    BadRequestError,
    BusyError,
    ProtocolVersionError,
    RateLimitedError,
    TooLargeError,
    UnsupportedMediaError,
)
from tenants.cases import errors as cases
from tenants.cases import queries
from tenants.cases.operations import uploads
from tongban.kernel.context import center_context
from tongban.kernel.errors import CenterRequiredError, DomainError, UnauthenticatedError

VERSION: Final = "1.0.0"
PART_TYPE: Final = "application/offset+octet-stream"
_LONGEST_NUMBER: Final = 18


# Only a bearer token authenticates, so there is no request to forge.
@method_decorator(csrf_exempt, name="dispatch")
class ResumableUploads(View):
    """The uploads of the center that the path names; each is its sender's alone."""

    context: RequestContext

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the center's context; whatever is refused has its status and its code."""
        self.context = RequestContext(
            language=view.language_of(request),
            client_address=view.client_address(request),
            trace_id=secrets.token_hex(16),
        )
        response: HttpResponseBase
        try:
            response = self._answered(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 # the edge at which whatever was raised is mapped
            response = self._refused(errors.known(error, self.context))
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    def _answered(self, request: HttpRequest, center: str, **said: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return self.options(request)
        if request.headers.get("Tus-Resumable") != VERSION:
            raise ProtocolVersionError(version=VERSION)
        view.admit(request, self.context)
        if self.context.actor.kind == "anonymous":
            raise UnauthenticatedError
        self.context.center = view.center_of(request, center, self.context.caller)
        if self.context.center is None:
            raise CenterRequiredError
        with center_context(self.context.center.code):
            return super().dispatch(request, **said)

    def options(self, request: HttpRequest, *_args: Any, **_said: Any) -> HttpResponse:
        """Say what is spoken here."""
        del request
        return HttpResponse(
            status=HTTPStatus.NO_CONTENT,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": "creation,expiration,termination",
                "Tus-Max-Size": str(settings.RESUMABLE_SIZE_LIMIT),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin an upload of ``Upload-Length`` bytes, and say where its parts go."""
        upload = uploads.begin_upload(
            actor=self.context.actor,
            length=_number(request, "Upload-Length"),
            filename=_filename(request),
            now=self.context.now(),
        )
        center = self.context.center
        assert center is not None  # what dispatch requires
        place = f"{settings.PUBLIC_URL}/c/{center.code}/uploads/{upload.pk}"
        return _described(HTTPStatus.CREATED, 0, upload.expires_at, Location=place)

    def head(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Say how much of an upload has come."""
        del request
        upload = queries.access_unused(
            actor=self.context.actor, upload_id=upload_id, now=self.context.now()
        )
        length = {"Upload-Length": str(upload.length)}
        return _described(HTTPStatus.OK, upload.offset, upload.expires_at, **length)

    def patch(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Take what comes behind ``Upload-Offset``; what has come stays, however it ends."""
        if request.headers.get("Content-Type") != PART_TYPE:
            raise UnsupportedMediaError(kind=request.headers.get("Content-Type", "")[:100])
        actor, now = self.context.actor, self.context.now()
        offset, size = _number(request, "Upload-Offset"), _number(request, "Content-Length")
        upload = queries.access_unused(actor=actor, upload_id=upload_id, now=now)
        if offset + size > upload.length:
            raise TooLargeError(limit=upload.length)
        with rates.receive(self.context, size):
            upload = uploads.append_to_upload(
                actor=actor, upload_id=upload_id, offset=offset, read=request.read, now=now
            )
        return _described(HTTPStatus.NO_CONTENT, upload.offset, upload.expires_at)

    def delete(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Throw an upload away."""
        del request
        uploads.abandon_upload(
            actor=self.context.actor, upload_id=upload_id, now=self.context.now()
        )
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def _refused(self, error: DomainError) -> HttpResponse:
        is_gone = isinstance(error, cases.UploadNotFoundError)
        status = HTTPStatus.NOT_FOUND if is_gone else errors.status_of(error)
        answer = {"errors": [errors.rendered(error, self.context).formatted]}
        response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
        if isinstance(error, ProtocolVersionError):
            response["Tus-Version"] = VERSION
        if isinstance(error, RateLimitedError | BusyError):
            response["Retry-After"] = str(error.params["retry_after"])
        if isinstance(error, UnauthenticatedError):
            response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return response


def _described(
    status: HTTPStatus, offset: int, expires_at: datetime, **headers: str
) -> HttpResponse:
    return HttpResponse(
        status=status,
        headers={
            "Upload-Offset": str(offset),
            "Upload-Expires": http_date(expires_at.timestamp()),
            **headers,
        },
    )


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise BadRequestError(reason=f"{header} is a number of bytes")
    return int(text)


def _filename(request: HttpRequest) -> str:
    """Return ``filename`` of ``Upload-Metadata``: names with values in base64, by commas."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = pair.strip().partition(" ")
        if name == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except ValueError as error:
                raise BadRequestError(reason="Upload-Metadata has values in base64") from error
    raise BadRequestError(reason="Upload-Metadata names the filename")
