"""A result needs the seal of the deciding department, used by its keeper, in a chain of uses."""

import re
import uuid
from datetime import date

import psycopg
import pytest
from django.db import ProgrammingError, connection
from psycopg.conninfo import make_conninfo

from tenants.cases import errors, models, queries, rules
from tenants.cases.states import State
from tenants.staff import errors as staff_errors
from tenants.staff import models as staff_models
from tenants.staff import queries as staff
from tenants.staff.operations import seals
from tenants.staff.rules import CenterRole
from tests import casework, handing, stationing
from tests.casework import Desk
from tests.stationing import SEAL, open_station, settle
from tongban.kernel import files
from tongban.kernel.context import center_context
from tongban.kernel.errors import IdempotencyKeyReusedError


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def decided(desk):
    """A case that the department's chief approved."""
    settle(desk)
    number = desk.verified()
    desk.decide(number)
    return number


def refused(desk, error, step, *said, **more):
    before = desk.holdings()
    with pytest.raises(error) as raised:
        step(*said, **more)
    assert desk.holdings() == before
    return raised.value


def papers(desk, number, kind):
    with center_context(desk.center):
        return list(models.Paper.objects.filter(case__number=number, kind=kind).order_by("id"))


def bytes_of(desk, paper):
    with files.open_file(desk.center, paper.sha256) as stream:
        return stream.read()


def test_a_sealed_result_is_issued_as_it_is(desk, decided):
    error = refused(desk, errors.SealRequiredError, desk.issue, decided)
    assert stationing.CULTURE in error.message("zh-Hans")
    case = desk.seal(
        decided, seal_code=SEAL, result_number="鲁新出零字001号", valid_to=date(2029, 2, 12)
    )
    assert (case.state, case.result["seal"]["use"]) == (State.APPROVED, 1)
    case = desk.issue(decided)
    assert case.result["number"] == "鲁新出零字001号"
    assert case.result["seal"]["code"] == SEAL
    (paper,) = papers(desk, decided, rules.PaperKind.RESULT)
    assert paper.number == case.result["paper"]
    assert paper.statement["title"] == "出版物经营许可证"
    assert paper.statement["result_number"] == "鲁新出零字001号"
    assert "用印登记 WLJ-2 第 1 号" in paper.statement["seal"]
    with center_context(desk.center):
        use = staff_models.SealUse.objects.get()
        assert use.sha256 == paper.sha256
        assert (use.case_number, use.document_number) == (decided, paper.number)
        assert use.keeper_number == stationing.staff_number(desk, desk.clerk)
    assert desk.complete(decided).state == State.COMPLETED
    handing.log_of(desk.center, decided)


