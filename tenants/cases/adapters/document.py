"""The page on which every paper is set: heading, rows, tables, notes, signature, code to verify.

The same document gives the same bytes, so a repeat has the same hash.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from tenants.cases.adapters import drawing, typeface
from tongban.kernel import calendar, numbers

_WIDTH, _HEIGHT = A4
_MARGIN = 22 * mm
_TEXT_WIDTH = _WIDTH - 2 * _MARGIN
_LABEL_WIDTH = 27 * mm
_TEXT_SHARE = 2
"""A column of a grid from this share on holds sentences, so it is set from the left."""
_QR_SIZE = 27 * mm

_FAINT = HexColor("#6b6b6b")
_LINE = HexColor("#8a8a8a")
_SHADE = HexColor("#f5f1ea")
_SEPIA = HexColor("#4a4136")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a document: its heading, its columns with their share of the width, its rows."""

    title: str
    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Body:
    """What one paper says, between its heading and its signature."""

    rows: Sequence[tuple[str, str]]
    notes: Sequence[str]
    opening: str = ""
    """A sentence that addresses the reader, above the rows."""
    grids: Sequence[Grid] = ()
    secret: tuple[str, str] | None = None
    """Label and value of what only the holder of the paper shall know."""
    stamp: tuple[str, str] | None = None
    """What the seal on it prints, and by which entry its use is known."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Elements of an electronic certificate, by their names, for programs that read the PDF."""


@dataclass(frozen=True, slots=True)
class Document:
    """A paper whole: who issues it, how it is known and verified, what it says."""

    issuer: str
    title: str
    number: str
    case_number: str
    """As a scanner at the counter reads it; people read it in groups."""
    verify_url: str
    key_id: str
    issued_at: datetime
    body: Body
    second_line: str = ""
    """Under the issuer's name: a second name, or whose authority it exercises."""
    whereabouts: str = ""
    """Where and by what number the issuer is reached."""


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=typeface.SONG,
        fontSize=size,
        leading=leading,
        textColor=more.pop("textColor", drawing.INK),
        wordWrap="CJK",
        **more,
    )


_ISSUER = _style("issuer", 25, 34, alignment=TA_CENTER, textColor=drawing.RED)
_SECOND_LINE = _style("second-line", 14, 22, alignment=TA_CENTER, textColor=drawing.RED)
_TITLE = _style("title", 20, 28, alignment=TA_CENTER)
_OPENING = _style("opening", 11, 19, firstLineIndent=22)
_LABEL = _style("label", 10.5, 16, textColor=_SEPIA)
_BODY = _style("body", 10.5, 16)
_CASE_NUMBER = _style("case-number", 12.5, 17)
_SECTION = _style("section", 11.5, 18)
_HEAD = _style("head", 10.5, 15, alignment=TA_CENTER, textColor=_SEPIA)
_CELL = _style("cell", 10, 14.5)
_CELL_CENTER = _style("cell-center", 10, 14.5, alignment=TA_CENTER)
_NOTE = _style("note", 9, 14, textColor=HexColor("#3c3c3c"))
_NUMBER = _style("number", 9.5, 13, alignment=TA_RIGHT, textColor=_FAINT)
_SMALL_CENTER = _style("small-center", 8, 11, alignment=TA_CENTER, textColor=_FAINT)
_SMALL_RIGHT = _style("small-right", 8, 13, alignment=TA_RIGHT, textColor=_FAINT)
_SECRET = _style("secret", 19, 25, alignment=TA_CENTER)
_STAMP = _style("stamp", 12.5, 18, alignment=TA_CENTER, textColor=drawing.RED)
_STAMP_ENTRY = _style("stamp-entry", 8, 11, alignment=TA_CENTER, textColor=drawing.RED)
_SIGNED = _style("signed", 12, 21, alignment=TA_RIGHT)


_one_at_a_time = threading.Lock()
"""reportlab reads a typeface through one position that all threads share."""


def render(document: Document) -> bytes:
    """Return the document as a PDF with its typeface embedded (about 8 ms)."""
    with _one_at_a_time:
        typeface.ready()
        return _rendered(document)


