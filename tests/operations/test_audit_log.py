"""The audit log of a real schema: found whole, and found out when its owner touches it."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from tenants.cases import queries as cases
from tests.casework import Desk
from tongban.audit.adapters import seal_files
from tongban.audit.operations import seal, verify
from tongban.audit.rules import FindingKind
from tongban.kernel import actors
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry
from tongban.kernel.transactions import unit_of_work

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CENTER = "371402"


@pytest.fixture
def seals(settings, tmp_path) -> Path:
    folder: Path = tmp_path / "seals"
    settings.AUDIT_SEALS = folder
    return folder


def act(times: int = 5) -> None:
    for n in range(times):
        with center_context(CENTER), unit_of_work() as work:
            work.audit_action(
                actor=actors.system("test"),
                action="case.accept",
                object_type="case",
                object_key=str(n),
                at=NOW,
                data={"名称": "核对", "n": n},
            )


def check(**options) -> verify.Verdict:
    with center_context(CENTER):
        return verify.verify_log(code=CENTER, **options)


def seal_now() -> bool:
    with center_context(CENTER):
        return seal.seal_head(code=CENTER, now=NOW)


@pytest.fixture
def as_owner(administrator, committed_db):
    """Execute a statement as whoever owns the tables."""

    def execute(statement: str) -> None:
        name = connection.settings_dict["NAME"]
        with psycopg.connect(make_conninfo(administrator, dbname=name)) as owner:
            owner.execute(f"SET search_path = c{CENTER}")
            owner.execute(statement)

    return execute


def test_what_was_done_is_found_whole_and_sealed_once(committed_db, seals):
    act()
    assert check().findings == []
    assert seal_now()
    assert not seal_now()
    act(2)
    assert seal_now()
    verdict = check()
    assert (verdict.findings, verdict.seals) == ([], 2)
    assert verdict.entries == check(since_seal=True).entries + verdict.entries
    act(1)
    assert check(since_seal=True).entries == 1
    assert len((seals / f"{CENTER}.seals").read_text().splitlines()) == 2


TAMPERINGS = {
    "UPDATE kernel_auditentry SET action = 'case.refuse' WHERE sequence = %d": FindingKind.ALTERED,
    "UPDATE kernel_auditentry SET actor = '{}' WHERE sequence = %d": FindingKind.ALTERED,
    "UPDATE kernel_auditentry SET at = at + interval '1 s' WHERE sequence = %d": (
        FindingKind.ALTERED
    ),
    "DELETE FROM kernel_auditentry WHERE sequence = %d": FindingKind.MISSING,
    "DELETE FROM kernel_auditentry WHERE sequence >= %d": FindingKind.TAIL_CUT,
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_what_the_owner_of_the_tables_does_is_found(committed_db, as_owner, seals, statement):
    act()
    with center_context(CENTER):
        last = AuditEntry.objects.order_by("-sequence").values_list("sequence", flat=True)[0]
    as_owner(statement % (last - 2))
    found = {finding.kind for finding in check().findings}
    assert TAMPERINGS[statement] in found


def test_a_tail_that_is_cut_with_its_head_is_found_by_the_seal(committed_db, as_owner, seals):
    act()
    seal_now()
    as_owner(
        "DELETE FROM kernel_auditentry"
        " WHERE sequence > (SELECT max(sequence) - 2 FROM kernel_auditentry)"
    )
    as_owner(
        "UPDATE kernel_ledger SET (audit_sequence, audit_hash) ="
        " (SELECT sequence, hash FROM kernel_auditentry ORDER BY sequence DESC LIMIT 1)"
    )
    assert [f.kind for f in check().findings] == [FindingKind.SEAL_MISSING]
    assert FindingKind.SEAL_MISSING in {f.kind for f in check(since_seal=True).findings}


def test_a_file_of_seals_can_not_be_forged_or_thinned_out(committed_db, seals):
    for _ in range(3):
        act(1)
        seal_now()
    path = seals / f"{CENTER}.seals"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert {f.kind for f in check().findings} == {FindingKind.SEAL_FORGED}
    said = json.loads(lines[2])
    said["statement"]["sequence"] += 1
    path.write_text("\n".join([*lines[:2], json.dumps(said)]) + "\n")
    assert {f.kind for f in check().findings} == {FindingKind.SEAL_FORGED}
    path.write_text("\n".join([*lines, "{]"]) + "\n")
    assert [f.sequence for f in check().findings] == [4]


def test_a_center_seals_only_when_it_is_due(committed_db, seals, settings):
    act(1)
    with center_context(CENTER):
        assert seal.seal_head_if_due(code=CENTER, now=datetime.now(UTC))
        act_inside()
        assert not seal.seal_head_if_due(code=CENTER, now=datetime.now(UTC))
        settings.AUDIT_SEAL_MINUTES = 0
        assert seal.seal_head_if_due(code=CENTER, now=datetime.now(UTC))
        assert not seal.seal_head_if_due(code=CENTER, now=datetime.now(UTC))
    assert len(seal_files.read(CENTER)) == 2


def act_inside() -> None:
    with unit_of_work() as work:
        work.audit_action(
            actor=actors.system("test"), action="a", object_type="case", object_key="1", at=NOW
        )


def test_the_command_tells_what_it_found(committed_db, as_owner, seals, capsys):
    act()
    call_command("audit", "seal", stdout=StringIO())
    call_command("audit", "verify")
    assert "没有发现不符" in capsys.readouterr().out
    as_owner("DELETE FROM kernel_auditentry WHERE sequence = 1")
    with pytest.raises(CommandError, match="不符"):
        call_command("audit", "verify", CENTER)
    assert "MISSING" in capsys.readouterr().out
    call_command("audit", "verify", "371425", "platform")
    with pytest.raises(CommandError, match="没有代码为"):
        call_command("audit", "verify", "999999")


def test_chains_of_cases_are_verified_too(committed_db, as_owner, seals, capsys):
    desk = Desk(center=CENTER)
    number = desk.submitted()
    desk.accept(number)
    call_command("audit", "verify", CENTER)
    assert "以及 1 条办件和用印链" in capsys.readouterr().out
    as_owner("CREATE TABLE kept AS TABLE cases_caseevent")
    for statement, place in CASE_TAMPERINGS.items():
        as_owner(statement)
        with pytest.raises(CommandError, match="不符"):
            call_command("audit", "verify", CENTER)
        told = capsys.readouterr().out
        assert number in told
        with center_context(CENTER):
            (chain,) = cases.check_logs()
        assert chain.broken == place, statement
        assert seal_files.last_check(CENTER).faults == 1
        as_owner("DELETE FROM cases_caseevent")
        as_owner("INSERT INTO cases_caseevent SELECT * FROM kept")
    as_owner("DROP TABLE kept")
    call_command("audit", "verify", CENTER)


CASE_TAMPERINGS = {
    "UPDATE cases_caseevent SET name = 'case.refused' WHERE sequence = 2": 2,
    "UPDATE cases_caseevent SET at = at + interval '1 s' WHERE sequence = 1": 1,
    "UPDATE cases_caseevent SET data = '{}' WHERE sequence = 1": 1,
    "UPDATE cases_caseevent SET hash = decode(repeat('00', 32), 'hex') WHERE sequence = 2": 2,
    "UPDATE cases_caseevent SET epoch = 2 WHERE sequence = 2": 2,
    "DELETE FROM cases_caseevent WHERE sequence = 1": 1,
    "DELETE FROM cases_caseevent WHERE sequence = 2": 2,
}
