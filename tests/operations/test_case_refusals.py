"""Every bad input has its own error, and changes nothing."""

import dataclasses
import io
import uuid

import pytest
from django.conf import settings

from tenants.cases import errors, rules
from tenants.staff.rules import CenterRole
from tests import casework, handing, people, revising
from tests.casework import Desk
from tongban.catalog import errors as catalog_errors
from tongban.exchange import errors as exchange_errors
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import (
    CenterSuspendedError,
    IdempotencyKeyReusedError,
    StaleVersionError,
)
from tongban.kernel.models import AuditEntry
from tongban.kernel.personal import IdKind
from tongban.registry.models import Center

ONLY_CITY = "370710400302"


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def unchanged(desk):
    """Return a check that a call raises an error and leaves the schema as it was."""

    def check(error, call):
        before = desk.holdings()
        with pytest.raises(error) as raised:
            call()
        assert desk.holdings() == before
        assert raised.value.message("zh-Hans")
        assert raised.value.message("en")
        return raised.value

    return check


def test_a_suspended_center_takes_nothing_in(desk, unchanged):
    number = desk.submitted()
    with shared_context(SharedRole.PLATFORM):
        Center.objects.filter(code=desk.center).update(status="suspended")
    unchanged(CenterSuspendedError, desk.submit)
    assert desk.accept(number).accepted_at, "what is there already goes on"


@pytest.mark.parametrize("matter", ["370199999999", "37\x00", "", "出版物", "371400199003075001"])
def test_an_unlisted_matter_is_refused_and_the_attempt_is_seen(desk, matter):
    """清单之外无审批: nothing is taken in, and the audit log says who tried."""
    before = desk.holdings()
    request = casework.application(matter_code=matter)
    with pytest.raises(catalog_errors.NotOnListError) as raised:
        desk.submit(request=request, files={})
    assert raised.value.path == ("matter",)
    assert "齐河县" in raised.value.message("zh-Hans")
    assert desk.holdings() == before | {"AuditEntry": before["AuditEntry"] + 1}
    with center_context(desk.center):
        entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.object_type) == ("case.submit_refused", "matter")
    is_code = matter == "370199999999"
    assert entry.object_key == (matter if is_code else ""), "nothing else that was typed"
    assert entry.actor["key"] == desk.clerk.key
    assert entry.data == {"code": "NOT_ON_LIST"}
    assert people.id_number(500) not in str(entry.__dict__)


def test_a_cancelled_offering_is_on_no_list_and_a_draft_asks_for_it_in_vain(desk):
    revising.take_off_the_list(desk.center, now=desk.now)
    before = desk.holdings()
    for is_draft in (False, True):
        request = casework.application(as_draft=is_draft)
        with pytest.raises(catalog_errors.NotOnListError):
            desk.submit(request=request)
    assert desk.holdings() == before | {"AuditEntry": before["AuditEntry"] + 2}


def test_who_may_not_apply_leaves_no_trace(desk, unchanged):
    request = casework.application(matter_code="370199999999")
    stranger = casework.citizen(600)
    unchanged(
        errors.CaseSubmitNotAllowedError,
        lambda: desk.submit(stranger, request=request, files={}),
    )


def test_an_address_that_does_not_exist(desk, unchanged):
    for address in ("999999000000", "37", "37140000000\x00"):
        request = casework.application(address_division=address)
        unchanged(
            exchange_errors.AddressUnknownError,
            lambda: desk.submit(request=request),  # noqa: B023  called at once
        )


def test_a_required_material_is_missing(desk, unchanged):
    error = unchanged(
        errors.MaterialMissingError, lambda: desk.submit(files={"M02": [casework.pdf()]})
    )
    assert error.params["materials"] == ["M01"]
    assert "出版物" in error.message("zh-Hans")


def test_a_material_that_the_matter_does_not_have(desk, unchanged):
    files = {**handing.all_files(desk.center, casework.BOOKS), "M77": [casework.pdf()]}
    unchanged(errors.MaterialUnknownError, lambda: desk.submit(files=files))
    number = desk.submitted()
    unchanged(errors.MaterialUnknownError, lambda: desk.add(number, material_code="M77"))
    unchanged(errors.MaterialUnknownError, lambda: desk.add(number, material_code=""))
    unchanged(errors.FileRequiredError, lambda: desk.add(number, files=[]))


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("a.pdf", b"<html>%PDF-1.7</html>"),
        ("a.pdf", b"MZ" + bytes(200)),
        ("a.jpg", b"GIF89a" + bytes(60)),
        ("a.docx", b"PK\x03\x04" + bytes(60)),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_a_file_of_another_type(desk, unchanged, filename, content):
    files = handing.all_files(desk.center, casework.BOOKS)
    files["M01"] = [casework.upload(filename, content)]
    error = unchanged(errors.FileTypeNotAllowedError, lambda: desk.submit(files=files))
    assert error.params["filename"] == filename


class Sparse(io.BytesIO):
    """A stream that says it is larger than it is, so that no test holds 20 MB."""

    def seek(self, offset, whence=0):
        found = super().seek(offset, whence)
        return settings.FILE_SIZE_LIMIT + 1 if whence == 2 else found


