"""Moving a running case to the present offering, through the document that ships to clients."""

from datetime import datetime

import pytest

from tests import casework, revising
from tests.graphql.client import execute
from tests.graphql.office import COUNTY, NEIGHBOUR, NOW, Office, codes
from tongban.catalog.rules.content import Fee, FeeItem, Limit
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import center_context
from tongban.kernel.models import Ledger

BASIS = {"statute": "出版管理条例（2026年修订）", "article": "第三十五条"}
SAID = {"legalBasis": BASIS, "reason": "修订后的条例自公布之日起施行"}


@pytest.fixture
def office(db):
    return Office()


def amend(**said):
    content = revising.content_of(now=NOW)
    revising.revise(
        now=NOW,
        **{
            "materials": (
                content.materials[0],
                *content.materials[2:],
                revising.material("M04", "租赁合同"),
            ),
            "conditions": (*content.conditions, revising.condition("面积不少于二十平方米")),
            "promised_limit": Limit(2, LimitUnit.WORKING_DAY),
            "fee": Fee(charged=True, items=(FeeItem("工本费", "每证", basis=0),)),
            **said,
        },
    )


def instant(text):
    return datetime.fromisoformat(text)


def position():
    with center_context(COUNTY):
        return Ledger.objects.values_list("log_position", "audit_sequence").get()


def test_a_dry_run_tells_and_the_rebase_does_it(office):
    number = office.submitted()
    office.step("clerk", "AcceptCase", number)
    office.token("chief")
    amend()
    before = position()
    told = office.do("chief", "RebaseCase", number=number, dryRun=True, **SAID)
    assert told["errors"] == []
    assert position() == before
    assert told["case"]["offering"]["revisionNumber"] == 1
    done = office.do("chief", "RebaseCase", number=number, **SAID)
    assert done["rebase"] == told["rebase"]
    rebase, case = done["rebase"], done["case"]
    assert (rebase["formerRevisionNumber"], rebase["revisionNumber"]) == (1, 2)
    assert rebase["materials"] == [
        {
            "kind": "ADDED",
            "code": "M04",
            "formerName": None,
            "name": "租赁合同",
            "formerNecessity": None,
            "necessity": "REQUIRED",
            "isMissing": True,
        },
        {
            "kind": "DROPPED",
            "code": "M02",
            "formerName": "经营场所情况",
            "name": None,
            "formerNecessity": "REQUIRED",
            "necessity": None,
            "isMissing": False,
        },
    ]
    assert rebase["missingMaterials"] == ["M04"]
    assert rebase["conditionsAdded"] == ["面积不少于二十平方米"]
    promised = [instant(rebase["promised"][name]) for name in ("formerDueAt", "dueAt")]
    assert promised == [instant(f"2026-11-{day}T17:00:00+08:00") for day in (27, 26)]
    assert instant(case["dueAt"]) == promised[1]
    statutory = rebase["statutory"]
    assert instant(statutory["dueAt"]) == instant(statutory["formerDueAt"])
    assert (rebase["formerFee"]["isCharged"], rebase["fee"]["isCharged"]) == (False, True)
    assert [item["name"] for item in rebase["fee"]["items"]] == ["工本费"]
    assert set(rebase["changedElements"]) == {"materials", "conditions", "promised_limit", "fee"}
    assert not rebase["keepsPromise"]
    assert case["offering"]["revisionNumber"] == 2
    by_code = {material["code"]: material for material in case["materials"]}
    assert by_code["M02"]["droppedAt"]
    assert len(by_code["M02"]["files"]) == 1
    assert not by_code["M04"]["droppedAt"]
    available = {item["action"]: item["isAvailable"] for item in case["availableActions"]}
    assert available["REBASE_CASE"]


def test_the_applicant_reads_why_and_what_it_was_before(office):
    number = office.submitted()
    amend()
    office.step("chief", "RebaseCase", number, **SAID)
    event = office.case("applicant", number)["events"][-1]
    assert (event["name"], event["text"]) == ("case.rebased", "依法改按现行实施清单办理")
    kept = event["data"]["rebase"]
    assert (kept["article"], kept["reason"]) == (BASIS["article"], SAID["reason"])
    assert [m["code"] for m in kept["former"]["content"]["materials"]] == ["M01", "M02", "M03"]


def test_what_is_refused_is_named(office):
    number = office.submitted()
    office.token("chief")
    before = position()

    def refused(**said):
        payload = office.do("chief", "RebaseCase", **{"number": number, **SAID, **said})
        assert (payload["case"], payload["rebase"]) == (None, None)
        assert position() == before
        return codes(payload), payload["errors"][0]["path"]

    assert refused() == (["CASE_REBASE_UNCHANGED"], ["number"])
    amend()
    before = position()
    assert refused(legalBasis={**BASIS, "article": " "}) == (
        ["LEGAL_BASIS_REQUIRED"],
        ["legalBasis", "article"],
    )
    assert refused(reason="") == (["TEXT_INVALID"], ["reason"])
    assert refused(expectedVersion=9) == (["STALE_VERSION"], ["expectedVersion"])
    revising.take_off_the_list(COUNTY, now=NOW)
    assert refused() == (["NOT_ON_LIST"], ["number"])
    assert refused(dryRun=True) == (["NOT_ON_LIST"], ["number"])


@pytest.mark.parametrize("dry_run", [False, True])
def test_who_may_not_move_it_is_told_nothing_of_it(office, dry_run):
    number = office.submitted()
    people_there = ("clerk", "reviewer", "manager", "supervisor", "operator", "applicant")
    strangers = ("neighbour", "stranger", "party_secretary", "auditor")
    for who in (*people_there, *strangers):
        office.token(who)
    amend()
    before = position()
    for who in people_there:
        payload = office.do(who, "RebaseCase", number=number, dryRun=dry_run, **SAID)
        assert codes(payload) == ["CASE_REBASE_NOT_ALLOWED"]
        assert payload["rebase"] is None
    for who in strangers:
        payload = office.do(who, "RebaseCase", number=number, dryRun=dry_run, **SAID)
        assert codes(payload) == ["CASE_NOT_FOUND"]
        assert payload["rebase"] is None
    payload = office.do("neighbour", "RebaseCase", number=number, center=NEIGHBOUR, **SAID)
    assert codes(payload) == ["CASE_NOT_FOUND"]
    assert position() == before


def test_without_a_legal_basis_the_request_is_none(office):
    """Basis and reason can't be left out: the schema itself asks for them."""
    answer = execute(
        'mutation($key: UUID!) { rebaseCase(input: {number: "x", idempotencyKey: $key})'
        " { errors { code } } }",
        {"key": "0190a000-0000-7000-8000-000000000001"},
        center=COUNTY,
        token=office.token("chief"),
    )
    assert "legalBasis" in str(answer["errors"])


def test_the_work_does_not_grow_with_the_case(office):
    few, many = office.submitted(), office.submitted()
    office.token("chief")
    actor_said = {"dryRun": True, **SAID}
    amend()
    with center_context(COUNTY):
        from tenants.cases.models import Case, Material

        case = Case.objects.get(number=many)
        Material.objects.bulk_create(
            Material(
                case=case, code=f"+{n}", name=f"材料{n}", necessity="2", source="10", position=n
            )
            for n in range(4, 22)
        )

    def ask(number):
        payload = office.do("chief", "RebaseCase", number=number, **actor_said)
        assert payload["errors"] == []

    ask(few)
    assert casework.statements(lambda: ask(few)) == casework.statements(lambda: ask(many))
