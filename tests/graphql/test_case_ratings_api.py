"""Ratings over the API, through the shipped documents."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.cases import models
from tests.graphql import office as offices
from tests.graphql.client import codes
from tests.graphql.office import COUNTY, NEIGHBOUR, Office
from tongban.kernel.context import center_context


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def number(office):
    """A refused case: its applicant has been served."""
    number = office.submitted()
    office.step("clerk", "RefuseCase", number, groundCode="NOT_COMPETENT", text="不属本机关职权")
    return number


def found(office, who, document, **said):
    answer = office.ask(who, document, **said)
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return [edge["node"] for edge in value["edges"]] if isinstance(value, dict) else value


def actions(case):
    return {row["action"]: row for row in case["availableActions"]}


def rows():
    with center_context(COUNTY):
        return list(models.Rating.objects.order_by("id").values())


def test_from_a_bad_rating_to_its_answer(office, number):
    case = office.step(
        "applicant", "RateCase", number, level="VERY_DISSATISFIED", channel="MOBILE",
        tags=["等候太久"], text="窗口无人",
    )  # fmt: skip
    assert actions(case)["RATE_CASE"]["reason"] == "RATED"
    at_counter = office.step("clerk", "RateCase", number, level="SATISFIED", channel="TABLET")
    assert actions(at_counter)["RATE_CASE"]["reason"] == "RATED"
    good, bad = found(office, "manager", "Ratings")
    assert (good["level"], good["mode"], good["dueAt"]) == ("SATISFIED", "COUNTER", None)
    assert (bad["tags"], bad["text"], bad["caseNumber"]) == (["等候太久"], "窗口无人", number)
    assert found(office, "manager", "Ratings", isOpen=True) == [bad]
    assert found(office, "manager", "Ratings", isOverdue=True) == []
    (figures,) = found(office, "supervisor", "RatingSummary", by="MATTER")
    assert (figures["count"], figures["average"], figures["satisfied"]) == (2, 3.5, 1)
    appealed = office.step("clerk", "AppealRating", number, rating=1, reason="窗口有人")
    assert not actions(appealed)["APPEAL_RATING"]["isAvailable"]
    office.step("supervisor", "DecideAppeal", number, rating=1, isUpheld=False, text="录像无人")
    answered = office.step("manager", "AnswerRectification", number, rating=1, answer="已增设备岗")
    assert actions(answered)["ANSWER_RECTIFICATION"]["reason"] == "NO_RECTIFICATION"
    assert found(office, "manager", "Ratings", isOpen=True) == []
    timeline = office.case("applicant", number)["events"]
    shown = [event["name"] for event in timeline]
    assert shown[-1] == "case.rectification_answered"
    assert "窗口有人" not in str(timeline)


@pytest.mark.parametrize(
    ("mutation", "said", "denied"),
    [
        ("RateCase", {"level": "SATISFIED", "channel": "TABLET"}, ("reviewer", "manager")),
        ("AnswerRectification", {"rating": 1, "answer": "x"}, ("clerk", "supervisor", "applicant")),
        ("AppealRating", {"rating": 1, "reason": "x"}, ("manager", "supervisor", "applicant")),
        (
            "DecideAppeal",
            {"rating": 1, "isUpheld": True, "text": "x"},
            ("clerk", "manager", "applicant"),
        ),
    ],
)
def test_whoever_may_not_changes_nothing(office, number, mutation, said, denied):
    office.step("applicant", "RateCase", number, level="DISSATISFIED", channel="QR_CODE")
    before, version = rows(), office.case("clerk", number)["version"]
    for who in denied:
        payload = office.do(who, mutation, number=number, **said)
        assert payload["case"] is None
        (code,) = offices.codes(payload)
        assert code.endswith("_NOT_ALLOWED")
    for who in ("stranger", "neighbour", "party_secretary"):
        payload = office.do(who, mutation, number=number, **said)
        assert (payload["case"], offices.codes(payload)) == (None, ["CASE_NOT_FOUND"])
    assert (rows(), office.case("clerk", number)["version"]) == (before, version)


def test_others_read_no_ratings(office, number):
    office.step("applicant", "RateCase", number, level="DISSATISFIED", channel="PC")
    for who in ("applicant", "stranger", "party_secretary", "auditor", "neighbour"):
        assert found(office, who, "Ratings") == []
        assert found(office, who, "RatingSummary", by="MATTER") == []
    assert found(office, "manager", "Ratings", center=NEIGHBOUR) == []
    assert codes(office.ask("anonymous", "Ratings")) == ["UNAUTHENTICATED"]
    assert codes(office.ask("manager", "RatingSummary", center="", by="WINDOW")) == [
        "CENTER_REQUIRED"
    ]


def test_who_rated_a_matter_online_is_not_offered_to_rate_it_again(office, number):
    office.step("applicant", "RateCase", number, level="SATISFIED", channel="PC")
    again = office.submitted()
    office.step("clerk", "RefuseCase", again, groundCode="NOT_COMPETENT", text="不属本机关职权")
    offered = actions(office.case("applicant", again))["RATE_CASE"]
    assert (offered["isAvailable"], offered["code"]) == (False, "RATING_EXISTS")
    payload = office.do("applicant", "RateCase", number=again, level="SATISFIED", channel="PC")
    assert offices.codes(payload) == ["RATING_EXISTS"]
    assert actions(office.case("clerk", again))["RATE_CASE"]["isAvailable"]
    assert len(rows()) == 1


def test_a_page_costs_the_same_at_2_rows_and_at_20(office, number):
    office.step("clerk", "RateCase", number, level="SATISFIED", channel="TABLET")
    office.step("applicant", "RateCase", number, level="SATISFIED", channel="PC")
    with center_context(COUNTY):
        case = models.Case.objects.get(number=number)
        row = models.Rating.objects.filter(case=case)[0]
    counts = []
    for many in (0, 18):
        with center_context(COUNTY):
            for n in range(many):
                case.pk, case.number = None, f"{number}-{n}"
                case.save(force_insert=True)
                row.pk, row.case = None, case
                row.save(force_insert=True)
        found(office, "manager", "Ratings")
        with CaptureQueriesContext(connection) as captured:
            assert len(found(office, "manager", "Ratings")) == many + 2
            (figures,) = found(office, "manager", "RatingSummary", by="MATTER")
        assert figures["count"] == many + 2
        counts.append(len(captured))
    assert counts[0] == counts[1]
