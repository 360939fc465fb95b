"""好差评: once at the counter, once a matter online; a bad one is answered in time or told."""

import uuid

import pytest

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import rating, timing
from tenants.cases.rules import RatingChannel, RatingGrouping, RatingLevel
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tenants.windows import queries as hall
from tests import casework, handing, people
from tests.casework import COUNTY, Desk
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.models import Timer

BAD, GOOD = RatingLevel.VERY_DISSATISFIED, RatingLevel.VERY_SATISFIED
SERIAL = 500  # casework's applicant


@pytest.fixture
def desk(db):
    return Desk()


def call(desk, operation, actor, number, **said):
    said = {"idempotency_key": uuid.uuid4(), "now": desk.now, **said}
    with center_context(desk.center):
        return operation(actor=actor, number=number, **said).case


def rate(desk, number, actor=None, *, level=GOOD, channel=None, tags=(), text="", **said):
    by_window = actor is None
    channel = channel or (RatingChannel.TABLET if by_window else RatingChannel.MOBILE)
    stated = rating.Said(level, channel, tags, text)
    return call(desk, rating.rate_case, actor or desk.clerk, number, said=stated, **said)


def reply(desk, number, ordinal=1, role=CenterRole.MANAGER, **said):
    said = {"answer": "已向申请人致歉并改进", "rating": ordinal, **said}
    return call(desk, rating.answer_rectification, desk.who(role), number, **said)


def appeal(desk, number, actor=None, **said):
    said = {"reason": "申请人误点", "rating": 1, **said}
    return call(desk, rating.appeal_rating, actor or desk.clerk, number, **said)


def decide(desk, number, *, is_upheld, actor=None, **said):
    said = {"text": "经核实", "rating": 1, "is_upheld": is_upheld, **said}
    supervisor = actor or desk.who(CenterRole.SUPERVISOR)
    return call(desk, rating.decide_appeal, supervisor, number, **said)


def rows(center=COUNTY):
    with center_context(center):
        return list(models.Rating.objects.order_by("id"))


def pending(center=COUNTY):
    with center_context(center):
        timers = Timer.objects.filter(kind=timing.RECTIFICATION_TIMER, fired_at=None)
        return list(timers.values_list("fires_at", flat=True))


def summary(desk, by=RatingGrouping.MATTER, actor=None):
    with center_context(desk.center):
        manager = actor or desk.who(CenterRole.MANAGER)
        return queries.rating_summary(actor=manager, by=by, start=None, end=None)


def refused(kind, call, reason=None):
    with pytest.raises(kind) as caught:
        call()
    if reason is not None:
        assert caught.value.params["reason"] == reason


def test_a_case_is_rated_once_at_the_counter_and_once_online(desk):
    number = desk.completed()
    applicant = casework.citizen(SERIAL)
    rate(desk, number, level=RatingLevel.SATISFIED, tags=("态度好", "办得快"), text="谢谢")
    rate(desk, number, applicant)
    at_counter, online = rows()
    assert (at_counter.mode, at_counter.level, at_counter.tags) == (
        "counter",
        2,
        ["态度好", "办得快"],
    )
    assert (online.mode, online.level, online.channel) == ("online", 1, "mobile")
    assert [event.name for event in desk.events(number)][-2:] == ["case.rated"] * 2
    for actor in (None, applicant):
        refused(errors.CaseRateNotAllowedError, lambda a=actor: rate(desk, number, a), "RATED")
    assert len(rows()) == 2
    assert pending() == []


def test_online_it_is_once_a_matter_and_at_the_counter_once_a_case(desk):
    first, second = desk.completed(), desk.completed()
    applicant = casework.citizen(SERIAL)
    rate(desk, first, applicant)
    before = desk.events(second)
    refused(errors.RatingExistsError, lambda: rate(desk, second, applicant))
    assert desk.events(second) == before
    rate(desk, second)
    assert [row.mode for row in rows()] == ["online", "counter"]


def test_a_repeat_answers_alike_and_another_content_is_refused(desk):
    number, key = desk.completed(), uuid.uuid4()
    for _ in range(2):
        rate(desk, number, level=BAD, idempotency_key=key)
    assert len(rows()) == len(pending()) == 1
    with pytest.raises(Exception, match="IDEMPOTENCY_KEY_REUSED"):
        rate(desk, number, idempotency_key=key)


