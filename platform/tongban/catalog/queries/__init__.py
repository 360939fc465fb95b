"""What may be read of the catalog."""

from tongban.catalog.queries.attachments import access_attachment
from tongban.catalog.queries.guides import guide_to, precondition_names
from tongban.catalog.queries.history import versions_of
from tongban.catalog.queries.issuers import issuer_name
from tongban.catalog.queries.search import Found, search_matters, search_offerings
from tongban.catalog.queries.standing import (
    MatterFilter,
    OfferingFilter,
    find_matters,
    find_offerings,
    in_force,
    is_assisted,
    lock_offering,
    offering,
    offering_for,
    offerings_among,
    pinned_offering,
    promise_of,
    published_revision,
    snapshot_of,
    standard_of,
)

__all__ = [
    "Found",
    "MatterFilter",
    "OfferingFilter",
    "access_attachment",
    "find_matters",
    "find_offerings",
    "guide_to",
    "in_force",
    "is_assisted",
    "issuer_name",
    "lock_offering",
    "offering",
    "offering_for",
    "offerings_among",
    "pinned_offering",
    "precondition_names",
    "promise_of",
    "published_revision",
    "search_matters",
    "search_offerings",
    "snapshot_of",
    "standard_of",
    "versions_of",
]
