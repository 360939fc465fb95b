"""By which keys the centers know people stays with them: who reads a case reads names."""

import json
import re

import pytest

from schema.cases.subscriptions import _Followed
from tenants.cases import models
from tests import people
from tests.graphql.client import execute
from tests.graphql.office import Office, follow, pdf
from tongban.kernel import crypto
from tongban.kernel.context import center_context

KEY = re.compile(r"\b(account|client|system):|_key\b")
LOG = "query($number: String!) { case(number: $number) { events { name changes data } } }"
READERS = ("clerk", "reviewer", "chief", "manager", "supervisor", "auditor", "applicant")
DELIVERED = {"method": "COUNTER", "receiverName": "赵测试"}
HEARING = {"kind": "HEARING", "reason": "涉及他人", "document": "函1", "expectedDays": 5}


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def number(office):
    """A case to which happened what tells of people: from the notice to the upheld appeal."""
    number = office.submitted("applicant")
    refused = {"kind": "REVIEW", "isFavourable": False, "opinion": "缺少签字"}
    ground = {"groundCode": "CONDITIONS_NOT_MET", "materialCode": "M01"}
    for who, mutation, said in (
        ("clerk", "IssueNotice", {"defects": [{"materialCode": "M01", "text": "缺少签字"}]}),
        ("applicant", "AnswerNotice", _signed()),
        ("clerk", "AcceptCase", {}),
        ("reviewer", "StartReview", {}),
        ("reviewer", "SuspendCase", HEARING),
        ("reviewer", "ResumeCase", {"outcome": "听证会已举行"}),
        ("reviewer", "RecordReview", {**refused, "grounds": [ground]}),
        ("reviewer", "RecordReview", _found("REVIEW")),
        ("chief", "RecordReview", _found("VERIFICATION")),
        ("manager", "UrgeCase", {"text": "请尽快办理"}),
        ("chief", "ReplyUrging", {"urging": 1, "reply": "今日办结"}),
        ("chief", "DecideCase", {"decision": "APPROVE"}),
        ("clerk", "IssueResult", {}),
        ("clerk", "CompleteCase", {"delivery": DELIVERED}),
        ("applicant", "DisputeCompletion", {"statement": "没有收到"}),
        ("clerk", "CompleteCase", {"delivery": DELIVERED}),
        ("applicant", "RateCase", {"level": "VERY_DISSATISFIED", "channel": "MOBILE"}),
        ("clerk", "AppealRating", {"rating": 1, "reason": "窗口有人"}),
        ("supervisor", "DecideAppeal", {"rating": 1, "isUpheld": True, "text": "录像有人"}),
    ):
        office.step(who, mutation, number, **said)
    return number


def _signed():
    return {
        "materials": [{"materialCode": "M01", "files": [None]}],
        "uploads": {"variables.input.materials.0.files.0": pdf("签字.pdf", b"signed")},
    }


def _found(kind):
    return {"kind": kind, "isFavourable": True, "opinion": "符合"}


def _kept(office, number):
    with center_context(office.center):
        return list(models.CaseEvent.objects.filter(case__number=number).order_by("sequence"))


def test_no_reader_of_a_case_reads_a_key(office, number):
    kept = _kept(office, number)
    # Centers go by them: who reviewed does not verify, who appealed does not decide.
    keyed = [event.name for event in kept if KEY.search(str(event.data))]
    assert keyed == [*["case.review_recorded"] * 3, "case.rating_appealed"]
    for who in READERS:
        answer = execute(
            LOG, {"number": number}, center=office.center, token=office.token(who), now=office.now
        )
        if who != "auditor":  # reads the audit log, not cases
            assert len(answer["data"]["case"]["events"]) == len(kept)
        assert KEY.search(json.dumps(answer)) is None, who
        for document in ("Case", "Ratings", "Urgings", "Findings", "WorkQueue"):
            said = {"number": number} if document == "Case" else {}
            assert KEY.search(json.dumps(office.ask(who, document, **said))) is None, document


@pytest.mark.parametrize("who", ["clerk", "applicant"])
def test_nobody_who_follows_a_case_is_told_a_key(office, number, who):
    followed = _Followed(people.actor(office._account(who)), number, "zh-Hans")
    with center_context(office.center):
        told = [followed.snapshot(), *followed.read(0, 100)]
    assert len(told) == len(_kept(office, number)) + 1
    for delivery in told:
        said = crypto.plain_json({"d": delivery.event.data, "c": delivery.event.changes})
        assert KEY.search(json.dumps(said)) is None


def test_what_an_applicant_takes_home_has_no_key(office, number):
    request = office.do("applicant", "RequestData", kind="ACCESS", text="请提供")["request"]
    office.do("manager", "AnswerDataRequest", id=request["id"], isGranted=True)
    (edge,) = office.ask("applicant", "DataRequests")["data"]["dataRequests"]["edges"]
    copy = follow(edge["node"]["url"]).body.decode()
    assert number in copy
    assert KEY.search(copy) is None
