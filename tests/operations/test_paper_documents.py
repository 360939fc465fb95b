"""Papers: what stands on them, that they are whole, and that the same gives the same bytes."""

import re
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import segno
from reportlab.lib.styles import ParagraphStyle

from tenants.cases import models, rules
from tenants.cases.adapters import document, typeface
from tenants.cases.adapters.document import Body, Document, Grid
from tests import casework
from tests.casework import Desk
from tests.papers import characters_on
from tongban.kernel import crypto, files, numbers, signing
from tongban.kernel.context import center_context
from tongban.registry.queries import center_map

NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
NUMBER = numbers.compose("371400", NOW.date(), 12)


@pytest.fixture
def desk(db):
    return Desk()


def papers(desk, number):
    with center_context(desk.center):
        return list(models.Paper.objects.filter(case__number=number).order_by("id"))


def stored(desk, paper):
    with files.open_file(desk.center, paper.sha256) as stream:
        return stream.read()


def sample(**said):
    body = {
        "rows": [("事项名称", "食品经营许可")],
        "notes": ["本回执表明申请材料已收到。"],
        "secret": ("进度查询码", "K7M2PQ"),
        **said,
    }
    return Document(
        issuer="德州市政务服务中心",
        title="收件回执",
        number=f"{NUMBER}-SJ1",
        case_number=NUMBER,
        verify_url="https://example.test/verify/371400.abc",
        key_id="371400-1a2b3c4d",
        issued_at=NOW,
        body=Body(**body),
    )


def pages(pdf):
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def fonts(pdf):
    return set(re.findall(rb"/BaseFont /(\S+)", pdf))


def test_the_same_document_is_the_same_bytes():
    assert document.render(sample()) == document.render(sample())
    assert document.render(sample()) != document.render(sample(secret=None))


def test_a_document_says_who_issued_it_and_when():
    pdf = document.render(sample())
    assert b"D:20261124091200+08'00'" in pdf
    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 1


def test_every_typeface_is_embedded():
    used = fonts(document.render(sample()))
    assert all(name.startswith(b"AAAA") for name in used if name != b"STSong-Light"), used
    assert b"Helvetica" not in used


def test_the_code_to_verify_is_drawn_module_by_module():
    whole = document.render(sample())
    page = next(
        content
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", whole, re.DOTALL)
        if b" 1 re " in (content := zlib.decompressobj().decompress(stream))
    )
    drawn = {
        (-int(line) - 1, int(start) + offset)
        for start, line, length in re.findall(rb"\b(\d+) (-\d+) (\d+) 1 re", page)
        for offset in range(int(length))
    }
    wanted = segno.make_qr(sample().verify_url, error="m", mask=6).matrix
    dark = {(y, x) for y, row in enumerate(wanted) for x, module in enumerate(row) if module}
    assert drawn == dark


def test_a_long_list_of_materials_goes_on_to_the_next_pages():
    rows = [(str(n), f"材料之{n}：" + "情况说明" * 12, "已收") for n in range(1, 90)]
    pdf = document.render(sample(grids=[Grid("材料", [("序", 1), ("名称", 6), ("况", 1)], rows)]))
    assert pages(pdf) > 2


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("张三 <b> & 李四", "张三 &lt;b&gt; &amp; 李四"),
        ("䶮", "䶮"),
        ("龘", '<font name="STSong-Light">龘</font>'),
        ("\U0002a6d6龙", "〓龙"),
        ("\U0002cc56", "\U0002cc56"),
        ("a\x00b", "a〓b"),
        ("一、面积\r\n二、通风\t差", "一、面积<br/>二、通风  差"),
    ],
)
def test_rare_characters_are_set_all_the_same(text, marked):
    assert typeface.markup(text) == marked
    document.render(sample(rows=[("申请人", text)]))


@pytest.mark.parametrize("rare", ["", "龘"])
@pytest.mark.parametrize("mark", "，。、；：！？）》”")
def test_no_line_begins_with_a_mark_that_ends_what_was_said(mark, rare):
    typeface.ready()
    style = ParagraphStyle("", fontName=typeface.SONG, fontSize=10, wordWrap="CJK")
    lines = typeface.paragraph(f"符合条件{mark}决定" * 9 + rare, style).breakLinesCJK([40]).lines
    said = [line[1][0] if rare == "" else line.words[0].text for line in lines]
    assert len(said) > 9
    assert mark not in {text[0] for text in said}


