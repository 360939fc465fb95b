"""The kind of schema that every transport executes: limited, its errors mapped."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema import errors, scalars
from schema.context import RequestContext
from schema.documents import DocumentCache, PreparedDocument


class ApiSchema(strawberry.Schema):
    """A schema with limits, whose errors are mapped in one place, over HTTP and WebSocket alike."""

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        introspection: bool,
    ) -> None:
        super().__init__(
            query,
            mutation,
            subscription,
            extensions=[PreparedDocument],
            config=StrawberryConfig(scalar_map=scalars.SCALARS),
        )
        self.documents = DocumentCache(self._schema, introspection=introspection)

    def process_errors(
        self, errors_: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Replace each error by what the client may see of it."""
        context = execution_context.context if execution_context else None
        if not isinstance(context, RequestContext):
            context = RequestContext()
        errors_[:] = [errors.mapped(error, context) for error in errors_]
