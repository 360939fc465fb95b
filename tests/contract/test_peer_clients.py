"""Other people's clients, unchanged, against our endpoint."""

import hashlib
import importlib.metadata
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client, RequestFactory
from django.urls import path
from gql import Client as GqlClient
from gql import FileVar, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport
from graphene_file_upload.utils import place_files_in_operations

from schema import uploads
from schema.requests import parsed
from tests.graphql import trial

urlpatterns = [path("graphql", trial.view)]
"""Where the small schema is served: it has an upload that needs nothing else."""

KEEP = """
mutation Keep($file: Upload, $files: [Upload]) {
  keep(input: {file: $file, files: $files}) { digests names }
}
"""
CONTENT = b"\xff\xd8 a picture"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def served(db, settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture(scope="module")
def file_graphql_query():
    """The helper of graphene-file-upload for Django's test client.

    The package's own ``__init__`` beside it wants graphene, so it is loaded from its file.
    """
    package = importlib.metadata.distribution("graphene-file-upload")
    location = Path(str(package.locate_file("graphene_file_upload/django/testing.py")))
    spec = importlib.util.spec_from_file_location("peer_testing", location)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.file_graphql_query


def test_graphene_file_upload_sends_a_file(served, file_graphql_query):
    response = file_graphql_query(
        KEEP,
        op_name="Keep",
        files={"file": SimpleUploadedFile("a.jpg", CONTENT)},
        client=Client(),
        graphql_url="/graphql",
        headers={"HTTP_GRAPHQL_REQUIRE_PREFLIGHT": "1"},
    )
    assert json.loads(response.content)["data"]["keep"] == {"digests": [DIGEST], "names": ["a.jpg"]}


def test_graphene_file_upload_places_files_as_we_do():
    operations = {"query": KEEP, "variables": {"file": None, "files": [None, None]}}
    places = {"x": ["variables.files.1"], "y": ["variables.file"], "z": ["variables.files.0"]}
    files = {name: SimpleUploadedFile(f"{name}.pdf", name.encode()) for name in places}
    request = RequestFactory().post(
        "/graphql",
        data={"operations": json.dumps(operations), "map": json.dumps(places), **files},
        headers={"GraphQL-Require-Preflight": "1"},
    )

    def named(placed: Any) -> Any:
        variables = placed["variables"]
        return variables["file"].name, [file.name for file in variables["files"]]

    ours = named(uploads.placed(request, parsed))
    request.close()
    assert ours == named(place_files_in_operations(operations, places, files))


@pytest.fixture
def peer(served):
    """The Python client gql, over httpx, in front of the WSGI application itself."""
    # They would close the connection whose transaction the test rolls back.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    transport = HTTPXTransport(
        url="http://localhost/graphql",
        headers={"GraphQL-Require-Preflight": "1"},
        transport=httpx.WSGITransport(app=get_wsgi_application()),
    )
    with GqlClient(transport=transport) as session:
        yield session
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_gql_reads(peer):
    assert peer.execute(gql("{ trunk { name } }")) == {"trunk": {"name": "t"}}


def test_gql_uploads(peer):
    file = FileVar(io.BytesIO(CONTENT), filename="a.jpg")
    query = gql(KEEP)
    query.variable_values = {"file": file, "files": [FileVar(io.BytesIO(b"b"), filename="b")]}
    kept = peer.execute(query, upload_files=True)["keep"]
    assert kept["names"] == ["a.jpg", "b"]
    assert kept["digests"][0] == DIGEST


def test_gql_gets_typed_errors(peer):
    with pytest.raises(TransportQueryError) as caught:
        peer.execute(gql("{ nothing }"))
    assert caught.value.errors
    assert caught.value.errors[0]["extensions"]["code"] == "BAD_REQUEST"
