"""Copies of one's own data behind ``/files/{token}``."""

import io
import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core import signing

from schema.cases import links
from schema.cases.links import Link
from schema.downloads import Download
from tenants.privacy.errors import DataRequestNotFoundError
from tenants.privacy.operations import copying
from tongban.identity import queries as identity
from tongban.kernel import calendar
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import RequestError, UnauthenticatedError
from tongban.registry import queries as registry


def open_linked(token: str, *, now: datetime) -> Download | None:
    """Return the copy that a link names, None where it names none or its asker may not have it."""
    try:
        link = Link.read(token, now=now)
        if link.kind != links.COPY:
            return None
        actor = identity.actor_of_token(link.token_id, now=now)
        account = _account(actor.account_id)
        with center_context(registry.resolve_center(link.center_code).code):
            content = copying.open_copy(
                actor=actor, request_id=uuid.UUID(link.key), account=account, now=now
            )
    except (signing.BadSignature, RequestError, DataRequestNotFoundError):
        return None
    name = f"个人信息副本{calendar.local_day(now)}.json"
    return Download(io.BytesIO(content), name, "application/json")


def _account(account_id: int | None) -> dict[str, Any]:
    """Return what the platform knows of an account, as its owner reads it."""
    if account_id is None:
        raise UnauthenticatedError
    with shared_context(SharedRole.SIGN_IN):
        profile = identity.profile_of(account_id)
    return asdict(profile)
