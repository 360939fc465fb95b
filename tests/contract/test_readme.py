"""What the app developer's README shows is what happens."""

import itertools
import json
import re
import shlex
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from schema.context import running_clock
from schema.root import schema
from tenants.staff.rules import CenterRole
from tests import handing, people
from tests.graphql.client import OPERATIONS
from tests.graphql.office import APPLICANT_NUMBER, COUNTY, NOW

README = (OPERATIONS.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


class Reader:
    """Follows the README from top to bottom, keeping what an answer was called ($NUMBER …)."""

    def __init__(self, **known: str) -> None:
        self.known = known

    def filled(self, text: str) -> str:
        return re.sub(r"\$([A-Z][A-Z_]+)", lambda found: self.known[found[1]], text)

    def send(self, text: str) -> Any:
        head, _, body = self.filled(text).partition("\n\n")
        line, *lines = head.splitlines()
        headers = dict(header.split(": ", 1) for header in lines)
        if line.startswith("GET "):
            with running_clock(lambda: NOW):
                response = Client(headers=headers).get(line.split()[1])
            self.known["ETAG"] = response["ETag"]
            return response
        if "Tus-Resumable" in headers:
            return self._send_part(line, headers, body.removesuffix("\n"))
        kind = headers.pop("Content-Type")
        return self._sent(line.split()[1], json.loads(body) and body, headers, content_type=kind)

    def _send_part(self, line: str, headers: dict[str, str], body: str) -> Any:
        (method, path), kind = line.split(), headers.pop("Content-Type", "")
        with running_clock(lambda: NOW):
            response = Client(headers=headers).generic(method, path, body, content_type=kind)
        if "Location" in response:
            self.known["UPLOAD"] = re.sub(r"^https?://[^/]+", "", response["Location"])
            self.known["UPLOAD_ID"] = response["Location"].rsplit("/", 1)[1]
        return response

    def curl(self, text: str) -> Any:
        words = shlex.split(text.replace("\\\n", " "))
        headers = dict(w.split(": ", 1) for flag, w in itertools.pairwise(words) if flag == "-H")
        fields = dict(w.split("=", 1) for flag, w in itertools.pairwise(words) if flag == "-F")
        data = {
            name: SimpleUploadedFile(value[1:], handing.PDF + name.encode(), "application/pdf")
            if value.startswith("@")
            else self.filled(value)
            for name, value in fields.items()
        }
        headers = {name: self.filled(value) for name, value in headers.items()}
        return self._sent(re.sub(r"^https://[^/]+", "", words[1]), data, headers)

    def _sent(self, path: str, data: Any, headers: dict[str, str], **more: Any) -> Any:
        with running_clock(lambda: NOW):
            return Client(headers=headers).post(path, data, **more)

    def expect(self, shown: Any, found: Any, at: str = "answer") -> None:
        """Compare what is shown with what came: … is anything, $NAME anything to remember."""
        if shown == "…":
            assert found is not None, at
        elif isinstance(shown, str) and shown.startswith("$"):
            self.known[shown[1:]] = found
        elif isinstance(shown, dict):
            assert isinstance(found, dict), at
            assert set(shown) == set(found), (at, found)
            for name, value in shown.items():
                self.expect(value, found[name], f"{at}.{name}")
        elif isinstance(shown, list):
            assert len(shown) == len(found), (at, found)
            for n, (value, item) in enumerate(zip(shown, found, strict=True)):
                self.expect(value, item, f"{at}.{n}")
        else:
            assert found == shown, at


def test_the_examples_happen(db):
    manifest = json.loads((OPERATIONS.parent / "manifest.json").read_text())["operations"]
    person = people.account("wang", name="王小明", id_number=APPLICANT_NUMBER)
    operator = people.account("operator", name="李小燕")
    people.member(COUNTY, operator, CenterRole.STATION_OPERATOR)
    reader = Reader(
        TOKEN=people.token(person),
        STATION_TOKEN=people.token(operator),
        ID_NUMBER=APPLICANT_NUMBER,
        CENTER_ID=next(entry["id"] for entry in manifest if entry["name"] == "Center"),
        MATTERS_ID=next(entry["id"] for entry in manifest if entry["name"] == "Matters"),
    )
    response, statuses = None, []
    for kind, text in BLOCKS:
        if kind in {"http", "sh"}:
            response = reader.send(text) if kind == "http" else reader.curl(text)
            statuses.append(response.status_code)
        elif kind == "json":
            assert response is not None
            reader.expect(json.loads(text), response.json())
    assert statuses == [
        *(200, 200, 200, 401, 200, 200, 200, 201, 204, 200, 200),
        *(200, 200, 200, 200, 304, 200),
    ]
    assert reader.known["SAME_VERSION"] == reader.known["VERSION"]
    for kind, text in BLOCKS:
        if kind == "jsonl":
            _init, subscribe = (json.loads(reader.filled(line)) for line in text.splitlines())
            assert schema.documents.prepare(subscribe["payload"]["query"])


def test_what_is_named_exists():
    for name in re.findall(r"^\| `([^`/]+)/?` \|", README, re.MULTILINE):
        assert (OPERATIONS.parent / name).exists() or name.isupper(), name
    listed = json.loads((OPERATIONS.parent / "error_codes.json").read_text())["errors"]
    codes = {entry["code"]: entry for entry in listed}
    for code in re.findall(r"`([A-Z]{3,}_[A-Z_]+)`", README):
        assert code in codes, code
    for row, status in re.findall(r"^\| (`[A-Z_`, ]+) \| (\d{3}) \|", README, re.MULTILINE):
        for code in re.findall(r"[A-Z_]+", row):
            assert codes[code]["httpStatus"] == int(status), code


@pytest.mark.parametrize("kind", ["http", "sh", "json", "jsonl", "ts"])
def test_there_is_an_example_of_each_kind(kind):
    assert kind in {found for found, _text in BLOCKS}
