"""Who issues a catalog, by name."""

from datetime import date

from tongban.catalog.rules.codes import NATION
from tongban.registry import queries as registry_queries


def issuer_name(code: str, *, on: date) -> str:
    """Return what the division that issues a catalog is called on a day; the code if unknown."""
    if code == NATION:
        return "国家"
    named = registry_queries.list_divisions(within=None, level=None, day=on).filter(code=code)
    return named.values_list("name", flat=True).first() or code
