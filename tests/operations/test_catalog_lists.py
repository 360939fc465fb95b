"""Lists out and in: what is exported comes back unchanged; centers' lists open offerings."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.catalog import errors, models
from tongban.catalog.adapters import sources
from tongban.catalog.adapters.writers import FileFormat
from tongban.catalog.operations import deliver, export_list, offer
from tongban.catalog.operations.plan_import import ImportReport
from tongban.catalog.rules.rows import SourceKind
from tongban.catalog.states import OfferingStatus
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.models import AuditEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
OPERATOR = actors.operator("test")
CITY, COUNTY, TOWNSHIP = "371400", "371402", "371402001"
CREDIT = "11371400004511234D"


def bring_in(raw: bytes | str, **options) -> ImportReport:
    delivered = io.BytesIO(raw.encode() if isinstance(raw, str) else raw)
    return deliver.import_list(**{"actor": OPERATOR, "delivered": delivered, "now": NOW, **options})


def listed(*rows: str, columns: str = "中心代码,基本编码") -> str:
    return "\n".join([columns, *rows]) + "\n"


def faults(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.field, fault.code) for fault in report.faults]


def offered(center: str = COUNTY) -> dict[str, models.Offering]:
    found = models.Offering.objects.filter(center_code=center)
    return {offering.matter_id: offering for offering in found}


@pytest.fixture
def unopened(catalog) -> list[str]:
    """Matters that a county may offer, of which its list has none yet."""
    models.Offering.objects.filter(center_code=COUNTY).delete()
    found = models.MatterRevision.objects.filter(
        status="published", content__levels__contains="county"
    )
    return list(found.order_by("matter").values_list("matter__code", flat=True))


def content_of(code: str):
    return models.MatterRevision.objects.get(matter__code=code, status="published").read()


def charged(codes: list[str]) -> tuple[str, str, str]:
    """Return a matter with a fee of a fixed amount, its fees as a cell, and the fee's name."""
    for code in codes:
        items = content_of(code).fee.items
        fixed = [item for item in items if item.amount is not None]
        if fixed:
            lines = [f"{i.name}|{i.standard}|{'' if i.amount is None else i.amount}" for i in items]
            return code, "\n".join(lines), fixed[0].name
    raise AssertionError


@pytest.mark.parametrize("file_format", FileFormat)
def test_matters_in_force_come_back_unchanged(catalog, file_format):
    out = io.BytesIO()
    number = export_list.export_matters(
        actor=OPERATOR, file_format=file_format, out=out, on=DAY, issuer_code="370000000000"
    )
    before = models.MatterRevision.objects.count(), AuditEntry.objects.count()
    report = bring_in(out.getvalue())
    assert number == report.rows == report.unchanged >= 60
    assert (report.created, report.updated, report.faults) == (0, 0, [])
    assert (models.MatterRevision.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("file_format", FileFormat)
def test_offerings_come_back_unchanged(catalog, file_format):
    offer.open_default_offerings(actor=OPERATOR, center_codes=[CITY, COUNTY], now=NOW)
    first, second, third = sorted(offered())[:3]
    bring_in(
        listed(
            f'{COUNTY},{first},{CREDIT},"=政务大厅|一楼","上午\n下午",A01、A02,1,工作日,跨市,暂停,是',
            columns="中心代码,基本编码,统一社会信用代码,办理地点,办理时间,窗口,承诺时限,"
            "承诺时限单位,通办范围,事项状态,当场办结",
        )
    )
    bring_in(listed(f"{COUNTY},{second},+1,无", columns="中心代码,基本编码,办理地点,受理条件"))
    edited = offered()[first]
    assert edited.status == OfferingStatus.PAUSED
    assert edited.code == f"{CREDIT}4{first}"
    assert (edited.place, edited.hours) == ("=政务大厅|一楼", "上午；下午")
    assert (edited.windows, edited.scope, edited.promised_amount) == (["A01", "A02"], "3", 1)
    assert offered()[second].declared == {"conditions": []}
    out = io.BytesIO()
    number = export_list.export_offerings(
        within="371402000000", center_codes=[CITY], file_format=file_format, out=out, on=DAY
    )
    before = list(models.Offering.objects.order_by("id").values())
    report = bring_in(out.getvalue(), kind=SourceKind.OFFERINGS)
    assert number == report.rows == report.unchanged > len(offered())
    assert (report.created, report.updated, report.faults) == (0, 0, [])
    assert list(models.Offering.objects.order_by("id").values()) == before
    assert third in offered()


def test_a_changed_fee_is_told_on_exactly_that_field(unopened):
    code, fees, item = charged(unopened)
    standard = content_of(code)
    amount = next(str(i.amount) for i in standard.fee.items if i.name == item)
    changed = fees.replace(f"|{amount}", "|99.99", 1)
    row = f'{COUNTY},{code},{standard.name},是,"{changed}"'
    report = bring_in(listed(row, columns="中心代码,基本编码,事项名称,是否收费,收费项目"))
    assert (report.created, report.faults) == (1, [])
    assert [(r.row, r.field, r.code) for r in report.remarks] == [
        (2, f"fee.items[{item}].amount", "DEVIATES")
    ]
    assert "99.99" in report.remarks[0].reason
    assert amount in report.remarks[0].reason
    offering = offered()[code]
    assert "99.99" in [fee["amount"] for fee in offering.declared["fee"]["items"]]
    assert content_of(code) == standard


def test_rows_that_cannot_be_are_named_and_stop_nobody(unopened):
    good, *others = unopened
    city_only = (
        models.MatterRevision.objects.filter(status="published")
        .exclude(content__levels__contains="county")
        .values_list("matter__code", flat=True)
    )
    plain = next(c for c in others if not content_of(c).assisted_intake)
    report = bring_in(
        listed(
            f"{COUNTY},{good},,,,,",
            f"371499,{good},,,,,",
            f"{COUNTY},379999999999,,,,,",
            f"{COUNTY},37,,,,,",
            f"{COUNTY},{good},,,,,",
            f"{COUNTY},{others[0]},9999,,,,",
            f"{COUNTY},{plain},,是,,,",
            f"{COUNTY},{others[1]},,,12345,,",
            f"{COUNTY},{others[2]},,,,2026-13-01,",
            f"{COUNTY},{others[2]},,,,2026-03-01,",
            f"{COUNTY},{others[3]},,,,,{COUNTY}0004{others[4]}",
            "不是中心,,,,,,",
            f"{COUNTY},{others[5]}",
            f"{COUNTY},{city_only[0]},,,,," if city_only else f"371499,{good},,,,,",
            f"{COUNTY},{others[6]},,,,,",
            columns="中心代码,基本编码,承诺时限,代收代办,统一社会信用代码,计划取消日期,实施编码",
        )
    )
    assert sorted(faults(report)) == [
        (3, "center", "CENTER_UNKNOWN"),
        (4, "code", "MATTER_UNKNOWN"),
        (5, "code", "NOT_A_CODE"),
        (6, "code", "REPEATED"),
        (7, "promised_limit", "PROMISE_OVER_STATUTORY")
        if ("promised_limit", "PROMISE_OVER_STATUTORY")
        in [(f.field, f.code) for f in report.faults]
        else (7, "promised_limit", "PROMISE_OVER_STANDARD"),
        (8, "assisted_intake", "ASSISTED_INTAKE_NOT_OPEN"),
        (9, "credit_code", "NOT_A_CREDIT_CODE"),
        (10, "effective_to", "NOT_A_DAY"),
        (11, "effective_to", "DAY_PAST"),
        (12, "offering_code", "CODE_MISMATCH"),
        (13, "center", "NOT_A_CODE"),
        (14, "", "WRONG_CELL_COUNT"),
        (15, "code", "LEVEL_MISMATCH") if city_only else (15, "center", "CENTER_UNKNOWN"),
    ]
    assert report.written
    assert set(offered()) == {good, others[6]}
    assert offered()[good].code == f"{COUNTY}0004{good}"


def test_one_bad_row_keeps_a_whole_list_out_where_that_is_asked(unopened):
    before = AuditEntry.objects.count()
    text = listed(f"{COUNTY},{unopened[0]}", f"{COUNTY},379999999999")
    for options in ({"all_or_nothing": True}, {"dry_run": True}):
        report = bring_in(text, **options)
        assert (report.created, report.written) == (1, False)
        assert offered() == {}
    assert AuditEntry.objects.count() == before


def test_a_matter_is_found_by_its_issuers_code(unopened):
    matter = models.StandardMatter.objects.get(code=unopened[0])
    matter.local_code = "SD-0001"
    matter.save(update_fields=["local_code"])
    text = listed(
        f"{COUNTY},SD-0001,{matter.issuer_code},{matter.department}",
        f"{COUNTY},SD-0001,371400000000,",
        columns="中心代码,地方编码,区划代码,实施部门",
    )
    report = bring_in(text)
    assert faults(report) == [(3, "code", "MATTER_UNKNOWN")]
    assert offered()[unopened[0]].code.startswith(COUNTY)


def test_an_unknown_department_needs_its_credit_code(unopened):
    columns = "中心代码,基本编码,实施部门,统一社会信用代码"
    known = models.StandardMatter.objects.get(code=unopened[1]).department
    report = bring_in(
        listed(
            f"{COUNTY},{unopened[0]},市场科,", f"{COUNTY},{unopened[1]},{known},", columns=columns
        )
    )
    assert faults(report) == [(2, "department", "DEPARTMENT_UNKNOWN")]
    assert set(offered()) == {unopened[1]}
    named = listed(f"{COUNTY},{unopened[0]},市场科,{CREDIT}", columns=columns)
    assert faults(bring_in(named)) == []
    assert offered()[unopened[0]].department == "市场科"
    models.Offering.objects.filter(center_code=COUNTY, matter=unopened[0]).update(credit_code="")
    assert faults(bring_in(listed(f"{COUNTY},{unopened[0]},市场科,", columns=columns))) == []


def test_codes_of_one_body_are_not_given_twice(unopened):
    columns = "中心代码,基本编码,统一社会信用代码"
    bring_in(listed(f"{COUNTY},{unopened[0]},{CREDIT}", columns=columns))
    report = bring_in(listed(f"371425,{unopened[0]},{CREDIT}", columns=columns))
    assert faults(report) == [(2, "credit_code", "CODE_TAKEN")]


def test_what_a_release_closed_is_not_opened_by_a_list(unopened):
    bring_in(listed(f"{COUNTY},{unopened[0]}"))
    models.Offering.objects.filter(center_code=COUNTY).update(
        effective_from=date(2026, 1, 1), effective_to=date(2026, 2, 1), closed_for="清理取消"
    )
    report = bring_in(listed(f"{COUNTY},{unopened[0]}"))
    assert faults(report) == [(2, "code", "CLOSED")]
    assert offered()[unopened[0]].effective_to == date(2026, 2, 1)


def test_what_a_release_is_to_close_is_not_offered_longer_by_a_list(unopened):
    bring_in(listed(f"{COUNTY},{unopened[0]}"))
    models.Offering.objects.filter(center_code=COUNTY).update(
        effective_from=date(2026, 1, 1), effective_to=date(2026, 4, 1), closed_for="清理取消"
    )
    columns = "中心代码,基本编码,办理地点,计划取消日期"
    report = bring_in(listed(f"{COUNTY},{unopened[0]},三楼,2026-05-01", columns=columns))
    assert faults(report) == [(2, "effective_to", "CLOSED")]
    report = bring_in(listed(f"{COUNTY},{unopened[0]},三楼,2026-04-01", columns=columns))
    assert (report.updated, faults(report)) == (1, [])
    assert offered()[unopened[0]].effective_to == date(2026, 4, 1)


def test_what_ended_reads_as_it_was_whatever_is_drafted(catalog):
    code = models.MatterRevision.objects.filter(status="published").first().matter_id
    matter = models.StandardMatter.objects.filter(code=code)
    name = matter.get().name
    models.MatterRevision.objects.filter(matter__code=code).update(
        status="superseded", effective_to=DAY
    )
    columns = "基本编码,区划代码,事项名称,事项类型"
    row = f"{code},{matter.get().issuer_code},另拟名称,{matter.get().matter_type}"
    report = bring_in(listed(row, columns=columns))
    assert (report.updated, faults(report)) == (1, [])
    assert matter.get().name == name


def test_only_editors_of_the_center_import_its_list(unopened):
    before = AuditEntry.objects.count()
    text = listed(f"{COUNTY},{unopened[0]}", f"371700,{unopened[0]}")
    for roles in (
        {(PlatformRole.OFFERING_EDITOR, "371402000000")},
        {(PlatformRole.CATALOG_EDITOR, "0" * 12)},
        set(),
    ):
        actor = Actor(account_id=1, kind="person", platform_roles=frozenset(roles))
        with pytest.raises(errors.OfferNotAllowedError):
            bring_in(text, actor=actor)
    assert offered() == {}
    assert AuditEntry.objects.count() == before
    editor = Actor(
        account_id=1,
        kind="person",
        platform_roles=frozenset({(PlatformRole.OFFERING_EDITOR, "371402000000")}),
    )
    assert bring_in(listed(f"{COUNTY},{unopened[0]}"), actor=editor).created == 1
    assert AuditEntry.objects.order_by("sequence").last().action == "offerings.import"


def test_a_long_list_takes_as_few_statements_as_a_short_one(unopened):
    def statements(codes: list[str]) -> int:
        text = listed(*(f"{COUNTY},{code}" for code in codes))
        with CaptureQueriesContext(connection) as captured:
            report = bring_in(text)
        assert report.created == len(codes)
        return len(captured)

    bring_in(listed(f"{COUNTY},{unopened[0]}"))  # reads the map of centers
    assert statements(unopened[1:3]) == statements(unopened[3:43])


def test_lists_of_the_wrong_kind_are_refused(unopened):
    with pytest.raises(errors.SourceMisplacedError):
        bring_in("name,item_code,matter_type\n甲,L1,20\n", kind=SourceKind.OFFERINGS)
    with pytest.raises(errors.SourceMisplacedError):
        bring_in(listed(f"{COUNTY},{unopened[0]}"), kind=SourceKind.MATTERS)


def test_drafts_are_exported_to_their_editors_only(catalog):
    bring_in("name,item_code,matter_type,area_code\n草稿甲,L1,20,371402000000\n")
    out = io.BytesIO()
    with pytest.raises(errors.ImportNotAllowedError):
        export_list.export_matters(
            actor=actors.ANONYMOUS, drafts=True, file_format=FileFormat.CSV, out=out, on=DAY
        )
    assert out.getvalue() == b""
    options = {"issuer_code": "371402000000", "file_format": FileFormat.CSV, "on": DAY}
    export_list.export_matters(actor=OPERATOR, drafts=True, out=out, **options)
    assert [row.content.name for row in sources.read(out).rows] == ["草稿甲"]
    assert bring_in(out.getvalue()).unchanged == 1
    assert export_list.export_matters(actor=OPERATOR, out=io.BytesIO(), **options) == 0


def test_the_commands_take_a_list_out_and_in(unopened, tmp_path, capsys):
    bring_in(listed(f"{COUNTY},{unopened[0]}"))
    path, report = tmp_path / "list.xlsx", tmp_path / "report.csv"
    call_command("catalog", "export", "--center", COUNTY, "-o", str(path))
    assert "已导出 1 项" in capsys.readouterr().out
    call_command("catalog", "import", str(path), "--report", str(report))
    assert "未变 1" in capsys.readouterr().out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["list.xlsx", "report.csv"]
    path.write_text(listed("371499,370000000000"), encoding="utf-8")
    with pytest.raises(CommandError, match="没有写入"):
        call_command("catalog", "import", str(path), "--report", str(report))
    assert report.read_text("utf-8-sig").splitlines() == [
        "row,kind,field,column,code,reason",
        "2,fault,center,中心代码,CENTER_UNKNOWN,没有代码为“371499”的中心；请先开通该中心或更正代码",
    ]
    for arguments in (
        ["export", "--offerings", "-o", str(tmp_path / "x.csv")],
        ["export", "--center", COUNTY, "--drafts", "-o", str(tmp_path / "x.csv")],
        ["export", "--issuer", "371402000000", "-o", str(tmp_path / "x.doc")],
        ["export", "--issuer", "37", "-o", str(tmp_path / "x.csv")],
        ["export", "--center", "371499", "-o", str(tmp_path / "x.csv")],
        ["import", str(report), "--offerings"],
        ["import", str(tmp_path / "none.csv")],
    ):
        with pytest.raises(CommandError):
            call_command("catalog", *arguments)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["list.xlsx", "report.csv"]


@pytest.mark.parametrize("publish", [False, True])
def test_matters_that_wait_for_each_other_are_told(catalog, publish):
    columns = (
        "事项名称,基本编码,区划代码,事项类型,业务类别,实施部门,服务对象,行使层级,办件类型,"
        "设定依据,承诺时限,结果名称,前置事项"
    )
    rest = "371400000000,20,便民服务,政务局,自然人,市级,即办件,《某法》第一条,1,服务单"
    one, other, unknown = "372099990001", "372099990002", "372099990009"
    rows = (f"甲,{one},{rest},{other}", f"乙,{other},{rest},{one}、{unknown}")
    report = bring_in(listed(*rows, columns=columns), publish=publish)
    assert sorted((f.row, f.field, f.code) for f in report.lacking) == [
        (2, "preconditions[0]", "PRECONDITION_CYCLE"),
        (3, "preconditions[0]", "PRECONDITION_CYCLE"),
        (3, "preconditions[1]", "PRECONDITION_UNKNOWN"),
    ]
    assert (report.created, report.published, report.faults) == (2, 0, [])


def test_a_districts_list_is_looked_at_by_the_command(catalog, capsys):
    before = models.StandardMatter.objects.count(), AuditEntry.objects.count()
    path = Path(__file__).resolve().parents[1] / "fixtures" / "matters_district.csv"
    call_command("catalog", "import", str(path), "--dry-run")
    shown = capsys.readouterr().out
    assert "有误 0（未写入）" in shown
    assert (models.StandardMatter.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.slow
def test_a_city_and_its_counties_come_in_at_once(catalog, tmp_path):
    """3,895 offerings (全部进驻网上办事大厅) in one file, written in one go."""
    matters = "\n".join(
        f"事项{n},L{n},20,371400000000,便民服务,政务局,自然人,市级、县级,即办件,《某法》第一条,"
        f"1,服务单,2"
        for n in range(1299)
    )
    header = (
        "事项名称,地方编码,事项类型,区划代码,业务类别,实施部门,服务对象,行使层级,办件类型,"
        "设定依据,承诺时限,结果名称,网办深度"
    )
    report = bring_in(f"{header}\n{matters}\n", publish=True)
    assert report.published == 1299, report.lacking[:3]
    rows = [
        f"{center},L{n},371400000000,{place}大厅"
        for center, place in ((CITY, "市"), (COUNTY, "德城"), ("371425", "齐河"))
        for n in range(1299)
    ][:3895]
    text = listed(*rows, columns="中心代码,地方编码,区划代码,办理地点")
    report = bring_in(text)
    assert (report.rows, report.created, report.faults) == (3895, 3895, [])
    again = bring_in(text)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3895)
