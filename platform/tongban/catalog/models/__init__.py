"""Shared tables of the catalog: written by its editors, read through by every center."""

from tongban.catalog.models.offering import Offering
from tongban.catalog.models.publication import Directory, StandardsAcceptance, WorkStandard
from tongban.catalog.models.release import (
    CancelledPrecondition,
    CatalogVersion,
    ChangeProposal,
    CleanupItem,
    CleanupRound,
    Release,
    ReleaseItem,
)
from tongban.catalog.models.standard import MatterRevision, StandardMatter

__all__ = [
    "CancelledPrecondition",
    "CatalogVersion",
    "ChangeProposal",
    "CleanupItem",
    "CleanupRound",
    "Directory",
    "MatterRevision",
    "Offering",
    "Release",
    "ReleaseItem",
    "StandardMatter",
    "StandardsAcceptance",
    "WorkStandard",
]
