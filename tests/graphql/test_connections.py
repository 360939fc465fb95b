"""Pages by key: whole, in order, without repetition, at a cost that does not grow with depth."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schema.connections import paginate
from schema.errors import BadRequestError
from tests.graphql.trial import ask
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry import models

PAGE = """
query ($first: Int!, $after: String) {
  divisions(first: $first, after: $after) {
    edges { cursor node { name } } pageInfo { hasNextPage startCursor endCursor }
  }
}
"""


@pytest.fixture
def few(db):
    """Six forms of four divisions: codes are used again, so the first key alone has ties."""
    with shared_context(SharedRole.PLATFORM):
        models.Division.objects.all().delete()
        models.Division.objects.bulk_create(
            models.Division(code=code, name=code, level="county", valid_from=start, valid_to=end)
            for code, start, end in (
                ("000000000003", "2001-01-01", "2002-01-01"),
                ("000000000001", "2001-01-01", None),
                ("000000000003", "2003-01-01", None),
                ("000000000002", "2001-01-01", None),
                ("000000000003", "2002-01-01", "2003-01-01"),
                ("000000000004", "2001-01-01", None),
            )
        )


@pytest.mark.parametrize("first", [1, 2, 3, 5, 6, 7, 100])
def test_every_entry_comes_once_and_in_order(few, first):
    seen, after = [], None
    for _ in range(7):
        page = ask(PAGE, {"first": first, "after": after}).answer["data"]["divisions"]
        seen += [edge["node"]["name"][-1] for edge in page["edges"]]
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["4", "3", "3", "3", "2", "1"]


def test_behind_the_last_entry_there_is_an_empty_page(few):
    last = ask(PAGE, {"first": 100}).answer["data"]["divisions"]["pageInfo"]["endCursor"]
    page = ask(PAGE, {"first": 5, "after": last}).answer["data"]["divisions"]
    assert page == {
        "edges": [],
        "pageInfo": {"hasNextPage": False, "startCursor": None, "endCursor": None},
    }


def test_a_cursor_stays_good_when_its_entry_is_gone(few):
    page = ask(PAGE, {"first": 2}).answer["data"]["divisions"]
    with shared_context(SharedRole.PLATFORM):
        models.Division.objects.filter(code="000000000003", valid_from="2001-01-01").delete()
    rest = ask(PAGE, {"first": 9, "after": page["pageInfo"]["endCursor"]})
    names = [edge["node"]["name"][-1] for edge in rest.answer["data"]["divisions"]["edges"]]
    assert names == ["3", "3", "2", "1"]


def test_a_page_is_one_statement(few):
    ask(PAGE, {"first": 2})
    with CaptureQueriesContext(connection) as statements:
        ask(PAGE, {"first": 2})
    assert sum("registry_division" in query["sql"] for query in statements) == 1


def test_counting_goes_back_to_where_the_page_was_read(db):
    """Its field is resolved after the resolver has left the context that may read the table."""
    with shared_context(SharedRole.PLATFORM):
        page = paginate(
            models.Onboarding.objects.all(), order=("id",), first=5, after=None, node=str
        )
        stored = models.Onboarding.objects.count()
    with shared_context(SharedRole.READER):
        assert page.count() == stored
    with pytest.raises(BadRequestError):
        paginate(models.Division.objects.all(), order=("id",), first=0, after=None, node=str)
