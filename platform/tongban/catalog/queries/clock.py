"""Which version of the catalog this process answers from, told without a statement."""

import threading
import time
from typing import Final

from tongban.catalog import models
from tongban.kernel.context import reading_context

CHECK_AFTER_SECONDS: Final = 1.0
"""How old what a process knows of the version may be; so long may an answer be out of date."""


class CatalogClock:
    """The version of the catalog in memory, looked up again after a second.

    It is read before the rows of an answer are. So what an answer shows is never older than the
    version that it is known by, and an old answer passes for an unchanged one for a second at most.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[float, str] | None = None

    def get(self) -> str:
        """Return the version, opaque. Cost: nothing, once a second one primary-key look-up."""
        return self.at_hand() or self._looked_up()

    def at_hand(self) -> str | None:
        """Return the version if it was read within the second, without looking."""
        known = self._known
        if known is None or time.monotonic() - known[0] >= CHECK_AFTER_SECONDS:
            return None
        return known[1]

    def forget(self) -> None:
        """Make the next reader look."""
        self._known = None

    def _looked_up(self) -> str:
        with self._lock:  # whoever waited here finds what the first has read
            version = self.at_hand()
            if version is None:
                asked_at = time.monotonic()
                version = _read()
                self._known = (asked_at, version)
            return version


def _read() -> str:
    with reading_context():
        row = models.CatalogVersion.objects.values_list("number", "mark").get(id=1)
    return "{}-{}".format(*row)


catalog_clock: Final = CatalogClock()
