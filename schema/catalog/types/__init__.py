"""The catalog as the API shows it."""

# First of all: of an enum that it meets before its description, Strawberry makes one of its own.
from schema.catalog.types.enums import SERVICE_OBJECTS  # isort: skip
from schema.catalog.types.elements import (
    FeeItem,
    FeeWaiver,
    GuideQuestion,
    LegalBasis,
    MatterCondition,
    MatterResult,
    MatterStep,
    MatterVariant,
    Precondition,
    RequiredMaterial,
    ServiceObject,
    TimeLimit,
)
from schema.catalog.types.files import CatalogFile
from schema.catalog.types.guide import Guide, GuideAnswerInput, GuidePlace
from schema.catalog.types.matter import Matter
from schema.catalog.types.offering import Offering, OfferingVariant
from schema.catalog.types.rendering import Rendering

__all__ = [
    "SERVICE_OBJECTS",
    "CatalogFile",
    "FeeItem",
    "FeeWaiver",
    "Guide",
    "GuideAnswerInput",
    "GuidePlace",
    "GuideQuestion",
    "LegalBasis",
    "Matter",
    "MatterCondition",
    "MatterResult",
    "MatterStep",
    "MatterVariant",
    "Offering",
    "OfferingVariant",
    "Precondition",
    "Rendering",
    "RequiredMaterial",
    "ServiceObject",
    "TimeLimit",
]
