"""Deleting what a person was told, when they ask for it."""

from collections.abc import Collection

from tenants.messages import queries


def erase_messages(*, recipient_hash: bytes, case_numbers: Collection[str]) -> int:
    """Delete the messages to a person about these cases, phones and all; return how many."""
    told = queries.told_to(recipient_hash).filter(case_number__in=case_numbers)
    deleted, _by_model = told.delete()
    return deleted
