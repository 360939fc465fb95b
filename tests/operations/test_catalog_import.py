"""Bringing directories in: good rows arrive once, bad ones are named, nothing is half done."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.searching import found_matters
from tongban.catalog import errors, models, queries
from tongban.catalog.adapters import sources
from tongban.catalog.operations import import_matters
from tongban.catalog.operations.plan_import import ImportReport
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.catalog.states import RevisionStatus
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.models import AuditEntry

TESTS = Path(__file__).resolve().parents[1]
LOCAL = TESTS / "fixtures" / "matters_local.csv"
NATIONAL = TESTS / "fixtures" / "matters_national.csv"
DISTRICT_LIST = TESTS / "fixtures" / "matters_district.csv"
REAL = [TESTS.parents[1] / "shared" / "data" / "matters_guangan.csv"]
DISTRICT, CITY = "371402000000", "371400000000"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
OPERATOR = actors.operator("test")


def bring_in(path: Path, **options) -> ImportReport:
    return import_matters.import_matters(
        **{
            "actor": OPERATOR,
            "issuer_code": None,
            "source": sources.read(path.read_bytes()),
            "now": NOW,
            **options,
        }
    )


def counts() -> tuple[int, int, int]:
    return (
        models.StandardMatter.objects.count(),
        models.MatterRevision.objects.count(),
        AuditEntry.objects.count(),
    )


def test_the_starter_catalog_is_brought_in_once(catalog):
    before = counts()
    result = import_matters.import_starter_catalog(actor=OPERATOR, now=NOW)
    assert result.written
    assert result.rows == result.unchanged >= 60
    assert (result.created, result.updated, result.published, result.faults) == (0, 0, 0, [])
    assert counts() == before
    assert queries.find_matters(on=DAY).count() == result.rows


def test_good_rows_become_drafts_and_bad_ones_are_named(catalog):
    result = bring_in(LOCAL, issuer_code=DISTRICT)
    assert (result.rows, result.created, result.published) == (11, 4, 0)
    assert [(f.row, f.field, f.code) for f in result.faults] == [
        (6, "name", "MISSING"),
        (7, "matter_type", "NOT_A_CODE"),
        (10, "", "WRONG_CELL_COUNT"),
        (11, "area_code", "NOT_A_CODE"),
        (8, "code", "MISSING"),
        (9, "local_code", "REPEATED"),
        (12, "area_code", "ISSUER_MISMATCH"),
    ]
    lacking = {fault.code for fault in result.lacking if fault.row == 2}
    assert lacking == {"NO_SERVICE_LINE", "MATTER_INCOMPLETE", "NO_LEGAL_BASIS"}
    drafts = models.MatterRevision.objects.filter(matter__issuer_code=DISTRICT)
    assert [r.status for r in drafts] == [RevisionStatus.DRAFT] * 4
    assert found_matters("户口恢复") == []
    codes = [r.matter_id for r in drafts]
    assert all(code.startswith("37") for code in codes)


def test_a_second_import_keeps_every_code(catalog):
    bring_in(LOCAL, issuer_code=DISTRICT)
    codes = dict(
        models.StandardMatter.objects.filter(issuer_code=DISTRICT).values_list("local_code", "code")
    )
    before = counts()
    again = bring_in(LOCAL, issuer_code=DISTRICT)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)
    assert counts() == before
    source = sources.read(
        LOCAL.read_bytes().replace("学生资助政策咨询".encode(), "学生资助咨询".encode())
    )
    changed = bring_in(LOCAL, issuer_code=DISTRICT, source=source)
    assert (changed.created, changed.updated, changed.unchanged) == (0, 1, 3)
    matters = models.StandardMatter.objects.filter(issuer_code=DISTRICT)
    assert dict(matters.values_list("local_code", "code")) == codes
    assert matters.filter(name="学生资助咨询", revisions__number=1).count() == 1


def test_a_dry_run_changes_nothing(catalog):
    before = counts()
    trial = bring_in(LOCAL, issuer_code=DISTRICT, dry_run=True)
    assert (trial.created, trial.written) == (4, False)
    assert counts() == before
    real = bring_in(LOCAL, issuer_code=DISTRICT)
    assert (real.created, real.faults, real.lacking) == (trial.created, trial.faults, trial.lacking)


def test_all_or_nothing_refuses_a_file_with_one_bad_row(catalog):
    before = counts()
    result = bring_in(LOCAL, issuer_code=DISTRICT, all_or_nothing=True)
    assert result.faults
    assert not result.written
    assert counts() == before


def test_whole_matters_are_published_and_others_stay_drafts(catalog):
    result = bring_in(NATIONAL, issuer_code=CITY, publish=True)
    assert (result.created, result.published, result.faults) == (3, 1, [])
    assert [(f.row, f.code) for f in result.lacking] == [
        (3, "NO_LEGAL_BASIS"),
        (4, "PROMISE_OVER_STATUTORY"),
    ]
    assert found_matters("示例") == ["370110990001"]
    assert bring_in(NATIONAL, issuer_code=CITY, publish=True).unchanged == 3


def test_a_code_of_another_issuer_is_left_alone(catalog):
    revision = queries.published_revision(code="370110100101", on=DAY)
    assert revision
    source = Source(rows=[SourceRow(1, revision.read(), code="370110100101")])
    result = bring_in(LOCAL, issuer_code=CITY, source=source)
    assert [f.code for f in result.faults] == ["ISSUED_ELSEWHERE"]


def test_a_taken_code_moves_the_generated_one(catalog):
    row = SourceRow(1, MatterContent("甲", "20"), local_code="L-1", issuer_code=DISTRICT)
    bring_in(LOCAL, source=Source(rows=[row]))
    first = models.StandardMatter.objects.get(local_code="L-1")
    models.StandardMatter.objects.filter(id=first.id).update(issuer_code=CITY)
    bring_in(LOCAL, source=Source(rows=[row]))
    second = models.StandardMatter.objects.get(local_code="L-1", issuer_code=DISTRICT)
    assert first.code != second.code


def test_only_editors_of_the_issuing_division_import(catalog):
    before = counts()
    roles = frozenset({(PlatformRole.CATALOG_EDITOR, "371700000000")})
    stranger = Actor(account_id=1, kind="person", platform_roles=roles)
    with pytest.raises(errors.ImportNotAllowedError):
        bring_in(NATIONAL, issuer_code=CITY, actor=stranger)
    editor = Actor(
        account_id=1,
        kind="person",
        platform_roles=frozenset({(PlatformRole.CATALOG_EDITOR, CITY)}),
    )
    with pytest.raises(errors.PublishNotAllowedError):
        bring_in(NATIONAL, issuer_code=CITY, actor=editor, publish=True)
    assert counts() == before
    assert bring_in(NATIONAL, issuer_code=CITY, actor=editor).created == 3
    with pytest.raises(errors.IssuerUnknownError):
        bring_in(NATIONAL, issuer_code="德州")


def test_a_large_import_takes_few_statements(catalog):
    def rows(number: int, prefix: str) -> Source:
        return Source(
            rows=[
                SourceRow(
                    n, MatterContent(f"事项{n}", "20"), local_code=f"{prefix}{n}", issuer_code=CITY
                )
                for n in range(1, number + 1)
            ]
        )

    with CaptureQueriesContext(
        connection,
    ) as few:
        bring_in(LOCAL, source=rows(2, "A"))
    with CaptureQueriesContext(connection) as many:
        bring_in(LOCAL, source=rows(400, "B"))
    assert len(few) == len(many)


def test_the_command_writes_a_report(catalog, tmp_path, capsys):
    report = tmp_path / "report.csv"
    call_command("catalog", "import", str(LOCAL), "--issuer", DISTRICT, "--report", str(report))
    assert "新增 4" in capsys.readouterr().out
    lines = report.read_text("utf-8-sig").splitlines()
    assert lines[0] == "row,kind,field,column,code,reason"
    assert "6,fault,name,事项名称,MISSING,必须填写" in lines
    with pytest.raises(CommandError, match="没有写入"):
        call_command("catalog", "import", str(LOCAL), "--issuer", DISTRICT, "--all-or-nothing")


@pytest.mark.parametrize("path", [DISTRICT_LIST, *(path for path in REAL if path.exists())])
def test_a_whole_district_list_arrives(catalog, path):
    result = bring_in(path)
    assert result.faults == []
    assert result.created == result.rows
    issuer = sources.read(path.read_bytes()).rows[0].issuer_code
    matters = models.StandardMatter.objects.filter(issuer_code=issuer)
    assert matters.count() == result.rows
    assert matters.values("local_code").distinct().count() == result.rows
    assert matters.values("name").distinct().count() < result.rows
    assert not matters.exclude(code__startswith=issuer[:2]).exists()
    assert bring_in(path).unchanged == result.rows
