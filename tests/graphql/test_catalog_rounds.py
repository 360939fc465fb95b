"""Clean-up rounds through the API, by the shipped documents: two people and the public."""

import functools
import uuid
from typing import Any

import pytest

from tests import casework, cleaning, people
from tests.cleaning import BASIS
from tests.graphql.client import codes, execute, operation
from tests.issuing import CITY
from tongban.catalog import models
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

OTHER_CITY = "371700000000"


@pytest.fixture
def city(db):
    """Tokens of 德州's editor and publisher, of 菏泽's, and of nobody with a role."""

    def token(name: str, role: PlatformRole | None, division: str) -> str:
        person = people.account(name)
        if role:
            people.grant(person, role, division)
        return people.token(person)

    return {
        "editor": token("editor", PlatformRole.CATALOG_EDITOR, CITY),
        "publisher": token("publisher", PlatformRole.CATALOG_PUBLISHER, CITY),
        "neighbour": token("neighbour", PlatformRole.CATALOG_EDITOR, OTHER_CITY),
        "offerer": token("offerer", PlatformRole.OFFERING_EDITOR, CITY),
        "citizen": token("citizen", None, CITY),
        "nobody": None,
    }


def change(name: str, token: str | None, **said: Any) -> Any:
    answer = execute(
        operation(name),
        {"input": {"issuer": CITY, "idempotencyKey": str(uuid.uuid4()), **said}},
        token=token,
    )
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def read(name: str, token: str | None = None, **variables: Any) -> Any:
    answer = execute(operation(name), {"issuer": CITY, **variables}, token=token)
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def start(city: dict[str, str | None]) -> int:
    payload = change("OpenRound", city["editor"], title="第一轮清理", basis="德政字〔2026〕1号")
    assert payload["errors"] == []
    number: int = payload["round"]["number"]
    return number


def decide(city: dict[str, str | None], number: int, matter: str, decision: str, **said: Any):
    payload = change(
        "DecideMatter",
        city["editor"],
        **{"round": number, "matter": matter, "decision": decision, "basis": BASIS, **said},
    )
    assert payload["errors"] == [], payload
    return payload["decision"]


def test_a_round_from_its_opening_to_its_release(city):
    one, two, three, four = (cleaning.matter(n) for n in range(1, 5))
    number = start(city)
    assert decide(city, number, one, "DELEGATE", target="county")["level"] == "COUNTY"
    merged = decide(city, number, two, "MERGE", target=three)
    assert (merged["target"], merged["targetName"]) == (three, f"事项{three}")
    assert decide(city, number, three, "KEEP")["matter"]["revisionNumber"] == 1
    decide(city, number, four, "KEEP")
    dropped = change("DropDecision", city["editor"], round=number, matter=four)
    assert {one["decision"]: one["count"] for one in dropped["round"]["counts"]} == {
        "KEEP": 1,
        "DELEGATE": 1,
        "MERGE": 1,
    }
    waiting = read("Round", city["editor"], number=number)["undecided"]
    assert waiting == {"edges": [{"node": {"code": four, "name": f"事项{four}"}}], "totalCount": 1}
    refused = change("CloseRound", city["publisher"], round=number)
    assert [error["code"] for error in refused["errors"]] == ["ROUND_UNDECIDED"]
    decide(city, number, four, "CANCEL")
    tried = change("CloseRound", city["publisher"], round=number, dryRun=True)["closing"]
    assert (tried["round"]["status"], tried["undecided"]) == ("OPEN", 0)
    done = change("CloseRound", city["publisher"], round=number)["closing"]
    assert done["round"]["status"] == "CLOSED"
    assert done["round"]["releaseNumber"]
    assert done["consequences"] == tried["consequences"]
    assert [one["decision"] for one in done["consequences"]] == ["DELEGATE", "MERGE", "CANCEL"]
    assert done["approvalsAfter"] == done["approvalsBefore"] - 3
    for token in (None, city["neighbour"], city["publisher"]):
        shown = read("Round", token, number=number, decision="MERGE")
        (edge,) = shown["decisions"]["edges"]
        assert edge["node"]["matter"] == {
            "code": two,
            "name": f"事项{two}",
            "revisionNumber": 1,
            "levels": ["CITY"],
        }
        assert shown["decisions"]["totalCount"] == 1
        assert shown["undecided"] is None


def test_an_open_round_is_nobodys_but_its_makers(city):
    code, number = cleaning.matter(1), start(city)
    decide(city, number, code, "KEEP")
    for name in ("editor", "publisher"):
        assert read("Round", city[name], number=number)["decisions"]["totalCount"] == 1
        assert read("Rounds", city[name])["totalCount"] == 1
    for name in ("neighbour", "offerer", "citizen", "nobody"):
        assert read("Round", city[name], number=number) is None
        assert read("Rounds", city[name]) == {
            "edges": [],
            "pageInfo": {"hasNextPage": False, "endCursor": None},
            "totalCount": 0,
        }


def test_others_change_nothing_of_a_round(city):
    code, number = cleaning.matter(1), start(city)
    decide(city, number, code, "KEEP")
    rest = {"round": number, "matter": code}
    asked: dict[str, dict[str, Any]] = {
        "OpenRound": {"title": "x", "basis": "x"},
        "DecideMatter": {**rest, "decision": "CANCEL", "basis": "x"},
        "DropDecision": rest,
        "CloseRound": {"round": number},
    }
    with shared_context(SharedRole.CATALOG):
        before = list(models.CleanupItem.objects.values()), AuditEntry.objects.count()
    for name, said in asked.items():
        for who in ("neighbour", "offerer", "citizen"):
            payload = change(name, city[who], **said)
            expected = "ROUND_NOT_ALLOWED" if name == "OpenRound" else "ROUND_NOT_FOUND"
            assert [error["code"] for error in payload.pop("errors")] == [expected]
            assert not any(payload.values())
        document = {"input": {"issuer": CITY, "idempotencyKey": str(uuid.uuid4()), **said}}
        assert codes(execute(operation(name), document)) == ["UNAUTHENTICATED"]
    with shared_context(SharedRole.CATALOG):
        after = list(models.CleanupItem.objects.values()), AuditEntry.objects.count()
    assert after == before


def test_a_refusal_says_in_words_what_is_missing(city):
    code, number = cleaning.matter(1), start(city)
    payload = change(
        "DecideMatter", city["editor"], round=number, matter=code, decision="KEEP", basis=""
    )
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == ("NO_LEGAL_BASIS", ["basis"])
    assert f"事项{code}" in error["message"]


def test_lists_take_as_many_queries_for_twenty_as_for_two(city):
    matters = [cleaning.matter(n) for n in range(1, 21)]
    number = start(city)
    for code in matters:
        decide(city, number, code, "KEEP")
    change("CloseRound", city["publisher"], round=number)
    shown = {}

    def ask(size):
        shown[size] = read("Round", number=number, first=size)["decisions"]["edges"]

    taken = {casework.statements(functools.partial(ask, size)) for size in (2, 20)}
    assert {size: len(edges) for size, edges in shown.items()} == {2: 2, 20: 20}
    assert len(taken) == 1