def _rendered(document: Document) -> bytes:
    buffer = io.BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=18 * mm,
        bottomMargin=24 * mm,
        invariant=1,
        pageCompression=1,
        initialFontName=typeface.SONG,
        lang="zh-CN",
        title=f"{document.title} {document.number}",
        author=document.issuer,
        subject=document.case_number,
        keywords="；".join(f"{name}：{said}" for name, said in document.body.metadata.items()),
        creator="通办",
        producer="通办",
    )
    frame = Frame(
        _MARGIN,
        template.bottomMargin,
        _TEXT_WIDTH,
        _HEIGHT - template.topMargin - template.bottomMargin,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    template.addPageTemplates(
        PageTemplate(frames=[frame], onPage=lambda canvas, _: _furnish(canvas, document))
    )
    template.build(_story(document))
    return buffer.getvalue()


def _furnish(canvas: Canvas, document: Document) -> None:
    """Draw what every page has: its dates, and the foot by which it can be checked."""
    stamp = document.issued_at.astimezone(calendar.ZONE)
    canvas.setDateFormatter(lambda *_: stamp.strftime("D:%Y%m%d%H%M%S+08'00'"))
    if document.body.metadata and canvas.getPageNumber() == 1:
        _describe(canvas, document.body.metadata)
    canvas.saveState()
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.4)
    canvas.line(_MARGIN, 19 * mm, _WIDTH - _MARGIN, 19 * mm)
    canvas.setFillColor(_FAINT)
    canvas.setFont(typeface.SONG, 7.5)
    canvas.drawString(_MARGIN, 15 * mm, f"{document.number}　电子签名密钥 {document.key_id}")
    canvas.drawString(_MARGIN, 11.5 * mm, f"核验：{document.verify_url}")
    canvas.drawRightString(_WIDTH - _MARGIN, 15 * mm, f"第 {canvas.getPageNumber()} 页")
    canvas.restoreState()


_NAMESPACE = "urn:tongban:certificate"


def _describe(canvas: Canvas, metadata: Mapping[str, str]) -> None:
    """Put the elements into the PDF's XMP packet, each under its Chinese name."""
    said = "".join(f"<c:{name}>{escape(text)}</c:{name}>" for name, text in metadata.items())
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:c="{_NAMESPACE}">{said}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    kind = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    whole = canvas._doc  # noqa: SLF001 # reportlab knows no other way to a PDF's own metadata
    # Not compressed, so that a program finds it without understanding PDF.
    whole.Catalog.Metadata = whole.Reference(PDFStream(kind, packet.encode(), filters=[]))


def _story(document: Document) -> list[Flowable]:
    story: list[Flowable] = [
        *_heading(document),
        Spacer(0, 1.5 * mm),
        drawing.RedRule(_TEXT_WIDTH),
        Spacer(0, 4 * mm),
        _text("　".join(document.title), _fitted(_TITLE, "　".join(document.title))),
        Spacer(0, 1 * mm),
        _text(f"编号：{document.number}", _NUMBER),
        Spacer(0, 2.5 * mm),
    ]
    if document.body.opening:
        story += [_text(document.body.opening, _OPENING), Spacer(0, 3 * mm)]
    story.append(_rows(document))
    for grid in document.body.grids:
        story += [Spacer(0, 4 * mm), *_grid(grid)]
    story += [Spacer(0, 4 * mm), KeepTogether(_closing(document))]
    return story


def _heading(document: Document) -> list[Paragraph]:
    lines = ((document.issuer, _ISSUER), (document.second_line, _SECOND_LINE))
    return [_text(line, _fitted(style, line)) for line, style in lines if line]


def _fitted(style: ParagraphStyle, text: str) -> ParagraphStyle:
    """Return the style, smaller where the text would need a second line."""
    width = stringWidth(text, typeface.SONG, style.fontSize)
    if width <= _TEXT_WIDTH:
        return style
    return ParagraphStyle(
        f"{style.name}-fitted", parent=style, fontSize=style.fontSize * _TEXT_WIDTH / width * 0.98
    )


_text = typeface.paragraph


_FONT = ("FONTNAME", (0, 0), (-1, -1), typeface.SONG)
"""Of every table: a cell's own default is Helvetica, which would not be embedded."""