def test_a_file_that_is_too_large_or_empty(desk, unchanged):
    number = desk.submitted()
    large = rules.IncomingFile("a.pdf", Sparse(handing.PDF))
    error = unchanged(errors.FileTooLargeError, lambda: desk.add(number, files=[large]))
    assert error.params["limit"] == 20 * 1024 * 1024
    unchanged(
        errors.FileEmptyError, lambda: desk.add(number, files=[casework.upload("a.pdf", b"")])
    )


def test_too_many_files(desk, unchanged):
    number = desk.submitted()
    many = [casework.pdf(f"{n}.pdf", str(n).encode()) for n in range(rules.MAX_FILES + 1)]
    unchanged(errors.TooManyFilesError, lambda: desk.add(number, files=many))
    desk.add(number, files=many[:19])
    unchanged(errors.TooManyFilesError, lambda: desk.add(number, files=many[19:20]))


def test_a_stale_version(desk, unchanged):
    case = desk.submit().case
    desk.add(case.number)
    error = unchanged(
        StaleVersionError,
        lambda: desk.accept(case.number, expected_version=case.version),
    )
    assert error.params["current"] == case.version + 1
    assert desk.accept(case.number, expected_version=case.version + 1)
    # Who comes second is told that the case moved on, not only that it can't be accepted.
    unchanged(
        StaleVersionError, lambda: desk.accept(case.number, expected_version=case.version + 1)
    )


def test_accepting_twice(desk, unchanged):
    number = desk.submitted()
    desk.accept(number)
    error = unchanged(errors.CaseAcceptNotAllowedError, lambda: desk.accept(number))
    assert (error.params["reason"], error.params["state"]) == ("STATE", "accepted")


def test_a_reused_key(desk, unchanged):
    number, key = desk.submitted(), uuid.uuid4()
    desk.accept(number, idempotency_key=key)
    other = desk.submitted()
    unchanged(IdempotencyKeyReusedError, lambda: desk.accept(other, idempotency_key=key))
    unchanged(
        IdempotencyKeyReusedError,
        lambda: desk.accept(number, idempotency_key=key, expected_version=7),
    )
    submitted = uuid.uuid4()
    desk.submit(idempotency_key=submitted)
    for request in (
        casework.application(form={"shop": "另一家"}),
        casework.application(applicant=casework.applicant(501)),
        casework.application(applicant=casework.applicant(phone="13800138001")),
    ):
        unchanged(
            IdempotencyKeyReusedError,
            lambda: desk.submit(request=request, idempotency_key=submitted),  # noqa: B023  called at once
        )


@pytest.mark.parametrize(
    "role",
    [CenterRole.MANAGER, CenterRole.CLERK, CenterRole.DEPARTMENT_MANAGER, CenterRole.SUPERVISOR],
)
def test_deciding_without_authority(desk, unchanged, role):
    number = desk.verified()
    actor = desk.who(role)
    error = unchanged(errors.CaseDecideNotAllowedError, lambda: desk.decide(number, actor))
    assert error.params["reason"] == "ROLE"


def test_party_affairs_and_administrators_see_no_case(desk, unchanged):
    number = desk.verified()
    outsiders = [
        handing.staff(desk.center, role).actor
        for role in (
            CenterRole.PARTY_SECRETARY,
            CenterRole.SECURITY_ADMINISTRATOR,
            CenterRole.AUDITOR,
        )
    ]
    neighbour = handing.staff(handing.DISTRICT).actor
    for actor in (*outsiders, neighbour, casework.citizen(777)):
        unchanged(errors.CaseNotFoundError, lambda: desk.decide(number, actor))  # noqa: B023
        unchanged(errors.CaseNotFoundError, lambda: desk.accept("123", actor))  # noqa: B023


def test_deciding_without_custody(desk, unchanged):
    station = Desk(handing.STATION)
    operator = handing.staff(handing.STATION, CenterRole.STATION_OPERATOR, CenterRole.REVIEWER)
    number = station.submit(operator.actor).case.number
    before = station.holdings()
    for call in (station.decide, station.accept, station.add, station.withdraw):
        with pytest.raises(errors.CustodyInTransitError):
            call(number, operator.actor)
    assert station.holdings() == before


def test_a_place_of_assisted_intake_does_not_decide(desk):
    station = Desk(handing.STATION)
    staff = handing.staff(
        handing.STATION, CenterRole.STATION_OPERATOR, CenterRole.CLERK, CenterRole.REVIEWER
    )
    request = casework.application(hold_for_review=True)
    number = station.submit(staff.actor, request=request).case.number
    before = station.holdings()
    with pytest.raises(errors.CaseAcceptNotAllowedError) as raised:
        station.accept(number, staff.actor)
    assert raised.value.params["reason"] == "OWNER"
    assert handing.COUNTY in raised.value.message("en")
    assert station.holdings() == before
    assert station.notify(number, staff.actor).notices_issued == 1, "form may be checked here"


