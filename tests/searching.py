"""What a search of the catalog finds, page by page, as every test asks it."""

from datetime import date
from typing import Any

from tongban.catalog import queries

DAY = date(2026, 3, 2)
ENOUGH = 100


def found_matters(search: str, *, on: date = DAY, limit: int = ENOUGH, **options: Any) -> list[str]:
    """Return the codes of the matters that a search finds, the best first."""
    page = queries.search_matters(on=on, search=search, **options).page(after=None, limit=limit)
    return [row.matter_id for _place, row in page]


def found_offerings(
    search: str, *, on: date = DAY, limit: int = ENOUGH, **options: Any
) -> list[tuple[str, str]]:
    """Return matter and center of the offerings that a search finds, the best first."""
    page = queries.search_offerings(on=on, search=search, **options).page(after=None, limit=limit)
    return [(row.matter_id, row.center_code) for _place, row in page]