def test_documents_set_in_many_threads_are_whole():
    expected = [document.render(sample(rows=[("序号", str(n))])) for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        found = list(
            threads.map(lambda n: document.render(sample(rows=[("序号", str(n % 6))])), range(36))
        )
    assert found == expected * 6


def test_a_document_is_set_within_the_time_that_a_submission_can_wait():
    document.render(sample())
    best = min(_seconds() for _ in range(5))
    assert best < 0.05


def _seconds(**said):
    started = time.thread_time()
    document.render(sample(**said))
    return time.thread_time() - started


@pytest.mark.parametrize("place", ["row", "note", "grid"])
def test_a_text_of_many_lines_takes_time_by_its_length(place):
    def seconds(lines):
        text = "\n".join(["说明 <a>"] * lines)
        grid = Grid("材料", [("序", 1), ("名称", 6)], [("1", text)])
        said = {"row": {"rows": [("理由", text)]}, "note": {"notes": [text]}}
        return min(_seconds(**said.get(place, {"grids": [grid]})) for _ in range(3))

    # Four times the lines on four times the pages: by the square it would be sixteen times.
    assert seconds(1000) < 7 * seconds(250)


@pytest.mark.parametrize("rare", ["", "龘"])
def test_a_text_over_many_pages_stands_there_once_and_as_it_was_said(rare):
    has = typeface.ready().face.charToGlyph
    style = ParagraphStyle("", fontName=typeface.SONG, fontSize=10, leading=12, wordWrap="CJK")
    text = "".join(chr(code) for code in range(0x4E00, 0x5200) if code in has) + rare
    rest, pages_of_it = typeface.paragraph(text, style), []
    while len(parts := rest.split(96, 12 * 7)) > 1:
        page, rest = parts
        assert rest.split(96, 12) == []  # only one line would fit
        pages_of_it.append(page)
    drawn = [line for page in (*pages_of_it, rest) for line in said_on(page)]
    assert len(pages_of_it) > 5
    assert "".join(line.rstrip() for line in drawn) == text


def said_on(page):
    page.wrap(96, 999)
    return [
        line[1][0] if isinstance(line, tuple) else "".join(word.text for word in line.words)
        for line in page.blPara.lines
    ]


def test_a_receipt_is_kept_signed_and_sealed_to_the_log(desk):
    number = desk.submitted()
    (paper,) = papers(desk, number)
    assert (paper.kind, paper.number) == (rules.PaperKind.INTAKE_RECEIPT, f"{number}-SJ1")
    assert crypto.sha256_hex(stored(desk, paper)) == paper.sha256
    said = paper.statement
    assert said["case_number"] == number
    assert said["applicant"] == "赵*试"
    assert said["center_name"] == "齐河县政务服务中心"
    (event,) = desk.events(number)
    assert (said["sequence"], said["head_hash"]) == (1, bytes(event.hash).hex())
    assert paper.verify_token.startswith("371425.")
    assert len(paper.verify_token) >= len("371425.") + 22
    with center_context(desk.center):
        assert signing.current_key_id() == paper.key_id


def test_no_paper_tells_the_applicant_in_full(desk):
    number = desk.verified()
    desk.decide(number)
    for paper in papers(desk, number):
        plain = characters_on(stored(desk, paper))
        assert "测" not in plain
        assert "赵" in plain


def test_each_step_that_the_law_wants_in_writing_leaves_its_paper(desk):
    number = desk.submitted()
    desk.notify(number)
    desk.answer(number)
    desk.accept(number)
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    desk.decide(number)
    found = [(paper.kind, paper.number) for paper in papers(desk, number)]
    assert found == [
        ("intake_receipt", f"{number}-SJ1"),
        ("notice", f"{number}-GZ1"),
        ("acceptance", f"{number}-SL1"),
        ("approval", f"{number}-ZY1"),
    ]
    assert papers(desk, number)[-1].statement["title"] == "准予行政许可决定书"


def test_refusal_and_rejection_come_with_their_papers(desk):
    refused = desk.submitted()
    desk.refuse(refused)
    assert [paper.kind for paper in papers(desk, refused)][-1] == "refusal"
    rejected = desk.verified(favourable=False)
    desk.decide(
        rejected, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET", text="面积不足"
    )
    assert papers(desk, rejected)[-1].statement["title"] == "不予行政许可决定书"


def test_reasons_and_defects_as_long_as_they_may_be_go_on_to_the_next_page(desk):
    longest = "面" * rules.LONGEST_TEXT
    number = desk.submitted()
    desk.notify(number, defects=[rules.Defect("M01", longest)])
    assert pages(stored(desk, papers(desk, number)[-1])) > 1
    rejected = desk.verified(favourable=False)
    desk.decide(
        rejected, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET", text=longest
    )
    assert pages(stored(desk, papers(desk, rejected)[-1])) > 1


def test_a_draft_has_no_receipt(desk):
    from dataclasses import replace

    request = replace(casework.application(), as_draft=True)
    case = desk.submit(request=request).case
    assert papers(desk, case.number) == []


def test_a_second_notice_has_a_number_of_its_own(desk):
    number = desk.submitted()
    desk.notify(number)
    desk.answer(number)
    desk.notify(number)
    assert [paper.number[-3:] for paper in papers(desk, number)] == ["SJ1", "GZ1", "GZ2"]


def test_the_names_of_centers_are_read_in_the_open_transaction(desk):
    """The map of centers asks for its version once a second, whatever transaction is open."""
    center_map._checked_at = 0
    number = desk.submitted()
    center_map.forget()
    desk.accept(number)
    assert papers(desk, number)[-1].statement["center_name"] == "齐河县政务服务中心"
