"""What a neighbour has, and those who must not come to see or touch it.

菏泽's 单县 and its 郭村镇 work; everything of theirs carries a mark that stands nowhere else.
"""

import contextlib
import io
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenants.cases import rules
from tenants.cases.models import CaseExport, Upload
from tenants.cases.operations import claims, exporting, provisional, rating, submit, uploads
from tenants.cases.states import TaskKind
from tenants.handoffs.operations import answer
from tenants.handoffs.states import Direction
from tenants.messages.models import Message
from tenants.messages.operations import keeping
from tenants.messages.rules import MessageKind
from tenants.staff.operations import deeds, departments, postings, seals
from tenants.staff.rules import CenterRole, PostingKind
from tenants.windows.operations import areas, windows
from tenants.windows.rules import WindowKind
from tests import casework, handing, people
from tests.isolation import asked, changes, drafts, publications
from tongban.catalog.models import Offering
from tongban.identity.operations import administration
from tongban.identity.queries import AccountRecord
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import DomainError
from tongban.registry import models as registry_models
from tongban.registry.operations import onboard

COUNTY, STATION, CITY = "371722", "371722101", "371700000000"
HERE, ELSEWHERE = "371402", "371425001"
NOW = handing.NOW
MARK = "獬豸"
NAME, STAFF_NAME = "璩獬豸", "郗獬豸"
PHONE, ID_SERIAL = "13987654321", 901
LOGIN, STAFF_NUMBER = "neighbours-reviewer", "DX-77431"
REGISTER_CODE = "DX-77"
REGISTERS = (
    *("openDepartment", "editDepartment", "closeDepartment", "registerSeal", "handOverSeal"),
    *("retireSeal", "openServiceArea", "editServiceArea", "closeServiceArea"),
    *("openWindow", "editWindow", "closeWindow"),
)
"""Mutations that name an entry of a register by its code."""
SECOND_FACTORS = (
    *("startSecondFactor", "confirmSecondFactor", "proveSecondFactor", "renewRecoveryCodes"),
)
"""Mutations on one's own account that take a code of one's own."""
MARKS = (MARK, "璩", "郗", "139****", PHONE, people.id_number(ID_SERIAL), STAFF_NUMBER)
"""A masked name begins with its first character, so those are rare ones too."""

OFFICIALS = (
    *(CenterRole.CLERK, CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE, CenterRole.MANAGER),
    *(CenterRole.SUPERVISOR, CenterRole.STATION_OPERATOR),
)


@dataclass(frozen=True)
class Neighbour:
    """Everything of the neighbour that a request can name, and the tokens of its own people."""

    things: dict[str, list[Any]]
    applicant: str
    official: str
    administrator: str
    registrar: str


