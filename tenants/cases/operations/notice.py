"""一次告知: telling all defects at once, and answering them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import commitments as making
from tenants.cases.operations import (
    findings,
    incoming,
    log,
    materials,
    opening,
    papers,
    requests,
    texts,
)
from tenants.cases.operations.incoming import Addition
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import BY_ACTION
from tenants.windows import queries as hall
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.transactions import Work, unit_of_work


def issue_notice(
    *,
    actor: Actor,
    number: str,
    defects: Sequence[rules.Defect],
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Tell the applicant at once everything that must be made good (行政许可法 32(4)).

    What government itself issues is not asked of the applicant: the notice says who supplies it.
    A second notice is possible; it is counted (``notices_issued``), held against the window
    by a finding, and marks what could have been told at the first. The event says whether it came
    after its five working days. Raises: DefectRequiredError, MaterialUnknownError,
    ConditionUnknownError, ApplicantNotAskedError, TextInvalidError, and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="issue_notice",
            number=number,
            request={"defects": [defect.as_json() for defect in defects]},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        listed = _checked_defects(case, defects)
        ordinal = case.notices_issued + 1
        is_late = case.notice_due_at is not None and now > case.notice_due_at
        is_further = case.notices_issued > 0
        found = {"findings": _held_against(case, actor, listed, now)} if is_further else {}
        opening.close_case(
            opened,
            name="case.notice_issued",
            changes={
                "state": BY_ACTION["issue_notice"].target,
                "notices_issued": ordinal,
                "notice_due_at": None,
                **found,
            },
            data={"notice": {"number": ordinal, "defects": listed}, "is_late": is_late},
        )
        papers.issue_notice(case, defects=listed, now=now)
    return Outcome(case)


def _checked_defects(case: models.Case, defects: Sequence[rules.Defect]) -> list[dict[str, Any]]:
    """Return the defects as the notice keeps them, each with who makes it good."""
    if not 1 <= len(defects) <= rules.MAX_DEFECTS:
        raise errors.DefectRequiredError(path=("defects",), limit=rules.MAX_DEFECTS)
    offering = read_snapshot(case.offering)
    asked_for = case.materials.filter(dropped_at__isnull=True)
    known = set(asked_for.values_list("code", flat=True))
    conditions = rules.conditions_of(offering)
    listed = []
    for place, defect in enumerate(defects):
        path = ("defects", place)
        require_subject(defect, known, conditions, path=path)
        text = texts.checked(defect.text, path=(*path, "text"), is_required=True)
        kept: dict[str, Any] = replace(defect, text=text).as_json()
        if defect.condition_code:
            kept["condition_text"] = conditions[defect.condition_code]
        supplier = rules.supplied_by(offering, defect.material_code)
        if supplier is not rules.SuppliedBy.APPLICANT:
            kept["supplied_by"] = supplier.value
        listed.append(kept)
    if not any(rules.is_for_applicant(defect) for defect in listed):
        raise errors.ApplicantNotAskedError(
            path=("defects",), materials=sorted({defect["material"] for defect in listed})
        )
    return listed


def require_subject(
    defect: rules.Defect,
    materials: Collection[str],
    conditions: Collection[str],
    *,
    path: tuple[str | int, ...],
) -> None:
    """Raise unless a defect names one of the materials or conditions, or the form itself.

    Raises: MaterialUnknownError, ConditionUnknownError.
    """
    code = defect.condition_code
    if code and (defect.material_code or code not in conditions):
        raise errors.ConditionUnknownError(path=(*path, "conditionCode"), condition=code)
    if defect.material_code and defect.material_code not in materials:
        raise errors.MaterialUnknownError(
            path=(*path, "materialCode"), material=defect.material_code
        )


def _held_against(
    case: models.Case, actor: Actor, listed: list[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """Return the findings of a case with a further notice, which is the window's.

    Marks those of the defects that could have been told at the first. Six statements.
    """
    knowable = _knowable(case)
    for defect in listed:
        if rules.subject_of(defect) in knowable:
            defect["was_knowable"] = True
    membership = queries.membership_of(actor)
    assert membership is not None  # only staff issue notices
    window = hall.window_of(membership.member_id) if membership.member_id else None
    late = dict.fromkeys(
        defect["material"] or defect.get("condition") or rules.FORM_CODE
        for defect in listed
        if "was_knowable" in defect
    )
    return findings.with_finding(
        case,
        "SECOND_NOTICE",
        now,
        window_code=window.code if window else "",
        subjects=tuple(late),
    )


def _knowable(case: models.Case) -> set[rules.Subject]:
    """Return what the case's first notice could have named and no notice has named yet.

    A material that changed since then could not, nor what a rebase brought.
    """
    told = list(case.notices.order_by("number"))
    since = told[0].issued_at
    moved = case.events.filter(name="case.rebased", at__gte=since).order_by("sequence").first()
    offering = read_snapshot(moved.data["rebase"]["former"] if moved else case.offering)
    codes = {material.code for material in offering.materials}
    codes |= {row.code for row in case.materials.all() if row.is_further}
    changed = case.materials.filter(files__added_at__gt=since).values_list("code", flat=True)
    subjects = {(code, "") for code in codes - set(changed)}
    subjects |= {("", code) for code in rules.conditions_of(offering)}
    named = {rules.subject_of(defect) for notice in told for defect in notice.defects}
    return (subjects | {rules.FORM}) - named


def answer_notice(
    *,
    actor: Actor,
    number: str,
    answers: Sequence[rules.Answer],
    files: Mapping[str, Sequence[rules.Handed]],
    commitments: Mapping[str, str] | None = None,
    is_partial: bool = False,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Hand in what the latest notice asked for: a file or a text for each of its defects.

    ``commitments`` stand for materials (告知承诺): code → what the applicant was told.
    With ``is_partial`` some of them are enough; the others stay open, and so does the notice. With
    the last one the five working days for another notice begin anew. Where another center holds
    the case, its staff here ask that center (``is_pending``). Raises: AnswerIncompleteError,
    AnswerRequiredError, MaterialUnknownError, ConditionUnknownError, the errors of
    ``incoming.examine`` and ``commitments.checked``, and as ``opening.open_case``.
    """
    examined = incoming.examine(files, actor=actor, now=now)
    told = commitments or {}
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="answer_notice",
            number=number,
            request={
                "answers": [_as_said(answer) for answer in answers],
                "files": incoming.as_canonical(examined),
                **({"is_partial": True} if is_partial else {}),
                **({"told": dict(told)} if told else {}),
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if opened.is_repeat:
            return requests.repeated(opened)
        said = [
            replace(
                answer,
                text=texts.checked(answer.text, path=("answers", place, "text"), is_required=True),
            )
            for place, answer in enumerate(answers)
        ]
        if not opened.is_elsewhere:
            _answered(opened.case, said, {*_brought(examined), *told}, is_partial=is_partial)
        additions = [
            Addition(
                code,
                "",
                incoming.store(examined.get(code, ()), by=opened.by, now=now),
                told.get(code, ""),
            )
            for code in {**examined, **told}
        ]
        if opened.is_elsewhere:
            return requests.ask(
                opened,
                additions=additions,
                said={"answers": [_as_said(answer) for answer in said], "is_partial": is_partial},
            )
        answer_to(
            work, opened.case, said, additions, is_partial=is_partial,
            by=opened.by, on_behalf_of=opened.on_behalf_of, now=now,
        )  # fmt: skip
        opening.audit(work, actor, opened.action, opened.case, now=now)
        opened.claim.settle({"number": opened.case.number})
    return Outcome(opened.case)


def _as_said(answer: rules.Answer) -> list[str]:
    """Return an answer as requests carry it: what it is about, and its text."""
    said = [answer.material_code, answer.text]
    return [*said, answer.condition_code] if answer.condition_code else said


def answer_to(
    work: Work,
    case: models.Case,
    answers: Sequence[rules.Answer],
    additions: Sequence[Addition],
    *,
    is_partial: bool,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
    request_id: str = "",
) -> None:
    """Append the answer to the locked ``case``'s latest notice.

    Raises: CaseAnswerNoticeNotAllowedError and as ``answer_notice``.
    """
    queries.require_state(case, "answer_notice")
    brought = {item.code for item in additions if item.files or item.told}
    answered, is_whole = _answered(case, answers, brought, is_partial=is_partial)
    committed = materials.committed_by(case, additions, by=by, on_behalf_of=on_behalf_of, now=now)
    log.append_event(
        work,
        case,
        name="case.notice_answered",
        by=by,
        on_behalf_of=on_behalf_of,
        now=now,
        changes={**(_received_again(now) if is_whole else {}), **committed},
        data={
            "answer": {
                "number": case.notices_issued,
                "texts": [answer.as_json() for answer in answers],
                "answered": answered,
                "is_whole": is_whole,
            },
            "materials": materials.compose(case, additions),
            **requests.mark(request_id),
        },
    )
    if committed:
        making.hand_out(case, now=now)


def _brought(examined: incoming.Examined) -> set[str]:
    return {code for code, found in examined.items() if found}


def _received_again(now: datetime) -> dict[str, Any]:
    return {
        "state": BY_ACTION["answer_notice"].target,
        "received_at": now,
        "notice_due_at": hall.reckoning().due_at(
            now, rules.NOTICE_WORKING_DAYS, LimitUnit.WORKING_DAY
        ),
    }


def _answered(
    case: models.Case,
    answers: Sequence[rules.Answer],
    brought: Collection[str],
    *,
    is_partial: bool,
) -> tuple[list[rules.Subject], bool]:
    """Return what of the latest notice is answered now, and whether nothing of it stays open.

    ``brought`` are codes of the materials that come, or are committed to. Nobody makes good what a
    rebase dropped since. Raises: as ``answer_notice``.
    """
    said = {answer.subject for answer in answers}
    said |= {(code, "") for code in brought}
    listed = list(case.materials.values_list("code", "name", "dropped_at"))
    names = {code: name for code, name, _dropped_at in listed}
    unknown = sorted({material for material, _condition in said} - set(names) - {""})
    if unknown:
        raise errors.MaterialUnknownError(path=("answers",), material=unknown[0])
    notice = case.notices.get(number=case.notices_issued)
    asked = set(map(rules.subject_of, notice.defects))
    for condition in sorted({code for _material, code in said - asked if code}):
        raise errors.ConditionUnknownError(path=("answers",), condition=condition)
    dropped = {(code, "") for code, _name, dropped_at in listed if dropped_at is not None}
    remaining = rules.open_subjects(notice.defects, answered=said | dropped)
    if remaining and not is_partial:
        raise errors.AnswerIncompleteError(
            path=("answers",),
            materials=[material or condition for material, condition in remaining],
            names="、".join(_name_of(subject, names, notice) for subject in remaining),
        )
    answered = sorted(said & asked)
    if remaining and not answered:
        raise errors.AnswerRequiredError(path=("answers",))
    return answered, not remaining


def _name_of(subject: rules.Subject, names: Mapping[str, str], notice: models.Notice) -> str:
    material, condition = subject
    if not condition:
        return names.get(material, "申请表")
    told = next(item for item in notice.defects if rules.subject_of(item) == subject)
    return str(told["condition_text"])
