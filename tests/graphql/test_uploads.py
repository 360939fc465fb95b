"""Files: the GraphQL multipart request specification, and what its libraries let through."""

import hashlib
import io
import json
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from tests.graphql.trial import answered

KEEP = """
mutation ($file: Upload, $files: [Upload]) {
  keep(input: {file: $file, files: $files}) { digests names errors { code } }
}
"""
CONTENT = "收件材料\x00\r\n--".encode() + bytes(range(256))
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PREFLIGHT = {"GraphQL-Require-Preflight": "1"}


def file(content=CONTENT, name="身份证.jpg", content_type="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type)


def send(operations, places, files, *, headers=None, more=()):
    """Send a multipart request; texts are sent as they are, all else as JSON."""
    fields = {"operations": operations, "map": places}
    data = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if value is not None
    }
    request = RequestFactory().post(
        "/graphql",
        data={**data, **files, **dict(more)},
        headers=PREFLIGHT if headers is None else headers,
    )
    return answered(request)


def keep(variables, places, files, **more):
    return send({"query": KEEP, "variables": variables}, places, files, **more)


def refusal(response):
    [error] = response.answer["errors"]
    return response.status_code, error["extensions"]["code"]


def test_one_file_and_a_list_of_files(db):
    response = keep(
        {"file": None, "files": [None, None]},
        {"a": ["variables.file"], "b": ["variables.files.1"], "c": ["variables.files.0"]},
        {"a": file(), "b": file(b"b", "b.pdf"), "c": file(b"c", "c.pdf")},
    )
    payload = response.answer["data"]["keep"]
    assert payload["names"] == ["身份证.jpg", "c.pdf", "b.pdf"]
    assert payload["digests"][0] == DIGEST


def test_files_inside_an_input(db):
    query = "mutation ($input: KeepInput!) { keep(input: $input) { digests } }"
    response = send(
        {"query": query, "variables": {"input": {"files": [None], "note": "x"}}},
        {"0": ["variables.input.files.0"]},
        {"0": file()},
    )
    assert response.answer["data"]["keep"]["digests"] == [DIGEST]


