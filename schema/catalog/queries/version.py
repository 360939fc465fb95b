"""Which version of the catalog is shown at present."""

import strawberry

from schema.context import Info
from schema.versioned import VERSIONED, version_of


@strawberry.type
class VersionQuery:
    @strawberry.field(
        description="The version of the catalog that is shown at present, opaque: compare it with "
        "the one you had. It changes with every change that readers can see, with the centers "
        "that offer, and with each day; `extensions.catalogVersion` of an answer that shows the "
        "catalog alone is the same. Costs no look at any table.",
        metadata=VERSIONED,
    )
    def catalog_version(self, info: Info) -> str:
        return info.context.catalog_version or version_of(info.context)
