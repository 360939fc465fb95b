"""Directories as people deliver them: every good row is read, every bad one is named."""

import codecs
import json
from pathlib import Path

import pytest

from tongban.catalog import errors
from tongban.catalog.adapters import project_json, sources
from tongban.catalog.rules import checks
from tongban.catalog.rules.content import BasisLevel, HandlingType, MatterLevel, Necessity
from tongban.kernel.calendar import LimitUnit

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
LOCAL = (FIXTURES / "matters_local.csv").read_bytes()
NATIONAL = (FIXTURES / "matters_national.csv").read_bytes()


def test_a_local_list_is_read_row_by_row():
    source = sources.read(LOCAL)
    assert [row.number for row in source.rows] == [2, 3, 4, 5, 8, 9, 12]
    assert source.rows[0].content.matter_type == "20"
    assert source.rows[1].content.matter_type == "01"
    assert source.rows[1].main_item == "教师资格管理"
    assert source.rows[1].local_code == "511A0138000000-371402000000-000-11-1-00"
    assert [(f.row, f.field, f.code) for f in source.faults] == [
        (6, "name", "MISSING"),
        (7, "matter_type", "NOT_A_CODE"),
        (10, "", "WRONG_CELL_COUNT"),
        (11, "area_code", "NOT_A_CODE"),
    ]


def test_a_national_list_carries_whole_matters():
    source = sources.read(NATIONAL)
    assert source.faults == []
    assert source.unread_columns == ["备注栏"]
    whole, unfounded, slow = (row.content for row in source.rows)
    assert checks.faults(whole) == []
    assert whole.levels == (MatterLevel.CITY, MatterLevel.COUNTY, MatterLevel.TOWNSHIP)
    assert whole.service_objects == ("2", "1")
    assert whole.handling_type is HandlingType.PROMISED
    assert [b.statute for b in whole.legal_bases] == [
        "城市市容和环境卫生管理条例",
        "山东省城市市容和环境卫生管理办法",
    ]
    assert whole.legal_bases[0].level is None
    assert [(m.code, m.necessity, m.basis) for m in whole.materials] == [
        ("M01", Necessity.REQUIRED, 0),
        ("M02", Necessity.DEFERRABLE, 1),
    ]
    assert whole.promised_limit
    assert (whole.promised_limit.amount, whole.promised_limit.unit) == (5, LimitUnit.WORKING_DAY)
    assert whole.assisted_intake
    assert [f.code for f in checks.faults(unfounded)] == ["NO_LEGAL_BASIS"]
    assert [f.code for f in checks.faults(slow)] == ["PROMISE_OVER_STATUTORY"]
    assert slow.fee.charged


@pytest.mark.parametrize(
    "encode", [lambda text: codecs.BOM_UTF8 + text.encode(), lambda text: text.encode("gb18030")]
)
def test_spreadsheet_encodings_are_read(encode):
    source = sources.read(encode(NATIONAL.decode()))
    assert source.rows[0].content.name == "户外广告设施设置许可（示例）"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"department,main_item\n",
        "名称,编码\n".encode(),
        b"name,name\n",
        b"\xff\xfe\x00\x00\x81",
        b"{",
        b'{"matters": 7}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_directory_is_refused(raw):
    with pytest.raises(errors.SourceUnreadableError):
        sources.read(raw)


def test_hostile_lines_stop_nobody():
    lines = [
        "name,item_code,matter_type,area_code",
        'a"b,X1,1,371400000000',
        "很" * 300 + ",X2,1,371400000000",
        "nul\0,X3,1,371400000000",
        ",,,",
        "多格,X4,1,371400000000,,",
        '"跨行\n名称",X5,1,371400000000',
        "好的,X6,1,371400000000",
        "大单元" + "格" * 140_000 + ",X7,1,371400000000",
        "末尾,X8,1,371400000000",
    ]
    source = sources.read("\r\n".join(lines).encode())
    assert {row.local_code for row in source.rows} == {"X1", "X5", "X6", "X8"}
    assert {fault.row for fault in source.faults} == {3, 4, 6, 9}


def test_cells_with_wrong_entries_are_named():
    def fault_of(column: str, cell: str) -> tuple[str, str]:
        raw = f'name,matter_type,{column}\n事项,1,"{cell}"\n'.encode()
        (fault,) = sources.read(raw).faults
        return fault.field, fault.code

    assert fault_of("设定依据", "森林法第五条") == ("legal_bases[0]", "NOT_A_STATUTE")
    assert fault_of("受理条件", "条件|零") == ("conditions[0].basis", "NOT_A_NUMBER")
    assert fault_of("申报材料", "表|草稿|必要|自备|1|1") == ("materials[0].kind", "NOT_A_CODE")
    assert fault_of("承诺时限", "三天") == ("promised_amount", "NOT_A_NUMBER")
    assert fault_of("业务类别", "其他") == ("service_line", "NOT_A_CODE")
    assert fault_of("是否收费", "也许") == ("charged", "NOT_A_FLAG")
    assert fault_of("基本编码", "12345") == ("code", "NOT_A_CODE")


def test_the_projects_own_json_names_the_matter_and_element():
    matters = [
        {"code": "370110990001", "name": "好的事项", "matter_type": "01",
         "legal_bases": [{"statute": "法", "level": "law"}]},
        {"code": "37", "name": "坏码", "matter_type": "01"},
        "不是对象",
        {"code": "370110990002", "name": "坏材料", "matter_type": "01", "materials": [{}]},
    ]  # fmt: skip
    source = sources.read(json.dumps({"matters": matters}).encode())
    assert [row.code for row in source.rows] == ["370110990001"]
    assert source.rows[0].content.legal_bases[0].level is BasisLevel.LAW
    assert [(f.row, f.field, f.code) for f in source.faults] == [
        (2, "code", "NOT_A_CODE"),
        (3, "matters", "NOT_AN_OBJECT"),
        (4, "materials[0].code", "MISSING"),
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"matters": [\n{', "第 2 行第 2 个字符有误"),
        (b"[" * 200_000, "层次过深"),
        (b'{"matters": [' + b"9" * 5000 + b"]}", "含有过长的数"),
        (b'{"a": "\xff"}', "编码不是 UTF-8"),
    ],
)
def test_what_is_no_json_is_told_in_chinese(raw, reason):
    with pytest.raises(errors.SourceUnreadableError) as refused:
        project_json.read(raw)
    assert refused.value.params["reason"] == f"不是完整的 JSON：{reason}"
