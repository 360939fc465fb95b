"""A gateway for text messages over HTTP; where none is set up, messages are kept and shown.

One POST a message: ``{"id", "to", "text"}`` as JSON, with the message's id as ``Idempotency-Key``:
a gateway that honours it sends a message once, however often it is asked to.
"""

import http.client
import json
import ssl
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from tenants.messages.rules import Answer, Reception

TIMEOUT_SECONDS: Final = 5.0
REST: Final = timedelta(seconds=30)
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})

_rests_until: dict[str, datetime] = {}


def is_set_up() -> bool:
    """Tell whether messages leave by a gateway."""
    return bool(settings.SMS_URL)


def rests(now: datetime) -> bool:
    """Tell whether the gateway was out of reach a moment ago: nobody waits for it again so soon.

    This keeps a dead gateway from holding up what else the worker does.
    """
    return now < _rests_until.get(settings.SMS_URL, now)


def send(*, message_id: uuid.UUID, phone: str, text: str, now: datetime) -> Answer:
    """Hand one message to the gateway and return what it made of it; no transaction is open."""
    body = json.dumps({"id": str(message_id), "to": phone, "text": text}, ensure_ascii=False)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": str(message_id),
    }
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    try:
        status = _post(body.encode(), headers)
    except (OSError, http.client.HTTPException) as error:
        _rests_until[settings.SMS_URL] = now + REST
        return Answer(Reception.UNREACHABLE, f"网关无法连接（{type(error).__name__}）")
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(Reception.TAKEN)
    is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_refused and status not in _LATER:
        return Answer(Reception.REFUSED, f"网关拒绝（HTTP {status}）")
    return Answer(Reception.LATER, f"网关暂不可用（HTTP {status}）")


def _post(body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(settings.SMS_URL)
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(
            host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    )
    path = parts.path or "/"
    try:
        # No redirect is followed: what is sent names a person's phone.
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
