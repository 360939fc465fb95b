"""Requests to the API over the real URL configuration, as a client sends them."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from schema.context import running_clock
from tests.people import NOW

OPERATIONS = Path(__file__).resolve().parents[2] / "frontend_contract" / "operations"


def execute(
    query: str,
    variables: Mapping[str, Any] | None = None,
    *,
    center: str | None = None,
    token: str | None = None,
    files: Mapping[str, SimpleUploadedFile] | None = None,
    language: str | None = None,
    now: datetime = NOW,
) -> dict[str, Any]:
    """Send one operation at the instant ``now`` and return the parsed answer.

    ``files`` are named by their path in the operations (``variables.input.files.0``), where the
    variables hold None.
    """
    operations: dict[str, Any] = {"query": query, "variables": variables or {}}
    headers = headers_of(token=token, language=language)
    response = send(operations, center=center, files=files, headers=headers, now=now)
    answer: dict[str, Any] = json.loads(response.content)
    return answer


def send(
    operations: Any,
    *,
    center: str | None = None,
    files: Mapping[str, SimpleUploadedFile] | None = None,
    headers: Mapping[str, str] | None = None,
    now: datetime = NOW,
) -> Any:
    """Send a body as it is and return Django's response."""
    path = f"/c/{center}/graphql" if center else "/graphql"
    client = Client(headers=dict(headers or {}))
    if not files:
        with running_clock(lambda: now):
            return client.post(path, data=json.dumps(operations), content_type="application/json")
    parts: dict[str, Any] = {
        "operations": json.dumps(operations),
        "map": json.dumps({str(n): [place] for n, place in enumerate(files)}),
    }
    parts |= {str(n): file for n, file in enumerate(files.values())}
    with running_clock(lambda: now):
        return client.post(path, data=parts, headers={"GraphQL-Require-Preflight": "1"})


def headers_of(*, token: str | None = None, language: str | None = None) -> dict[str, str]:
    headers = {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if language is not None:
        headers["Accept-Language"] = language
    return headers


def operation(name: str) -> str:
    """Return a document that ships in ``frontend_contract/operations/``, by its file's name."""
    return (OPERATIONS / f"{name}.graphql").read_text()


def codes(answer: Mapping[str, Any]) -> list[str]:
    """List the codes of an answer's top-level errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", [])]
