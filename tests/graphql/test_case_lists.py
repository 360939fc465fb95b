"""Lists of cases: pages, filters, and a number of statements that no length changes."""

from datetime import timedelta

import pytest

from tenants.cases import models
from tests import casework
from tests.graphql.client import codes as top_codes
from tests.graphql.client import execute, operation
from tests.graphql.office import NOW, Office
from tongban.kernel.context import center_context

WHOLE = """
query($first: Int!) {
  cases(first: $first) {
    totalCount
    edges { node {
      number stateText dueAt applicant { nameMasked agents { role } } offering { department }
      home { name } owner { name } custodian { name }
      materials { name files { filename link addedBy { name } } }
      notices { defects { text } } ...Rest
    } }
  }
}
fragment Rest on Case {
  tasks { kind opinion } papers { number link }
  events { name actor { name } } availableActions { action isAvailable }
}
"""


@pytest.fixture
def office(db):
    return Office()


def listed(office, document, **variables):
    """Return the edges of a list, and how many statements it took."""
    answers = []

    def ask():
        token = office.token("clerk")
        answers.append(execute(document, variables, center=office.center, token=token, now=NOW))

    cost = casework.statements(ask)
    assert "errors" not in answers[0], answers[0]["errors"]
    return answers[0]["data"]["cases"]["edges"], cost


def test_a_list_takes_as_many_statements_for_2_as_for_20(office):
    office.token("clerk")
    for _ in range(2):
        office.submitted()
    few, cost = listed(office, operation("Cases"), first=20)
    few_whole, cost_whole = listed(office, WHOLE, first=20)
    for _ in range(18):
        office.submitted()
    many, same = listed(office, operation("Cases"), first=20)
    many_whole, same_whole = listed(office, WHOLE, first=20)
    assert (len(few), len(many)) == (len(few_whole), len(many_whole)) == (2, 20)
    assert cost == same <= 4
    assert cost_whole == same_whole <= 12
    assert all(edge["node"]["materials"][0]["files"] for edge in many_whole)


def test_one_case_takes_few_statements(office):
    number = office.submitted()
    office.token("clerk")
    assert casework.statements(lambda: office.case("clerk", number)) <= 10


def test_pages_follow_each_other_in_each_order(office):
    numbers = [office.submitted() for _ in range(5)]
    for number in numbers:
        office.step("clerk", "AcceptCase", number)
    for order, expected in (
        ("LATEST", numbers[::-1]),
        ("OLDEST", numbers),
        ("DUE_FIRST", numbers),
    ):
        found, after = [], None
        while True:
            page = office.ask("clerk", "Cases", order=order, first=2, after=after)["data"]["cases"]
            found += [edge["node"]["number"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        assert found == expected


def test_filters_narrow(office):
    first, second = office.submitted(), office.submitted()
    office.step("clerk", "AcceptCase", second)
    for narrowed, expected in (
        ({"states": ["ACCEPTED"]}, [second]),
        ({"states": ["SUBMITTED", "ACCEPTED"]}, [second, first]),
        ({"matters": ["370111400201"]}, [second, first]),
        ({"matters": ["370110100401"]}, []),
        ({"custody": "ELSEWHERE"}, []),
        ({"custodian": "371425", "channel": "COUNTER"}, [second, first]),
        ({"number": first[:9] + "-" + first[9:]}, [first]),
        ({"applicantIdNumber": "371400199003070001"}, []),
        ({"dueBefore": (NOW + timedelta(days=30)).isoformat()}, [second]),
        ({"dueFrom": (NOW + timedelta(days=30)).isoformat()}, []),
        ({"completedFrom": NOW.isoformat()}, []),
        ({"submittedFrom": (NOW + timedelta(days=1)).isoformat()}, []),
        ({"submittedBefore": (NOW + timedelta(days=1)).isoformat()}, [second, first]),
    ):
        edges = office.ask("clerk", "Cases", filter=narrowed)["data"]["cases"]["edges"]
        assert [edge["node"]["number"] for edge in edges] == expected, narrowed


def test_what_is_narrowed_to_a_time_follows_that_time_page_by_page(office):
    numbers = [office.submitted() for _ in range(3)]
    for place, number in enumerate(numbers):
        with center_context(office.center):
            moved = NOW - timedelta(days=(2, 0, 1)[place])
            models.Case.objects.filter(number=number).update(
                submitted_at=moved, completed_at=moved, promised_due_at=NOW + timedelta(days=place)
            )
    by_time = [numbers[1], numbers[2], numbers[0]]
    since = (NOW - timedelta(days=3)).isoformat()
    for start, order, expected in (
        ("submittedFrom", "LATEST", by_time),
        ("submittedFrom", "DUE_FIRST", numbers),
        ("completedFrom", "DUE_FIRST", by_time[::-1]),
        ("submittedFrom", "OLDEST", by_time[::-1]),
    ):
        found, after = [], None
        for _ in numbers:
            asked = {"filter": {start: since}, "order": order, "first": 1, "after": after}
            page = office.ask("clerk", "Cases", **asked)["data"]["cases"]
            found.append(page["edges"][0]["node"]["number"])
            after = page["pageInfo"]["endCursor"]
        assert found == expected
    # The same order without the range is another list.
    assert top_codes(office.ask("clerk", "Cases", order="OLDEST", after=after)) == ["BAD_REQUEST"]


def test_a_foreign_cursor_and_a_long_page_are_refused(office):
    office.submitted()
    page = office.ask("clerk", "Cases", order="LATEST")["data"]["cases"]
    cursor = page["edges"][0]["cursor"]
    assert top_codes(office.ask("clerk", "Cases", order="OLDEST", after=cursor)) == ["BAD_REQUEST"]
    assert top_codes(office.ask("clerk", "Cases", first=101)) == ["BAD_REQUEST"]
