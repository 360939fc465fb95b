"""Drafts end: discarded by who keeps them, or removed when they are left alone, wholly."""

import os
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tenants.cases.models import Case, CaseEvent, Material, MaterialFile
from tenants.cases.operations import leftovers
from tenants.messages.models import Message
from tests import casework, handing
from tests.graphql.office import COUNTY, NEIGHBOUR, NOW, Office, codes, pdf
from tongban.exchange.models import CaseIndexRow
from tongban.exchange.operations import timers
from tongban.kernel import files
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry, OutboxMessage, Timer

TABLES = (Case, CaseEvent, Material, MaterialFile, Message)


@pytest.fixture
def office(db, settings, tmp_path):
    settings.AUDIT_SEALS = tmp_path
    return Office()


def kept():
    with center_context(COUNTY):
        return {model.__name__: model.objects.count() for model in TABLES}


def contents(number):
    with center_context(COUNTY):
        found = MaterialFile.objects.filter(material__case__number=number)
        return sorted(found.values_list("sha256", flat=True))


def pass_time(until):
    while timers.fire_timers(COUNTY, clock=lambda: until):
        pass


def discarded(office, number, who="applicant", **said):
    return office.do(who, "DiscardCase", number=number, **said)


def audited(number):
    with center_context(COUNTY):
        entries = AuditEntry.objects.filter(object_type="case", object_key=number)
        return list(entries.order_by("sequence").values_list("action", flat=True))


def test_nothing_of_a_discarded_draft_stays(office):
    other = office.submitted("applicant")
    before = kept()
    draft = office.submitted("applicant", asDraft=True, form={"shop": "一"})
    added = {"variables.input.files.0": pdf("只在草稿.pdf", b"only here")}
    office.step("applicant", "AddMaterial", draft, materialCode="M01", files=[None], uploads=added)
    handing.relay_all(COUNTY, now=NOW)
    alone, shared = set(contents(draft)) - set(contents(other)), set(contents(other))
    assert alone
    assert shared & set(contents(draft))
    key = str(uuid.uuid4())
    assert discarded(office, draft, idempotencyKey=key) == {"number": draft, "errors": []}
    assert discarded(office, draft, idempotencyKey=key) == {"number": draft, "errors": []}
    assert codes(discarded(office, draft)) == ["CASE_NOT_FOUND"]
    assert kept() == before
    assert office.case("applicant", draft) is None
    assert audited(draft) == ["case.submit", "case.add_material", "case.discard"]
    handing.relay_all(COUNTY, now=NOW)
    with shared_context(SharedRole.PLATFORM):
        assert not CaseIndexRow.objects.filter(number=draft).exists()
        assert CaseIndexRow.objects.filter(number=other).exists()
    pass_time(NOW)
    assert not any(files.holds(COUNTY, sha256) for sha256 in alone)
    pass_time(NOW + leftovers.ASIDE_FOR)
    for folder in (COUNTY, f"{COUNTY}/aside"):
        assert not any(files.holds(folder, sha256) for sha256 in alone)
    assert all(files.holds(COUNTY, sha256) for sha256 in shared)
    with center_context(COUNTY):
        assert not Timer.objects.filter(fired_at=None, key__in=[draft, *alone]).exists()
    call_command("audit", "verify", COUNTY)


def test_a_repeat_of_what_made_a_draft_brings_nothing_back(office):
    said = {"asDraft": True, "idempotencyKey": str(uuid.uuid4())}
    draft = office.submitted("applicant", **said)
    discarded(office, draft)
    before = kept()
    assert codes(office.submit("applicant", **said)) == ["CASE_NOT_FOUND"]
    assert kept() == before
    assert office.submitted("applicant", asDraft=True) != draft


def test_the_provisional_number_of_a_discarded_draft_stands_for_nothing_else(office):
    block = office.do("clerk", "ReserveProvisionalNumbers", count=2)["block"]
    first, second = block["numbers"]
    draft = office.submitted("clerk", asDraft=True, provisionalNumber=first)
    assert discarded(office, draft, "clerk")["errors"] == []
    again = office.submit("clerk", provisionalNumber=first)
    assert codes(again) == ["PROVISIONAL_NUMBER_USED"]
    assert office.submitted("clerk", provisionalNumber=second)


def test_only_who_keeps_a_draft_discards_it_and_nothing_else_goes(office):
    own, handed_in = office.submitted("applicant", asDraft=True), office.submitted("applicant")
    windows = office.submitted("clerk", asDraft=True)
    for who in ("clerk", "reviewer", "manager", "stranger", "neighbour"):
        office.token(who)
    before = casework.holdings(COUNTY)
    for who in ("clerk", "reviewer", "manager", "stranger", "neighbour"):
        assert codes(discarded(office, own, who)) == ["CASE_NOT_FOUND"]
    refused = discarded(office, own, center=NEIGHBOUR)
    assert codes(refused) == ["CASE_NOT_FOUND"]
    for who, number, reason in (
        ("applicant", handed_in, "STATE"),
        ("clerk", handed_in, "STATE"),
        ("reviewer", windows, "ROLE"),
    ):
        (fault,) = discarded(office, number, who)["errors"]
        assert (fault["code"], fault["params"]["reason"]) == ("CASE_DISCARD_NOT_ALLOWED", reason)
    stale = discarded(office, own, expectedVersion=7)
    assert codes(stale) == ["STALE_VERSION"]
    assert casework.holdings(COUNTY) == before


