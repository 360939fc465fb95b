"""Cases and people for subscriptions: made by the operations, grown by hundreds of events."""

import itertools
from dataclasses import dataclass

from django.utils import timezone

from tenants.cases import models, rules
from tenants.cases.operations import custody, log
from tenants.staff import models as staff_models
from tenants.staff.rules import CenterRole
from tenants.windows import queries as hall
from tests import casework, people, stationing
from tongban.identity.queries import AccountRecord
from tongban.kernel.context import center_context
from tongban.kernel.transactions import unit_of_work

COUNTY, NEIGHBOUR = "371425", "371722"

_serials = itertools.count(1000)


@dataclass(frozen=True)
class Person:
    """Somebody with a token that is good now."""

    account: AccountRecord
    token: str
    serial: int = 0
    """Of the verified identity number."""
    member: staff_models.Member | None = None


def citizen() -> Person:
    """Make a real-name verified person who works nowhere."""
    serial = next(_serials)
    # Three digits of the identity number are the serial; the rest of it goes into the birthday.
    number = people.id_number(serial % 1000, born=f"19{60 + serial // 1000}0307")
    account = people.account(f"live-{serial}", id_number=number)
    return Person(account, people.token(account, now=timezone.now()), serial)


def staff(center: str = COUNTY, *roles: CenterRole) -> Person:
    """Make a member of a center, a clerk when no roles are given."""
    account = people.account(f"live-{next(_serials)}", name="李经办")
    member = people.member(center, account, *(roles or (CenterRole.CLERK,)))
    return Person(account, people.token(account, now=timezone.now()), member=member)


def case_of(person: Person | None = None, center: str = COUNTY) -> str:
    """Submit an application over the counter, for a person or for nobody we know."""
    serial = person.serial if person else next(_serials)
    number = people.id_number(serial % 1000, born=f"19{60 + serial // 1000}0307")
    request = casework.application(applicant=casework.applicant(id_number=number))
    return casework.Desk(center, now=timezone.now()).submit(request=request).case.number


def append(number: str, count: int = 1, *, center: str = COUNTY, note: str = "") -> list[int]:
    """Append events that change nothing, each in its own transaction; return their sequence."""
    return [_append(number, center, note) for _ in range(count)]


def _append(number: str, center: str, note: str) -> int:
    by = rules.Party(role="system", name="测试", center_code=center)
    said = {"request_id": "for staff only", "note": note}
    with center_context(center), unit_of_work() as work:
        case = custody.lock_case(number)
        event = log.append_event(
            work, case, name="case.material_added", by=by, now=timezone.now(), data=said
        )
        sequence: int = event.sequence
    return sequence


def window(code: str, center: str = COUNTY, department: str = "") -> None:
    """Open a window, unless it is there."""
    with center_context(center):
        is_there = hall.window(code=code) is not None
    if not is_there:
        desk = casework.Desk(center, now=timezone.now())
        stationing.Station(desk).open_window(code, department)


def accept(number: str, *, center: str = COUNTY) -> models.Case:
    """Accept a case of a center, by a clerk of it."""
    return casework.Desk(center, now=timezone.now()).accept(number)


def case_at(number: str, center: str = COUNTY) -> models.Case:
    """Return a center's copy of a case."""
    with center_context(center):
        return models.Case.objects.get(number=number)
