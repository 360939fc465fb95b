"""One database and one process ``live`` for all tests of a module; each makes its own cases."""

import itertools
from collections.abc import Iterator

import pytest

from tests import database
from tests.live.server import Live

HOST = "qihe.example"
"""A name that a test gives to a center."""

_clones = itertools.count()


@pytest.fixture(scope="module")
def live_url(administrator: str, django_db_blocker: object) -> Iterator[str]:
    """The URL of a database whose work commits."""
    from django.db import connections

    name = f"{database.CLONE}_live_{next(_clones)}"
    database.clone(administrator, name)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.point_at(name, administrator)
        try:
            yield database.url_of("app", name, host=database.host_of(administrator))
        finally:
            connections.close_all()
            database.point_at(database.CLONE, administrator)
            database.drop(administrator, name)


@pytest.fixture(scope="module")
def live(live_url: str) -> Iterator[Live]:
    """The process, ready; short patience, so that tests need not be patient."""
    server = Live(
        live_url,
        LIVE_INIT_SECONDS="1",
        LIVE_BACKLOG="64",
        LIVE_SOCKETS_PER_ACTOR="5",
        LIVE_SUBSCRIPTIONS_PER_SOCKET="4",
        CORS_ORIGINS="https://app.example",
        HOSTS=f"127.0.0.1,{HOST}",
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()
