"""Values that no form would send, into every root field, by somebody whom no rule stops early."""

import json
import uuid

import pytest

from schema.rates import buckets
from tenants.staff.rules import CenterRole
from tests import handing, people
from tests.graphql.asking import ROOTS, Asking
from tests.graphql.client import headers_of, send
from tongban.kernel.actors import PlatformRole

TEXTS = {
    "nothing": "",
    "NUL": "a\x00b",
    "half a pair": "\ud800",
    "control": "\x01\x1b[31m\r\n",
    "injection": "' OR 1=1; SELECT pg_sleep(9); --",
    "pattern": "%_\\",
    "long": "长" * 20_000,
    "words": "长 " * 20_000,
    "digits": "9" * 400,
    "as of one's own division": f"371425{'9' * 400}",
    "emoji": "🀄️👨‍👩‍👧",
    "right to left": "\u202e\u2066x",
    "path": "../../etc/passwd",
    "number": "371425000261124000017",
    "id": str(uuid.UUID(int=2**128 - 1)),
}
QUICK = ("NUL", "half a pair", "words", "as of one's own division")
"""Texts of which each has broken something once; the others are tried in the slow part."""
TIMES = {
    "Date": ("0001-01-01", "9999-12-31"),
    "DateTime": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00"),
    "UUID": ("00000000-0000-0000-0000-000000000000",),
}
NUMBERS = {"Int": (2**31 - 1, -(2**31), 0), "Float": (1e308, -0.0), "Decimal": ("1E+400", "-0.001")}


@pytest.fixture
def insider(db):
    """The token of somebody who is everything at once in 齐河县 and on the platform."""
    person = people.account("insider", id_number=people.id_number(5))
    people.member(
        handing.COUNTY,
        person,
        CenterRole.CLERK,
        CenterRole.REVIEWER,
        CenterRole.CHIEF_REPRESENTATIVE,
        CenterRole.MANAGER,
        CenterRole.SUPERVISOR,
    )
    for role in PlatformRole:
        people.grant(person, role)
    return people.token(person)


def ask_everything(token, value, *scalars):
    """Ask every root field with one value wherever one of these scalars is taken."""

    taken = []

    def named(name: str, kind: str) -> object:
        if kind not in scalars:
            return None
        taken.append(name)
        return value

    for kind, field in ROOTS:
        taken.clear()
        asking = Asking(kind, field, named)
        if not taken:
            continue
        buckets.forget()
        response = send(
            asking.operations,
            center=handing.COUNTY,
            files=asking.files(),
            headers=headers_of(token=token),
        )
        shown = response.content.decode()
        where = f"{field} given {value!r:.60}: {shown[:800]}"
        codes = {error["extensions"]["code"] for error in json.loads(shown).get("errors", [])}
        assert response.status_code < 500, where
        assert not codes & {"INTERNAL", "TIMEOUT", "COST_LIMIT"}, where
        assert "pg_sleep" not in shown.replace(TEXTS["injection"], ""), where


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TEXTS],
)
def test_texts(insider, name):
    ask_everything(insider, TEXTS[name], "String", "ID")


def test_numbers(insider):
    for kind, numbers in NUMBERS.items():
        for number in numbers:
            ask_everything(insider, number, kind)


def test_any_json(insider):
    nested: list[object] = []
    for _ in range(200):
        nested = [nested]
    for value in ([], "x", 0, {"a": {"b": "\x00"}}, {"x" * 5_000: "\ud800"}, nested):
        ask_everything(insider, value, "JSON")


def test_ends_of_time(insider):
    for kind, texts in TIMES.items():
        for text in texts:
            ask_everything(insider, text, kind)
