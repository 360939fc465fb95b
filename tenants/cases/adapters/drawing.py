"""What is drawn on a paper beside its text: the red rule, and the code to verify it by."""

from collections.abc import Sequence

import segno
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable

INK = HexColor("#1f1f1f")
RED = HexColor("#b3201b")


class RedRule(Flowable):  # type: ignore[misc] # reportlab has no types
    """The thick and the thin red line under an authority's name."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width, self.height = width, 3

    def draw(self) -> None:
        self.canv.setStrokeColor(RED)
        for width, y in ((1.8, 2.2), (0.5, 0)):
            self.canv.setLineWidth(width)
            self.canv.line(0, y, self.width, y)


_MASK = 6
"""Of a QR code: scanners read any; which of the eight looks best takes 3 ms to find out."""


class QrCode(Flowable):  # type: ignore[misc] # reportlab has no types
    """A QR code drawn as rectangles, one per run of dark modules."""

    def __init__(self, text: str, size: float) -> None:
        super().__init__()
        self.width = self.height = size
        self._matrix = segno.make_qr(text, error="m", mask=_MASK).matrix

    def draw(self) -> None:
        module = self.width / len(self._matrix)
        # In whole modules, written as they are: reportlab takes 2 ms to format as many numbers.
        rectangles = [
            f"{start} {-line - 1} {length} 1 re"
            for line, row in enumerate(self._matrix)
            for start, length in _runs(row)
        ]
        self.canv.saveState()
        self.canv.translate(0, self.height)
        self.canv.scale(module, module)
        self.canv.setFillColor(INK)
        self.canv.drawPath(PDFPathObject(rectangles), stroke=0, fill=1)
        self.canv.restoreState()


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs
