"""What people and the management office say in words, as it is kept."""

from tenants.cases.operations import texts
from tenants.privacy import errors, rules


def checked(text: str, *, path: str = "text", is_required: bool = False) -> str:
    """Return a text without white space around it. Raises: DataRequestTextError."""
    plain = text.strip()
    if len(plain) > rules.LONGEST_TEXT:
        raise _wrong(path, "LENGTH")
    if not texts.is_printable(plain):
        raise _wrong(path, "CHARACTER")
    if is_required and not plain:
        raise _wrong(path, "EMPTY")
    return plain


def _wrong(path: str, reason: str) -> errors.DataRequestTextError:
    return errors.DataRequestTextError(path=(path,), reason=reason, limit=rules.LONGEST_TEXT)
