"""Sealing the head of an audit chain outside the database."""

from datetime import datetime

from django.conf import settings

from tongban.audit import queries
from tongban.audit.adapters import seal_files


def seal_head(*, code: str, now: datetime) -> bool:
    """Seal the present head of the schema that the task is in; tell whether there was news.

    ``code`` names the schema (a center's code, or ``platform``). One primary-key look-up.
    """
    head, _highest = queries.end()
    if head.sequence == 0:
        return False
    return seal_files.append(code, head, at=now)


def seal_head_if_due(*, code: str, now: datetime) -> bool:
    """Seal the head when the last seal is older than ``AUDIT_SEAL_MINUTES``."""
    age = seal_files.age_seconds(code, now)
    if age is not None and age < settings.AUDIT_SEAL_MINUTES * 60:
        return False
    return seal_head(code=code, now=now)