def settle() -> Neighbour:
    """Let the neighbour work: cases in several states, one handed over, staff, an onboarding."""
    official, administrator = _official(COUNTY, LOGIN), _administrator(COUNTY)
    station = _official(STATION, "neighbours-station")
    county = casework.Desk(center=COUNTY, now=NOW, staff=dict.fromkeys(OFFICIALS, official[1]))
    _registers(official[1])
    verifier = _official_of_another_name(county.clerk)
    done = _completed(county, verifier)
    handed, query_code = _submitted(STATION, station[1], handing.FOOD)
    _offer_and_accept(county, handed)
    reviewed = _in_review(county)
    _export(official[1])
    _upload(official[1])
    noticed, _ = _submitted(COUNTY, official[1], casework.BOOKS)
    county.urge(reviewed, text=f"{MARK}请尽快办理")
    county.notify(noticed, defects=[rules.Defect("M01", f"缺少{MARK}")])
    _attempt(county, noticed)
    with center_context(COUNTY):
        claims.claim_task(actor=verifier, number=reviewed, kind=TaskKind.VERIFICATION, now=NOW)
    draft, _ = _submitted(COUNTY, official[1], casework.BOOKS, as_draft=True)
    given_out = _given_out(station[1])
    waiting, _ = _submitted(STATION, station[1], handing.FOOD, provisional_number=given_out)
    handing.relay_all(STATION, COUNTY, now=NOW)
    handoffs = [
        str(handing.handoff_at(center, number, direction).id)
        for center, number, direction in (
            (COUNTY, waiting, Direction.INCOMING),
            (STATION, waiting, Direction.OUTGOING),
            (COUNTY, handed, Direction.INCOMING),
        )
    ]
    with center_context(COUNTY):
        keeping.edit_template(
            actor=official[1], kind=MessageKind.INTAKE, text=f"{MARK}{{number}}",
            expected_version=0, now=NOW,
        )  # fmt: skip
    publications.settle(
        center=COUNTY, division=f"{COUNTY}000000", over="371700000000", mark=MARK, now=NOW
    )
    changes.settle(issuer=CITY, center=COUNTY, mark=MARK, now=NOW)
    drafts.settle(mark=MARK, now=NOW)
    registrar = people.account("neighbours-registrar", name=STAFF_NAME)
    for role in (PlatformRole.REGISTRAR, PlatformRole.CATALOG_REVIEWER):
        people.grant(registrar, role, "371700000000")
    numbers = [noticed, reviewed, handed, draft, done, waiting, given_out]
    people.member(COUNTY, registrar, CenterRole.AUDITOR, staff_number="DX-3", now=NOW)
    return Neighbour(
        things=_things(
            numbers,
            draft,
            handoffs,
            query_code,
            _failed_onboarding(registrar),
        )
        | asked.settle(
            COUNTY,
            by=official[1],
            name=NAME,
            phone=PHONE,
            serial=ID_SERIAL,
            mark=MARK,
            now=NOW,
        ),
        applicant=people.token(
            people.account("neighbours-applicant", id_number=people.id_number(ID_SERIAL)), now=NOW
        ),
        official=people.token(official[0], now=NOW),
        administrator=administrator,
        registrar=people.token(registrar, now=NOW),
    )


def _things(
    numbers: list[str],
    draft: str,
    handoffs: list[str],
    query_code: str,
    onboarding: str,
) -> dict[str, list[Any]]:
    with shared_context(SharedRole.READER):
        offering = Offering.objects.filter(center_code=COUNTY).order_by("id")[0]
    division = f"{COUNTY}000000"
    return {
        "number": numbers,
        "caseNumber": numbers,
        "draftNumber": [draft],
        "provisionalNumber": numbers[-1:],
        "queryCode": [query_code],
        "handoff": handoffs,
        "handoff.id": handoffs,
        **dict.fromkeys(("caseExport.id", "cancelCaseExport.id"), _exports()),
        "uploads": _uploads(),
        "onboarding.id": [onboarding],
        "retryOnboarding.id": [onboarding],
        "center.code": [COUNTY],
        "suspendCenter.code": [COUNTY, STATION],
        "resumeCenter.code": [COUNTY],
        "offering.code": [offering.code],
        "matter.code": [casework.BOOKS],
        "matter": [casework.BOOKS, handing.FOOD],
        "matters": [casework.BOOKS],
        **publications.things(division),
        **changes.things(),
        **drafts.things(),
        "codes": [casework.BOOKS],
        "staffNumber": [STAFF_NUMBER],
        "keeper": [STAFF_NUMBER],
        "department": [REGISTER_CODE],
        "area": [REGISTER_CODE],
        "window": [REGISTER_CODE],
        "seal": [REGISTER_CODE],
        **{f"{root}.code": [REGISTER_CODE] for root in REGISTERS},
        "grantDeed.number": [REGISTER_CODE],
        "revokeDeed.number": [REGISTER_CODE],
        "finding": [1],
        "auditRecords.action": ["case.accept"],
        "auditRecords.actor": [STAFF_NUMBER],
        "auditRecords.objectType": ["case"],
        "auditRecords.object": numbers,
        "message": _messages(),
        "account": [LOGIN],
        "center": [COUNTY],
        "centers": [COUNTY],
        "custodian": [COUNTY],
        "destination": [COUNTY],
        "roots": ["371723"],
        "within": [COUNTY],
        "divisionCode": [division],
        "addressDivision": [division],
        "idNumber": [people.id_number(ID_SERIAL)],
        "applicantIdNumber": [people.id_number(ID_SERIAL)],
        "phone": [PHONE],
        "registerAccount.code": ["123456"],
        "resetPassword.code": ["123456"],
        **{f"{root}.code": ["123456"] for root in SECOND_FACTORS},
    }


