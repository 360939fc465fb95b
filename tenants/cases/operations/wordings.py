"""Wording a center's papers, and seeing beforehand what they will look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tenants.cases import errors, models, queries, rules
from tenants.cases.adapters import document, wording
from tenants.cases.adapters.document import Body, Document
from tenants.cases.operations import letterheads
from tenants.staff.operations import registers
from tongban.kernel import calendar, context, numbers
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


@dataclass(frozen=True, slots=True)
class Specimen:
    """A paper as it would be, of a case that is none."""

    opening: str
    notes: Sequence[str]
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Worded:
    """The words of a kind of paper; with a dry run, as they would be, and how they look."""

    kind: rules.PaperKind
    wording: rules.Wording
    specimen: Specimen | None = None


def edit_wording(
    *,
    actor: Actor,
    kind: rules.PaperKind,
    opening: str,
    notes: Sequence[str],
    expected_version: int,
    dry_run: bool = False,
    now: datetime,
) -> Worded:
    """Word a kind of paper in the center's own way from now on.

    What the law wants said stands where ``opening`` has its ``{text}``, and its rows and notes
    stay: a center adds to them only. An empty ``opening`` takes the shipped one. With ``dry_run``
    nothing changes. Raises: RegisterNotAllowedError, PaperWordingInvalidError, StaleVersionError.
    """
    wanted = rules.Wording(opening.strip(), [note.strip() for note in notes], expected_version + 1)
    with unit_of_work() as work:
        registers.require_keeper(actor)
        _require_sound(kind, wanted)
        if dry_run:
            return Worded(kind, wanted, _specimen(kind, wanted, now))
        row = letterheads.lock_letterhead(None)
        registers.require_version(rules.read_wording(row.wordings, kind).version, expected_version)
        row.wordings = {**row.wordings, kind.value: wanted.as_json()}
        row.save(update_fields=["wordings"])
        registers.tell(
            work, actor, topic="paper_wording", key=kind.value, action="paper_wording.edit",
            name="paper_wording.edited", now=now,
            data={"opening": wanted.opening, "notes": list(wanted.notes)},
        )  # fmt: skip
    return Worded(kind, wanted)


def _require_sound(kind: rules.PaperKind, wanted: rules.Wording) -> None:
    found = rules.check_wording(kind, wanted)
    if found is None:
        return
    is_opening = found.path == ("opening",)
    limits: dict[tuple[str | int, ...], int] = {
        ("opening",): rules.LONGEST_OPENING,
        ("notes",): rules.MOST_NOTES,
    }
    allowed = rules.WORDING_PLACEHOLDERS | ({rules.RULING} if is_opening else frozenset())
    raise errors.PaperWordingInvalidError(
        path=found.path,
        reason=found.fault.value,
        placeholder=found.placeholder,
        allowed="、".join(sorted(allowed)),
        limit=limits.get(found.path, rules.LONGEST_NOTE),
    )


def _specimen(kind: rules.PaperKind, words: rules.Wording, now: datetime) -> Specimen:
    """Return the paper of a case that nobody handed in, under the center's own letterhead."""
    here = context.current_center()
    head = queries.letterhead_of()
    number = numbers.compose(here, calendar.local_day(now), numbers.MAX_SERIAL)
    case = models.Case(
        number=number, matter_name="（事项名称）", applicant_name_masked="（申请人）",
        submitted_at=now, offering={"department": "（办理部门）"},
    )  # fmt: skip
    said = wording.spoken_of(case, organ=head.name)
    has_opening = kind not in rules.WITHOUT_OPENING
    body = Body(
        opening=words.worded("（文书依法要说明的内容）", said) if has_opening else "",
        rows=[("事项名称", case.matter_name), ("申请人", case.applicant_name_masked)],
        notes=["（文书依法要告知的内容）", *words.noted(said)],
    )
    pdf = document.render(
        Document(
            issuer=head.name, second_line=head.second_line, whereabouts=head.whereabouts,
            title=rules.PAPER_TITLES[kind][0], number="样张", case_number=number,
            verify_url=f"{settings.PUBLIC_URL}/verify/{here}", key_id="样张", issued_at=now,
            body=body,
        )
    )  # fmt: skip
    return Specimen(body.opening, body.notes, pdf)
