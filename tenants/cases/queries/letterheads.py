"""Letterheads: the center's own, and what single departments say otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from django.db.models import F, Q, QuerySet

from tenants.cases import models, rules
from tenants.staff import queries as staff
from tongban.kernel import context, statements
from tongban.kernel.actors import Actor
from tongban.registry import queries as registry

_ELEMENTS = tuple(field.name for field in fields(rules.Letterhead))


@dataclass(frozen=True, slots=True)
class StandingLetterhead:
    """What one row of the register says, and what follows with the center's own."""

    department_code: str
    """Empty for the center itself."""
    own: rules.Letterhead
    effective: rules.Letterhead
    version: int


def letterhead_of(department: str = "") -> rules.Letterhead:
    """Return under what papers of a department go out, by its name or code (one statement).

    Without one, where it says nothing of its own or works here no more, the center's.
    """
    return _effective(_rows_of(department))


def stationery(
    kind: rules.PaperKind, department: str = ""
) -> tuple[rules.Letterhead, rules.Wording]:
    """Return a department's letterhead, and the center's words for a kind (one statement)."""
    rows = _rows_of(department)
    words = rows[-1].wordings if rows and rows[-1].department_id is None else {}
    return _effective(rows), rules.read_wording(words, kind)


@statements.compiled
def _rows_of(department: str) -> QuerySet[models.Letterhead]:
    """Return what is settled for a department at work, the center's own last; "" names none.

    One that left signs nothing more: another may work here under its name.
    """
    named = Q(department__name=department) | Q(department__code=department)
    own = Q(department__is_active=True) & named
    rows = models.Letterhead.objects.filter(Q(department=None) | own)
    return rows.order_by(F("department").asc(nulls_last=True))


def remedies_of(case: models.Case) -> rules.Remedies:
    """Return before whom a decision on ``case`` is contested: its department's, or the center's.

    Every decision against an applicant keeps them under ``remedies``, so that papers and all
    copies of the case tell what was told (one statement).
    """
    return letterhead_of(case.department).remedies


def list_letterheads() -> list[StandingLetterhead]:
    """Return the center's letterhead first, then of each department at work, by code.

    Two statements; what hangs at the door is no secret.
    """
    rows = {row.department_id: row for row in models.Letterhead.objects.all()}
    departments = staff.list_departments().order_by("code")
    places = [(None, ""), *((each.pk, each.code) for each in departments)]
    return [_standing(code, rows.get(key), rows.get(None)) for key, code in places]


def standing_letterhead(department_code: str = "") -> StandingLetterhead:
    """Return one entry of ``list_letterheads`` (two statements)."""
    rows = models.Letterhead.objects
    own = (
        rows.filter(department__code=department_code)
        if department_code
        else rows.filter(department=None)
    )
    return _standing(department_code, own.first(), rows.filter(department=None).first())


def list_wordings(*, actor: Actor) -> Mapping[rules.PaperKind, rules.Wording]:
    """Return the center's words for every kind to whoever works here; nothing to others."""
    if staff.membership_of(actor) is None:
        return {}
    row = models.Letterhead.objects.filter(department=None).first()
    kept = row.wordings if row else {}
    return {kind: rules.read_wording(kept, kind) for kind in rules.PaperKind}


def _standing(
    code: str, own: models.Letterhead | None, center: models.Letterhead | None
) -> StandingLetterhead:
    said = [row for row in (own, center) if row is not None]
    return StandingLetterhead(
        department_code=code,
        own=rules.Letterhead(**_said(own)) if own else rules.Letterhead(name=""),
        effective=_effective(said),
        version=own.version if own else 0,
    )


def _effective(rows: Sequence[models.Letterhead]) -> rules.Letterhead:
    """Return each element as the first of ``rows`` says it that says it at all."""
    found = {"name": registry.name_of(context.current_center())}
    for row in reversed(rows):
        found |= {name: text for name, text in _said(row).items() if text}
    return rules.Letterhead(**found)


def _said(row: models.Letterhead) -> dict[str, str]:
    return {name: getattr(row, name) for name in _ELEMENTS}