def _attempt(county: casework.Desk, number: str) -> None:
    """Let somebody skip steps, which is a finding."""
    with contextlib.suppress(DomainError):
        county.decide(number)


def _messages() -> list[str]:
    """Return a message to an applicant on each channel."""
    with center_context(COUNTY):
        latest = Message.objects.order_by("channel", "-id").distinct("channel")
        return [str(message_id) for message_id in latest.values_list("id", flat=True)]


def _registers(official: Actor) -> None:
    """Enter one of each register; what is on the hall's board carries no mark."""
    by: dict[str, Any] = {"actor": official, "now": NOW}
    with center_context(COUNTY):
        departments.open_department(
            **by, code=REGISTER_CODE, name="文化和旅游局", credit_code="", section_name="",
            idempotency_key=uuid.uuid4(),
        )  # fmt: skip
        postings.post_member(
            **by, staff_number=STAFF_NUMBER, department_code=REGISTER_CODE,
            kind=PostingKind.CHIEF_REPRESENTATIVE, started_on=None, idempotency_key=uuid.uuid4(),
        )  # fmt: skip
        deeds.grant_deed(
            **by, number=REGISTER_CODE, department_code=REGISTER_CODE, staff_number=STAFF_NUMBER,
            matters=[], valid_from=NOW.date(), valid_to=None, idempotency_key=uuid.uuid4(),
        )  # fmt: skip
        seals.register_seal(
            **by, code=REGISTER_CODE, name=MARK, department_code=REGISTER_CODE,
            keeper=STAFF_NUMBER, idempotency_key=uuid.uuid4(),
        )  # fmt: skip
        areas.open_area(
            **by, code=REGISTER_CODE, name="二楼", floor="", idempotency_key=uuid.uuid4()
        )
        terms = windows.WindowTerms("户籍", WindowKind.DEPARTMENT, REGISTER_CODE, REGISTER_CODE, [])
        windows.open_window(**by, code=REGISTER_CODE, terms=terms, idempotency_key=uuid.uuid4())
        windows.seat_member(**by, code=REGISTER_CODE, staff_number=STAFF_NUMBER)


def _official(center: str, login: str) -> tuple[AccountRecord, Actor]:
    account = people.account(login, name=STAFF_NAME)
    number = STAFF_NUMBER if center == COUNTY else ""
    people.member(center, account, *OFFICIALS, staff_number=number, now=NOW)
    return account, people.actor(account, now=NOW)


def _administrator(center: str) -> str:
    account = people.account(f"administrator-{center}", name="管理员")
    people.member(center, account, CenterRole.SYSTEM_ADMINISTRATOR, now=NOW)
    return people.token(account, now=NOW)


def _given_out(operator: Actor) -> str:
    """Return a provisional number that the station's own people reserved."""
    with center_context(STATION):
        return provisional.reserve_numbers(
            actor=operator, count=1, device=MARK, idempotency_key=uuid.uuid4(), now=NOW
        ).numbers[0]


def _upload(official: Actor) -> None:
    """Let a large file come that is not handed in yet."""
    with center_context(COUNTY):
        upload = uploads.begin_upload(
            actor=official, length=len(handing.PDF), filename=f"{MARK}.pdf", now=NOW
        )
        uploads.append_to_upload(
            actor=official, upload_id=upload.pk, offset=0,
            read=io.BytesIO(handing.PDF).read, now=NOW,
        )  # fmt: skip


def _uploads() -> list[str]:
    with center_context(COUNTY):
        return [str(upload_id) for upload_id in Upload.objects.values_list("id", flat=True)]


