"""Deleting what a person was told, when they ask for it."""

from collections.abc import Collection
from datetime import datetime

from tenants.messages import queries


def erase_messages(
    *, recipient_hash: bytes, case_numbers: Collection[str], before: datetime
) -> int:
    """Delete what a person was told about these cases, phones and all; return how many messages.

    Also that requests about their data were answered, where that was ``before`` then.
    """
    needless = queries.needed_no_more(recipient_hash, case_numbers=case_numbers, before=before)
    deleted, _by_model = needless.delete()
    return deleted
