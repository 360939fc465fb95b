"""The refusals of the staff registers as one GraphQL type."""

from schema import payloads
from tenants.staff import errors

StaffError = payloads.error_type("Staff", errors)
