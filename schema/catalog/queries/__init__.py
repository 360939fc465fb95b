"""What may be read of the catalog."""

import strawberry

from schema.catalog.queries.conformity import ConformityQuery
from schema.catalog.queries.directories import DirectoriesQuery
from schema.catalog.queries.matters import MattersQuery
from schema.catalog.queries.measures import MeasuresQuery
from schema.catalog.queries.proposals import ProposalsQuery
from schema.catalog.queries.releases import ReleasesQuery
from schema.catalog.queries.rounds import RoundsQuery
from schema.catalog.queries.standards import StandardsQuery
from schema.catalog.queries.version import VersionQuery


@strawberry.type
class CatalogQuery(
    VersionQuery,
    MattersQuery,
    MeasuresQuery,
    DirectoriesQuery,
    ConformityQuery,
    StandardsQuery,
    RoundsQuery,
    ReleasesQuery,
    ProposalsQuery,
):
    pass
