"""What a decided case brings forth: its result's terms and papers, before and after the seal."""

from dataclasses import replace
from datetime import datetime

from tenants.cases import errors, models, rules
from tenants.cases.adapters import results as wordings
from tenants.cases.operations import papers, texts
from tenants.cases.operations.papers import DrawnUp
from tenants.cases.states import State
from tenants.staff import queries as staff
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.registry import queries as registry

_REFUSAL = "不予行政许可决定书"
_LETTERS = {
    State.REJECTED: rules.PaperKind.REJECTION,
    State.REVOKED: rules.PaperKind.REVOCATION,
}
"""What of an ended case is sealed: the letter that says so, which is there."""


def checked_terms(case: models.Case, terms: rules.ResultTerms) -> rules.ResultTerms:
    """Return what the result says, with the offering's name where none is given.

    Raises: TextInvalidError, ResultDaysError.
    """
    name = texts.checked(terms.name, path=("resultName",)) or _name(case)
    number = texts.checked(terms.number, path=("resultNumber",))
    for path, text in (("resultName", name), ("resultNumber", number)):
        if len(text) > rules.LONGEST_RESULT:
            raise errors.TextInvalidError(path=(path,), limit=rules.LONGEST_RESULT)
    first, last = terms.valid_from, terms.valid_to
    if first is not None and last is not None and last <= first:
        raise errors.ResultDaysError(path=("validTo",))
    return replace(terms, name=name, number=number)


def _name(case: models.Case) -> str:
    if case.state == State.REJECTED:
        return _REFUSAL
    result = read_snapshot(case.offering).content.result
    return result.name if result else case.matter_name


def draw_up(
    case: models.Case,
    terms: rules.ResultTerms,
    *,
    stamp: tuple[str, str] | None,
    now: datetime,
) -> DrawnUp | None:
    """Draw up what an approved applicant gets; None for what is a letter that is there.

    One that is drawn up anew replaces the one before.
    """
    if case.state in _LETTERS:
        return None
    offering = read_snapshot(case.offering)
    department = staff.working_department(offering.department)
    body = wordings.certificate(
        case,
        terms,
        issuer=offering.department or registry.name_of(case.owner_code),
        issuer_code=department.credit_code if department else "",
        stamp=stamp,
        now=now,
    )
    place = case.papers.filter(kind=rules.PaperKind.RESULT).count() + 1
    return papers.draw_up(
        case, rules.PaperKind.RESULT, body, title=terms.name, place=place, now=now
    )


def letter(case: models.Case) -> models.Paper:
    """Return the letter of a rejected or revoked case. Raises: CompletionLacksError."""
    kind = _LETTERS[State(case.state)]
    found = case.papers.filter(kind=kind).order_by("-id").first()
    if found is None:
        raise errors.CompletionLacksError(reason="PAPER")
    return found


def hand_out(
    case: models.Case,
    drawn: DrawnUp | None,
    terms: rules.ResultTerms,
    *,
    seal: str = "",
    now: datetime,
) -> None:
    """Sign what was drawn up, after its event; anybody who holds it reads these on /verify."""
    if drawn is None:
        return
    said = {
        "result_number": terms.number,
        "valid_from": terms.valid_from.isoformat() if terms.valid_from else "",
        "valid_to": terms.valid_to.isoformat() if terms.valid_to else "",
        "seal": seal,
    }
    papers.hand_out(case, drawn, now=now, said={name: text for name, text in said.items() if text})


def record_delivery(case: models.Case, *, by: rules.Party, now: datetime) -> models.Paper:
    """Write the delivery of a completed case, after its event (送达回证)."""
    kind = rules.PaperKind.DELIVERY_RECORD
    body = wordings.delivery(case, by=by, now=now)
    place = case.papers.filter(kind=kind).count() + 1
    title = rules.PAPER_TITLES[kind][0]
    drawn = papers.draw_up(case, kind, body, title=title, place=place, now=now)
    return papers.hand_out(case, drawn, now=now)
