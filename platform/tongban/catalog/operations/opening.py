"""Opening and closing offerings at many centers: a few statements for any number of them."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from tongban.catalog.rules import codes
from tongban.catalog.rules.releases import LONGEST, SUFFIX
from tongban.kernel import crypto

Center = tuple[str, str, str]
"""Code, level and division code of a center."""

_CENTERS = """
jsonb_to_recordset(%(centers)s::jsonb) AS c(code text, level text, prefix text, issuers text[])
"""

# Of each matter and level: from when to when it stands without a gap, first of all that is to come
# (releases may be ahead of each other), which release ends it, and what the last revision says.
_STANDING = """
WITH said AS (
  SELECT r.matter_code, l.level, r.effective_from, r.effective_to,
         COALESCE((r.content ->> 'assisted_intake')::boolean, false) AS assisted,
         COALESCE(r.content ->> 'handling_type' = '1', false) AS on_the_spot,
         lag(r.effective_to) OVER following < r.effective_from AS is_behind_gap
    FROM catalog_matterrevision r
    CROSS JOIN LATERAL jsonb_array_elements_text(r.content -> 'levels') AS l (level)
   WHERE r.status IN ('published', 'superseded')
     AND (r.effective_to IS NULL OR r.effective_to > GREATEST(%(since)s, r.effective_from))
     AND (%(matters)s::text[] IS NULL OR r.matter_code = ANY (%(matters)s))
  WINDOW following AS (PARTITION BY r.matter_code, l.level ORDER BY r.effective_from)
), counted AS (
  SELECT *, count(*) FILTER (WHERE is_behind_gap) OVER (
           PARTITION BY matter_code, level ORDER BY effective_from) AS gaps
    FROM said
), first AS (
  SELECT matter_code, level, min(effective_from) AS starts,
         (array_agg(effective_to ORDER BY effective_from DESC))[1] AS ends,
         (array_agg(assisted ORDER BY effective_from DESC))[1] AS assisted,
         (array_agg(on_the_spot ORDER BY effective_from DESC))[1] AS on_the_spot
    FROM counted WHERE gaps = 0 GROUP BY matter_code, level
), standing AS (
  SELECT f.*, COALESCE(e.reason, '') AS ended_for
    FROM first f
    LEFT JOIN LATERAL (
      SELECT left(r.title, %(longest)s - char_length(w.suffix)) || w.suffix AS reason
        FROM catalog_releaseitem i
        JOIN catalog_release r ON r.id = i.release_id
        CROSS JOIN LATERAL (SELECT format(%(suffix)s, r.number) AS suffix) w
       WHERE f.ends IS NOT NULL AND i.matter_code = f.matter_code
         AND r.effective_from = f.ends AND r.status <> 'withdrawn'
       ORDER BY r.number DESC LIMIT 1
    ) e ON true
)
"""

# What is offered already stays as it is.
_OPEN = f"""
{_STANDING}, opened AS (
  INSERT INTO catalog_offering (center_code, matter_code, code, credit_code, status, department,
      place, hours, contact, complaints, body_kind, local_code, windows, promised_unit,
      assisted_intake, scope, on_the_spot, effective_from, effective_to, closed_for)
  SELECT c.code, m.code, c.prefix || m.code, '', '1', '', '', '', '', '', '', '', '{{}}', '',
         s.assisted, '', s.on_the_spot, GREATEST(%(since)s, s.starts), s.ends, s.ended_for
    FROM {_CENTERS}
    JOIN standing s ON s.level = c.level
    JOIN catalog_standardmatter m ON m.code = s.matter_code AND m.issuer_code = ANY (c.issuers)
  ON CONFLICT (center_code, matter_code) DO NOTHING
  RETURNING center_code
)
SELECT center_code, count(*) FROM opened GROUP BY center_code ORDER BY center_code
"""  # noqa: S608  # made of constants

# What an earlier release closed and this one opens again; what a center itself cancelled, or meant
# to end before, stays so.
_REOPEN = f"""
{_STANDING}
UPDATE catalog_offering o
   SET effective_from = CASE WHEN o.effective_to < %(since)s THEN %(since)s
                             ELSE o.effective_from END,
       effective_to = LEAST(o.planned_to, s.ends),
       closed_for = CASE WHEN o.planned_to <= s.ends THEN '' ELSE s.ended_for END,
       planned_to = CASE WHEN o.planned_to > s.ends THEN o.planned_to END
  FROM {_CENTERS}
  JOIN jsonb_to_recordset(%(gained)s::jsonb) AS g(matter text, level text) ON g.level = c.level
  JOIN standing s ON s.matter_code = g.matter AND s.level = g.level
 WHERE o.center_code = c.code AND o.matter_code = g.matter AND o.effective_to <= %(since)s
   AND o.closed_for <> '' AND s.starts <= %(since)s
   AND (o.planned_to IS NULL OR o.planned_to > %(since)s)
