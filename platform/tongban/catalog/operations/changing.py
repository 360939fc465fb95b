"""One change of the catalog at a time."""

from tongban.catalog import models


def one_at_a_time() -> None:
    """Lock the catalog's version until this transaction ends; it grows with what is written.

    Call it before reading what the change depends on: until commit nobody else changes the
    catalog, so what was checked (no cycle of preconditions, no second draft) still holds. The
    growing is done by triggers on the tables that readers see, so nothing can forget it, and a
    draft or a change that is refused makes no reader read again.
    """
    models.CatalogVersion.objects.select_for_update().get(id=1)
