"""The scalars of the API, stricter than Strawberry's own where a loose value could do harm."""

import base64
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from django.core.files.uploadedfile import UploadedFile
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition, scalar

Upload = NewType("Upload", UploadedFile)  # type: ignore[type-arg] # no generic at run time
"""A file of a multipart request, as an operation gets it."""


def opaque_id(kind: str, key: object) -> strawberry.ID:
    """Return a node's ``id``: unique over the API and stable, to be compared and never parsed."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("="))


def _parser(name: str, parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    def parse_value(value: Any) -> Any:
        if not isinstance(value, str):
            raise GraphQLError(f"{name} is written as a string")
        try:
            return parse(value)
        except (ValueError, InvalidOperation):
            raise GraphQLError(f"not a {name}: {value[:40]!r}") from None

    return parse_value


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError("an instant has an offset")
    return instant


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("a number is finite")
    return number


def _uploaded(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        raise GraphQLError("a file is sent as a part of a multipart request")
    return value


def _unsendable(_value: Any) -> Any:
    raise GraphQLError("a file can't be read through a field")


def _isoformat(value: date | time) -> str:
    return value.isoformat()


SCALARS: Mapping[object, ScalarDefinition] = {
    date: scalar(
        name="Date",
        description="A day, `2026-11-24` (ISO 8601).",
        serialize=_isoformat,
        parse_value=_parser("Date", date.fromisoformat),
    ),
    datetime: scalar(
        name="DateTime",
        description="An instant with its offset, `2026-11-24T09:00:00+08:00` (ISO 8601).",
        serialize=_isoformat,
        parse_value=_parser("DateTime", _instant),
    ),
    time: scalar(
        name="Time",
        description="A time of day in Asia/Shanghai, `09:00:00` (ISO 8601).",
        serialize=_isoformat,
        parse_value=_parser("Time", time.fromisoformat),
    ),
    Decimal: scalar(
        name="Decimal",
        description='An exact number as a string; money is in yuan with two places, `"12.50"`.',
        serialize=str,
        parse_value=_parser("Decimal", _decimal),
    ),
    uuid.UUID: scalar(
        name="UUID",
        description="A UUID in its 36-character form.",
        serialize=str,
        parse_value=_parser("UUID", uuid.UUID),
    ),
    JSON: scalar(
        name="JSON",
        description="Any JSON value; where its keys are fixed, the field's description names them.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
    Upload: scalar(
        name="Upload",
        description=(
            "A file, sent by the GraphQL multipart request specification: `null` in `variables`, "
            "named by a path in `map`, its bytes in a part of its own."
        ),
        serialize=_unsendable,
        parse_value=_uploaded,
    ),
}
