"""What may be read of the catalog."""

import strawberry

from schema.catalog.queries.matters import MattersQuery
from schema.catalog.queries.version import VersionQuery


@strawberry.type
class CatalogQuery(VersionQuery, MattersQuery):
    pass
