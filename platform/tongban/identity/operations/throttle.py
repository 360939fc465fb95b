"""Counting what could be guessed: each attempt is counted before it is judged.

So a thousand attempts at once get no more tries than one after the other.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from tongban.identity import models, rules

_SPEND = """
INSERT INTO identity_throttle AS known (key, failures, last_at, locked_until)
VALUES (%(key)s, 1, %(now)s, NULL)
    ON CONFLICT (key) DO UPDATE
   SET failures = CASE WHEN known.last_at <= %(forgotten)s THEN 1 ELSE known.failures + 1 END,
       last_at = %(now)s,
       locked_until = CASE WHEN known.last_at > %(forgotten)s AND known.failures + 1 >= %(limit)s
                           THEN %(until)s END
 WHERE known.locked_until IS NULL OR known.locked_until <= %(now)s
RETURNING failures
"""


def spend_attempt(
    key: str,
    *,
    now: datetime,
    limit: int = rules.LOCK_AFTER,
    rest: timedelta = rules.LOCK_FOR,
) -> int:
    """Count one attempt and return how many it makes in a row, or 0 while ``key`` rests.

    The attempt that reaches ``limit`` is still judged; unless it succeeds (``forget_attempts``),
    the next ones are refused for ``rest``. Commits at once when no transaction is open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SPEND,
            {"key": key, "now": now, "forgotten": now - rest, "until": now + rest, "limit": limit},
        )
        row = cursor.fetchone()
    return row[0] if row else 0


def give_back(key: str) -> None:
    """Take one attempt back, after a success that says nothing of the others."""
    models.Throttle.objects.filter(key=key).update(failures=F("failures") - 1, locked_until=None)


def forget_attempts(key: str) -> None:
    """Begin counting anew, after a success."""
    models.Throttle.objects.filter(key=key).delete()
