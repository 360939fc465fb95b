"""The refusals of the catalog as one GraphQL type."""

from schema import payloads
from tongban.catalog import errors

CatalogError = payloads.error_type("Catalog", errors)
