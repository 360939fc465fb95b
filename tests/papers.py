"""What stands on a paper, as a reader sees it."""

import re
import zlib


def characters_on(pdf: bytes) -> str:
    """Return every character that stands on a paper, by its fonts' maps to Unicode."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            content = zlib.decompressobj().decompress(stream)
        except zlib.error:
            continue
        if b"begincmap" in content:
            codes = re.findall(rb"<([0-9A-Fa-f]{4})>", content)
            found.update(
                bytes.fromhex(code.decode()).decode("utf-16-be", "replace") for code in codes
            )
    return "".join(sorted(found))
