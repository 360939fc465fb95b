"""Proposals through the API, by the shipped documents: a county asks, its city answers."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import issuing, people
from tests.graphql.client import codes, execute, operation
from tests.issuing import CITY
from tongban.catalog import models
from tongban.catalog.rules.content import MatterLevel
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

MATTER, COUNTY = "370199900001", "371402"
HOLDERS = {
    "county": (PlatformRole.OFFERING_EDITOR, "371402000000"),
    "neighbour": (PlatformRole.OFFERING_EDITOR, "371425000000"),
    "city": (PlatformRole.CATALOG_EDITOR, CITY),
    "other_city": (PlatformRole.CATALOG_EDITOR, "371700000000"),
}


@pytest.fixture
def tokens(db):
    """Tokens of a county's and a city's editor, of those next door, and of a citizen."""
    issuing.issue(MATTER, levels=(MatterLevel.CITY, MatterLevel.COUNTY))
    found = {"citizen": people.token(people.account("citizen"))}
    for name, (role, division) in HOLDERS.items():
        person = people.account(name, name="韩梅梅")
        people.grant(person, role, division)
        found[name] = people.token(person)
    return found


def change(name: str, token: str, **said: Any) -> Any:
    answer = execute(
        operation(name), {"input": {"idempotencyKey": str(uuid.uuid4()), **said}}, token=token
    )
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def propose(tokens: dict[str, str], **said: Any) -> Any:
    payload = change(
        "ProposeChange",
        tokens["county"],
        **{
            "center": COUNTY,
            "matter": MATTER,
            "elements": {"promised_limit": {"amount": 10, "unit": "WORKING_DAY"}},
            "reason": "区级已实行十日办结",
            **said,
        },
    )
    assert payload["errors"] == [], payload
    return payload["proposal"]


def read(name: str, token: str, at: str | None = None, **variables: Any) -> Any:
    answer = execute(operation(name), variables, token=token, center=at)
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def test_a_county_asks_and_sees_what_became_of_it(tokens):
    proposed = propose(tokens)
    assert proposed["differences"] == [
        {
            "field": "promised_limit",
            "before": {"amount": 20, "unit": "WORKING_DAY"},
            "after": {"amount": 10, "unit": "WORKING_DAY"},
        }
    ]
    waiting = read("ChangeProposals", tokens["city"], issuer=CITY, status="OPEN")
    (edge,) = waiting["edges"]
    assert (edge["node"]["centerName"], edge["node"]["proposerName"]) == (
        "德城区政务服务中心",
        "韩梅梅",
    )
    payload = change(
        "AnswerProposal", tokens["city"], proposal=proposed["id"], accept=True, answer="同意"
    )
    assert payload["errors"] == []
    for center in (None, COUNTY):
        shown = read("ChangeProposal", tokens["county"], center, id=proposed["id"])
        assert (shown["status"], shown["answer"]) == ("ACCEPTED", "同意")
        assert (shown["revisionNumber"], shown["effectiveFrom"]) == (2, None)
        assert shown["elements"] == {"promised_limit": {"amount": 10, "unit": "WORKING_DAY"}}
    again = change("WithdrawProposal", tokens["county"], proposal=proposed["id"])
    assert [error["code"] for error in again["errors"]] == ["PROPOSAL_ANSWERED"]
    assert "已采纳" in again["errors"][0]["message"]
    second = propose(tokens, elements={"visits": 0})
    withdrawn = change("WithdrawProposal", tokens["county"], proposal=second["id"])
    assert withdrawn["proposal"]["status"] == "WITHDRAWN"


@pytest.mark.parametrize(
    ("elements", "code", "path"),
    [
        ([], "PROPOSAL_ELEMENT_INVALID", ["elements"]),
        ("x", "PROPOSAL_ELEMENT_INVALID", ["elements"]),
        ({"price": 1}, "PROPOSAL_ELEMENT_INVALID", ["elements", "price"]),
        (
            {"promised_limit": {"amount": 0, "unit": "WORKING_DAY"}},
            "PROPOSAL_ELEMENT_INVALID",
            ["elements", "promisedLimit", "amount"],
        ),
        ({"name": "\0"}, "PROPOSAL_ELEMENT_INVALID", ["elements", "name"]),
        ({}, "PROPOSAL_CHANGES_NOTHING", ["elements"]),
    ],
)
def test_what_is_no_change_is_refused(tokens, elements, code, path):
    payload = change(
        "ProposeChange",
        tokens["county"],
        center=COUNTY,
        matter=MATTER,
        elements=elements,
        reason="x",
    )
    (error,) = payload["errors"]
    assert error["code"] == code
    assert error["path"] == path
    assert payload["proposal"] is None


def test_neighbours_see_and_change_nothing(tokens):
    proposed = propose(tokens)

    def kept() -> tuple[Any, ...]:
        with shared_context(SharedRole.CATALOG):
            return list(models.ChangeProposal.objects.values()), AuditEntry.objects.count()

    before = kept()
    for who in ("neighbour", "other_city", "citizen"):
        for center in (None, COUNTY, "371425"):
            assert read("ChangeProposal", tokens[who], center, id=proposed["id"]) is None
            listed = read("ChangeProposals", tokens[who], center, center=COUNTY)
            assert (listed["edges"], listed["totalCount"]) == ([], 0)
        for name, said in (
            ("AnswerProposal", {"accept": False, "answer": "x"}),
            ("WithdrawProposal", {}),
        ):
            for proposal in (proposed["id"], str(uuid.uuid4()), "x"):
                payload = change(name, tokens[who], proposal=proposal, **said)
                assert [error["code"] for error in payload["errors"]] == ["PROPOSAL_NOT_FOUND"]
        refused = change(
            "ProposeChange",
            tokens[who],
            center=COUNTY,
            matter=MATTER,
            elements={"visits": 0},
            reason="x",
        )
        assert [error["code"] for error in refused["errors"]] == ["PROPOSAL_NOT_ALLOWED"]
    assert kept() == before
    for name, variables in (("ChangeProposals", {}), ("ChangeProposal", {"id": proposed["id"]})):
        assert codes(execute(operation(name), variables)) == ["UNAUTHENTICATED"]


def test_lists_take_as_many_queries_for_twenty_as_for_two(tokens):
    for _ in range(20):
        propose(tokens)
    document = """query($first: Int!) { changeProposals(first: $first) {
        edges { node { id matterName centerName differences { field } } } } }"""
    counted = []
    for size in (2, 2, 20):
        with CaptureQueriesContext(connection) as captured:
            answer = execute(document, {"first": size}, token=tokens["city"])
        edges = answer["data"]["changeProposals"]["edges"]
        assert len(edges) == size
        assert all(edge["node"]["differences"] for edge in edges)
        counted.append(len(captured))
    assert counted[1] == counted[2]
    pages = [read("ChangeProposals", tokens["city"], first=12)]
    pages.append(
        read(
            "ChangeProposals",
            tokens["city"],
            first=12,
            after=pages[0]["pageInfo"]["endCursor"],
        )
    )
    ids = [edge["node"]["id"] for page in pages for edge in page["edges"]]
    assert len(ids) == len(set(ids)) == 20