def test_a_rejection_is_sealed_too_on_its_letter(desk):
    settle(desk)
    number = desk.verified(favourable=False)
    desk.decide(number, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET")
    refused(desk, errors.SealRequiredError, desk.issue, number)
    (letter,) = papers(desk, number, rules.PaperKind.REJECTION)
    with center_context(desk.center):
        assert queries.check_paper(letter.verify_token).seal == ""
    desk.seal(number, seal_code=SEAL)
    case = desk.issue(number)
    assert case.result["paper"] == letter.number
    with center_context(desk.center):
        assert staff_models.SealUse.objects.get().sha256 == letter.sha256
        # On the page of a letter too, though it was signed before anybody sealed it.
        assert "用印登记 WLJ-2 第 1 号" in queries.check_paper(letter.verify_token).seal
    assert papers(desk, number, rules.PaperKind.RESULT) == []


def test_only_the_departments_own_seal_fits(desk, decided):
    other = open_station(desk, code="GAJ", name="公安局")
    other.post(desk.who(CenterRole.DEPARTMENT_MANAGER), code="GAJ")
    other.register_seal(desk.who(CenterRole.DEPARTMENT_MANAGER), seal="GAJ-2", code="GAJ")
    for seal in ("GAJ-2", "none", "\u0000", ""):
        refused(desk, staff_errors.WrongSealError, desk.seal, decided, seal_code=seal)
    station = stationing.Station(desk)
    station.keep(seals.retire_seal, code=SEAL, expected_version=1)
    refused(desk, staff_errors.WrongSealError, desk.seal, decided, seal_code=SEAL)


def test_only_its_keeper_uses_it_and_from_the_handing_over_the_next(desk, decided):
    refused(desk, staff_errors.NotKeeperError, desk.seal, decided, desk.chief, seal_code=SEAL)
    stationing.Station(desk).keep(
        seals.hand_over_seal,
        code=SEAL,
        keeper=stationing.staff_number(desk, desk.chief),
        expected_version=1,
    )
    refused(desk, staff_errors.NotKeeperError, desk.seal, decided, seal_code=SEAL)
    assert desk.seal(decided, desk.chief, seal_code=SEAL).result["seal"]["use"] == 1


def test_roles_and_states_come_first(desk, decided):
    refused(
        desk, errors.CaseUseSealNotAllowedError, desk.seal, decided,
        desk.who(CenterRole.MANAGER), seal_code=SEAL,
    )  # fmt: skip
    open_case = desk.verified()
    refused(desk, errors.CaseUseSealNotAllowedError, desk.seal, open_case, seal_code=SEAL)


def test_what_is_sealed_can_not_be_issued_as_something_else(desk, decided):
    desk.seal(decided, seal_code=SEAL, result_number="1号")
    for terms in ({"result_number": "2号"}, {"result_name": "别的证"}):
        refused(desk, errors.ResultSealedError, desk.issue, decided, **terms)
    assert desk.issue(decided, result_number="1号").state == State.ISSUED


def test_a_result_sealed_amiss_is_sealed_anew_and_the_first_is_void(desk, decided):
    desk.seal(decided, seal_code=SEAL, result_number="1号")
    case = desk.seal(decided, seal_code=SEAL, result_number="2号")
    assert (case.result["number"], case.result["seal"]["use"]) == ("2号", 2)
    first, second = papers(desk, decided, rules.PaperKind.RESULT)
    with center_context(desk.center):
        assert queries.check_paper(first.verify_token).is_replaced
        assert not queries.check_paper(second.verify_token).is_replaced
        assert staff_models.SealUse.objects.count() == 2


def test_a_repeat_uses_the_seal_once(desk, decided):
    key = uuid.uuid4()
    for _ in range(2):
        desk.seal(decided, seal_code=SEAL, idempotency_key=key)
    with center_context(desk.center):
        assert staff_models.SealUse.objects.count() == 1
    refused(
        desk, IdempotencyKeyReusedError, desk.seal, decided, seal_code=SEAL,
        result_number="3", idempotency_key=key,
    )  # fmt: skip


def test_days_that_end_before_they_begin_are_refused(desk, decided):
    refused(
        desk, errors.ResultDaysError, desk.seal, decided, seal_code=SEAL,
        valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 1),
    )  # fmt: skip


def test_a_department_without_a_register_needs_no_seal_and_has_none(desk):
    number = desk.verified()
    desk.decide(number)
    error = refused(desk, errors.CaseUseSealNotAllowedError, desk.seal, number, seal_code=SEAL)
    assert error.params["reason"] == "NO_DEPARTMENT"
    case = desk.issue(number, result_number="1号")
    assert "seal" not in case.result
    assert [p.number for p in papers(desk, number, rules.PaperKind.RESULT)] == [
        case.result["paper"]
    ]


def test_the_certificate_tells_programs_what_it_is(desk, decided):
    desk.seal(decided, seal_code=SEAL, result_number="鲁字1号", valid_to=date(2029, 2, 12))
    pdf = bytes_of(desk, papers(desk, decided, rules.PaperKind.RESULT)[0])
    packet = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", pdf, re.DOTALL)[0].decode()
    said = dict(re.findall(r"<c:(\w+)>([^<]*)</c:", packet))
    assert said["证照名称"] == "出版物经营许可证"
    assert said["证照编号"] == "鲁字1号"
    assert said["证照颁发机构"] == stationing.CULTURE
    assert said["持证主体"] == "赵测试"
    assert "*" in said["持证主体代码"]
    assert (said["证照颁发日期"], said["证照有效期截止日期"]) == ("2026-02-13", "2029-02-12")
    assert "证照有效期起始日期" not in said


