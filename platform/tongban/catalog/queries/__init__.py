"""What may be read of the catalog."""

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
    "find_matters",
    "find_offerings",
    "in_force",
    "is_assisted",
    "lock_offering",
    "offering",
    "offering_for",
    "offerings_among",
    "pinned_offering",
    "promise_of",
    "published_revision",
    "search_matters",
    "search_offerings",
    "snapshot_of",
    "standard_of",
]
