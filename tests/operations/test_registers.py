"""Departments, postings, deeds, seals and windows: what the management office keeps."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.staff import errors, models, queries
from tenants.staff.operations import deeds, departments, postings, seals
from tenants.staff.rules import CenterRole, PostingKind
from tenants.windows import errors as window_errors
from tenants.windows import models as window_models
from tenants.windows import queries as hall
from tenants.windows.operations import areas, windows
from tenants.windows.rules import WindowKind, takes_in
from tests import people
from tests.people import NOW
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context
from tongban.kernel.errors import IdempotencyKeyReusedError, StaleVersionError
from tongban.kernel.models import AuditEntry, LogEntry

CENTER = "371402"
MATTER = "370110100101"
TODAY = date(2026, 11, 24)
CHIEF = PostingKind.CHIEF_REPRESENTATIVE


@pytest.fixture
def office(db):
    """The management office; the test runs in its center."""
    manager = people.account("guanli", name="管理办")
    people.member(CENTER, manager, CenterRole.MANAGER)
    for number, roles in {
        "W1": [CenterRole.CLERK],
        "W2": [CenterRole.CLERK],
        "C1": [CenterRole.CHIEF_REPRESENTATIVE],
        "C2": [CenterRole.CHIEF_REPRESENTATIVE],
    }.items():
        people.member(CENTER, people.account(number.lower()), *roles, staff_number=number)
    with center_context(CENTER):
        yield people.actor(manager)


def key() -> uuid.UUID:
    return uuid.uuid4()


def enter(office: Actor, code: str = "SPJ", name: str = "行政审批服务局", **more):
    terms: dict[str, Any] = {
        "credit_code": "",
        "section_name": "审批服务股",
        "idempotency_key": key(),
    } | more
    return departments.open_department(actor=office, code=code, name=name, now=NOW, **terms)


def post(office: Actor, number: str, department: str = "SPJ", kind=PostingKind.STAFF, **more):
    terms = {"started_on": None, "idempotency_key": key()} | more
    return postings.post_member(
        actor=office, staff_number=number, department_code=department, kind=kind, now=NOW, **terms
    )


def grant(office: Actor, number: str = "〔2026〕1号", member: str = "C1", **more):
    terms: dict[str, Any] = {
        "matters": [MATTER],
        "valid_from": TODAY,
        "valid_to": None,
        "idempotency_key": key(),
    } | more
    return deeds.grant_deed(
        actor=office, number=number, department_code="SPJ", staff_number=member, now=NOW, **terms
    )


def register(office: Actor, keeper: str = "W1", **more):
    terms: dict[str, Any] = {
        "code": "2H",
        "name": "审批专用章（2）",
        "idempotency_key": key(),
    } | more
    return seals.register_seal(actor=office, department_code="SPJ", keeper=keeper, now=NOW, **terms)


def open_window(office: Actor, code: str = "03", department: str = "SPJ", **more):
    kind = WindowKind.DEPARTMENT if department else WindowKind.INTEGRATED
    terms = {"name": "企业登记", "area": "A", "kind": kind, "matters": []} | more
    return windows.open_window(
        actor=office,
        code=code,
        terms=windows.WindowTerms(department=department, **terms),
        idempotency_key=key(),
        now=NOW,
    )


def hall_area(office: Actor, code: str = "A"):
    return areas.open_area(
        actor=office, code=code, name="企业服务区", floor="二楼", idempotency_key=key(), now=NOW
    )


def seats_of(window: window_models.Window) -> list[window_models.Seat]:
    """Return who was read along with a window."""
    seated: list[window_models.Seat] = window.seated  # type: ignore[attr-defined]  # read with it
    return seated


def written():
    return AuditEntry.objects.count(), LogEntry.objects.count()


def test_a_department_comes_changes_and_leaves(office):
    once = key()
    first = enter(office, idempotency_key=once)
    assert enter(office, idempotency_key=once) == first
    with pytest.raises(IdempotencyKeyReusedError):
        enter(office, "GAJ", idempotency_key=once)
    with pytest.raises(errors.DepartmentExistsError):
        enter(office)
    with pytest.raises(errors.DepartmentExistsError):
        enter(office, "OTHER")
    edited = departments.edit_department(
        actor=office, code="SPJ", expected_version=1, section_name="行政审批股", now=NOW
    )
    assert (edited.section_name, edited.version) == ("行政审批股", 2)
    with pytest.raises(StaleVersionError):
        departments.edit_department(actor=office, code="SPJ", expected_version=1, name="x", now=NOW)
    post(office, "W1")
    with pytest.raises(errors.DepartmentInUseError):
        departments.close_department(actor=office, code="SPJ", expected_version=2, now=NOW)
    postings.end_posting(actor=office, staff_number="W1", ended_on=None, now=NOW)
    departments.close_department(actor=office, code="SPJ", expected_version=2, now=NOW)
    assert not queries.list_departments().exists()
    assert queries.list_departments(is_active=None).count() == 1
    with pytest.raises(errors.DepartmentNotFoundError):
        post(office, "W1")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "审批"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"credit_code": "11440100007482575X"}, "creditCode"),
        ({"section_name": "a\0b"}, "sectionName"),
    ],
)
def test_what_can_not_stand_in_a_register_is_refused(office, terms, field):
    before = written()
    with pytest.raises(errors.RegisterTextError) as caught:
        enter(office, **terms)
    assert caught.value.path == (field,)
    assert (models.Department.objects.count(), written()) == (0, before)


def test_nobody_but_the_management_office_keeps_registers(office):
    enter(office)
    hall_area(office)
    post(office, "C1", kind=CHIEF)
    before = written()
    clerk = people.actor(people.account("w1"))
    chief = people.actor(people.account("c1"))
    stranger = people.actor(people.account("fremd"))
    for actor in (clerk, chief, stranger):
        for refused in (
            lambda by: enter(by, "GAJ", "公安局"),
            lambda by: post(by, "W1"),
            grant,
            register,
            lambda by: hall_area(by, "B"),
            open_window,
        ):
            with pytest.raises(errors.RegisterNotAllowedError):
                refused(actor)
    assert written() == before


def test_one_department_at_a_time_and_one_chief_representative(office):
    enter(office)
    enter(office, "GAJ", "公安局")
    post(office, "C1", kind=CHIEF)
    with pytest.raises(errors.PostTakenError) as caught:
        post(office, "C2", kind=CHIEF)
    assert "首席代表" in caught.value.message("zh-Hans")
    with pytest.raises(errors.AlreadyPostedError):
        post(office, "C1", "GAJ")
    post(office, "C2", "GAJ", kind=CHIEF)
    ended = postings.end_posting(actor=office, staff_number="C1", ended_on=None, now=NOW)
    assert ended.ended_on == TODAY
    post(office, "W1", kind=CHIEF)
    with pytest.raises(errors.NotPostedError):
        postings.end_posting(actor=office, staff_number="C1", ended_on=None, now=NOW)
    post(office, "W2", started_on=TODAY)
    with pytest.raises(errors.RegisterDaysError):
        postings.end_posting(
            actor=office, staff_number="W2", ended_on=TODAY - timedelta(days=1), now=NOW
        )


def test_a_deed_is_the_chief_representative_s_until_it_is_revoked(office):
    enter(office)
    post(office, "C1", kind=CHIEF)
    post(office, "W1")
    with pytest.raises(errors.DeedHolderError):
        grant(office, member="W1")
    deed = grant(office)
    assert deed.matters == [MATTER]
    with pytest.raises(errors.DeedExistsError):
        grant(office)
    with pytest.raises(errors.RegisterDaysError):
        grant(office, "2", valid_to=TODAY)
    with pytest.raises(errors.RegisterTextError):
        grant(office, "3", matters=["01"])
    revoked = deeds.revoke_deed(actor=office, number=deed.number, reason="换人", now=NOW)
    assert revoked.revoked_at == NOW
    with pytest.raises(errors.DeedNotFoundError):
        deeds.revoke_deed(actor=office, number=deed.number, reason="换人", now=NOW)
    grant(office, "4")
    postings.end_posting(actor=office, staff_number="C1", ended_on=None, now=NOW)
    assert not queries.deeds().filter(revoked_at=None).exists()


def test_a_seal_has_one_keeper_of_its_department(office):
    enter(office)
    post(office, "W1")
    with pytest.raises(errors.NotPostedError):
        register(office, "W2")
    seal = register(office)
    with pytest.raises(errors.SealExistsError):
        register(office)
    post(office, "W2")
    handed = seals.hand_over_seal(
        actor=office, code=seal.code, keeper="W2", expected_version=1, now=NOW
    )
    assert (handed.keeper.staff_number, handed.version) == ("W2", 2)
    with pytest.raises(StaleVersionError):
        seals.retire_seal(actor=office, code=seal.code, expected_version=1, now=NOW)
    seals.retire_seal(actor=office, code=seal.code, expected_version=2, now=NOW)
    with pytest.raises(errors.SealNotFoundError):
        seals.hand_over_seal(actor=office, code=seal.code, keeper="W1", expected_version=3, now=NOW)
    last = AuditEntry.objects.order_by("-sequence").values_list("action", "object_key")[0]
    assert last == ("seal.retire", "2H")


def test_who_sits_at_a_window(office):
    enter(office)
    hall_area(office)
    post(office, "W1")
    open_window(office)
    open_window(office, "99", "", name="综合受理")
    windows.seat_member(actor=office, code="03", staff_number="W1", now=NOW)
    with pytest.raises(window_errors.SeatDepartmentError):
        windows.seat_member(actor=office, code="03", staff_number="W2", now=NOW)
    windows.seat_member(actor=office, code="99", staff_number="W2", now=NOW)

    def seated() -> dict[str, list[str]]:
        rows = hall.with_seats(hall.list_windows()).order_by("code")
        return {row.code: [s.member.staff_number for s in seats_of(row)] for row in rows}

    assert seated() == {"03": ["W1"], "99": ["W2"]}
    windows.seat_member(actor=office, code="99", staff_number="W1", now=NOW)
    assert seated() == {"03": [], "99": ["W2", "W1"]}
    windows.unseat_member(actor=office, staff_number="W2", now=NOW)
    with pytest.raises(window_errors.NotSeatedError):
        windows.unseat_member(actor=office, staff_number="W2", now=NOW)
    windows.seat_member(actor=office, code="03", staff_number="W1", now=NOW)
    member = models.Member.objects.get(staff_number="W1")
    assert hall.window_of(member.pk).code == "03"
    postings.end_posting(actor=office, staff_number="W1", ended_on=None, now=NOW)
    assert (seated()["03"], hall.window_of(member.pk)) == ([], None)


def test_a_window_changes_and_closes(office):
    enter(office)
    enter(office, "GAJ", "公安局")
    area = hall_area(office)
    post(office, "W1")
    open_window(office, matters=[MATTER])
    with pytest.raises(window_errors.WindowExistsError):
        open_window(office)
    with pytest.raises(window_errors.WindowDepartmentError):
        open_window(office, "04", "", kind=WindowKind.DEPARTMENT)
    with pytest.raises(window_errors.AreaNotFoundError):
        open_window(office, "04", area="Z")
    windows.seat_member(actor=office, code="03", staff_number="W1", now=NOW)
    windows.edit_window(
        actor=office,
        code="03",
        expected_version=1,
        terms=windows.WindowTerms(department="GAJ"),
        now=NOW,
    )
    assert not window_models.Seat.objects.filter(until=None).exists()
    with pytest.raises(window_errors.AreaInUseError):
        areas.close_area(actor=office, code="A", expected_version=area.version, now=NOW)
    windows.close_window(actor=office, code="03", expected_version=2, now=NOW)
    areas.close_area(actor=office, code="A", expected_version=area.version, now=NOW)
    with pytest.raises(window_errors.WindowNotFoundError):
        windows.seat_member(actor=office, code="03", staff_number="W1", now=NOW)


def test_which_matters_a_window_takes_in():
    department, integrated = WindowKind.DEPARTMENT, WindowKind.INTEGRATED
    other = "370110100999"
    assert takes_in(kind=department, matters=[], own=True, matter_code=MATTER)
    assert not takes_in(kind=department, matters=[], own=False, matter_code=MATTER)
    assert takes_in(kind=integrated, matters=[], own=False, matter_code=MATTER)
    assert not takes_in(kind=integrated, matters=[other], own=True, matter_code=MATTER)


def test_lists_take_the_same_statements_for_two_and_for_twenty(office):
    enter(office)
    hall_area(office)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            rows = list(hall.with_seats(hall.list_windows()).order_by("code"))
            assert all(row.area.code and row.department for row in rows)
            list(queries.list_postings(actor=office).order_by("id"))
        return len(captured)

    post(office, "W1")
    open_window(office, "01")
    open_window(office, "02")
    windows.seat_member(actor=office, code="01", staff_number="W1", now=NOW)
    few = statements()
    for n in range(3, 21):
        open_window(office, f"{n:02}")
        people.member(CENTER, people.account(f"p{n}"), CenterRole.CLERK, staff_number=f"P{n}")
        post(office, f"P{n}")
        windows.seat_member(actor=office, code=f"{n:02}", staff_number=f"P{n}", now=NOW)
    assert statements() == few
