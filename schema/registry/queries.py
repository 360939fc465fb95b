"""What anybody may read of the registry."""

import strawberry

from schema.registry.types import Center
from tongban.registry import queries


@strawberry.type
class RegistryQuery:
    @strawberry.field(description="The center with this code, or null.")
    def center(self, code: str) -> Center | None:
        record = queries.find_center(code)
        return Center.of(record) if record else None
