"""A small schema behind the real view: what no field of the product does must still be safe."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import strawberry
from django.db import connection
from django.test import RequestFactory

from schema import payloads
from schema.api import ApiSchema
from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, running_clock
from schema.scalars import Upload
from schema.view import GraphQLEndpoint
from tests.people import NOW
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import errors, models

TrialError = payloads.error_type("Trial", errors)


@strawberry.type(description="A node.")
class Trunk:
    name: str = strawberry.field(description="Its name.")

    @strawberry.field(description="One below it.")
    def branch(self) -> "Trunk":
        return Trunk(name=f"{self.name}.")

    @strawberry.field(description="All below it.")
    def branches(self) -> list["Trunk"]:
        return [Trunk(name=f"{self.name}.")]


@strawberry.type
class TrialQuery:
    @strawberry.field(description="A tree without an end.")
    def trunk(self) -> Trunk:
        return Trunk(name="t")

    @strawberry.field(description="A list.")
    def divisions(self, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Trunk]:
        return paginate(
            models.Division.objects.all(),
            order=("-code", "valid_from"),
            first=first,
            after=after,
            node=lambda row: Trunk(name=row.code),
        )

    @strawberry.field(description="A fault of ours.")
    def broken(self) -> str:
        secret = "a value that no log may show"
        raise LookupError(f"no such thing, {len(secret)}")

    @strawberry.field(description="A fault of ours in a field that may be null.")
    def broken_softly(self) -> str | None:
        raise LookupError

    @strawberry.field(description="A statement that takes too long.")
    def slow(self) -> str:
        with (
            shared_context(SharedRole.READER, statement_timeout_ms=30),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT pg_sleep(5)")
        return "done"


@strawberry.input(description="Files.")
class KeepInput:
    file: Upload | None = strawberry.field(default=None, description="One.")
    files: list[Upload | None] | None = strawberry.field(default=None, description="Many.")
    note: str | None = strawberry.field(default=None, description="No file at all.")


@strawberry.type(description="What came.")
class KeepPayload:
    digests: list[str] = strawberry.field(default_factory=list, description="SHA-256 of each.")
    names: list[str] = strawberry.field(default_factory=list, description="Their names.")
    errors: list[payloads.Fault] = payloads.errors_field(TrialError)


@strawberry.type
class TrialMutation:
    @payloads.mutation(description="Take files.")
    def keep(self, info: Info, input: KeepInput) -> KeepPayload:
        assert info.context.actor.key == "anonymous"
        files = [file for file in (input.file, *(input.files or ())) if file is not None]
        return KeepPayload(
            digests=[hashlib.sha256(file.read()).hexdigest() for file in files],
            names=[str(file.name) for file in files],
        )

    @payloads.mutation(description="Refuse.")
    def refuse(self, info: Info) -> KeepPayload:
        assert info.context.center is None
        raise errors.UnknownDivisionError(path=("as_of", 3), as_of="2021-12-31", code="1")


schema = ApiSchema(TrialQuery, TrialMutation, introspection=True)
view = GraphQLEndpoint.as_view(schema=schema)


def post(data: Any, content_type: str = "application/json", **headers: str) -> Any:
    """Send a body to the trial schema and return the response, its answer as ``.answer``."""
    body = data if isinstance(data, bytes | str) else json.dumps(data)
    return answered(
        RequestFactory().generic("POST", "/graphql", body, content_type, headers=headers)
    )


def answered(request: Any) -> Any:
    with running_clock(lambda: NOW):
        response: Any = view(request)
    response.answer = json.loads(response.content) if response.content else None
    request.close()
    return response


def ask(query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> Any:
    """Send an operation to the trial schema."""
    return post({"query": query, "variables": variables or {}}, **headers)
