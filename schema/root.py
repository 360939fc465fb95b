"""The schema: every feature's part of it, put together."""

import strawberry
from django.conf import settings
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema import errors, scalars
from schema.catalog.mutations import CatalogMutation
from schema.catalog.queries import CatalogQuery
from schema.context import RequestContext
from schema.documents import DocumentCache, PreparedDocument
from schema.exchange.queries import ExchangeQuery
from schema.handoffs.mutations import HandoffsMutation
from schema.handoffs.queries import HandoffsQuery
from schema.identity.mutations import IdentityMutation
from schema.identity.queries import IdentityQuery
from schema.registry.mutations import RegistryMutation
from schema.registry.queries import RegistryQuery
from schema.staff.mutations import StaffMutation
from schema.staff.queries import StaffQuery


@strawberry.type(description="What can be read.")
class Query(RegistryQuery, IdentityQuery, StaffQuery, CatalogQuery, ExchangeQuery, HandoffsQuery):
    pass


@strawberry.type(description="What can be changed; each takes one input and returns a payload.")
class Mutation(RegistryMutation, IdentityMutation, StaffMutation, CatalogMutation, HandoffsMutation):
    pass


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


schema = ApiSchema(Query, Mutation, introspection=settings.DEBUG or settings.DEMO)
