"""What editors, reviewers, publishers and centers change of the catalog."""

import strawberry

from schema.catalog.mutations.offerings import OfferingsMutation


@strawberry.type
class CatalogMutation(OfferingsMutation):
    pass
