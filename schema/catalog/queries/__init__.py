"""What may be read of the catalog."""

import strawberry

from schema.catalog.queries.matters import MattersQuery


@strawberry.type
class CatalogQuery(MattersQuery):
    pass
