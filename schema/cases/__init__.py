"""The cases' part of the API: queries, mutations, links to files, the page that verifies papers."""

# First of all: of an enum that it meets before its description, Strawberry makes one of its own.
from schema.cases.types import enums
from schema.catalog import types as catalog_types

__all__ = ["catalog_types", "enums"]
