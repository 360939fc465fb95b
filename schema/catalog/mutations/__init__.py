"""What editors, reviewers, publishers and centers change of the catalog."""

import strawberry

from schema.catalog.mutations.attachments import AttachmentsMutation
from schema.catalog.mutations.directories import DirectoriesMutation
from schema.catalog.mutations.lists import ListsMutation
from schema.catalog.mutations.offerings import OfferingsMutation
from schema.catalog.mutations.proposals import ProposalsMutation
from schema.catalog.mutations.revisions import RevisionsMutation
from schema.catalog.mutations.rounds import RoundsMutation
from schema.catalog.mutations.standards import StandardsMutation


@strawberry.type
class CatalogMutation(
    AttachmentsMutation,
    ListsMutation,
    OfferingsMutation,
    DirectoriesMutation,
    StandardsMutation,
    RoundsMutation,
    RevisionsMutation,
    ProposalsMutation,
):
    pass
