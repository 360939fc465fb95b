"""What an uploaded file is, and what it is called."""

import io
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


@given(st.binary(max_size=200))
def test_no_content_breaks_the_sniffer(content):
    media.media_type(io.BytesIO(content))
    media.media_type(io.BytesIO(b"PK\x03\x04" + content))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\扫描\\身份证.PDF", "身份证.PDF"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "file"),
        ("/", "file"),
    ],
)
def test_a_filename_is_only_a_name(typed, kept):
    assert files.plain_name(typed) == kept


@given(st.text(max_size=400))
def test_a_filename_always_fits(typed):
    name = files.plain_name(typed)
    assert 1 <= len(name) <= 200
    assert "/" not in name
    assert "\\" not in name
    assert name.encode()
