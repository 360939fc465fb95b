"""What an uploaded file really is, by its content: its name and declared type are not believed.

Five exact signatures instead of a guess: puremagic answers zip with an office format and does not
know HEIC files of the brand mif1, which some phones write.
"""

import os
import struct
import zipfile
from typing import IO, Final

PDF = "application/pdf"
OFD = "application/ofd"
JPEG = "image/jpeg"
PNG = "image/png"
HEIC = "image/heic"

_HEAD = 64
_LARGEST_DIRECTORY: Final = 1 << 20
"""Bytes of an archive's directory: some 20,000 entries, far more than any document has."""
_END: Final = struct.Struct("<4s4H2LH")
_END_MARK, _WIDE_MARK = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_COMMENT: Final = 0xFFFF
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
    if not _has_small_directory(stream):
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return "OFD.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _has_small_directory(stream: IO[bytes]) -> bool:
    """Tell whether an archive's directory may be read: the whole of it goes into memory.

    20 MB of nothing but entries would take 170 MB and many seconds.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = stream.read()
    place = tail.rfind(_END_MARK)
    record = tail[place : place + _END.size] if place >= 0 else b""
    if len(record) < _END.size or _WIDE_MARK in tail[max(0, place - 20) : place]:
        return False
    length: int = _END.unpack(record)[5]
    return length <= _LARGEST_DIRECTORY
