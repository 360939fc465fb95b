"""The local folder that keeps files unless ``STORAGES`` names a bucket."""

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import FileSystemStorage

_COMING: Final = ".coming-"
"""Begins the name of what is being written; what a kill left of it stays until it is swept."""


class Folder(FileSystemStorage):
    """A folder in which a file is there whole and for good, or not at all, as in a bucket.

    Django's own writes in place: of two writers of one content the second would take the first
    one's half-written file for what a kill left behind, and a full disk would leave neither.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: the same name is the same content."""
        del max_length
        return name

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_COMING, delete=False) as coming:
            try:
                for chunk in content.chunks():
                    coming.write(chunk)
                coming.flush()
                # The row that will name the file survives the loss of power too.
                os.fsync(coming.fileno())
                Path(coming.name).replace(path)
            except BaseException:
                Path(coming.name).unlink()
                raise
        return name

    def unfinished(self, folder: str, *, before: datetime) -> list[str]:
        """Return the names of what a kill left half-written below a folder, before an instant."""
        return [
            str(path.relative_to(self.location))
            for held, _folders, names in os.walk(self.path(folder))
            for path in (Path(held, name) for name in names if name.startswith(_COMING))
            if _is_older(path, before)
        ]


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False  # it was finished at this moment
