"""What an uploaded file really is, by its content: its name and declared type are not believed.

Five exact signatures instead of a guess: puremagic answers zip with an office format and does not
know HEIC files of the brand mif1, which some phones write.
"""

import zipfile
from typing import IO

PDF = "application/pdf"
OFD = "application/ofd"
JPEG = "image/jpeg"
PNG = "image/png"
HEIC = "image/heic"

_HEAD = 64
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_HEIF_BRANDS = frozenset({b"mif1", b"msf1"})


def media_type(stream: IO[bytes]) -> str | None:
    """Return the media type of what may be handed in (GB/T 33190 OFD among it), or None.

    The stream is rewound.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    found = _by_signature(head)
    if found is None and head.startswith(b"PK\x03\x04") and _is_ofd(stream):
        found = OFD
    stream.seek(0)
    return found


def _by_signature(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[4:8] == b"ftyp":
        brands = {head[start : start + 4] for start in range(16, len(head) - 3, 4)}
        main = head[8:12]
        if main in _HEIC_BRANDS or (main in _HEIF_BRANDS and brands & _HEIC_BRANDS):
            return HEIC
    return None


def _is_ofd(stream: IO[bytes]) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            return "OFD.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