def test_only_what_is_decided_is_rated_and_only_by_whom_it_concerns(desk):
    number = desk.in_review()
    refused(errors.CaseRateNotAllowedError, lambda: rate(desk, number), "STATE")
    done = desk.completed()
    for role in (CenterRole.REVIEWER, CenterRole.MANAGER, CenterRole.SUPERVISOR):
        actor = desk.who(role)
        refused(
            errors.CaseRateNotAllowedError,
            lambda a=actor: rate(desk, done, a, channel=RatingChannel.TABLET),
            "ROLE",
        )
    stranger = casework.citizen(77)
    refused(errors.CaseNotFoundError, lambda: rate(desk, done, stranger))
    assert rows() == []


def test_who_rates_by_what(desk):
    number, applicant = desk.completed(), casework.citizen(SERIAL)
    for channel in RatingChannel:
        actor = applicant if channel in rules.AT_COUNTER else None
        refused(
            errors.RatingChannelError, lambda c=channel, a=actor: rate(desk, number, a, channel=c)
        )
    assert rows() == []


@pytest.mark.parametrize(
    "tags", [["x" * 21], [""], ["a", "a"], [str(n) for n in range(11)], ["a\nb"]]
)
def test_tags_and_text_are_bounded(desk, tags):
    number = desk.completed()
    refused(errors.RatingTagsError, lambda: rate(desk, number, tags=tags))
    refused(errors.TextInvalidError, lambda: rate(desk, number, text="长" * 2001))
    assert rows() == []


@pytest.mark.parametrize("level", list(RatingLevel))
def test_a_bad_rating_is_answered_within_fifteen_working_days(desk, level, settings):
    assert settings.RECTIFICATION_WORKING_DAYS == 15
    number = desk.completed()
    rate(desk, number, level=level)
    (row,) = rows()
    with center_context(COUNTY):
        due = hall.reckoning().due_at(desk.now, 15, LimitUnit.WORKING_DAY)
    assert row.due_at == (due if level in rules.BAD else None)
    assert pending() == ([due + rules.MOMENT] if level in rules.BAD else [])
    if level not in rules.BAD:
        refused(
            errors.CaseAnswerRectificationNotAllowedError,
            lambda: reply(desk, number),
            "NO_RECTIFICATION",
        )
        return
    desk.now = due
    assert desk.pass_time(due) == 0
    refused(errors.RatingNotFoundError, lambda: reply(desk, number, 2))
    reply(desk, number)
    (row,) = rows()
    assert (row.answer, row.answered_at, row.overdue_at) == ("已向申请人致歉并改进", due, None)
    assert pending() == []
    assert desk.pass_time(due + 2 * rules.MOMENT) == 0
    refused(errors.CaseAnswerRectificationNotAllowedError, lambda: reply(desk, number))


def test_an_answer_that_does_not_come_is_told_once(desk):
    number = desk.completed()
    rate(desk, number, level=BAD)
    (row,) = rows()
    late = row.due_at + rules.MOMENT
    assert desk.pass_time(late) == 1
    assert desk.pass_time(late) == 0
    (row,) = rows()
    assert row.overdue_at == late
    assert [f["code"] for f in desk.case(number).findings] == ["RECTIFICATION_OVERDUE"]
    with center_context(COUNTY):
        supervisor = desk.who(CenterRole.SUPERVISOR)
        for is_overdue, count in ((True, 1), (False, 0)):
            found = queries.find_ratings(actor=supervisor, is_open=True, is_overdue=is_overdue)
            assert found.count() == count
    reply(desk, number, now=late)
    assert rows()[0].answered_at == late


def test_a_custom_limit_is_a_setting(desk, settings):
    settings.RECTIFICATION_WORKING_DAYS = 3
    number = desk.completed()
    rate(desk, number, level=BAD)
    with center_context(COUNTY):
        due = hall.reckoning().due_at(desk.now, 3, LimitUnit.WORKING_DAY)
    assert rows()[0].due_at == due


def test_a_wrong_bad_rating_counts_no_more(desk):
    number = desk.completed()
    rate(desk, number, level=BAD)
    assert [(f.count, f.average, f.satisfied) for f in summary(desk)] == [(1, 5.0, 0)]
    refused(
        errors.CaseDecideAppealNotAllowedError,
        lambda: decide(desk, number, is_upheld=True),
        "NO_APPEAL",
    )
    appeal(desk, number)
    refused(errors.CaseAppealRatingNotAllowedError, lambda: appeal(desk, number), "NO_BAD_RATING")
    decide(desk, number, is_upheld=True)
    (row,) = rows()
    assert row.is_void
    assert pending() == summary(desk) == []
    refused(errors.CaseAnswerRectificationNotAllowedError, lambda: reply(desk, number))


