"""Published directories and official lists by the API and its shipped documents."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes, execute, operation
from tongban.catalog import models
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

CITY, ELSEWHERE = "371400000000", "371700000000"
ROLES = {"editor": PlatformRole.CATALOG_EDITOR, "publisher": PlatformRole.CATALOG_PUBLISHER}


@pytest.fixture
def tokens(db) -> dict[str, str | None]:
    """An editor, a publisher, and everybody who must not see a draft."""
    found: dict[str, str | None] = {"anonymous": None}
    for name, role in ROLES.items():
        for division, place in ((CITY, ""), (ELSEWHERE, "neighbours-")):
            account = people.account(f"{place}{name}")
            people.grant(account, role, division)
            found[f"{place}{name}"] = people.token(account)
    staff = people.account("staff")
    people.member("371400", staff, CenterRole.CLERK)
    found["staff"] = people.token(staff)
    return found


def power(code: str = "37140001", **said: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"权力{code}",
        "department": "市住房和城乡建设局",
        "basis": "《中华人民共和国建筑法》第七条",
        "powerType": "01",
        **said,
    }


def change(name: str, token: str | None, **said: Any) -> dict[str, Any]:
    field = name[0].lower() + name[1:]
    is_official = "OfficialList" in name
    known = {
        "issuer": CITY,
        "kind": "negative_list" if is_official else "POWERS",
        "idempotencyKey": str(uuid.uuid4()),
    }
    answer = execute(operation(name), {"input": known | said}, token=token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][field]
    return payload


def refused(payload: dict[str, Any]) -> list[str]:
    assert not any(value for name, value in payload.items() if name != "errors")
    return [error["code"] for error in payload["errors"]]


def read(name: str, variables: dict[str, Any], **options: Any) -> Any:
    answer = execute(operation(name), variables, **options)
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def listed(connection_: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection_["edges"]]


def put_out(tokens: dict[str, Any], version: int, *entries: dict[str, Any], **said: Any) -> None:
    assert not change("DraftDirectory", tokens["editor"], entries=entries, **said)["errors"]
    assert not change("PublishDirectory", tokens["publisher"], version=version, **said)["errors"]


def test_anybody_reads_versions_and_their_differences(tokens):
    put_out(tokens, 1, power("1"), power("2"))
    put_out(tokens, 2, power("1", department="市行政审批服务局"), power("3", powerType="07"))
    found = read("Directories", {"issuer": CITY})
    assert [(d["kind"], d["version"], d["entryCount"]) for d in listed(found)] == [
        ("POWERS", 2, 2),
        ("POWERS", 1, 2),
    ]
    assert found["totalCount"] == 2
    in_force = read("Directory", {"kind": "POWERS"}, center="371400")
    assert (in_force["version"], in_force["status"], in_force["title"]) == (
        2,
        "PUBLISHED",
        "权力清单",
    )
    assert [e["powerTypeName"] for e in listed(in_force["entries"])] == ["行政许可", "行政确认"]
    first = read("Directory", {"kind": "POWERS", "version": 1, "center": "371400"})
    assert [e["code"] for e in listed(first["entries"])] == ["1", "2"]
    differences = read(
        "DirectoryDifferences", {"kind": "POWERS", "from": 1, "to": 2, "issuer": CITY}
    )
    assert [differences[n] for n in ("added", "dropped", "changed")] == [1, 1, 1]
    assert [(c["kind"], c["code"]) for c in listed(differences["changes"])] == [
        ("CHANGED", "1"),
        ("DROPPED", "2"),
        ("ADDED", "3"),
    ]
    assert listed(differences["changes"])[0]["fields"] == [
        {"field": "department", "before": "市住房和城乡建设局", "after": "市行政审批服务局"}
    ]


def test_each_kind_of_publication_keeps_what_it_says(tokens):
    fee = {
        "code": "Z1",
        "name": "施工图审查",
        "basis": "《山东省定价目录》",
        "pricing": "GUIDED",
        "feeStandard": "每平方米",
        "amount": "1.50",
        "payer": "建设单位",
    }
    duty = {
        "code": "R1",
        "name": "建筑工程施工许可",
        "department": "市住房和城乡建设局",
        "duty": "受理、审查、决定、送达",
        "accountability": "不依法受理的，追究责任",
        "power": "37140001",
    }
    put_out(tokens, 1, fee, kind="INTERMEDIARY_FEES")
    put_out(tokens, 1, duty, kind="RESPONSIBILITIES")
    for kind, said in (("INTERMEDIARY_FEES", fee), ("RESPONSIBILITIES", duty)):
        directory = read("Directory", {"kind": kind, "issuer": CITY})
        (entry,) = listed(directory["entries"])
        assert {name: entry[name] for name in said} == said


def test_a_draft_is_shown_to_its_makers_and_to_nobody_else(tokens):
    put_out(tokens, 1, power("1"))
    drafted = change("DraftDirectory", tokens["editor"], entries=[power("2", name="未公布的权力")])
    assert drafted["directory"]["status"] == "DRAFT"
    seen = {"kind": "POWERS", "version": 2, "issuer": CITY}
    compared = {"kind": "POWERS", "from": 1, "to": 2, "issuer": CITY}
    strangers = ("anonymous", "staff", "neighbours-editor", "neighbours-publisher")
    for center in (None, "371400", "371700"):
        for name in strangers:
            asked = {"token": tokens[name], "center": center}
            found = read("Directories", {"issuer": CITY}, **asked)
            assert ([d["version"] for d in listed(found)], found["totalCount"]) == ([1], 1)
            assert read("Directory", seen, **asked) is None
            assert read("DirectoryDifferences", compared, **asked) is None
        for name in ROLES:
            asked = {"token": tokens[name], "center": center}
            found = read("Directories", {"issuer": CITY}, **asked)
            assert ([d["version"] for d in listed(found)], found["totalCount"]) == ([2, 1], 2)
            directory = read("Directory", seen, **asked)
            assert listed(directory["entries"])[0]["name"] == "未公布的权力"
            assert directory["entries"]["totalCount"] == 1
            assert read("DirectoryDifferences", compared, **asked)["changed"] == 0
    # What a stranger is told of a version that exists and of one that doesn't is the same.
    told = [
        change("PublishDirectory", tokens["neighbours-publisher"], version=version)
        for version in (2, 3)
    ]
    assert told[0] == told[1]
    assert refused(told[0]) == ["DIRECTORY_PUBLISH_NOT_ALLOWED"]


@pytest.mark.parametrize("who", ["staff", "neighbours-editor", "neighbours-publisher"])
def test_strangers_change_nothing(tokens, who):
    change("DraftDirectory", tokens["editor"], entries=[power()])
    change("DraftOfficialList", tokens["editor"], entries=[{"code": "1", "name": "一项"}])
    before = state()
    for name, said, code in (
        ("DraftDirectory", {"entries": [power("9")]}, "DIRECTORY_DRAFT_NOT_ALLOWED"),
        ("DiscardDirectoryDraft", {}, "DIRECTORY_DRAFT_NOT_ALLOWED"),
        ("PublishDirectory", {"version": 1}, "DIRECTORY_PUBLISH_NOT_ALLOWED"),
        ("DraftOfficialList", {"entries": []}, "DIRECTORY_DRAFT_NOT_ALLOWED"),
        ("DiscardOfficialListDraft", {}, "DIRECTORY_DRAFT_NOT_ALLOWED"),
        ("PublishOfficialList", {"version": 1}, "DIRECTORY_PUBLISH_NOT_ALLOWED"),
    ):
        assert refused(change(name, tokens[who], **said)) == [code]
    for name in ("DraftDirectory", "PublishDirectory", "DiscardDirectoryDraft"):
        said = {"version": 1} if name == "PublishDirectory" else {}
        answer = execute(
            operation(name),
            {
                "input": {
                    "issuer": CITY,
                    "kind": "POWERS",
                    "idempotencyKey": str(uuid.uuid4()),
                    **said,
                }
            },
        )
        assert codes(answer) == ["UNAUTHENTICATED"]
    assert state() == before


def state() -> list[Any]:
    with shared_context(SharedRole.CATALOG):
        rows = models.Directory.objects.order_by("id").values_list("kind", "version", "status")
        return [*rows, AuditEntry.objects.count()]


def test_a_faulty_entry_is_named_by_its_path(tokens):
    payload = change("DraftDirectory", tokens["editor"], entries=[power(), power(powerType="20")])
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == (
        "DIRECTORY_ENTRY_INVALID",
        ["entries", "1", "powerType"],
    )
    assert error["message"] == "不能列入目录（清单）：第 2 条的“20”不是有效代码。"


def test_who_wrote_it_does_not_publish_it_and_a_draft_can_be_dropped(tokens):
    both = people.account("both")
    for role in ROLES.values():
        people.grant(both, role, CITY)
    token = people.token(both)
    change("DraftDirectory", token, entries=[power()])
    assert refused(change("PublishDirectory", token, version=1)) == ["SAME_PERSON"]
    stale = change("DraftDirectory", tokens["editor"], entries=[power()], expectedVersion=7)
    assert refused(stale) == ["STALE_VERSION"]
    assert stale["errors"][0]["params"] == {"current": 1}
    assert change("DiscardDirectoryDraft", token)["version"] == 1
    assert refused(change("PublishDirectory", tokens["publisher"], version=1)) == [
        "DIRECTORY_NOT_FOUND"
    ]


def test_official_lists_are_others_than_the_publications(tokens):
    said = {"entries": [{"code": "N1", "name": "新建燃煤锅炉", "note": "建成区内"}]}
    assert not change("DraftOfficialList", tokens["editor"], **said)["errors"]
    assert not change("PublishOfficialList", tokens["publisher"], version=1)["errors"]
    change("DraftOfficialList", tokens["editor"], entries=[{"code": "N2", "name": "另一项"}])
    assert change("DiscardOfficialListDraft", tokens["editor"])["version"] == 2
    change("DraftOfficialList", tokens["editor"], entries=[{"code": "N2", "name": "另一项"}])
    assert not change("PublishOfficialList", tokens["publisher"], version=2)["errors"]
    found = read("OfficialLists", {}, center="371400")
    assert [(d["kind"], d["title"], d["version"]) for d in listed(found)] == [
        ("negative_list", "负面清单", 2),
        ("negative_list", "负面清单", 1),
    ]
    assert listed(read("OfficialLists", {"kind": "power_list", "issuer": CITY})) == []
    assert listed(read("Directories", {"issuer": CITY})) == []
    in_force = read("OfficialList", {"kind": "negative_list", "center": "371400"})
    assert listed(in_force["entries"])[0]["code"] == "N2"
    compared = read(
        "OfficialListDifferences", {"kind": "negative_list", "from": 1, "to": 2, "issuer": CITY}
    )
    assert (compared["added"], compared["dropped"]) == (1, 1)
    put_out(tokens, 1, power())
    for kind in ("powers", "POWERS", "approvals"):
        assert read("OfficialList", {"kind": kind, "issuer": CITY}) is None
        assert read("OfficialList", {"kind": kind, "version": 1, "issuer": CITY}) is None
        assert listed(read("OfficialLists", {"kind": kind, "issuer": CITY})) == []
    compared = {"kind": "powers", "from": 1, "to": 1, "issuer": CITY}
    assert read("OfficialListDifferences", compared) is None
    assert refused(change("DraftOfficialList", tokens["editor"], kind="powers", **said)) == [
        "DIRECTORY_KIND_UNKNOWN"
    ]


def test_the_published_list_of_approvals_agrees_with_the_catalog(tokens):
    assert read("ApprovalsBalance", {"issuer": CITY})["version"] is None
    drafted = change("DraftDirectory", tokens["editor"], kind="APPROVALS")
    assert not change("PublishDirectory", tokens["publisher"], kind="APPROVALS", version=1)[
        "errors"
    ]
    balance = read("ApprovalsBalance", {}, center="371400")
    assert balance["agrees"]
    assert balance["inForce"] == balance["listed"] == drafted["directory"]["entryCount"] > 0


def test_a_list_needs_a_division(tokens):
    answer = execute(operation("Directory"), {"kind": "POWERS"})
    assert codes(answer) == ["CENTER_REQUIRED"]
    assert read("Directory", {"kind": "POWERS", "center": "999999"}) is None
    assert listed(read("Directories", {"center": "999999"})) == []


@pytest.mark.parametrize("text", ["", "\0", "%", "x" * 5000, "３７１４００００００００"])
def test_hostile_codes_find_nothing(db, text):
    for name, variables in (
        ("Directories", {"issuer": text}),
        ("Directory", {"kind": "POWERS", "center": text}),
        ("OfficialList", {"kind": text, "issuer": text}),
        ("ApprovalsBalance", {"issuer": text}),
    ):
        answer = execute(operation(name), variables)
        assert "INTERNAL" not in codes(answer)


@pytest.mark.parametrize("who", ["anonymous", "editor"])
def test_entries_and_versions_take_as_many_queries_for_twenty_as_for_two(tokens, who):
    put_out(tokens, 1, *(power(str(n)) for n in range(25)))
    for version in range(2, 22):
        put_out(tokens, version, power("1"))
    for name, variables, path in (
        ("Directory", {"kind": "POWERS", "version": 1, "issuer": CITY}, "entries"),
        ("Directories", {"issuer": CITY}, None),
        ("DirectoryDifferences", {"kind": "POWERS", "from": 1, "to": 2, "issuer": CITY}, "changes"),
    ):
        counted = []
        for size in (2, 2, 20):
            with CaptureQueriesContext(connection) as captured:
                found = read(name, variables | {"first": size}, token=tokens[who])
            assert len((found[path] if path else found)["edges"]) == size
            counted.append(len(captured))
        assert counted[1] == counted[2], (name, counted)


def test_entries_are_paged_in_their_order(tokens):
    put_out(tokens, 1, *(power(str(n)) for n in range(25)))
    seen: list[str] = []
    after = None
    while True:
        variables = {"kind": "POWERS", "issuer": CITY, "first": 10, "after": after}
        page = read("Directory", variables)["entries"]
        seen += [entry["code"] for entry in listed(page)]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == [str(n) for n in range(25)]
    for cursor in ("x", "WyJwbGFjZSIsLTFd", "WyJwbGFjZSIsIngiXQ", after[:-2] + "__"):
        variables = {"kind": "POWERS", "issuer": CITY, "after": cursor}
        assert codes(execute(operation("Directory"), variables)) == ["BAD_REQUEST"]
