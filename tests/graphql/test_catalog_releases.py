"""How a catalog is changed through the API, by the shipped documents: by three different people."""

import functools
import uuid
from typing import Any

import pytest

from tests import casework, people, publishing
from tests.graphql.client import execute, operation
from tests.publishing import CITY, OTHER_CITY, PROVINCE, SET_UP, a_matter
from tongban.catalog import models
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

NOW = people.NOW
DAY = "2026-11-24"
ROLES = {
    "editor": PlatformRole.CATALOG_EDITOR,
    "reviewer": PlatformRole.CATALOG_REVIEWER,
    "publisher": PlatformRole.CATALOG_PUBLISHER,
}


@pytest.fixture
def city(db):
    """Tokens of 德州's three people, of 菏泽's editor, and of people without such a role."""

    def token(name: str, role: PlatformRole | None, division: str) -> str:
        person = people.account(name)
        if role:
            people.grant(person, role, division)
        return people.token(person)

    return {
        **{name: token(name, role, CITY) for name, role in ROLES.items()},
        "neighbour": token("neighbour", PlatformRole.CATALOG_EDITOR, OTHER_CITY),
        "offerer": token("offerer", PlatformRole.OFFERING_EDITOR, CITY),
        "citizen": token("citizen", None, CITY),
        "nobody": None,
    }


@pytest.fixture
def content(db) -> dict[str, Any]:
    with shared_context(SharedRole.CATALOG):
        return a_matter("德州示例事项").to_json()


def change(name: str, token: str | None, **said: Any) -> Any:
    answer = execute(
        operation(name), {"input": {"idempotencyKey": str(uuid.uuid4()), **said}}, token=token
    )
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def read(name: str, *, token: str | None = None, center: str | None = None, **said: Any) -> Any:
    answer = execute(operation(name), said, token=token, center=center)
    assert "errors" not in answer, answer
    return answer["data"]


def drafted(city: dict[str, Any], content: dict[str, Any], **said: Any) -> Any:
    named = {"issuer": CITY, "localCode": "DZ-1", **said}
    payload = change("DraftRevision", city["editor"], content=content, **named)
    assert payload["errors"] == []
    return payload["revision"]


def reviewed(city: dict[str, Any], content: dict[str, Any], **said: Any) -> Any:
    draft = drafted(city, content, **said)
    payload = change("ReviewRevision", city["reviewer"], **seen(draft))
    assert payload["errors"] == []
    return payload["revision"]


def seen(revision: Any) -> dict[str, Any]:
    return {**named(revision), "expectedDigest": revision["contentDigest"]}


def named(revision: Any) -> dict[str, Any]:
    return {"matter": revision["matterCode"], "number": revision["number"]}


def publish(city: dict[str, Any], *revisions: Any, **said: Any) -> Any:
    return change(
        "PublishRelease",
        city["publisher"],
        **{
            "issuer": CITY,
            "title": "第一批",
            "revisions": [named(revision) for revision in revisions],
            **said,
        },
    )


def counts() -> tuple[int, ...]:
    with shared_context(SharedRole.CATALOG):
        return (
            AuditEntry.objects.count(),
            models.Release.objects.count(),
            models.MatterRevision.objects.count(),
            models.StandardMatter.objects.count(),
        )


def test_a_matter_is_drafted_reviewed_rehearsed_and_published(city, content):
    draft = drafted(city, content)
    assert (draft["status"], draft["number"], draft["issuerCode"]) == ("DRAFT", 1, CITY)
    assert draft["content"] == content
    returned = change("ReturnRevision", city["reviewer"], **named(draft), reason="名称过短")
    assert returned["revision"]["returnedFor"] == "名称过短"
    content["name"] = "德州示例事项（修订）"
    draft = drafted(
        city, content, matter=draft["matterCode"], expectedDigest=draft["contentDigest"]
    )
    review = change("ReviewRevision", city["reviewer"], **seen(draft))["revision"]
    assert (review["status"], review["returnedFor"]) == ("REVIEWED", "")
    rehearsed = publish(city, review, dryRun=True)
    assert (rehearsed["release"], rehearsed["errors"]) == (None, [])
    (item,) = rehearsed["preview"]["items"]
    assert (item["change"], item["gaining"][0]) == ("ADDED", "371400")
    assert {"warning": "NO_POWER_LIST", "count": 1} in rehearsed["preview"]["warnings"]
    assert read("Revisions", token=city["editor"], matter=draft["matterCode"])["revisions"]["edges"]
    assert read("MatterHistory", code=draft["matterCode"])["matter"] is None
    released = publish(city, review)["release"]
    assert (released["number"], released["kind"], released["effectiveFrom"]) == (
        1,
        "REVISIONS",
        DAY,
    )
    matter = read("MatterHistory", code=draft["matterCode"])["matter"]
    assert matter["revisions"] == [
        {
            "number": 1,
            "effectiveFrom": DAY,
            "effectiveTo": None,
            "publishedAt": "2026-11-24T02:00:00+00:00",
            "contentDigest": review["contentDigest"],
        }
    ]