def _export(official: Actor) -> None:
    """Ask for a list that nobody writes yet."""
    with center_context(COUNTY):
        exporting.export_cases(
            actor=official, where=rules.CaseFilter(), order=rules.Order.LATEST,
            file_format=rules.ExportFormat.CSV, idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip


def _exports() -> list[str]:
    with center_context(COUNTY):
        return [str(export_id) for export_id in CaseExport.objects.values_list("id", flat=True)]


def _submitted(center: str, actor: Actor, matter: str, **said: Any) -> tuple[str, str]:
    with center_context(center):
        submitted = submit.submit_case(
            actor=actor,
            request=casework.application(
                matter_code=matter,
                applicant=casework.applicant(ID_SERIAL, name=NAME, phone=PHONE),
                form={"shop": f"{MARK}书屋"},
                **said,
            ),
            files={
                code: [casework.pdf(f"{MARK}{code}.pdf")]
                for code in handing.required_materials(matter)
            },
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    return submitted.case.number, submitted.query_code or ""


def _in_review(county: casework.Desk) -> str:
    number, _ = _submitted(COUNTY, county.clerk, casework.BOOKS)
    county.accept(number)
    county.start(number)
    county.review(number, opinion=f"{MARK}属实")
    return number


def _completed(county: casework.Desk, verifier: Actor) -> str:
    number = _in_review(county)
    county.verify(number, verifier, opinion=f"{MARK}同意")
    county.decide(number, text=MARK)
    county.seal(
        number, seal_code=REGISTER_CODE, result_name=f"{MARK}许可证", result_number=f"{MARK}-1"
    )
    county.issue(number)
    county.complete(
        number, delivery=rules.Delivery(rules.DeliveryMethod.COUNTER, NAME, f"{MARK}代取")
    )
    _rate_badly(number, county)
    return number


def _rate_badly(number: str, county: casework.Desk) -> None:
    said = rating.Said(
        rules.RatingLevel.DISSATISFIED, rules.RatingChannel.TABLET, [MARK], f"{MARK}太慢"
    )
    with center_context(COUNTY):
        rating.rate_case(
            actor=county.clerk, number=number, said=said, idempotency_key=uuid.uuid4(), now=NOW
        )


def _official_of_another_name(official: Actor) -> Actor:
    """Verification takes a second person (一审一核), whom the department posts as well."""
    account = people.account("neighbours-chief", name=STAFF_NAME)
    member = people.member(COUNTY, account, CenterRole.CHIEF_REPRESENTATIVE, now=NOW)
    with center_context(COUNTY):
        postings.post_member(
            actor=official, staff_number=member.staff_number, department_code=REGISTER_CODE,
            kind=PostingKind.STAFF, started_on=None, idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    return people.actor(account, now=NOW)


def _offer_and_accept(county: casework.Desk, number: str) -> None:
    handing.relay_all(STATION, COUNTY, now=NOW)
    handoff = handing.handoff_at(COUNTY, number, Direction.INCOMING)
    with center_context(COUNTY):
        answer.accept_handoff(
            actor=county.clerk, handoff_id=handoff.id, idempotency_key=uuid.uuid4(), now=NOW
        )
    handing.relay_all(STATION, COUNTY, now=NOW)


def _failed_onboarding(registrar: AccountRecord) -> str:
    with shared_context(SharedRole.PLATFORM):
        onboarding = onboard.request_onboarding(
            actor=people.actor(registrar, now=NOW),
            roots=["371721"],
            as_of=date(2021, 12, 31),
            with_counties=False,
            with_townships=False,
            now=NOW,
        )
        first = registry_models.OnboardingStep.objects.filter(onboarding=onboarding).order_by("id")
        first.filter(position=0).update(error=f"{MARK} is in the way")
    return str(onboarding.id)


def strangers(neighbour: Neighbour) -> dict[str, str | None]:
    """Return tokens of everybody who has no business with the neighbour, by who they are."""
    official = people.account("stranger-official", name="令狐冲")
    people.member(HERE, official, *OFFICIALS, CenterRole.AUDITOR, now=NOW)
    registrar = people.account("stranger-registrar", name="任盈盈")
    for role in PlatformRole:
        people.grant(registrar, role, "371400000000")
    with shared_context(SharedRole.PLATFORM):
        machine, _ = administration.register_machine(
            actor=people.OPERATOR, center_code=ELSEWHERE, name="一体机", now=NOW
        )
    return {
        "official": people.token(official, now=NOW),
        "administrator": _administrator(HERE),
        "registrar": people.token(registrar, now=NOW),
        "applicant": neighbour.applicant,
        "citizen": people.token(people.account("nobody", id_number=people.id_number(77)), now=NOW),
        "machine": people.machine_token(machine, now=NOW),
        "anonymous": None,
    }