"""  # noqa: S608  # made of constants

_CLOSE = f"""
UPDATE catalog_offering o
   SET planned_to = CASE WHEN o.closed_for = '' THEN o.effective_to ELSE o.planned_to END,
       effective_to = %(since)s, closed_for = %(reason)s
  FROM {_CENTERS}
  JOIN jsonb_to_recordset(%(kept)s::jsonb) AS k(matter text, levels text[])
    ON NOT (c.level = ANY (k.levels))
 WHERE o.center_code = c.code AND o.matter_code = k.matter
   AND (o.effective_to IS NULL OR o.effective_to > %(since)s)
"""  # noqa: S608  # made of constants

_UNDO = f"""
DELETE FROM catalog_offering o
 USING {_CENTERS}
  JOIN jsonb_to_recordset(%(gained)s::jsonb) AS g(matter text, level text) ON g.level = c.level
 WHERE o.center_code = c.code AND o.matter_code = g.matter AND o.effective_from >= %(since)s
"""  # noqa: S608  # made of constants


def open_offerings(
    centers: Sequence[Center], *, since: date, matter_codes: list[str] | None = None
) -> dict[str, int]:
    """Let centers offer from ``since`` on what stands at their levels, of those above them.

    Of the given matters only, where some are given; at the earliest from the day on which the
    standard is for their level. Returns how many each center gained. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"centers": _rows(centers), **_standing(since, matter_codes)})
        return dict.fromkeys((code for code, _, _ in centers), 0) | dict(cursor.fetchall())


def reopen_offerings(
    centers: Sequence[Center], *, since: date, gained: Sequence[tuple[str, str]]
) -> int:
    """Open again what releases closed: pairs of matter and level. One statement.

    An offering has one span of days, so only what stands on ``since`` is opened again, and
    ``since`` must have come: until then it may be on offer, or not, by an earlier release.
    """
    codes_gained = sorted({matter for matter, _level in gained})
    with connection.cursor() as cursor:
        cursor.execute(
            _REOPEN,
            {
                "centers": _rows(centers),
                "gained": _pairs(gained),
                **_standing(since, codes_gained),
            },
        )
        changed: int = cursor.rowcount
    return changed


def undo_opening(
    centers: Sequence[Center], *, since: date, gained: Sequence[tuple[str, str]]
) -> None:
    """Take away what centers were to offer from ``since`` on: pairs of matter and level.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNDO, {"centers": _rows(centers), "since": since, "gained": _pairs(gained)})


def close_offerings(
    centers: Sequence[Center],
    *,
    since: date,
    kept: Sequence[tuple[str, Sequence[str]]],
    reason: str,
) -> int:
    """End from ``since`` on what centers offer of matters that are for other levels only.

    ``kept`` are pairs of matter and levels that it remains for. One statement.
    """
    rows = [{"matter": matter, "levels": list(levels)} for matter, levels in kept]
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSE,
            {"centers": _rows(centers), "since": since, "kept": _json(rows), "reason": reason},
        )
        changed: int = cursor.rowcount
    return changed


def _standing(
    since: date, matter_codes: list[str] | None
) -> dict[str, date | list[str] | str | int | None]:
    return {
        "since": since,
        "matters": matter_codes,
        "suffix": SUFFIX.format("%s"),
        "longest": LONGEST,
    }


def _pairs(gained: Sequence[tuple[str, str]]) -> str:
    return _json([{"matter": matter, "level": level} for matter, level in gained])


def _rows(centers: Sequence[Center]) -> str:
    return _json(
        [
            {
                "code": code,
                "level": level,
                "prefix": codes.offering_code(
                    center_code=code, level=level, matter_code="", credit_code=""
                ),
                "issuers": codes.issuers_above(division_code),
            }
            for code, level, division_code in centers
        ]
    )


def _json(rows: object) -> str:
    return crypto.canonical_json(rows).decode()