def test_a_dismissed_appeal_leaves_all_as_it_was(desk):
    number = desk.completed()
    rate(desk, number, level=BAD)
    before = pending()
    appeal(desk, number)
    decide(desk, number, is_upheld=False)
    assert not rows()[0].is_void
    assert pending() == before
    assert summary(desk)[0].count == 1
    refused(errors.CaseAppealRatingNotAllowedError, lambda: appeal(desk, number), "NO_BAD_RATING")
    reply(desk, number)


def test_nobody_decides_their_own_appeal_nor_does_anybody_without_the_role(desk):
    both = people.account("clerk-and-supervisor", name="双岗")
    people.member(COUNTY, both, CenterRole.CLERK, CenterRole.SUPERVISOR)
    actor = people.actor(both)
    number = desk.completed()
    rate(desk, number, level=BAD)
    for role in (CenterRole.MANAGER, CenterRole.SUPERVISOR):
        refused(
            errors.CaseAppealRatingNotAllowedError,
            lambda r=role: appeal(desk, number, desk.who(r)),
            "ROLE",
        )
    appeal(desk, number, actor)
    before = desk.events(number)
    refused(errors.AppealSamePersonError, lambda: decide(desk, number, is_upheld=True, actor=actor))
    for role in (CenterRole.CLERK, CenterRole.MANAGER):
        refused(
            errors.CaseDecideAppealNotAllowedError,
            lambda r=role: decide(desk, number, is_upheld=True, actor=desk.who(r)),
            "ROLE",
        )
    applicant = casework.citizen(SERIAL)
    refused(
        errors.CaseDecideAppealNotAllowedError,
        lambda: decide(desk, number, is_upheld=True, actor=applicant),
        "OWN_CASE",
    )
    for role in (CenterRole.CLERK, CenterRole.SUPERVISOR):
        refused(
            errors.CaseAnswerRectificationNotAllowedError,
            lambda r=role: reply(desk, number, role=r),
            "ROLE",
        )
    assert desk.events(number) == before
    assert rules.shown_data(before[-1].data, to_staff=False) == {}


def test_a_rating_travels_and_is_counted_where_it_was_given(db):
    station = Desk(center=handing.STATION, now=handing.NOW)
    county = Desk(now=handing.NOW)
    operator, clerk = handing.staff(handing.STATION), handing.staff(COUNTY)
    number = handing.submitted(operator, handing.FOOD)
    handing.relay_all()
    handoff = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=clerk.actor, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=handing.NOW
        )
    county.refuse(number, clerk.actor)
    rate(county, number, clerk.actor, level=BAD, channel=RatingChannel.PHONE)
    handing.relay_all()
    assert handing.log_of(handing.STATION, number) == handing.log_of(COUNTY, number)
    (here,), (there,) = rows(COUNTY), rows(handing.STATION)
    assert (here.level, here.is_native, there.level, there.is_native) == (5, True, 5, False)
    assert len(summary(county)) == 1
    assert summary(station) == []
    assert pending(handing.STATION) == []
    refused(errors.NotCustodianError, lambda: reply(station, number))


def test_the_clock_of_a_bad_rating_goes_with_the_case(db):
    """Decided and rated at the county, handed out at the station, which answers for it then."""
    county = Desk(now=handing.NOW)
    operator, clerk = handing.staff(handing.STATION), handing.staff(COUNTY)
    number = handing.submitted(operator, handing.FOOD)
    handing.relay_all()
    handoff = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=clerk.actor, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=handing.NOW
        )
    county.accept(number)
    county.start(number)
    county.review(number)
    county.verify(number)
    county.decide(number)
    rate(county, number, level=BAD, channel=RatingChannel.PHONE)
    (due,) = pending(COUNTY)
    county.issue(number, deliver_at=rules.DeliverAt.ORIGIN)
    handing.relay_all()
    assert handing.case_at(handing.STATION, number).custodian_code == handing.STATION
    assert (pending(COUNTY), pending(handing.STATION)) == ([], [due])
    assert county.pass_time(due, handing.STATION) >= 1
    handing.relay_all(now=due)
    for center in (COUNTY, handing.STATION):
        (row,) = rows(center)
        assert row.overdue_at == due
    assert handing.log_of(handing.STATION, number) == handing.log_of(COUNTY, number)


def test_who_works_with_no_cases_reads_no_ratings(desk):
    rate(desk, desk.completed(), level=BAD)
    for actor in (desk.who(CenterRole.AUDITOR), casework.citizen(77)):
        assert summary(desk, actor=actor) == []
        with center_context(COUNTY):
            assert not queries.find_ratings(actor=actor).exists()
    assert summary(desk, RatingGrouping.WINDOW) == []