def test_a_release_and_what_it_did_is_read_by_anybody(city, content):
    code = publish_one(city, content)
    content["visits"] = 1
    publish(city, reviewed(city, content, matter=code))
    listed = read("Releases", issuer=CITY)["releases"]
    assert [edge["node"]["number"] for edge in listed["edges"]] == [2, 1]
    release = read("Release", issuer=CITY, number=2)["release"]
    (edge,) = release["items"]["edges"]
    assert edge["node"] == {
        "matterCode": code,
        "matterName": content["name"],
        "change": "REVISED",
        "formerNumber": 1,
        "number": 2,
        "differences": [{"field": "visits", "before": 0, "after": 1}],
    }
    found = read("RevisionDifferences", matter=code, **{"from": 1, "to": 2})
    assert found["revisionDifferences"] == edge["node"]["differences"]
    assert read("Release", issuer=CITY, number=9)["release"] is None


def publish_one(city: dict[str, Any], content: dict[str, Any], **said: Any) -> str:
    revision = reviewed(city, content, **said)
    assert publish(city, revision)["errors"] == []
    code: str = revision["matterCode"]
    return code


def test_a_draft_is_seen_by_those_alone_who_work_on_the_catalog(city, content):
    code = publish_one(city, content)
    content["name"] = "尚未公布"
    drafted(city, content, matter=code)
    for who, token in city.items():
        found = read("Revisions", token=token, matter=code)["revisions"]
        numbers = [edge["node"]["number"] for edge in found["edges"]]
        differences = read("RevisionDifferences", token=token, matter=code, **{"from": 1, "to": 2})[
            "revisionDifferences"
        ]
        if who in ROLES:
            assert (numbers, found["totalCount"]) == ([1, 2], 2)
            assert [each["field"] for each in differences] == ["name"]
        else:
            assert (numbers, found["totalCount"], differences) == ([1], 1, None)
            assert "尚未公布" not in str(found)


def test_nobody_else_changes_anything(city, content):
    draft = drafted(city, content)
    ready = reviewed(city, replace_name(content, "另一事项"), localCode="DZ-2")
    before = counts()
    attempts = {
        "DraftRevision": {"content": content, "issuer": CITY, "localCode": "DZ-3"},
        "DiscardDraft": seen(draft),
        "ReviewRevision": seen(draft),
        "ReturnRevision": {**named(ready), "reason": "不合适"},
        "PublishRelease": {"issuer": CITY, "title": "第一批", "revisions": [named(ready)]},
        "WithdrawRelease": {"issuer": PROVINCE, "number": 1},
        "CancelPrecondition": {
            "issuer": CITY,
            "matter": SET_UP,
            "precondition": SET_UP,
            "basis": "无",
        },
    }
    for who in ("neighbour", "offerer", "citizen"):
        for name, said in attempts.items():
            payload = change(name, city[who], **said)
            (error,) = payload.pop("errors")
            assert error["code"].endswith(("_NOT_ALLOWED", "_NOT_FOUND")), error
            assert not any(payload.values())
    for name, said in attempts.items():
        answer = execute(operation(name), {"input": {"idempotencyKey": str(uuid.uuid4()), **said}})
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert counts() == before


def replace_name(content: dict[str, Any], name: str) -> dict[str, Any]:
    return {**content, "name": name}


def test_faults_are_told_with_their_places(city, content):
    broken = {**content, "materials": [{**content["materials"][0], "copies": -1}]}
    payload = change("DraftRevision", city["editor"], content=broken, issuer=CITY, localCode="DZ-1")
    assert payload["errors"][0]["code"] == "MATTER_CONTENT_INVALID"
    assert payload["errors"][0]["path"] == ["content", "materials", "0", "copies"]
    for shapeless in ([], "x", 1):
        payload = change(
            "DraftRevision", city["editor"], content=shapeless, issuer=CITY, localCode="DZ-1"
        )
        assert payload["errors"][0]["code"] == "MATTER_CONTENT_INVALID"
    baseless = {**content, "materials": [{**content["materials"][0], "basis": None}]}
    draft = drafted(city, baseless)
    (error,) = change("ReviewRevision", city["reviewer"], **seen(draft))["errors"]
    assert (error["code"], error["path"]) == ("NO_LEGAL_BASIS", ["materials", "0", "basis"])
    assert error["params"]["faults"][0]["field"] == "materials[0].basis"


def test_a_release_is_called_back_before_its_day(city, content):
    revision = reviewed(city, content)
    out = publish(city, revision, effectiveFrom="2026-12-24")["release"]
    assert read("MatterHistory", code=revision["matterCode"])["matter"] is None
    payload = change("WithdrawRelease", city["publisher"], issuer=CITY, number=out["number"])
    assert (payload["release"]["status"], payload["errors"]) == ("WITHDRAWN", [])
    (error,) = change("WithdrawRelease", city["publisher"], issuer=CITY, number=out["number"])[
        "errors"
    ]
    assert error["code"] == "RELEASE_WITHDRAW_NOT_ALLOWED"
    assert error["message"] == "不能撤回：已经撤回。"