def test_a_file_that_does_not_fit_into_memory_goes_to_disk(db, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    content = bytes(300_000)
    response = keep({"file": None}, {"0": ["variables.file"]}, {"0": file(content)})
    assert response.answer["data"]["keep"]["digests"] == [hashlib.sha256(content).hexdigest()]


@pytest.mark.parametrize(
    ("variables", "places", "names"),
    [
        ({"file": "kept"}, {"0": ["variables.file"]}, "0"),
        ({"file": False}, {"0": ["variables.file"]}, "0"),
        ({"file": 0}, {"0": ["variables.file"]}, "0"),
        ({"file": []}, {"0": ["variables.file"]}, "0"),
        ({"file": {}}, {"0": ["variables.file"]}, "0"),
        ({}, {"0": ["variables.file"]}, "0"),
        ({"files": [None]}, {"0": ["variables.files.1"]}, "0"),
        ({"files": [None]}, {"0": ["variables.files.-1"]}, "0"),
        ({"files": [None]}, {"0": ["variables.files.00"]}, "0"),
        ({"files": [None]}, {"0": ["variables.files.０"]}, "0"),
        ({"files": [None]}, {"0": ["variables.files"]}, "0"),
        ({"files": [None]}, {"0": ["variables.files.x"]}, "0"),
        ({"files": None}, {"0": ["variables.files.0"]}, "0"),
        ({"file": None}, {"0": ["variables.file.x"]}, "0"),
        ({"file": None}, {"0": ["variables"]}, "0"),
        ({"file": None}, {"0": ["query"]}, "0"),
        ({"file": None}, {"0": ["operationName"]}, "0"),
        ({"file": None}, {"0": ["variables.file", "variables.file"]}, "0"),
        ({"file": None, "files": [None]}, {"0": ["variables.file", "variables.files.0"]}, "0"),
        ({"file": None}, {"0": ["variables.file"], "1": ["variables.file"]}, "01"),
        ({"file": None, "files": [None]}, {"0": ["variables.file"]}, "01"),
        ({"file": None, "files": [None]}, {"0": ["variables.file"], "1": ["variables.files.0"]},
         "0"),
        ({"file": None}, {"0": ["variables.file"]}, ""),
        ({"file": None}, {"0": []}, "0"),
        ({"file": None}, {"0": "variables.file"}, "0"),
        ({"file": None}, {"0": [1]}, "0"),
        ({"file": None}, {"0": None}, "0"),
        ({"file": None}, {}, "0"),
        ({"file": None}, [], "0"),
        ({"file": None}, [["variables.file"]], "0"),
        ({"file": None}, None, "0"),
        ({"file": None}, "{", "0"),
        ({"file": None}, "null", "0"),
        ({"file": None}, {"0": ["variables..file"]}, "0"),
        ({"file": None}, {"0": ["variables.file."]}, "0"),
        ({"file": None}, {"0": ["variables.__class__.file"]}, "0"),
        ({"file": None}, {"0": [" variables.file"]}, "0"),
        ({"file": None}, {"0": ["variables.file\n"]}, "0"),
        ({"file": None}, {"0": ["0.variables.file"]}, "0"),
    ],
)  # fmt: skip
def test_places_that_are_none(db, variables, places, names):
    response = keep(variables, places, {name: file() for name in names})
    assert refusal(response) == (400, "BAD_REQUEST")
    assert "data" not in response.answer


@pytest.mark.parametrize(
    "operations",
    [None, "", "{", "null", "1", "[]", [{"query": KEEP, "variables": {"file": None}}], {},
     {"query": 1, "variables": {"file": None}}, {"query": KEEP, "variables": None},
     {"query": KEEP}, {"query": KEEP, "variables": [None]}],
)  # fmt: skip
def test_operations_that_are_none(db, operations):
    response = send(operations, {"0": ["variables.file"]}, {"0": file()})
    assert refusal(response) == (400, "BAD_REQUEST")


def test_a_batch_of_files_is_no_way_around(db):
    operations = [{"query": KEEP, "variables": {"file": None}}] * 2
    response = send(operations, {"0": ["0.variables.file"]}, {"0": file()})
    assert refusal(response) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("value", ["x.jpg", 5, {"name": "x"}, [None]])
def test_a_variable_that_is_no_file(db, value):
    request = RequestFactory().post(
        "/graphql", json.dumps({"query": KEEP, "variables": {"file": value}}), "application/json"
    )
    response = answered(request)
    assert response.answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "data" not in response.answer


def test_a_file_written_into_the_document(db):
    request = RequestFactory().post(
        "/graphql",
        json.dumps({"query": 'mutation { keep(input: {file: "x.jpg"}) { names } }'}),
        "application/json",
    )
    assert answered(request).answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_other_parts_are_refused(db):
    places, files = {"0": ["variables.file"]}, {"0": file()}
    assert refusal(keep({"file": None}, places, files, more={"x": "y"}))[0] == 400
    assert refusal(keep({"file": None}, places, {"0": [file(), file()]}))[0] == 400
    twice = {"operations": [json.dumps({"query": KEEP, "variables": {"file": None}})] * 2}
    assert refusal(send(None, places, files, more=twice))[0] == 400


def test_one_file_over_the_limit(db, settings):
    settings.FILE_SIZE_LIMIT = 100_000
    places = {"0": ["variables.file"]}
    assert "data" in keep({"file": None}, places, {"0": file(bytes(100_000))}).answer
    refused = keep({"file": None}, places, {"0": file(bytes(100_001))})
    assert refusal(refused) == (413, "BAD_REQUEST")


def test_all_files_together_over_the_limit(db, settings):
    settings.UPLOAD_SIZE_LIMIT = 100_000
    places = {"0": ["variables.files.0"], "1": ["variables.files.1"]}
    files = {"0": file(bytes(60_000)), "1": file(bytes(60_000))}
    refused = keep({"files": [None, None]}, places, files)
    assert refusal(refused) == (413, "BAD_REQUEST")


def test_a_body_that_announces_too_much_is_not_read(db, settings):
    request = RequestFactory().post(
        "/graphql", data={"operations": "{}"}, headers=PREFLIGHT | {"Content-Length": "999999999"}
    )
    request._stream = Unreadable()
    assert refusal(answered(request)) == (413, "BAD_REQUEST")


class Unreadable(io.BytesIO):
    def read(self, *_args):
        raise AssertionError("it was read")


class Endless(io.RawIOBase):
    """A form whose file goes on for as long as somebody reads; only a piece of it exists."""

    def __init__(self, head):
        self._head, self.sent = head, 0

    def read(self, size=-1):
        assert 0 < size <= 1 << 20
        piece, self._head = self._head[:size], self._head[size:]
        piece += bytes(size - len(piece))
        self.sent += len(piece)
        return piece


def test_a_file_over_the_limit_is_read_no_further_and_never_held_in_memory(db):
    operations = json.dumps({"query": KEEP, "variables": {"file": None}})
    head = (
        '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
        f"{operations}\r\n"
        '--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0": ["variables.file"]}\r\n'
        '--x\r\nContent-Disposition: form-data; name="0"; filename="a.pdf"\r\n\r\n'
    )
    body = Endless(head.encode())
    request = RequestFactory().generic(
        "POST", "/graphql", b"-", "multipart/form-data; boundary=x", headers=PREFLIGHT,
        **{"wsgi.input": body, "CONTENT_LENGTH": str(90 * 1024 * 1024)},
    )  # fmt: skip
    tracemalloc.start()
    try:
        assert refusal(answered(request)) == (413, "BAD_REQUEST")
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert 20 * 1024 * 1024 < body.sent < 22 * 1024 * 1024


def test_too_many_files(db):
    count = 21
    response = keep(
        {"files": [None] * count},
        {str(n): [f"variables.files.{n}"] for n in range(count)},
        {str(n): file(b"x") for n in range(count)},
    )
    assert refusal(response) == (413, "BAD_REQUEST")


def test_texts_over_the_limit(db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    operations = {"query": KEEP + "#" * 3_000, "variables": {"file": None}}
    response = send(operations, {"0": ["variables.file"]}, {"0": file()})
    assert refusal(response) == (413, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=" + "x" * 300),
        (b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{',
         "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
def test_bodies_that_are_no_form(db, body, content_type):
    request = RequestFactory().generic("POST", "/graphql", body, content_type, headers=PREFLIGHT)
    assert refusal(answered(request)) in {(400, "BAD_REQUEST"), (415, "BAD_REQUEST")}


def test_a_cut_form(db):
    whole = RequestFactory().post(
        "/graphql",
        data={
            "operations": json.dumps({"query": KEEP, "variables": {"file": None}}),
            "map": '{"0": ["variables.file"]}',
            "0": file(bytes(5_000)),
        },
    )
    body = whole.body[:-2_000]
    request = RequestFactory().generic(
        "POST", "/graphql", body, whole.headers["Content-Type"], headers=PREFLIGHT
    )
    response = answered(request)
    assert refusal(response) == (400, "BAD_REQUEST")


def test_a_form_from_a_foreign_page_is_refused(db):
    """A browser sends multipart forms to any site without asking; no form can add a header."""
    places, files = {"0": ["variables.file"]}, {"0": file()}
    assert refusal(keep({"file": None}, places, files, headers={})) == (400, "BAD_REQUEST")
    files = {"0": file()}
    asked = keep({"file": None}, places, files, headers={"Authorization": "Bearer x"})
    assert refusal(asked) == (401, "UNAUTHENTICATED")


def test_a_compressed_form_is_refused(db):
    headers = PREFLIGHT | {"Content-Encoding": "gzip"}
    response = keep({"file": None}, {"0": ["variables.file"]}, {"0": file()}, headers=headers)
    assert refusal(response) == (400, "BAD_REQUEST")
