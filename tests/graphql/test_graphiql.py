"""GraphiQL: there in development, whole, and self-contained."""

import hashlib
import re
from pathlib import Path

import pytest
from django.test import Client

from schema import ide

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FOLDER = Path(ide.__file__).parent / "static" / "graphiql"


@pytest.mark.parametrize("path", ["/graphql", "/c/371400/graphql"])
def test_the_page_loads_files_of_our_own_alone(settings, path):
    settings.DEBUG = True
    page = Client(headers=BROWSER).get(path)
    assert page.status_code == 200
    links = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert len(links) == 5
    for link in links:
        assert link == "data:," or Client().get(link).status_code == 200
    assert not re.search(rb"""https?:|["'(]//""", page.content)


@pytest.mark.parametrize(
    ("debug", "demo", "stored_only", "status"),
    [(False, False, False, 404), (False, True, False, 200), (True, False, True, 404)],
)
def test_it_is_for_development(settings, debug, demo, stored_only, status):
    settings.DEBUG, settings.DEMO, settings.STORED_OPERATIONS_ONLY = debug, demo, stored_only
    assert Client().get("/graphiql/graphiql.min.js").status_code == status
    page = Client(headers=BROWSER).get("/graphql")
    assert page.status_code == (200 if status == 200 else 406)


@pytest.mark.parametrize("name", ["README.md", "..%2Fapps.py", "%2e%2e/apps.py", "x.js"])
def test_nothing_else_is_served_from_there(settings, name):
    settings.DEBUG = True
    assert Client().get(f"/graphiql/{name}").status_code == 404


def test_the_files_are_the_published_ones():
    table = re.findall(
        r"^\| `([^`]+)` .*\| ([0-9a-f]{64}) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE
    )
    assert {name for name, _ in table} == {p.name for p in FOLDER.glob("*.min.*")}
    for name, digest in table:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest
