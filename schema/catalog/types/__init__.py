"""The catalog as the API shows it."""

from schema.catalog.types.matters import (
    SERVICE_OBJECTS,
    FeeItem,
    LegalBasis,
    Matter,
    MatterCondition,
    MatterResult,
    Offering,
    RequiredMaterial,
    ServiceObject,
    TimeLimit,
)

__all__ = [
    "SERVICE_OBJECTS",
    "FeeItem",
    "LegalBasis",
    "Matter",
    "MatterCondition",
    "MatterResult",
    "Offering",
    "RequiredMaterial",
    "ServiceObject",
    "TimeLimit",
]
