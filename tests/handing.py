"""Cases on their way between centers, for tests: people, submissions, and a relay to call."""

import io
import itertools
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from tenants.cases import models as case_models
from tenants.cases import rules
from tenants.cases.operations import submit
from tenants.handoffs import models as handoff_models
from tenants.handoffs.states import Direction
from tenants.staff.rules import CenterRole
from tests import people
from tongban.exchange.operations import relay
from tongban.kernel import crypto
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context
from tongban.kernel.personal import IdKind
from tongban.kernel.transactions import PLATFORM

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FOOD, MARRIAGE, SET_UP = "370110100401", "370710300101", "370110100101"
STATION, COUNTY, CITY, DISTRICT, DISTRICT_STATION = (
    "371425001",
    "371425",
    "371400",
    "371402",
    "371402001",
)
_serials = itertools.count(1)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Staff:
    """A member who may do everything that handing over needs in one center."""

    center: str
    actor: Actor


def staff(center: str, *roles: CenterRole, name: str = "李经办") -> Staff:
    """Make an account with roles in a center (clerk and reviewer when none are given)."""
    account = people.account(f"staff-{center}-{next(_serials)}", name=name)
    people.member(center, account, *(roles or (CenterRole.CLERK, CenterRole.REVIEWER)))
    return Staff(center, people.actor(account))


def request(
    matter: str, *, serial: int = 0, address: str = "", hold: bool = False
) -> rules.SubmitRequest:
    """Return an application of a natural person whose number is valid and held by nobody."""
    return rules.SubmitRequest(
        matter_code=matter,
        applicant=rules.Applicant(
            kind=rules.ApplicantKind.NATURAL,
            name="赵测试",
            id_kind=IdKind.RESIDENT_ID,
            id_number=people.id_number(serial or next(_serials)),
            phone="13800138000",
        ),
        address_division=address,
        hold_for_review=hold,
    )


def all_files(center: str, matter: str) -> dict[str, list[rules.IncomingFile]]:
    """Return one small PDF for each material of the matter that is required or may follow."""
    del center
    return {
        code: [rules.IncomingFile(f"{code}.pdf", io.BytesIO(PDF + code.encode()))]
        for code in required_materials(matter)
    }


def required_materials(matter: str) -> list[str]:
    """Return the codes of a starter matter's materials that are required or may follow."""
    from tests.database import PROJECT

    path = PROJECT / "platform/tongban/catalog/data/starter_matters.json"
    matters = json.loads(path.read_text())["matters"]
    found = next(item for item in matters if item["code"] == matter)
    return [item["code"] for item in found["materials"] if item["necessity"] in ("1", "3")]


def submitted(
    by: Staff, matter: str, *, address: str = "", hold: bool = False, serial: int = 0
) -> str:
    """Submit an application and return its number."""
    with center_context(by.center):
        return submit.submit_case(
            actor=by.actor,
            request=request(matter, serial=serial, address=address, hold=hold),
            files=all_files(by.center, matter),
            idempotency_key=uuid.uuid4(),
            now=NOW,
        ).case.number


def relay_all(*codes: str, now: datetime = NOW) -> int:
    """Deliver until nothing is left to deliver, and return how many messages were."""
    total = 0
    while True:
        settled = sum(
            relay.relay_outbox(code, clock=lambda: now).settled
            for code in (*(codes or (STATION, COUNTY, CITY, DISTRICT, DISTRICT_STATION)), PLATFORM)
        )
        total += settled
        if not settled:
            return total


def case_at(center: str, number: str) -> case_models.Case:
    """Return a center's copy of a case."""
    with center_context(center):
        return case_models.Case.objects.get(number=number)


def handoff_at(center: str, number: str, direction: Direction) -> handoff_models.Handoff:
    """Return a center's latest side of a case's handoffs."""
    with center_context(center):
        return handoff_models.Handoff.objects.filter(
            case_number=number, direction=direction
        ).latest("id")


def log_of(center: str, number: str) -> list[tuple[int, int, str, str]]:
    """Return (epoch, sequence, name, hash) of each event, after verifying the chain."""
    with center_context(center):
        case = case_models.Case.objects.get(number=number)
        events = list(case.events.order_by("sequence"))
    head = crypto.GENESIS
    for expected, event in enumerate(events, start=1):
        assert event.sequence == expected
        assert bytes(event.previous_hash) == head
        head = bytes(event.hash)
    assert bytes(case.head_hash) == head
    assert case.sequence == len(events)
    return [(e.epoch, e.sequence, e.name, bytes(e.hash).hex()) for e in events]
