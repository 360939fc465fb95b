"""好差评: rating a case, answering a bad rating in time, and appeals against wrong ones."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import findings, log, opening, parties, texts, timing
from tenants.cases.operations.opening import Opened
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.rules.rating import RatingMark
from tenants.cases.states import Custody
from tenants.windows import queries as hall
from tongban.kernel import context
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import unit_of_work


@dataclass(frozen=True, slots=True)
class Said:
    """What an applicant says of a service."""

    level: rules.RatingLevel
    channel: rules.RatingChannel
    tags: Sequence[str] = ()
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the request as it is digested."""
        return {
            "level": self.level, "channel": self.channel,
            "tags": list(self.tags), "text": self.text,
        }  # fmt: skip


def rate_case(
    *,
    actor: Actor,
    number: str,
    said: Said,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Rate a decided case: its applicant online, once a matter, a window for them once a case.

    现场服务一次一评、网上服务一事一评 (国办发〔2019〕51号). A bad one (4, 5) is to be rectified and
    answered within ``settings.RECTIFICATION_WORKING_DAYS``. Raises: RatingChannelError,
    RatingTagsError, TextInvalidError, RatingExistsError, CaseRateNotAllowedError and as
    ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="rate_case",
            number=number,
            request=said.as_json(),
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        rating = _rating(opened, said)
        mark = RatingMark(
            rating["number"], rating["mode"], said.level, is_open=bool(rating["due_at"])
        )
        _append_once(opened, rating, mark)
        timing.follow_ratings(work, case)
    return Outcome(case)


def _append_once(opened: Opened, rating: dict[str, Any], mark: RatingMark) -> None:
    marks = [*opened.case.ratings, mark.as_json()]
    try:
        with transaction.atomic():
            opening.close_case(
                opened, name="case.rated", changes={"ratings": marks}, data={"rating": rating}
            )
    except IntegrityError as error:
        if "cases_rating_online_once" in str(error):
            raise errors.RatingExistsError(path=("number",)) from None
        raise


def _rating(opened: Opened, said: Said) -> dict[str, Any]:
    is_own = opened.on_behalf_of is None
    if is_own == (said.channel in rules.AT_COUNTER):
        raise errors.RatingChannelError(path=("channel",))
    window = None if is_own else _window_of(opened.actor)
    due_at = None
    if said.level in rules.BAD:
        due_at = hall.reckoning().due_at(
            opened.now, settings.RECTIFICATION_WORKING_DAYS, LimitUnit.WORKING_DAY
        )
    return {
        "number": len(opened.case.ratings) + 1,
        "mode": rules.RatingMode.ONLINE if is_own else rules.RatingMode.COUNTER,
        "channel": said.channel,
        "level": int(said.level),
        "tags": _tags(said.tags),
        "text": texts.checked(said.text, path=("text",)),
        "window_code": window.code if window else "",
        "window_name": window.name if window else "",
        "due_at": due_at,
    }


def _window_of(actor: Actor) -> Any:
    membership = queries.membership_of(actor)
    return hall.window_of(membership.member_id) if membership and membership.member_id else None


def _tags(tags: Sequence[str]) -> list[str]:
    plain = [tag.strip() for tag in tags]
    fits = all(0 < len(tag) <= rules.LONGEST_TAG and tag.isprintable() for tag in plain)
    if not fits or len(plain) > rules.MOST_TAGS or len(set(plain)) != len(plain):
        raise errors.RatingTagsError(
            path=("tags",), most=rules.MOST_TAGS, longest=rules.LONGEST_TAG
        )
    return plain


def answer_rectification(
    *,
    actor: Actor,
    number: str,
    rating: int,
    answer: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Answer a bad rating with what was rectified; the applicant reads it.

    Raises: RatingNotFoundError, TextInvalidError, CaseAnswerRectificationNotAllowedError and as
    ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="answer_rectification",
            number=number,
            request={"rating": rating, "answer": answer},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if opened.is_repeat:
            return Outcome(opened.case)
        said = texts.checked(answer, path=("answer",), is_required=True)
        mark = _mark(opened, rating)
        if not mark.is_open:
            raise errors.RatingNotFoundError(path=("rating",), rating=rating)
        opening.close_case(
            opened,
            name="case.rectification_answered",
            changes=_with(opened.case, replace(mark, is_open=False)),
            data={"rectification": {"number": rating, "text": said}},
        )
        work.cancel_timer(kind=timing.RECTIFICATION_TIMER, key=f"{opened.case.number}-{rating}")
    return Outcome(opened.case)


def appeal_rating(
    *,
    actor: Actor,
    number: str,
    rating: int,
    reason: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Appeal against a bad rating as wrong; a supervisor decides, and its clock goes on meanwhile.

    Raises: RatingNotFoundError, TextInvalidError, CaseAppealRatingNotAllowedError and as
    ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="appeal_rating",
            number=number,
            request={"rating": rating, "reason": reason},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if opened.is_repeat:
            return Outcome(opened.case)
        said = texts.checked(reason, path=("reason",), is_required=True)
        mark = _mark(opened, rating)
        if not mark.is_bad or mark.appeal:
            raise errors.RatingNotFoundError(path=("rating",), rating=rating)
        opening.close_case(
            opened,
            name="case.rating_appealed",
            changes=_with(opened.case, replace(mark, appeal="open")),
            data={"rating_appeal": {"number": rating, "text": said, "by_key": actor.key}},
        )
    return Outcome(opened.case)


def decide_appeal(
    *,
    actor: Actor,
    number: str,
    rating: int,
    is_upheld: bool,
    text: str,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Decide an appeal against a bad rating: upheld, it counts no more and needs no rectification.

    Raises: RatingNotFoundError, AppealSamePersonError, TextInvalidError,
    CaseDecideAppealNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="decide_appeal",
            number=number,
            request={"rating": rating, "is_upheld": is_upheld, "text": text},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        said = texts.checked(text, path=("text",), is_required=True)
        mark = _mark(opened, rating)
        if mark.appeal != "open":
            raise errors.RatingNotFoundError(path=("rating",), rating=rating)
        if (case.rated.get(number=rating).appealed_by or {}).get("key") == actor.key:
            raise errors.AppealSamePersonError(path=("rating",))
        decided = replace(
            mark,
            appeal="upheld" if is_upheld else "dismissed",
            is_open=mark.is_open and not is_upheld,
        )
        opening.close_case(
            opened,
            name="case.rating_appeal_decided",
            changes=_with(case, decided),
            data={"rating_decision": {"number": rating, "is_upheld": is_upheld, "text": said}},
        )
        if is_upheld:
            work.cancel_timer(kind=timing.RECTIFICATION_TIMER, key=f"{case.number}-{rating}")
    return Outcome(case)


def end_rectification(timer: DueTimer, now: datetime) -> None:
    """Mark a bad rating that nobody answered in time, with a finding for those who supervise."""
    with unit_of_work() as work:
        number, rating = timer.payload["number"], timer.payload["rating"]
        case = models.Case.objects.select_for_update().filter(number=number).first()
        here = context.current_center()
        if case is None or case.custody != Custody.HELD or case.custodian_code != here:
            return
        waits = case.rated.filter(number=rating, overdue_at=None)
        is_open = any(m.is_open and m.number == rating for m in rules.read_marks(case.ratings))
        if not is_open or not waits.exists():
            return
        log.append_event(
            work,
            case,
            name="case.rectification_overdue",
            by=parties.system("差评整改到期"),
            now=now,
            changes={"findings": findings.with_finding(case, "RECTIFICATION_OVERDUE", now)},
            data={"rectification_overdue": {"number": rating}},
        )


def _mark(opened: Opened, rating: int) -> RatingMark:
    for mark in rules.read_marks(opened.case.ratings):
        if mark.number == rating:
            return mark
    raise errors.RatingNotFoundError(path=("rating",), rating=rating)


def _with(case: models.Case, changed: RatingMark) -> dict[str, Any]:
    marks = [
        changed if mark.number == changed.number else mark
        for mark in rules.read_marks(case.ratings)
    ]
    return {"ratings": [mark.as_json() for mark in marks]}
