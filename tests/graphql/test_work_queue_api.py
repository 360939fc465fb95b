"""The queue of a window and of a person, through the document that ships."""

from datetime import timedelta

import pytest

from tests import casework
from tests.graphql.client import codes as top_codes
from tests.graphql.office import NOW, Office


@pytest.fixture
def office(db):
    return Office()


def queue(office, who, **said):
    answer = office.ask(who, "WorkQueue", **said)
    assert "errors" not in answer, answer
    return answer["data"]["workQueue"]


def numbers(page):
    return [edge["node"]["caseNumber"] for edge in page["edges"]]


def test_the_most_pressing_comes_first_page_by_page(office):
    later = office.submitted()
    office.step("clerk", "AcceptCase", later)  # promised within 3 days, told of within 5
    early, middle = office.submitted(), office.submitted()
    office.go_on(NOW + timedelta(days=1))
    last = office.submitted()
    whole = queue(office, "clerk")
    assert numbers(whole) == [later, early, middle, last]
    dues = [edge["node"]["dueAt"] for edge in whole["edges"]]
    assert dues == sorted(dues)
    found, after = [], None
    for _ in range(4):
        page = queue(office, "clerk", first=1, after=after)
        found += numbers(page)
        after = page["pageInfo"]["endCursor"]
    assert (found, page["pageInfo"]["hasNextPage"]) == (numbers(whole), False)
    kinds = [edge["node"]["kind"] for edge in whole["edges"]]
    assert kinds == ["REVIEW", "INTAKE", "INTAKE", "INTAKE"]


def test_who_took_what_stands_in_the_list_of_everybody_and_only_in_the_own_queue(office):
    first, second = office.submitted(), office.submitted()
    office.token("reviewer")
    office.do("clerk", "ClaimTask", number=first, kind="INTAKE")
    claims = {
        edge["node"]["caseNumber"]: edge["node"]["claim"]
        for edge in queue(office, "supervisor")["edges"]
    }
    assert (claims[first]["name"], claims[first]["staffNumber"]) == ("王小明", "0000")
    assert claims[second] is None
    assert numbers(queue(office, "clerk", isMine=True)) == [first, second]
    assert numbers(queue(office, "reviewer", isMine=True)) == [second]
    assert numbers(queue(office, "supervisor", isMine=True)) == []
    office.go_on(office.now + timedelta(minutes=30))
    assert numbers(queue(office, "reviewer", isMine=True)) == [first, second]
    assert {edge["node"]["claim"] for edge in queue(office, "clerk")["edges"]} == {None}


def test_nobody_else_sees_what_waits(office):
    office.submitted()
    for who in ("applicant", "stranger", "neighbour", "party_secretary", "auditor"):
        for said in ({}, {"isMine": True}, {"window": "01"}):
            assert numbers(queue(office, who, **said)) == []
    assert top_codes(office.ask("anonymous", "WorkQueue")) == ["UNAUTHENTICATED"]
    assert top_codes(office.ask("clerk", "WorkQueue", center="")) == ["CENTER_REQUIRED"]


@pytest.mark.parametrize("is_mine", [False, True])
def test_as_many_statements_for_twenty_as_for_two(office, is_mine):
    office.token("chief")
    costs = []
    for more in (2, 18):
        for _ in range(more):
            number = office.submitted()
            office.do("chief", "ClaimTask", number=number, kind="INTAKE")
        queue(office, "chief", isMine=is_mine)
        costs.append(casework.statements(lambda: queue(office, "chief", isMine=is_mine)))
    assert len(queue(office, "chief", isMine=is_mine)["edges"]) == 20
    assert costs[0] == costs[1] <= (5 if is_mine else 3)