def days(count, at=NOW):
    return at + timedelta(days=count)


def told():
    with center_context(COUNTY):
        return list(Message.objects.filter(kind="expiry").values_list("channel", "text"))


def test_a_draft_that_is_left_alone_goes_and_its_owner_is_told_before(office):
    before = kept()
    draft = office.submitted("applicant", asDraft=True)
    pass_time(days(83) - timedelta(seconds=1))
    assert told() == []
    pass_time(days(83))
    pass_time(days(84))
    ((channel, text),) = told()
    assert channel == "in_app"
    assert draft in text
    assert "2027年2月22日" in text
    pass_time(days(90) - timedelta(seconds=1))
    assert contents(draft)
    pass_time(days(90))
    assert kept() == before
    assert audited(draft)[-1] == "case.expire"


def test_whoever_goes_on_with_a_draft_keeps_it(office):
    draft = office.submitted("applicant", asDraft=True)
    pass_time(days(83))
    office.go_on(days(85))
    office.submitted("applicant", asDraft=True, draftNumber=draft, form={"shop": "二"})
    pass_time(days(90))
    assert contents(draft)
    pass_time(days(85 + 83))
    assert len(told()) == 2
    office.go_on(days(85 + 85))
    office.submitted("applicant", draftNumber=draft)
    with center_context(COUNTY):
        assert not Timer.objects.filter(kind="case.draft_end", fired_at=None).exists()
    pass_time(days(1000))
    with center_context(COUNTY):
        assert Case.objects.filter(number=draft).exists()


def test_a_worker_that_stood_still_gives_the_owner_the_time_all_the_same(office):
    draft = office.submitted("applicant", asDraft=True)
    pass_time(days(300))
    assert contents(draft)
    pass_time(days(307) - timedelta(seconds=1))
    assert contents(draft)
    pass_time(days(307))
    assert kept()["Case"] == 0


def test_a_withdrawn_draft_stays_its_owners_and_goes_without_a_message(office):
    draft = office.submitted("applicant", asDraft=True)
    office.step("applicant", "WithdrawCase", draft)
    handed_in = office.submitted("applicant")
    office.step("applicant", "WithdrawCase", handed_in)
    assert office.case("clerk", draft) is None
    assert office.case("clerk", handed_in)["state"] == "WITHDRAWN"
    pass_time(days(90))
    assert told() == []
    with center_context(COUNTY):
        assert list(Case.objects.values_list("number", flat=True)) == [handed_in]


def test_how_long_a_draft_is_kept_is_set(office, settings):
    settings.RETENTION_DRAFT_DAYS = 14
    draft = office.submitted("applicant", asDraft=True)
    pass_time(days(7))
    assert len(told()) == 1
    pass_time(days(14))
    assert contents(draft) == []


@pytest.mark.parametrize("said", ["13", "731", "many"])
def test_the_time_of_a_draft_has_bounds(said):
    started = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import tongban.config.settings"],
        env={**os.environ, "TONGBAN_RETENTION_DRAFT_DAYS": said, "PYTHONPATH": "platform:."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TONGBAN_RETENTION_DRAFT_DAYS is a whole number from 14 to 730" in started.stderr


@pytest.mark.parametrize(
    "forged", [{}, {"state": "draft", "submitted_at": None}, {"state": "withdrawn"}]
)
def test_the_data_role_removes_nothing_but_drafts(office, forged):
    """Whoever has the rights of the center's work changes rows, but no log, and so removes none."""
    number = office.submitted()
    with center_context(COUNTY):
        Case.objects.filter(number=number).update(**forged)
        before = kept()
        for statement in (
            "SELECT cases_discard(%s)",
            "DELETE FROM cases_caseevent WHERE data::text <> %s",
            "UPDATE cases_caseevent SET name = 'case.drafted' WHERE data::text <> %s",
        ):
            with pytest.raises(ProgrammingError, match=r"only a draft|permission denied"):
                run(statement, number)
    assert kept() == before


def test_the_data_role_of_another_center_calls_nothing_here(office):
    draft = office.submitted("applicant", asDraft=True)
    with center_context(NEIGHBOUR):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(f"SELECT c{COUNTY}.cases_discard(%s)", draft)
        with pytest.raises(ProgrammingError, match="only a draft"):
            run("SELECT cases_discard(%s)", draft)
    assert contents(draft)


def run(statement, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_a_content_that_comes_again_while_it_is_put_aside_is_put_back(office):
    draft = office.submitted("applicant", asDraft=True)
    (sha256, *_rest) = contents(draft)
    discarded(office, draft)
    pass_time(NOW)
    assert not files.holds(COUNTY, sha256)
    again = office.submitted("applicant", asDraft=True)
    with center_context(COUNTY):
        files.remove(COUNTY, sha256)  # as if it had been found stored a moment before it was moved
    pass_time(NOW + leftovers.ASIDE_FOR)
    assert sha256 in contents(again)
    assert files.holds(COUNTY, sha256)
    assert not files.holds(f"{COUNTY}/aside", sha256)


def test_what_was_told_the_index_of_a_draft_goes_from_the_outbox(office):
    draft = office.submitted("applicant", asDraft=True)
    handing.relay_all(COUNTY, now=NOW)
    discarded(office, draft)
    handing.relay_all(COUNTY, now=NOW)
    with center_context(COUNTY):
        rows = OutboxMessage.objects.filter(key=draft).values_list("kind", "payload")
        assert list(rows) == [("case.removed", {"number": draft})]
