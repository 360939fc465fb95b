"""The version of the catalog: it grows with every change that readers can see."""

from django.db.models import F

from tongban.catalog import models


def advance() -> None:
    """Take the catalog's version for this transaction and let it grow by one.

    Call it before reading what the change depends on: until commit nobody else changes the
    catalog, so what was checked (no cycle of preconditions, no second draft) still holds.
    """
    models.CatalogVersion.objects.filter(id=1).update(number=F("number") + 1)
