"""Every root field of the API, asked by the wrong people with the right numbers of others.

The fields come from the schema, so a new one is tried from its first day; its arguments are made
up, except where their name says which number, id or code of the foreign case belongs there.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from schema.rates import buckets
from tenants.cases.operations import submit
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.graphql.asking import ROOTS, Asking
from tests.graphql.client import headers_of, send
from tongban.identity.operations import administration
from tongban.kernel.context import SharedRole, center_context, shared_context

STATION, COUNTY, NEIGHBOUR = handing.STATION, handing.COUNTY, "371722"
SECRET, STAFF = "独孤求败", "东方不败"
NOW = handing.NOW


@dataclass(frozen=True)
class Foreign:
    """A case of others, on its way from a station of 齐河县 to its county."""

    number: str
    query_code: str
    handoffs: tuple[str, ...]
    member: str
    secrets: tuple[str, ...]

    def named(self, name: str, kind: str) -> Any:
        """Return what of it an argument of this name asks for."""
        if kind in {"Upload", "JSON"}:
            return None
        known = {
            "number": self.number,
            "caseNumber": self.number,
            "queryCode": "222222",
            "code": COUNTY,
            "id": self.handoffs[0],
            "handoff": self.handoffs[-1],
            "member": self.member,
            "matter": handing.FOOD,
            "destination": NEIGHBOUR,
            "reason": "x",
            "search": "",
        }
        return known.get(name)


@pytest.fixture
def foreign(db):
    clerk = handing.staff(STATION, CenterRole.CLERK, CenterRole.STATION_OPERATOR, name=STAFF)
    member = handing.staff(COUNTY, CenterRole.CLERK, CenterRole.REVIEWER, name=STAFF)
    with center_context(STATION):
        done = submit.submit_case(
            actor=clerk.actor,
            request=casework.application(
                matter_code=handing.FOOD,
                applicant=casework.applicant(901, name=SECRET, phone="13987654321"),
            ),
            files=handing.all_files(STATION, handing.FOOD),
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    number = done.case.number
    handing.relay_all()
    return Foreign(
        number=number,
        query_code=done.query_code,
        handoffs=tuple(
            str(handing.handoff_at(center, number, direction).id)
            for center, direction in ((STATION, Direction.OUTGOING), (COUNTY, Direction.INCOMING))
        ),
        member=str(member.actor.account_id),
        secrets=(SECRET, SECRET[:1] + "*", STAFF, "139****", "13987654321", done.query_code),
    )


@pytest.fixture
def strangers(db):
    """Tokens of everybody who has no business with that case."""
    colleague = people.account("colleague", name="令狐冲")
    people.member(
        NEIGHBOUR,
        colleague,
        CenterRole.CLERK,
        CenterRole.REVIEWER,
        CenterRole.CHIEF_REPRESENTATIVE,
        CenterRole.MANAGER,
        CenterRole.SUPERVISOR,
    )
    with shared_context(SharedRole.PLATFORM):
        client, _secret = administration.register_machine(
            actor=people.OPERATOR, center_code="371722101", name="一体机", now=NOW
        )
    return {
        "anonymous": None,
        "citizen": people.token(people.account("nobody", id_number=people.id_number(77)), now=NOW),
        "neighbour": people.token(colleague, now=NOW),
        "machine": people.machine_token(client, now=NOW),
    }


def asked(asking: Asking, center: str | None, token: str | None) -> Any:
    buckets.forget()
    response = send(
        asking.operations,
        center=center,
        files=asking.files(),
        headers=headers_of(token=token),
        now=NOW,
    )
    assert response.status_code != 500, response.content
    return response


@pytest.mark.parametrize("who", ["anonymous", "citizen", "neighbour", "machine"])
def test_no_stranger_reads_or_changes_a_foreign_case(foreign, strangers, who):
    before = casework.holdings(STATION), casework.holdings(COUNTY)
    for kind, name in ROOTS:
        asking = Asking(kind, name, foreign.named)
        for center in (None, NEIGHBOUR, STATION, COUNTY):
            response = asked(asking, center, strangers[who])
            shown = response.content.decode()
            where = f"{name} asked by {who} at {center}: {shown[:1500]}"
            told = {error["extensions"]["code"] for error in json.loads(shown).get("errors", [])}
            assert not told & {"INTERNAL", "TIMEOUT", "COST_LIMIT", "RATE_LIMITED"}, where
            assert not [text for text in foreign.secrets if text in shown], where
    assert (casework.holdings(STATION), casework.holdings(COUNTY)) == before


def test_the_secrets_would_be_seen(foreign):
    """The same documents, sent by who may, show what the test above looks for."""
    owner = people.account("owner", id_number=people.id_number(901))
    token = people.token(owner, now=NOW)
    response = asked(Asking("query", "case", foreign.named), STATION, token)
    assert SECRET[:1] in response.content.decode()
    assert foreign.number in response.content.decode()