# --- the chain -------------------------------------------------------------------------------

TAMPERINGS = {
    "UPDATE staff_sealuse SET document_number = 'X' WHERE sequence = 2": 2,
    "UPDATE staff_sealuse SET used_at = used_at + interval '1 day' WHERE sequence = 1": 1,
    "UPDATE staff_sealuse SET keeper_name = '别人' WHERE sequence = 3": 3,
    "UPDATE staff_sealuse SET sha256 = repeat('0', 64) WHERE sequence = 4": 4,
    "UPDATE staff_sealuse SET hash = previous_hash WHERE sequence = 3": 3,
    "UPDATE staff_sealuse SET sequence = sequence + 10": 1,
    "DELETE FROM staff_sealuse WHERE sequence = 2": 2,
    "DELETE FROM staff_sealuse WHERE sequence = 4": 4,
    "DELETE FROM staff_sealuse": 1,
    "INSERT INTO staff_sealuse (seal_id, sequence, used_at, keeper_number, keeper_name,"
    " case_number, document_number, document_title, sha256, previous_hash, hash)"
    " SELECT seal_id, 5, used_at, keeper_number, keeper_name, case_number, document_number,"
    " document_title, sha256, hash, hash FROM staff_sealuse WHERE sequence = 4": 5,
}


@pytest.fixture
def as_owner(administrator, committed_db):
    """Execute statements as whoever owns the tables."""

    def execute(*statements: str) -> None:
        name = connection.settings_dict["NAME"]
        with psycopg.connect(make_conninfo(administrator, dbname=name)) as owner:
            owner.execute(f"SET search_path = c{casework.COUNTY}")
            for statement in statements:
                owner.execute(statement)

    return execute


def uses(desk, count):
    settle(desk)
    for place in range(count):
        number = desk.verified()
        desk.decide(number)
        desk.seal(number, seal_code=SEAL, result_number=f"{place}号")


def broken(desk):
    with center_context(desk.center):
        return staff.broken_link(staff_models.Seal.objects.get(code=SEAL))


def test_every_tampering_with_the_uses_is_found(committed_db, as_owner):
    desk = Desk()
    uses(desk, 4)
    assert broken(desk) is None
    with center_context(desk.center), pytest.raises(ProgrammingError, match="permission denied"):
        staff_models.SealUse.objects.update(keeper_name="别人")
    as_owner("CREATE TABLE kept AS TABLE staff_sealuse")
    for statement, found in TAMPERINGS.items():
        as_owner(statement)
        assert broken(desk) == found, statement
        as_owner("DELETE FROM staff_sealuse", "INSERT INTO staff_sealuse SELECT * FROM kept")
        assert broken(desk) is None
    as_owner("DROP TABLE kept")


def test_listing_the_uses_takes_the_same_statements_for_2_and_20(desk):
    uses(desk, 2)
    manager = desk.who(CenterRole.MANAGER)

    def read(actor=manager):
        found = staff.list_seal_uses(actor=actor, seal_code=SEAL)
        return [(use.seal.code, use.sequence) for use in found.order_by("sequence")]

    with center_context(desk.center):
        few = casework.statements(read)
        assert read() == [(SEAL, 1), (SEAL, 2)]
        assert read(desk.reviewer) == []
        assert len(read(desk.clerk)) == 2
        last = staff_models.SealUse.objects.get(sequence=2)
        copied = {
            field.attname: getattr(last, field.attname)
            for field in staff_models.SealUse._meta.concrete_fields
            if field.name not in {"id", "sequence"}
        }
        staff_models.SealUse.objects.bulk_create(
            staff_models.SealUse(sequence=place, **copied) for place in range(3, 21)
        )
        assert (len(read()), casework.statements(read)) == (20, few)
