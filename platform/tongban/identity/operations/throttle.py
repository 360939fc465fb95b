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


# ``last_at`` lies ahead here: when the key is as one that never asked. One instant so holds what a
# bucket of tokens would: how much was taken, and when.
_TAKE = """
INSERT INTO identity_throttle AS known (key, failures, last_at)
VALUES (%(key)s, 0, %(now)s + %(step)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE
   SET last_at = GREATEST(known.last_at, %(now)s) + %(step)s * interval '1 second'
 WHERE known.last_at <= %(now)s + %(most)s * interval '1 second'
"""


def take(key: str, *, per_second: float, burst: float, now: datetime) -> bool:
    """Take one of what ``key`` may have, over all processes, and tell whether there was one.

    So many per second in the long run, ``burst`` at once. Runs as sign-in or the platform, and
    commits at once when no transaction is open.
    """
    step = 1 / per_second
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "now": now, "step": step, "most": step * (burst - 1)})
        is_taken: bool = cursor.rowcount == 1
    return is_taken


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