def test_a_draft_is_discarded(city, content):
    draft = drafted(city, content)
    payload = change("DiscardDraft", city["editor"], **seen(draft))
    assert payload == {"number": 1, "errors": []}
    found = read("Revisions", token=city["editor"], issuer=CITY)["revisions"]
    assert found["totalCount"] == 0


def test_a_precondition_is_cancelled_for_good(city, content):
    first = publish_one(city, content)
    second = publish_one(
        city,
        {**replace_name(content, "后一事项"), "preconditions": [first]},
        localCode="DZ-2",
    )
    payload = change(
        "CancelPrecondition",
        city["publisher"],
        issuer=CITY,
        matter=second,
        precondition=first,
        basis="国发〔2015〕58号",
    )
    assert payload["errors"] == []
    listed = read("CancelledPreconditions", issuer=CITY)["cancelledPreconditions"]
    assert [edge["node"] for edge in listed["edges"]] == [payload["cancelled"]]
    again = reviewed(
        city,
        {**replace_name(content, "后一事项改"), "preconditions": [first]},
        matter=second,
    )
    (error,) = publish(city, again)["errors"]
    assert error["code"] == "PRECONDITION_CANCELLED"
    assert error["path"] == ["revisions", "0", "preconditions", "0"]
    county = read("CancelledPreconditions", issuer="371402000000")["cancelledPreconditions"]
    other = read("CancelledPreconditions", issuer=OTHER_CITY)["cancelledPreconditions"]
    assert (county["totalCount"], other["totalCount"]) == (1, 0)


# --- the tree ---------------------------------------------------------------------------------


def listed(center: str | None = None, search: str = "", **narrowed: Any) -> set[str]:
    wanted: dict[str, Any] = {"filter": narrowed or None, "search": search, "first": 100}
    found = read("Matters", center=center, **wanted)["matters"]
    return {edge["node"]["code"] for edge in found["edges"]}


def test_a_matter_is_seen_in_the_tree_of_its_issuer(city, content):
    code = publish_one(city, content)
    with shared_context(SharedRole.CATALOG):
        release = models.Release.objects.get(issuer_code=CITY)
    publishing.reach_all(release, now=NOW)
    for center in ("371400", "371402", "371402001"):
        assert code in listed(center)
        assert listed(center, search="德州示例") == {code}
        assert read("MatterHistory", center=center, code=code)["matter"]["code"] == code
        assert read("Releases", center=center, issuer=CITY)["releases"]["totalCount"] == 1
    for center in ("371700", "371722", "371722101"):
        assert code not in listed(center)
        assert listed(center, search="德州示例") == set()
        assert SET_UP in listed(center)
        assert read("MatterHistory", center=center, code=code)["matter"] is None
        assert read("Releases", center=center, issuer=CITY)["releases"]["totalCount"] == 0
        assert read("Release", center=center, issuer=CITY, number=1)["release"] is None
        found = read("Revisions", center=center, token=city["editor"], matter=code)["revisions"]
        assert found["totalCount"] == 0
    with shared_context(SharedRole.CATALOG):
        offering = models.Offering.objects.get(matter__code=code, center_code="371400").code
    for center, is_seen in ((None, True), ("371402", True), ("371722", False)):
        assert bool(read("Offering", center=center, code=offering)["offering"]) is is_seen


def test_the_whole_catalog_is_narrowed_to_a_division_or_an_issuer(city, content):
    code = publish_one(city, content)
    assert {code, SET_UP} <= listed()
    assert {code, SET_UP} <= listed(within="371402000000")
    assert code not in listed(within=OTHER_CITY)
    assert SET_UP in listed(within=OTHER_CITY)
    assert listed(issuer=CITY) == {code}
    assert listed(issuer=CITY, within=OTHER_CITY) == listed(within="x") == set()
    assert listed(center="371722", issuer=CITY) == set()


def test_lists_take_as_many_statements_for_many_as_for_few(city, content):
    ready = [
        reviewed(city, replace_name(content, f"事项{n}"), localCode=f"DZ-{n}") for n in range(12)
    ]
    publish(city, *ready)
    selected = "edges { node { code revisions { number } } } totalCount"
    taken: dict[str, list[int]] = {}
    for number in (2, 12):
        for name, said in (("Revisions", {}), ("Release", {"number": 1})):
            variables = {"issuer": CITY, "first": number, **said}
            ask = functools.partial(read, name, token=city["editor"], **variables)
            taken.setdefault(name, []).append(casework.statements(ask))
        matters = f"{{ matters(first: {number}) {{ {selected} }} }}"
        ask = functools.partial(execute, matters, token=city["editor"])
        taken.setdefault("matters", []).append(casework.statements(ask))
    assert all(few == many for few, many in taken.values()), taken
