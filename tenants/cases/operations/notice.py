"""一次告知: telling all defects at once, and answering them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import (
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

    A second notice is possible; it is counted (``notices_issued``) and the event says whether
    one came after its five working days. Raises: DefectRequiredError, MaterialUnknownError,
    TextInvalidError, and as ``opening.open_case``.
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
        opening.close_case(
            opened,
            name="case.notice_issued",
            changes={
                "state": BY_ACTION["issue_notice"].target,
                "notices_issued": ordinal,
                "notice_due_at": None,
            },
            data={"notice": {"number": ordinal, "defects": listed}, "is_late": is_late},
        )
        papers.issue_notice(case, defects=listed, now=now)
    return Outcome(case)


def _checked_defects(case: models.Case, defects: Sequence[rules.Defect]) -> list[dict[str, str]]:
    if not 1 <= len(defects) <= rules.MAX_DEFECTS:
        raise errors.DefectRequiredError(path=("defects",), limit=rules.MAX_DEFECTS)
    asked_for = case.materials.filter(dropped_at__isnull=True)
    known = set(asked_for.values_list("code", flat=True))
    listed = []
    for place, defect in enumerate(defects):
        if defect.material_code and defect.material_code not in known:
            raise errors.MaterialUnknownError(
                path=("defects", place, "materialCode"), material=defect.material_code
            )
        text = texts.checked(defect.text, path=("defects", place, "text"), is_required=True)
        listed.append(rules.Defect(defect.material_code, text).as_json())
    return listed


def answer_notice(
    *,
    actor: Actor,
    number: str,
    answers: Sequence[rules.Answer],
    files: Mapping[str, Sequence[rules.IncomingFile]],
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Hand in what the latest notice asked for: a file or a text for each of its defects.

    The five working days for another notice begin anew. Where another center holds the case, its
    staff here ask that center (``is_pending``). Raises: AnswerIncompleteError,
    MaterialUnknownError, the errors of ``incoming.examine``, and as ``opening.open_case``.
    """
    examined = incoming.examine(files)
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="answer_notice",
            number=number,
            request={
                "answers": [[answer.material_code, answer.text] for answer in answers],
                "files": incoming.as_canonical(examined),
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if opened.is_repeat:
            return requests.repeated(opened)
        said = [
            rules.Answer(
                answer.material_code,
                texts.checked(answer.text, path=("answers", place, "text"), is_required=True),
            )
            for place, answer in enumerate(answers)
        ]
        if not opened.is_elsewhere:
            _require_complete(opened.case, said, examined)
        additions = [
            Addition(code, "", incoming.store(found, by=opened.by, now=now))
            for code, found in examined.items()
        ]
        if opened.is_elsewhere:
            return requests.ask(
                opened,
                additions=additions,
                said={"answers": [[a.material_code, a.text] for a in said]},
            )
        answer_to(
            work, opened.case, said, additions,
            by=opened.by, on_behalf_of=opened.on_behalf_of, now=now,
        )  # fmt: skip
        opening.audit(work, actor, opened.action, opened.case, now=now)
        opened.claim.settle({"number": opened.case.number})
    return Outcome(opened.case)


def answer_to(
    work: Work,
    case: models.Case,
    answers: Sequence[rules.Answer],
    additions: Sequence[Addition],
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
    request_id: str = "",
) -> None:
    """Append the answer to the locked ``case``'s latest notice.

    Raises: CaseAnswerNoticeNotAllowedError and as ``answer_notice``.
    """
    queries.require_state(case, "answer_notice")
    _require_complete(case, answers, {item.code: item.files for item in additions})
    log.append_event(
        work,
        case,
        name="case.notice_answered",
        by=by,
        on_behalf_of=on_behalf_of,
        now=now,
        changes={
            "state": BY_ACTION["answer_notice"].target,
            "received_at": now,
            "notice_due_at": hall.reckoning().due_at(
                now, rules.NOTICE_WORKING_DAYS, LimitUnit.WORKING_DAY
            ),
        },
        data={
            "answer": {
                "number": case.notices_issued,
                "texts": [rules.Defect(a.material_code, a.text).as_json() for a in answers],
            },
            "materials": materials.compose(case, additions),
            **requests.mark(request_id),
        },
    )


def _require_complete(
    case: models.Case,
    answers: Sequence[rules.Answer],
    files: Mapping[str, Sequence[object]],
) -> None:
    """Raise unless each defect of the latest notice has a file or a text.

    Nobody makes good what a rebase dropped since.
    """
    answered = {answer.material_code for answer in answers}
    answered |= {code for code, found in files.items() if found}
    listed = list(case.materials.values_list("code", "name", "dropped_at"))
    names = {code: name for code, name, _dropped_at in listed}
    dropped = {code for code, _name, dropped_at in listed if dropped_at is not None}
    unknown = sorted(answered - set(names) - {""})
    if unknown:
        raise errors.MaterialUnknownError(path=("answers",), material=unknown[0])
    notice = case.notices.get(number=case.notices_issued)
    asked = dict.fromkeys(defect["material"] for defect in notice.defects)
    missing = [code for code in asked if code not in answered | dropped]
    if missing:
        raise errors.AnswerIncompleteError(
            path=("answers",),
            materials=missing,
            names="、".join(names.get(code, "申请表") for code in missing),
        )
