"""GETs of stored operations, as an app sends them that keeps what it was answered."""

import json
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client

from schema import stored
from schema.context import running_clock
from tests.graphql.client import operation
from tests.people import NOW
from tongban.catalog.queries.clock import catalog_clock
from tongban.registry.queries import center_map


def get(
    name: str,
    variables: Mapping[str, Any] | None = None,
    *,
    center: str | None = None,
    method: str = "get",
    now: datetime = NOW,
    **headers: str,
) -> Any:
    """Read a shipped operation by its id; headers are named with ``_`` for ``-``."""
    sent = {header.replace("_", "-"): value for header, value in headers.items()}
    query = {"id": stored.key_of(operation(name).strip())}
    if variables is not None:
        query["variables"] = json.dumps(variables)
    path = f"/c/{center}/graphql" if center else "/graphql"
    with running_clock(lambda: now):
        return getattr(Client(headers=sent), method)(path, query)


def tag(name: str, variables: Mapping[str, Any] | None = None, **more: Any) -> str:
    """Return the tag of an answer that has one."""
    response = get(name, variables, **more)
    assert response.status_code == 200, response.content
    assert "errors" not in response.json()
    return str(response["ETag"])


@contextmanager
def no_database() -> Any:
    """Let every statement inside the block fail, at the beginning of a second of the clock."""
    for known in (center_map, catalog_clock):
        known.forget()
        known.get()

    def refuse(_execute: Any, sql: str, *_rest: Any) -> Any:
        raise AssertionError(f"a statement: {sql}")

    with connection.execute_wrapper(refuse):
        yield
