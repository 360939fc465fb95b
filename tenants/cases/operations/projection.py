"""The rows below a case, brought up to its log: materials, files, notices, reviews.

They follow from each event's data alone, so that the custodian, every mirror and a center that
takes a case over have the same rows.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q

from tenants.cases import models, rules


def apply_event(case: models.Case, event: models.CaseEvent) -> None:
    """Bring the rows of the locked ``case`` up to an event that was just appended to its log."""
    for key, apply in _BY_KEY.items():
        if key in event.data:
            apply(case, event, event.data[key])


_UNRECORDED: Mapping[str, Any] = {
    "recorded_at": None,
    "reviewer": None,
    "reviewer_key": "",
    "is_favourable": None,
    "opinion": "",
    "grounds": [],
}
_DEADLINES = ("due_soon_at", "due_at")
_MATERIAL = ("code", "name", "necessity", "source", "position")


def _list_materials(case: models.Case, event: models.CaseEvent, listed: list[Any]) -> None:
    del event
    materials = {
        item["code"]: models.Material(case=case, **{name: item[name] for name in _MATERIAL})
        for item in listed
    }
    models.Material.objects.bulk_create(
        materials.values(),
        update_conflicts=True,
        unique_fields=["case", "code"],
        update_fields=["code"],  # to itself: one that is there stays as it is, and tells its key
    )
    models.MaterialFile.objects.bulk_create(
        [
            models.MaterialFile(material=materials[item["code"]], **file)
            for item in listed
            for file in item["files"]
        ],
        ignore_conflicts=True,
    )


def _issue_notice(case: models.Case, event: models.CaseEvent, notice: Mapping[str, Any]) -> None:
    models.Notice.objects.create(
        case=case,
        number=notice["number"],
        defects=notice["defects"],
        issued_at=event.at_instant,
    )


def _answer_notice(case: models.Case, event: models.CaseEvent, answer: Mapping[str, Any]) -> None:
    notice = case.notices.get(number=answer["number"])
    notice.answers = [*notice.answers, *answer["texts"]]
    answered = {(material, condition) for material, condition in answer.get("answered", ())}
    _make_good(notice, event, answered)
    if answer.get("is_whole", True):
        notice.answered_at = event.at_instant
    notice.save(update_fields=["answers", "answered_at", "defects"])


def _make_good(
    notice: models.Notice, event: models.CaseEvent, subjects: Collection[rules.Subject]
) -> None:
    """Mark the defects about these that were still open as made good by an event."""
    notice.defects = [
        {**defect, "answered_at": event.at}
        if rules.subject_of(defect) in subjects and not defect.get("answered_at")
        else defect
        for defect in notice.defects
    ]


def _supply(case: models.Case, event: models.CaseEvent, codes: list[str]) -> None:
    """Mark what the window or the center supplied of the latest notice."""
    notice = case.notices.get(number=case.notices_issued)
    _make_good(notice, event, {(code, "") for code in codes})
    notice.save(update_fields=["defects"])


def _list_tasks(case: models.Case, event: models.CaseEvent, listed: list[Any]) -> None:
    """Bring the tasks to all that an event lists.

    Before departments reviewed side by side it listed kinds alone, all of the liable one's.
    """
    formerly = {"department": case.offering["department"], "due_at": case.promised_due_at}
    rows = [
        models.ReviewTask(case=case, opened_at=event.at_instant, **terms)
        for terms in (
            {"kind": said, **formerly} if isinstance(said, str) else said for said in listed
        )
    ]
    if "offering" in event.changes:
        kept = Q()
        for row in rows:
            kept |= Q(department=row.department, kind=row.kind)
        case.tasks.exclude(kept).delete()
    models.ReviewTask.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "department", "kind"],
        update_fields=_DEADLINES,
    )


def _record_review(case: models.Case, event: models.CaseEvent, review: Mapping[str, Any]) -> None:
    tasks = case.tasks.filter(department=review.get("department", case.offering["department"]))
    if review["kind"] == rules.ReviewKind.REVIEW:
        # A verification stands on the review that it verified.
        tasks.filter(kind=rules.ReviewKind.VERIFICATION).update(**_UNRECORDED)
    tasks.filter(kind=review["kind"]).update(
        recorded_at=event.at_instant,
        reviewer=event.actor,
        reviewer_key=review["reviewer_key"],
        is_favourable=review["is_favourable"],
        opinion=review["opinion"],
        grounds=review.get("grounds", []),
    )
    if review["kind"] == rules.ReviewKind.VERIFICATION and review["is_favourable"]:
        # What was confirmed stays so for those who judge later (初审确认).
        favourable = tasks.filter(kind=rules.ReviewKind.REVIEW, is_favourable=True)
        favourable.update(confirmed_at=event.at_instant)


def _ask_for(case: models.Case, event: models.CaseEvent, rows: list[Mapping[str, Any]]) -> None:
    """Bring the materials to what is asked for now; what was handed in stays with its code."""
    del event
    codes = [row["code"] for row in rows]
    case.materials.filter(files__isnull=True).exclude(code__in=codes).delete()
    models.Material.objects.bulk_create(
        [models.Material(case=case, **row) for row in rows],
        update_conflicts=True,
        unique_fields=["case", "code"],
        update_fields=["name", "necessity", "source", "position", "dropped_at"],
    )


def _rebase(case: models.Case, event: models.CaseEvent, rebase: Mapping[str, Any]) -> None:
    del event
    if rebase["reopens_review"]:
        # A review stands on the requirements that it was measured by.
        case.tasks.update(**_UNRECORDED, confirmed_at=None)


def _urge(case: models.Case, event: models.CaseEvent, urging: Mapping[str, Any]) -> None:
    models.Urging.objects.create(
        case=case,
        number=urging["number"],
        by=event.actor,
        text=urging["text"],
        urged_at=event.at_instant,
        reply_due_at=urging["reply_due_at"],
        escalated_at=event.at_instant if urging["is_escalated"] else None,
    )


def _reply_urging(case: models.Case, event: models.CaseEvent, reply: Mapping[str, Any]) -> None:
    case.urgings.filter(number=reply["number"]).update(
        replied_at=event.at_instant, reply=reply["text"], replied_by=event.actor
    )


def _escalate(case: models.Case, event: models.CaseEvent, urging: Mapping[str, Any]) -> None:
    case.urgings.filter(number=urging["number"]).update(escalated_at=event.at_instant)


def _rate(case: models.Case, event: models.CaseEvent, rating: Mapping[str, Any]) -> None:
    models.Rating.objects.create(
        case=case,
        **rating,
        matter_code=case.matter_code,
        matter_name=case.matter_name,
        applicant_id_hash=bytes(case.applicant_id_hash),
        is_native=event.is_native,
        rated_at=event.at_instant,
    )


def _answer_rating(case: models.Case, event: models.CaseEvent, said: Mapping[str, Any]) -> None:
    case.rated.filter(number=said["number"]).update(
        answered_at=event.at_instant, answer=said["text"], answered_by=event.actor
    )


def _miss_rating(case: models.Case, event: models.CaseEvent, said: Mapping[str, Any]) -> None:
    case.rated.filter(number=said["number"]).update(overdue_at=event.at_instant)


def _appeal_rating(case: models.Case, event: models.CaseEvent, said: Mapping[str, Any]) -> None:
    case.rated.filter(number=said["number"]).update(
        appealed_at=event.at_instant,
        appeal=said["text"],
        appealed_by={**event.actor, "key": said["by_key"]},
    )


def _decide_rating(case: models.Case, event: models.CaseEvent, said: Mapping[str, Any]) -> None:
    case.rated.filter(number=said["number"]).update(
        appeal_decided_at=event.at_instant, appeal_decision=said["text"], is_void=said["is_upheld"]
    )


_BY_KEY: Mapping[str, Callable[[models.Case, models.CaseEvent, Any], None]] = {
    "materials": _list_materials,
    "notice": _issue_notice,
    "answer": _answer_notice,
    "supplied": _supply,
    "tasks": _list_tasks,
    "review": _record_review,
    "asked_for": _ask_for,
    "rebase": _rebase,
    "urging": _urge,
    "urging_reply": _reply_urging,
    "urging_escalated": _escalate,
    "rating": _rate,
    "rectification": _answer_rating,
    "rectification_overdue": _miss_rating,
    "rating_appeal": _appeal_rating,
    "rating_decision": _decide_rating,
}
"""Key of an event's data → what it does to the rows below the case."""
