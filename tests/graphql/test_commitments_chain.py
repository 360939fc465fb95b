"""A commitment that a station enters, and that the county verifies: the same at both."""

from datetime import UTC, datetime

import pytest

from tests import handing
from tests.graphql import committing
from tests.graphql.committing import WHAT, told
from tests.graphql.office import Office, codes, pdf

NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)
"""Later than any onboarding of the test centers, whose keys are valid from then on."""


class Chain:
    """A station that took a case in, the county that took it over, and the relay between them."""

    def __init__(self):
        self.station = Office(handing.STATION, now=NOW)
        self.county = Office(handing.COUNTY, now=NOW)

    def submit(self, **said):
        submitted = self.station.submit("operator", **said)
        assert submitted["errors"] == []
        self.number = submitted["case"]["number"]
        self.relay()
        answer = self.county.ask("clerk", "Handoffs", direction="INCOMING", state="OFFERED")
        (edge,) = answer["data"]["handoffs"]["edges"]
        self.county.do("clerk", "AcceptHandoff", handoff=edge["node"]["id"])
        self.relay()

    def relay(self):
        handing.relay_all(now=NOW)

    def approve(self):
        self.county.step("clerk", "AcceptCase", self.number)
        self.county.step("reviewer", "StartReview", self.number)
        for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
            said = {"kind": kind, "isFavourable": True, "opinion": "符合"}
            self.county.step(who, "RecordReview", self.number, **said)
        self.county.step("chief", "DecideCase", self.number, decision="APPROVE")

    def verify(self, *, is_kept=True):
        said = {"materialCode": WHAT, "isKept": is_kept, "reason": "现场核查"}
        return self.county.do("reviewer", "VerifyCommitment", number=self.number, **said)

    def commitments(self):
        """Return the commitments, which both centers must have alike."""
        self.relay()
        here = self.station.case("operator", self.number)["commitments"]
        assert here == self.county.case("clerk", self.number)["commitments"]
        return here


@pytest.fixture
def chain(db):
    committing.allow(now=NOW)
    return Chain()


def test_what_a_station_entered_is_verified_by_who_decides(chain):
    chain.submit(commitments={WHAT: told(now=NOW)})
    (made,) = chain.commitments()
    assert (made["enteredBy"]["name"], made["verifyUntil"]) == ("王小明", None)
    for who in ("operator", "reviewer"):
        said = {"materialCode": WHAT, "isKept": True, "reason": "现场核查"}
        refused = chain.station.do(who, "VerifyCommitment", number=chain.number, **said)
        assert len(codes(refused)) == 1
    chain.county.step("clerk", "AcceptCase", chain.number)
    (made,) = chain.commitments()
    assert made["verifyUntil"] is not None
    assert chain.verify(is_kept=False)["errors"] == []
    (broken,) = chain.commitments()
    assert broken["state"] == "BROKEN"
    assert chain.station.case("operator", chain.number)["debts"][0]["materialCode"] == WHAT


def test_a_station_commits_for_the_applicant_where_the_county_holds_the_case(chain):
    chain.submit(codes=["M01"], commitments={WHAT: told(now=NOW)})
    content = {"materialCode": "M03", "files": [], "commitment": "任何内容"}
    committed = chain.station.do("operator", "AddMaterial", number=chain.number, **content)
    assert (committed["errors"], committed["pending"]) == ([], True)
    before = chain.commitments()
    assert len(before) == 1, "the county refused it: the offering allows no such commitment"
    committing.allow(now=NOW, code="M03")
    basis = {"statute": "出版管理条例", "article": "第三十五条"}
    chain.county.step("chief", "RebaseCase", chain.number, legalBasis=basis, reason="条例修订")
    content["commitment"] = told("M03", now=NOW)
    committed = chain.station.do("operator", "AddMaterial", number=chain.number, **content)
    assert committed["pending"]
    first, second = chain.commitments()
    assert (first["paperNumber"][-3:], second["paperNumber"][-3:]) == ("CN1", "CN2")
    assert (second["madeBy"]["name"], second["enteredBy"]["name"]) == ("赵*试", "王小明")
    papers = chain.station.case("applicant", chain.number)["papers"]
    assert [paper["number"][-3:] for paper in papers] == ["SJ1", "CN1", "CN2"]


def test_what_nobody_has_verified_is_not_given_back(chain):
    chain.submit(commitments={WHAT: told(now=NOW)})
    chain.approve()
    refused = chain.county.do("clerk", "IssueResult", number=chain.number, deliverAt="ORIGIN")
    assert codes(refused) == ["COMMITMENT_UNVERIFIED"]
    assert refused["errors"][0]["params"]["materials"] == [WHAT]
    assert chain.verify()["errors"] == []
    issued = chain.county.step("clerk", "IssueResult", chain.number, deliverAt="ORIGIN")
    assert issued["state"] == "ISSUED"
    assert chain.commitments()[0]["state"] == "KEPT"


def test_what_a_station_could_not_know_keeps_the_county_from_accepting(chain):
    chain.number = chain.county.submitted(commitments={WHAT: told(now=NOW)})
    chain.county.step("clerk", "AcceptCase", chain.number)
    assert chain.verify(is_kept=False)["errors"] == []
    chain.submit(commitments={WHAT: told(now=NOW)})
    refused = chain.county.do("clerk", "AcceptCase", number=chain.number)
    assert codes(refused) == ["COMMITMENT_BARRED"]
    assert chain.county.case("clerk", chain.number)["state"] == "SUBMITTED"
    chain.county.step(
        "clerk", "IssueNotice", chain.number, defects=[{"materialCode": WHAT, "text": "须提交"}]
    )
    files = {"variables.input.materials.0.files.0": pdf("lease.pdf", b"lease")}
    answer = [{"materialCode": WHAT, "files": [None]}]
    chain.county.step("clerk", "AnswerNotice", chain.number, materials=answer, uploads=files)
    assert chain.county.step("clerk", "AcceptCase", chain.number)["state"] == "ACCEPTED"