_BARE = TableStyle(
    [
        _FONT,
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *((side, (0, 0), (-1, -1), 0) for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING")),
    ]
)
_BOX = (
    _FONT,
    ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
    ("BOX", (0, 0), (-1, -1), 0.9, drawing.INK),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 3.2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 5.4),
    ("LEFTPADDING", (0, 0), (-1, -1), 7),
    ("RIGHTPADDING", (0, 0), (-1, -1), 7),
)


def _rows(document: Document) -> Table:
    cells = [[_text("办件编号", _LABEL), _number(document)]]
    cells += [[_text(label, _LABEL), _text(value, _BODY)] for label, value in document.body.rows]
    return Table(
        cells,
        colWidths=[_LABEL_WIDTH, _TEXT_WIDTH - _LABEL_WIDTH],
        style=TableStyle([*_BOX, ("BACKGROUND", (0, 0), (0, -1), _SHADE)]),
        splitInRow=1,
    )


def _number(document: Document) -> Table:
    barcode = Code128(document.case_number, barWidth=0.28 * mm, barHeight=8 * mm, quiet=0)
    width = _TEXT_WIDTH - _LABEL_WIDTH - 14
    return Table(
        [[_text(numbers.display(document.case_number), _CASE_NUMBER), barcode]],
        colWidths=[width - barcode.width, barcode.width],
        style=_BARE,
    )


def _grid(grid: Grid) -> list[Flowable]:
    heads = [[_text(name, _HEAD) for name, _share in grid.columns]]
    body = [
        [_text(value, _CELL if share >= _TEXT_SHARE else _CELL_CENTER) for value, (_name, share) in
         zip(row, grid.columns, strict=True)]
        for row in grid.rows
    ]  # fmt: skip
    whole = sum(share for _name, share in grid.columns)
    table = Table(
        heads + body,
        colWidths=[_TEXT_WIDTH * share / whole for _name, share in grid.columns],
        style=TableStyle([*_BOX, ("BACKGROUND", (0, 0), (-1, 0), _SHADE)]),
        repeatRows=1,
        splitInRow=1,
    )
    return [_text(grid.title, _SECTION), Spacer(0, 1.5 * mm), table]


def _closing(document: Document) -> list[Flowable]:
    said = [*document.body.notes, *([document.whereabouts] if document.whereabouts else [])]
    notes = [_text("说明", _SECTION)]
    notes += [_text(f"{place}. {note}", _NOTE) for place, note in enumerate(said, 1)]
    return [*notes, Spacer(0, 4 * mm), _signature(document)]


def _signature(document: Document) -> Table:
    """Return the foot of a paper: code to verify, what only the holder knows, who and when."""
    code = [
        drawing.QrCode(document.verify_url, _QR_SIZE),
        Spacer(0, 3),
        _text("扫码核验真伪", _SMALL_CENTER),
    ]
    day = document.issued_at.astimezone(calendar.ZONE)
    signed = [
        _text(document.issuer, _SIGNED),
        _text(f"{day.year}年{day.month}月{day.day}日", _SIGNED),
        _text("已加电子签名，扫码可验", _SMALL_RIGHT),
    ]
    gap, secret = 5 * mm, 46 * mm
    return Table(
        [[code, "", _secret(document, secret) or _stamp(document, secret) or "", signed]],
        colWidths=[_QR_SIZE, gap, secret, _TEXT_WIDTH - _QR_SIZE - gap - secret],
        style=_BARE,
    )


def _stamp(document: Document, width: float) -> Table | None:
    """Return the mark of the seal that was used: what it prints, and the entry of its use."""
    if document.body.stamp is None:
        return None
    name, entry = document.body.stamp
    return Table(
        [[_text(name, _STAMP)], [_text(entry, _STAMP_ENTRY)]],
        colWidths=[width],
        style=TableStyle(
            [
                _FONT,
                ("BOX", (0, 0), (-1, -1), 1.6, drawing.RED),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, -1), (-1, -1), 7),
            ]
        ),
    )


def _secret(document: Document, width: float) -> Table | None:
    if document.body.secret is None:
        return None
    label, value = document.body.secret
    return Table(
        [[_text(label, _SMALL_CENTER)], [_text(value, _SECRET)]],
        colWidths=[width],
        style=TableStyle(
            [
                _FONT,
                ("BOX", (0, 0), (-1, -1), 0.7, drawing.RED, None, (3, 2)),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, -1), (-1, -1), 8),
            ]
        ),
    )
