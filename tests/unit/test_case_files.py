"""What an uploaded file is, and what it is called."""

import contextlib
import errno
import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tongban.kernel import files, media


def archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for name in names:
            written.writestr(name, "<x/>")
    return stream.getvalue()


def image(kind):
    stream = io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, kind)
    return stream.getvalue()


def crowded(*, entries, wide=False):
    """Return an archive that is all directory; ``wide`` hides its length behind ZIP64."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, *([0] * 8), 7, *([0] * 6))
    directory = (entry + b"OFD.xml") * entries
    head, length = b"PK\x03\x04" + bytes(60), len(directory)
    ending = b""
    if wide:
        place = len(head) + length
        known = (44, 45, 45, 0, 0, entries, entries, length, len(head))
        ending = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *known)
        ending += struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
        length = 0
    many = entries & 0xFFFF
    ending += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, many, many, length, len(head), 0)
    return head + directory + ending


def heic(main, *others):
    brands = b"".join(others)
    return b"\x00\x00\x00\x20ftyp" + main + bytes(4) + brands + bytes(40)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n", media.PDF),
        (image("JPEG"), media.JPEG),
        (image("PNG"), media.PNG),
        (archive("OFD.xml", "Doc_0/Document.xml"), media.OFD),
        (heic(b"heic", b"mif1"), media.HEIC),
        (heic(b"mif1", b"mif1", b"heic"), media.HEIC),
        (heic(b"avif", b"mif1"), None),
        (heic(b"mif1", b"mif1", b"avif"), None),
        (image("GIF"), None),
        (archive("word/document.xml"), None),
        (archive("sub/OFD.xml"), None),
        (archive("OFD.xml")[:40], None),
        (b"\n%PDF-1.7", None),
        (b"<svg/>", None),
        (b"", None),
    ],
    ids=[
        "pdf", "jpeg", "png", "ofd", "heic", "heic-compatible", "avif", "avif-compatible", "gif",
        "docx", "ofd-elsewhere", "half-an-ofd", "pdf-after-a-line", "svg", "empty",
    ],
)  # fmt: skip
def test_a_file_is_what_it_contains(content, expected):
    stream = io.BytesIO(content)
    stream.seek(0, io.SEEK_END)
    assert media.media_type(stream) == expected
    assert stream.tell() == 0


@pytest.mark.parametrize("wide", [False, True])
def test_an_archive_that_is_all_directory_costs_nothing(wide):
    assert media.media_type(io.BytesIO(crowded(entries=3))) == media.OFD
    stream = io.BytesIO(crowded(entries=100_000, wide=wide))
    tracemalloc.start()
    try:
        assert media.media_type(stream) is None
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


POLYGLOTS = {
    "html-before-pdf": (b"<html><script>1</script></html>\n%PDF-1.7", None),
    "script-before-png": (b"/*" + image("PNG"), None),
    "gif-that-is-script": (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", None),
    "zip-before-pdf": (archive("a.txt") + b"%PDF-1.7\n", None),
    "ofd-behind-html": (b"<html>" + archive("OFD.xml"), None),
    "pdf-before-zip": (b"%PDF-1.7\n" + archive("evil.js"), media.PDF),
    "jpeg-with-html": (image("JPEG") + b"<html><script>1</script>", media.JPEG),
}


@pytest.mark.parametrize(("content", "expected"), POLYGLOTS.values(), ids=POLYGLOTS)
def test_a_file_that_is_two_things_is_what_it_begins_as(content, expected):
    """What passes is handed out as that type, as an attachment, and never guessed at again."""
    assert media.media_type(io.BytesIO(content)) == expected


BEGINNINGS = {
    b"%PDF-": media.PDF,
    b"\xff\xd8\xff": media.JPEG,
    b"\x89PNG\r\n\x1a\n": media.PNG,
    b"PK\x03\x04": None,
    b"\x00": None,
}


@given(st.sampled_from(sorted(BEGINNINGS)), st.binary(max_size=200))
def test_no_content_breaks_the_sniffer_or_passes_for_what_it_does_not_begin_as(begins, content):
    stream = io.BytesIO(begins + content)
    found = media.media_type(stream)
    is_heic = stream.getvalue()[4:8] == b"ftyp"
    assert found == BEGINNINGS[begins] or (is_heic and found == media.HEIC)
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\扫描\\身份证.PDF", "身份证.PDF"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("合同\u2066fdp\u2069.exe\u200b", "合同fdp.exe"),
        ("..\\..\\..", "file"),
        ("a\ufeff\x7f\x1b[31m.pdf", "a[31m.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("", "file"),
        ("/", "file"),
    ],
)
def test_a_filename_is_only_a_name(typed, kept):
    assert files.plain_name(typed) == kept


def test_a_file_that_was_cut_off_by_a_kill_is_stored_whole_by_the_next(own_storage):
    content = image("PNG")
    sha256, _size = files.store("371425", io.BytesIO(content))
    [kept] = [path for path in own_storage.rglob("*") if path.is_file()]
    kept.write_bytes(content[:10])
    assert files.store("371425", io.BytesIO(content)) == (sha256, len(content))
    with files.open_file("371425", sha256) as stream:
        assert stream.read() == content
    assert [path for path in own_storage.rglob("*") if path.is_file()] == [kept]


@given(st.text(max_size=400))
def test_a_filename_always_fits(typed):
    name = files.plain_name(typed)
    assert 1 <= len(name) <= 200
    assert "/" not in name
    assert "\\" not in name
    assert name.encode()


class Watched(io.BytesIO):
    """A content during whose writing something else happens: once it was read for its hash."""

    def __init__(self, content, happens):
        super().__init__(content)
        self._happens = happens
        self._reads = 0

    def read(self, size=-1):
        self._reads += 1
        if self._reads == 5:  # three for the hash, then the second chunk that is written
            self._happens()
        return super().read(size)


def full():
    raise OSError(errno.ENOSPC, "no space left on device")


def lying(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_disk_that_fills_up_leaves_nothing_half_written(own_storage):
    content = bytes(2 << 20)
    with pytest.raises(OSError, match="no space"):
        files.store("371425", Watched(content, full))
    assert lying(own_storage) == []
    sha256, _size = files.store("371425", io.BytesIO(content))
    assert lying(own_storage) == [sha256]


def test_of_two_who_write_one_content_none_spoils_it_for_the_other(own_storage):
    content = bytes(2 << 20)

    def written_meanwhile():
        with contextlib.suppress(OSError):
            files.store("371425", Watched(content, full))

    sha256, size = files.store("371425", Watched(content, written_meanwhile))
    assert lying(own_storage) == [sha256]
    with files.open_file("371425", sha256) as kept:
        assert len(kept.read()) == size

    def written_whole_meanwhile():
        files.store("371402", io.BytesIO(content))

    files.store("371402", Watched(content, written_whole_meanwhile))
    assert lying(own_storage) == [sha256, sha256]
