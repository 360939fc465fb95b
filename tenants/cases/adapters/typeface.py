"""The one typeface of papers: embedded in every file, so a paper looks alike on every screen."""

import zlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib import textsplit
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph
from reportlab.platypus import paragraph as paragraphs
from reportlab.platypus.paragraph import cleanBlockQuotedText

SONG = "NotoSerifSC"
"""The name under which the embedded typeface is registered."""

_RARE = "STSong-Light"
_GETA = "〓"
"""What printers set in place of a character that they have not got."""
_BREAK = "<br/>"
_NEVER_FIRST = "，；：！？》〉”’…"
"""Marks that begin no line either (GB/T 15834), which reportlab's own list leaves out."""

_FILE = Path(__file__).parent / "fonts" / "NotoSerifSC-Medium.ttf"
_LAST_OF_PLANE_0 = 0xFFFF


class _Compressed(pdfdoc.PDFStreamFilterZCompress):  # type: ignore[misc] # reportlab has no types
    """A stream of a paper: outlines get 3 % smaller, and no more, where it takes twice the time."""

    def encode(self, text: str | bytes) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, level=3)


@cache
def ready() -> TTFont:
    """Load and register the typefaces, once per process (20 ms), and return the embedded one."""
    for breaking in (textsplit, paragraphs):
        breaking.ALL_CANNOT_START += _NEVER_FIRST
    rl_config.useA85 = 0  # a text form of binary streams that nothing needs: a fifth smaller
    pdfdoc.PDFZCompress = _Compressed()
    # Only what is set is embedded: ASCII whole would cost a paper an eighth of its size and time.
    font = TTFont(SONG, str(_FILE), asciiReadable=0)
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(SONG, normal=SONG, bold=SONG, italic=SONG, boldItalic=SONG)
    pdfmetrics.registerFont(UnicodeCIDFont(_RARE))
    return font


class _Text(Paragraph):  # type: ignore[misc] # reportlab has no types
    """A paragraph that is broken into lines once for a width: a table asks again to draw it.

    What goes on to the next page keeps its lines: broken anew for each page, a text would take
    time by the square of its length.
    """

    blPara: Any  # noqa: N815 # as reportlab names the lines
    _wrapped: tuple[float, tuple[float, float]] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        if self._wrapped is None or self._wrapped[0] != width:
            self._wrapped = width, super().wrap(width, height)
        return self._wrapped[1]

    def split(self, width: float, height: float) -> list[Paragraph]:
        # A table asks to split by the width of the cell, margins included.
        width = self._wrapped[0] if self._wrapped else width
        self.wrap(width, height)
        whole = self.blPara
        parts: list[Paragraph] = super().split(width, height)
        self.blPara = whole  # forgotten where nothing of it fits on this page
        if len(parts) > 1:
            begun, rest = parts
            rest.blPara = whole.clone(lines=whole.lines[len(begun.blPara.lines) :])
            rest.width, rest.height = width, len(rest.blPara.lines) * self.style.leading
            rest._wrapped = width, (width, rest.height)  # noqa: SLF001 # the same class
        return parts


def paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """Return ``text`` as a paragraph in which every character can be set."""
    has = ready().face.charToGlyph
    if not all(ord(character) in has for character in text):
        return _Text(markup(text), style)
    # Nothing to parse, which would take a tenth of a paper's time.
    return _Text("", style, frags=[_fragment(style).clone(text=cleanBlockQuotedText(text))])


@lru_cache(maxsize=64)
def _fragment(style: ParagraphStyle) -> Any:
    """Return what reportlab makes of a text in this style that has no markup."""
    return Paragraph("字", style).frags[0]


def markup(text: str) -> str:
    """Return ``text`` as paragraph markup in which every character can be set.

    The embedded typeface has 通用规范汉字表, GB/T 2312 and all names of divisions. A rarer
    character is left to the reader's own Song typeface; what no such one has becomes 〓.
    """
    has = ready().face.charToGlyph
    parts: list[str] = []
    rare = ""
    for character in "\n".join(text.replace("\t", "  ").splitlines()):
        code = ord(character)
        if code not in has and code <= _LAST_OF_PLANE_0 and character.isprintable():
            rare += character
            continue
        parts.append(_in_reader_font(rare))
        rare = ""
        parts.append(_BREAK if character == "\n" else escape(character if code in has else _GETA))
    parts.append(_in_reader_font(rare))
    return "".join(parts)


def _in_reader_font(rare: str) -> str:
    return f'<font name="{_RARE}">{rare}</font>' if rare else ""
