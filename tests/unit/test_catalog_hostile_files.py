"""Files that are not what they should be: refused with a reason, within bounds, nothing guessed."""

import contextlib
import io
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.catalog import errors
from tongban.catalog.adapters import sources, workbooks, writers
from tongban.catalog.adapters.tables import MOST_ROWS
from tongban.catalog.adapters.writers import FileFormat
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.rows import SourceKind, SourceRow

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = ["事项名称", "事项类型", "地方编码"]


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(raw: bytes, part: str, content: bytes) -> bytes:
    """Return the archive with one part replaced (or added)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return out.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    start = f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}">'
    return f"{start}<sheetData>{rows}</sheetData></worksheet>".encode()


def written(*contents: MatterContent, file_format: FileFormat) -> bytes:
    out = io.BytesIO()
    writer = writers.open_writer(out, file_format=file_format, kind=SourceKind.MATTERS)
    for number, content in enumerate(contents, start=1):
        writer.write(SourceRow(number, content, code=f"3701{number:08d}"))
    writer.close()
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \n ",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"\x1f\x8b\x08" + bytes(100),
        b"PK\x05\x06" + bytes(18),
        b"PK\x03\x04 not an archive",
        bytes(range(256)) * 4,
    ],
)
def test_other_kinds_of_files_are_refused_with_a_reason(raw):
    with pytest.raises(errors.SourceUnreadableError) as refused:
        sources.read(raw)
    assert refused.value.params["reason"]


def test_an_archive_of_something_else_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("目录.csv", "name\n")
    with pytest.raises(errors.SourceUnreadableError, match="压缩包"):
        sources.read(out.getvalue())


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    tracemalloc.start()
    try:
        with path.open("rb") as file, pytest.raises(errors.SourceTooLargeError):
            sources.read(file)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def unpacked_bomb() -> bytes:
    out = io.BytesIO(workbook())
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/zeros.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(201):
            part.write(bytes(1 << 20))
    return out.getvalue()


def tag_bomb() -> bytes:
    return repacked(workbook(), SHEET, sheet("<row>" + "<c/>" * 17_000_000 + "</row>"))


@pytest.mark.parametrize("bomb", [unpacked_bomb, tag_bomb])
def test_a_small_file_that_unpacks_to_much_is_refused_early(bomb):
    raw = bomb()
    assert len(raw) < 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(errors.SourceTooLargeError):
            sources.read(raw)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_halves_of_characters_are_no_text():
    source = sources.read(rb'{"matters": [{"name": "\ud800", "matter_type": "20"}]}')
    assert [(f.row, f.field, f.code) for f in source.faults] == [(1, "name", "NOT_TEXT")]


def test_more_rows_than_are_taken_at_once_are_refused():
    lines = "name\n" + "甲\n" * (MOST_ROWS + 1)
    with pytest.raises(errors.SourceTooLargeError):
        sources.read(lines.encode())


def test_rows_far_down_cost_nothing():
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
    far = sheet(f'{head}<row r="999999999"><c r="A999999999"/></row>')
    with pytest.raises(errors.SourceTooLargeError):
        sources.read(repacked(workbook(), SHEET, far))


def test_entities_are_never_resolved():
    entities = '<!DOCTYPE worksheet [<!ENTITY a "甲"><!ENTITY b "&a;&a;&a;&a;">]>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    with pytest.raises(errors.SourceUnreadableError):
        sources.read(repacked(workbook(), SHEET, sheet(row, entities)))


@settings(max_examples=60, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1_000_000), st.integers(0, 255)), min_size=1, max_size=5
    ),
    lost=st.integers(0, 3000),
)
def test_damaged_workbooks_are_refused_or_read(changes, lost):
    raw = bytearray(workbook(["甲", "20", "L1"]))
    for position, value in changes:
        raw[position % len(raw)] = value
    with contextlib.suppress(errors.SourceUnreadableError):
        sources.read(bytes(raw[: len(raw) - lost]))


def test_cells_of_a_spreadsheet_are_read_as_people_see_them():
    raw = workbook(["甲", 1, 370110990001], ["乙", 20.0, date(2026, 3, 1)], [None, None, None])
    rows = sources.read(raw).rows
    assert [(r.number, r.content.matter_type, r.local_code) for r in rows] == [
        (2, "01", "370110990001"),
        (3, "20", "2026-03-01"),
    ]
    when = datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001  # cells have no zone
    assert sources.read(workbook(["丙", 1, when])).rows[0].local_code == "2026-03-01"


def test_formulas_are_told_not_believed():
    raw = workbook(["=HYPERLINK(A1)", "20", "L1"], ["乙", "20", "L2"])
    source = sources.read(raw)
    assert [(f.row, f.field, f.code) for f in source.faults] == [(2, "name", "FORMULA")]
    assert [row.content.name for row in source.rows] == ["乙"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "'="])
def test_nothing_that_is_written_can_be_taken_for_a_formula(sign):
    name = f"{sign}cmd|' /C calc'!A0"
    content = MatterContent(name, "20")
    csv = written(content, file_format=FileFormat.CSV)
    assert f",'{name}".encode() in csv or f",\"'{name}".encode() in csv
    assert sources.read(csv).rows[0].content == content
    xlsx = written(content, MatterContent("#N/A", "20"), file_format=FileFormat.XLSX)
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    assert {cell.data_type for row in book.worksheets[0] for cell in row} <= {"s", "n"}
    assert [row.content.name for row in sources.read(xlsx).rows] == [name, "#N/A"]


def test_texts_longer_than_a_cell_are_kept_whole():
    note = "长" * 3999 + "。"
    content = MatterContent(
        "甲", "20", joint_departments=tuple(f"{n}{note[:90]}" for n in range(2000))
    )
    raw = written(content, MatterContent("乙", "20"), file_format=FileFormat.XLSX)
    assert [row.content.name for row in sources.read(raw).rows] == ["甲", "乙"]
    assert sources.read(raw).rows[0].content.digest == content.digest
    assert (
        max(
            len(str(cell.value or ""))
            for each in openpyxl.load_workbook(io.BytesIO(raw)).worksheets
            for row in each
            for cell in row
        )
        <= workbooks.LONGEST_CELL + 1
    )


def test_a_quote_that_is_never_closed_costs_its_own_line_only():
    lines = ["name,matter_type,item_code", '"甲,20,L1', "乙,20,L2", '"丙""",20,L3', '丁,20,"L4']
    source = sources.read("\n".join(lines).encode())
    assert [(row.number, row.content.name) for row in source.rows] == [(3, "乙"), (4, '丙"')]
    assert [(f.row, f.code) for f in source.faults] == [
        (2, "UNREADABLE_LINE"),
        (5, "UNREADABLE_LINE"),
    ]


def test_many_broken_quotes_take_no_time_to_speak_of():
    lines = ["name,matter_type,item_code", *(f'"甲{n},20,L{n}' for n in range(20_000))]
    source = sources.read("\n".join(lines).encode())
    assert not source.rows
    assert source.faults