def test_nobody_handles_their_own_case(desk, unchanged):
    account = people.account("own-clerk", name="赵测试", id_number=people.id_number(500))
    people.member(desk.center, account, CenterRole.CLERK, CenterRole.REVIEWER)
    clerk = people.actor(account)
    number = desk.submit(clerk).case.number
    error = unchanged(errors.CaseAcceptNotAllowedError, lambda: desk.accept(number, clerk))
    assert error.params["reason"] == "OWN_CASE"
    assert desk.withdraw(number, clerk).state == "withdrawn"


def test_people_apply_in_their_own_verified_name_only(desk, unchanged):
    stranger, unverified = casework.citizen(600), people.actor(people.account("nameless"))
    error = unchanged(errors.CaseSubmitNotAllowedError, lambda: desk.submit(stranger))
    assert error.params["reason"] == "OTHER_PERSON"
    error = unchanged(errors.CaseSubmitNotAllowedError, lambda: desk.submit(unverified))
    assert error.params["reason"] == "REAL_NAME"
    error = unchanged(
        errors.CaseSubmitNotAllowedError,
        lambda: desk.submit(desk.who(CenterRole.MANAGER)),
    )
    assert error.params["reason"] == "ROLE"
    hold = casework.application(hold_for_review=True)
    unchanged(
        errors.CaseSubmitNotAllowedError,
        lambda: desk.submit(casework.citizen(500), request=hold, files={}),
    )


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"id_number": "371400199003075001"}, "idNumber", "CHECK_DIGIT"),
        ({"id_kind": IdKind.CREDIT_CODE}, "idKind", "KIND"),
        ({"name": " "}, "name", "EMPTY"),
        ({"name": "赵" * 101}, "name", "LENGTH"),
        ({"name": "赵\x00六"}, "name", "CHARACTER"),
        ({"name": "德州\u202e商贸"}, "name", "CHARACTER"),
        ({"handler": rules.Agent("钱\u200b七")}, "handler.name", "CHARACTER"),
        ({"phone": "12345"}, "phone", "PHONE_INVALID"),
        ({"handler": rules.Agent("")}, "handler.name", "EMPTY"),
        ({"handler": rules.Agent("钱", IdKind.PASSPORT)}, "handler.idKind", "KIND"),
        (
            {"representative": rules.Agent("钱", IdKind.PASSPORT, "E1")},
            "representative.idNumber",
            "LENGTH",
        ),
    ],
)
def test_an_applicant_who_can_not_be(desk, unchanged, said, field, reason):
    request = casework.application(applicant=casework.applicant(**said))
    error = unchanged(errors.ApplicantInvalidError, lambda: desk.submit(request=request))
    assert (error.params["field"], error.params["reason"]) == (field, reason)


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"a": "x" * 70_000}, "TOO_LARGE"),
        ({"a": float("nan")}, "NOT_JSON"),
        ({"a": "\ud800"}, "NOT_JSON"),
        ([1], "NOT_AN_OBJECT"),
        ({"a": "\x00"}, "CHARACTER"),
        ({"配偶": f"身份证 {people.id_number(9)}。"}, "IDENTITY_NUMBER"),
    ],
)
def test_a_form_that_can_not_be_kept(desk, unchanged, form, reason):
    request = casework.application(form=form)
    error = unchanged(errors.FormInvalidError, lambda: desk.submit(request=request))
    assert error.params["reason"] == reason


def test_a_form_nested_beyond_sense(desk, unchanged):
    nested: object = 1
    for _ in range(5000):
        nested = [nested]
    request = casework.application(form={"a": nested})
    unchanged(errors.FormInvalidError, lambda: desk.submit(request=request))


def test_texts_that_no_document_can_show(desk, unchanged):
    number = desk.submitted()
    for reason in ("\x00", "x" * 2001):
        unchanged(errors.TextInvalidError, lambda: desk.withdraw(number, reason=reason))  # noqa: B023
    unchanged(errors.TextInvalidError, lambda: desk.add(number, material_name="\x07照片"))


def test_the_delivery_names_a_receiver(desk, unchanged):
    number = desk.verified()
    desk.decide(number)
    desk.issue(number)
    for receiver in (" ", "赵" * 101):
        delivery = rules.Delivery(rules.DeliveryMethod.POST, receiver)
        unchanged(
            errors.TextInvalidError,
            lambda: desk.complete(number, delivery=delivery),  # noqa: B023
        )


def test_a_result_can_not_go_back_where_nobody_handed_it_over(desk, unchanged):
    number = desk.verified()
    desk.decide(number)
    error = unchanged(Exception, lambda: desk.issue(number, deliver_at=rules.DeliverAt.ORIGIN))
    assert error.code == "NOT_HANDED_OVER"


def test_the_numbers_of_a_day_run_out(desk, unchanged):
    number = desk.submitted()
    with center_context(desk.center):
        from tenants.cases.models import CaseCounter

        CaseCounter.objects.update(serial=99_999)
    unchanged(errors.CaseNumbersExhaustedError, desk.submit)
    assert number


def test_a_request_says_what_it_hides():
    shown = repr(casework.application())
    assert people.id_number(500) not in shown
    assert "13800138000" not in shown
    assert dataclasses.is_dataclass(casework.applicant())
