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
    "digits": "9" * 400,
    "emoji": "🀄️👨‍👩‍👧",
    "right to left": "\u202e\u2066x",
    "path": "../../etc/passwd",
    "number": "371425000261124000017",
    "id": str(uuid.UUID(int=2**128 - 1)),
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


def asked(asking, token):
    buckets.forget()
    response = send(
        asking.operations,
        center=handing.COUNTY,
        files=asking.files(),
        headers=headers_of(token=token),
    )
    shown = response.content.decode()
    codes = {error["extensions"]["code"] for error in json.loads(shown).get("errors", [])}
    assert response.status_code < 500, shown
    assert not codes & {"INTERNAL", "TIMEOUT", "COST_LIMIT"}, shown
    assert "pg_sleep" not in shown.replace(TEXTS["injection"], "")


@pytest.mark.parametrize("name", TEXTS)
def test_texts(insider, name):
    def named(argument: str, kind: str) -> str | None:
        del argument
        return TEXTS[name] if kind in {"String", "ID"} else None

    for kind, field in ROOTS:
        asked(Asking(kind, field, named), insider)


@pytest.mark.parametrize(
    ("kind", "number"), [(kind, number) for kind, all_ in NUMBERS.items() for number in all_]
)
def test_numbers(insider, kind, number):
    def named(argument: str, scalar: str) -> object:
        del argument
        return number if scalar == kind else None

    for root, field in ROOTS:
        asked(Asking(root, field, named), insider)


@pytest.mark.parametrize(
    "value", [None, [], "x", 0, {"a": {"b": [1, {"c": "\x00"}]}}, {"x" * 5_000: "\ud800"}]
)
def test_any_json(insider, value):
    def named(argument: str, scalar: str) -> object:
        del argument
        return value if scalar == "JSON" else None

    for root, field in ROOTS:
        asked(Asking(root, field, named), insider)


@pytest.mark.parametrize(
    ("scalar", "text"),
    [
        ("Date", "0001-01-01"),
        ("Date", "9999-12-31"),
        ("DateTime", "0001-01-01T00:00:00+14:00"),
        ("DateTime", "9999-12-31T23:59:59.999999-12:00"),
        ("UUID", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_ends_of_time(insider, scalar, text):
    def named(argument: str, kind: str) -> str | None:
        del argument
        return text if kind == scalar else None

    for root, field in ROOTS:
        asked(Asking(root, field, named), insider)
