"""六统一, alarms and standards of work by the API: who reads what, by the shipped documents."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes, execute, operation
from tests.graphql.test_catalog_directories import listed, read
from tongban.catalog import models
from tongban.catalog import queries as catalog
from tongban.catalog.rules.conformity import declared_elements
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

CITY, COUNTY = "371400000000", "371402"
CHARGED = "370710800202"
FULL = Decimal(100)


@pytest.fixture
def tokens(db) -> dict[str, str | None]:
    found: dict[str, str | None] = {"anonymous": None}
    for name, role, division in (
        ("editor", PlatformRole.CATALOG_EDITOR, CITY),
        ("publisher", PlatformRole.CATALOG_PUBLISHER, CITY),
        ("offering editor", PlatformRole.OFFERING_EDITOR, "371402000000"),
        ("registrar", PlatformRole.REGISTRAR, CITY),
        ("neighbour", PlatformRole.CATALOG_PUBLISHER, "371700000000"),
    ):
        account = people.account(name.replace(" ", "-"))
        people.grant(account, role, division)
        found[name] = people.token(account)
    clerk = people.account("clerk")
    people.member(COUNTY, clerk, CenterRole.CLERK)
    found["clerk"] = people.token(clerk)
    return found


def declare(center: str = COUNTY, **said: Any) -> None:
    with shared_context(SharedRole.CATALOG):
        found = models.Offering.objects.filter(center_code=center, matter__code=CHARGED)
        assert found.update(declared=declared_elements(said)) == 1


def dearer() -> dict[str, Any]:
    with shared_context(SharedRole.READER):
        revision = catalog.published_revision(code=CHARGED, on=people.NOW.date())
    assert revision
    fee: dict[str, Any] = revision.content["fee"]
    return fee | {"items": [fee["items"][0] | {"amount": "90.00"}, *fee["items"][1:]]}


def change(name: str, token: str | None, **said: Any) -> dict[str, Any]:
    known = {"issuer": CITY, "idempotencyKey": str(uuid.uuid4())}
    answer = execute(operation(name), {"input": known | said}, token=token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][name[0].lower() + name[1:]]
    return payload


def test_a_changed_fee_is_reported_on_exactly_that_field_and_vanishes_again(tokens):
    declare(fee=dearer())
    report = read("Conformity", {"center": COUNTY}, token=tokens["editor"])
    assert report["center"]["name"] == "德城区政务服务中心"
    assert (report["missingCount"], report["coveragePercent"]) == (0, "100.00")
    (deviation,) = listed(report["deviations"])
    assert deviation["field"].startswith("fee.items[")
    assert deviation["field"].endswith("].amount")
    assert [deviation[n] for n in ("matterCode", "unification", "declared", "standard")] == [
        CHARGED,
        "FEE",
        "90.00",
        "80.00",
    ]
    assert {each["unification"]: each["count"] for each in report["deviating"]} == {
        "NAME": 0,
        "NUMBER": 0,
        "CONDITIONS": 0,
        "MATERIALS": 0,
        "LIMITS": 0,
        "FEE": 1,
    }
    assert report["deviations"]["totalCount"] == 1
    of_names = {"center": COUNTY, "unification": "NAME"}
    assert not listed(read("Conformity", of_names, token=tokens["editor"])["deviations"])
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(center_code=COUNTY).update(declared=None)
    report = read("Conformity", {"center": COUNTY}, token=tokens["editor"])
    assert listed(report["deviations"]) == []


def test_who_reads_it(tokens):
    declare(name="别名")
    for name, path, sees in (
        ("editor", None, True),
        ("publisher", "371425", True),
        ("offering editor", None, True),
        ("clerk", COUNTY, True),
        ("clerk", None, False),
        ("clerk", "371425", False),
        ("registrar", COUNTY, False),
        ("neighbour", COUNTY, False),
        ("anonymous", COUNTY, False),
    ):
        found = read("Conformity", {"center": COUNTY}, token=tokens[name], center=path)
        assert bool(found) == sees, (name, path)
        alarms = read("DirectoryAlarms", {"center": COUNTY}, token=tokens[name], center=path)
        assert (alarms is not None) == sees, (name, path)
    assert read("Conformity", {"center": "999999"}, token=tokens["editor"]) is None
    assert read("Conformity", {}, token=tokens["clerk"], center=COUNTY)["centerCode"] == COUNTY
    assert codes(execute(operation("Conformity"), token=tokens["editor"])) == ["CENTER_REQUIRED"]


def test_the_summary_counts_over_the_tree_of_those_who_answer_for_all_of_it(tokens):
    declare(fee=dearer())
    found = read("ConformitySummary", {"within": CITY}, token=tokens["editor"])
    counted = {
        node["centerCode"]: {e["unification"]: e["count"] for e in node["deviating"]}["FEE"]
        for node in listed(found)
    }
    assert counted == {"371400": 0, "371402": 1, "371402001": 0, "371425": 0, "371425001": 0}
    assert found["totalCount"] == 5
    for name in ("offering editor", "clerk", "registrar", "neighbour", "anonymous"):
        asked = {"token": tokens[name], "center": COUNTY}
        assert read("ConformitySummary", {"within": CITY}, **asked) is None
    own = read("ConformitySummary", {"within": COUNTY}, token=tokens["offering editor"])
    assert [node["centerCode"] for node in listed(own)] == ["371402", "371402001"]


def test_the_summary_takes_as_many_queries_for_five_centers_as_for_two(tokens):
    for center in (COUNTY, "371425"):
        declare(center, fee=dearer())
    counted = []
    for size in (2, 2, 5):
        with CaptureQueriesContext(connection) as captured:
            found = read(
                "ConformitySummary", {"within": CITY, "first": size}, token=tokens["editor"]
            )
        assert len(listed(found)) == size
        counted.append(len(captured))
    assert counted[1] == counted[2]


def test_what_is_missing_is_listed(tokens):
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(center_code=COUNTY, matter__code=CHARGED).update(status="2")
    report = read("Conformity", {"center": COUNTY}, token=tokens["editor"])
    assert [matter["code"] for matter in listed(report["missing"])] == [CHARGED]
    assert report["missingCount"] == report["missing"]["totalCount"] == 1
    assert Decimal(report["coveragePercent"]) < FULL
    assert listed(report["countyOnly"]) == []


def test_a_duty_without_a_window_is_an_alarm(tokens):
    editor, publisher = people.account("e"), people.account("p")
    for account, role in (
        (editor, PlatformRole.CATALOG_EDITOR),
        (publisher, PlatformRole.CATALOG_PUBLISHER),
    ):
        people.grant(account, role, "371402000000")
    about = {"issuer": "371402000000", "kind": "RESPONSIBILITIES"}
    duty = {"code": "D1", "name": "结婚登记", "department": "民政局", "duty": "受理"}
    change(
        "DraftDirectory",
        people.token(editor),
        entries=[duty | {"matters": [CHARGED]}],
        **about,
    )
    assert not listed(read("DirectoryAlarms", {"center": COUNTY}, token=tokens["editor"]))
    change("PublishDirectory", people.token(publisher), version=1, **about)
    found = read("DirectoryAlarms", {}, token=tokens["clerk"], center=COUNTY)
    assert found["totalCount"] == 1
    assert [(a["reason"], a["entry"]["code"], a["kind"]) for a in listed(found)] == [
        ("NO_WINDOW", "D1", "RESPONSIBILITIES")
    ]
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(center_code=COUNTY, matter__code=CHARGED).update(
            windows=["A01"]
        )
    assert not listed(read("DirectoryAlarms", {}, token=tokens["clerk"], center=COUNTY))


# --- standards of work ------------------------------------------------------------------------


def standard(number: str = "DZZW-001", **said: Any) -> dict[str, Any]:
    return {
        "standardNumber": number,
        "title": "窗口服务规范",
        "category": "服务提供",
        "text": "首问负责，一次告知。",
        **said,
    }


def test_the_library_is_read_by_anybody(tokens):
    change("PublishWorkStandard", tokens["publisher"], **standard(effectiveFrom="2014-01-01"))
    published = change("PublishWorkStandard", tokens["publisher"], **standard(title="修订版"))
    assert published["workStandard"]["version"] == 2
    assert [v["effectiveTo"] for v in published["workStandard"]["versions"]] == [
        "2026-11-24",
        None,
    ]
    change("PublishWorkStandard", tokens["publisher"], **standard("DZZW-002", category="岗位工作"))
    for center in (None, "371400"):
        found = read("WorkStandards", {"search": "窗口"}, center=center)
        assert [(s["number"], s["version"]) for s in listed(found)] == [("DZZW-002", 1)]
    found = read("WorkStandards", {"issuer": CITY, "category": "服务提供"})
    assert [(s["number"], s["title"]) for s in listed(found)] == [("DZZW-001", "修订版")]
    assert listed(read("WorkStandards", {}, center="371722")) == []
    whole = read("WorkStandard", {"number": "DZZW-001", "issuer": CITY})
    assert (whole["version"], whole["text"]) == (2, "首问负责，一次告知。")
    former = read("WorkStandard", {"number": "DZZW-001", "version": 1}, center="371400")
    assert former["title"] == "窗口服务规范"
    assert read("WorkStandard", {"number": "DZZW-001", "version": 3, "issuer": CITY}) is None
    accepted = change(
        "RecordAcceptance",
        tokens["publisher"],
        acceptedOn="2014-12-01",
        authority="国家标准化管理委员会",
        level="国家级",
        result="合格",
        standardCount=712,
    )
    assert accepted["acceptance"]["standardCount"] == 712
    found = read("StandardsAcceptances", {"issuer": CITY})
    assert [(a["level"], a["acceptedOn"]) for a in listed(found)] == [("国家级", "2014-12-01")]


@pytest.mark.parametrize("who", ["editor", "registrar", "neighbour", "clerk", "anonymous"])
def test_others_put_nothing_into_the_library(tokens, who):
    acceptance = {"acceptedOn": "2014-12-01", "authority": "x", "level": "x", "result": "x"}
    before = state()
    for name, said in (("PublishWorkStandard", standard()), ("RecordAcceptance", acceptance)):
        known = {"issuer": CITY, "idempotencyKey": str(uuid.uuid4())}
        answer = execute(operation(name), {"input": known | said}, token=tokens[who])
        if who == "anonymous":
            assert codes(answer) == ["UNAUTHENTICATED"]
            continue
        payload = answer["data"][name[0].lower() + name[1:]]
        assert [error["code"] for error in payload["errors"]] == [
            "WORK_STANDARD_PUBLISH_NOT_ALLOWED"
        ]
    assert state() == before


def state() -> tuple[int, ...]:
    with shared_context(SharedRole.CATALOG):
        tables = (models.WorkStandard, models.StandardsAcceptance, AuditEntry)
        return tuple(table.objects.count() for table in tables)


def test_the_library_takes_as_many_queries_for_twenty_as_for_two(tokens):
    for n in range(25):
        change("PublishWorkStandard", tokens["publisher"], **standard(f"DZZW-{n:03}"))
    counted = []
    for size in (2, 2, 20):
        with CaptureQueriesContext(connection) as captured:
            assert len(listed(read("WorkStandards", {"first": size}))) == size
        counted.append(len(captured))
    assert counted[1] == counted[2]
