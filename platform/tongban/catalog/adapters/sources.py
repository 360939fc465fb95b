"""Which format a delivered file has."""

from tongban.catalog.adapters import national_csv, project_json
from tongban.catalog.rules.rows import Source


def read(name: str, raw: bytes) -> Source:
    """Return what a file says, by its content rather than its name's ending.

    Raises: SourceUnreadableError.
    """
    looks_like_json = raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    if looks_like_json or name.lower().endswith(".json"):
        return project_json.read(raw)
    return national_csv.read(raw)
