"""One database and one process ``live`` for all of these tests: each makes cases of its own."""

from collections.abc import Iterator

import pytest

from tests import database
from tests.live.server import Live

HOST = "qihe.example"
"""A name that a test gives to a center."""
NAME = f"{database.CLONE}_live"


@pytest.fixture(scope="session")
def live(administrator: str) -> Iterator[Live]:
    """The process, ready; short patience, so that tests need not be patient."""
    database.clone(administrator, NAME)
    server = Live(
        database.url_of("app", NAME, host=database.host_of(administrator)),
        LIVE_INIT_SECONDS="1",
        LIVE_BACKLOG="64",
        LIVE_SOCKETS_PER_ACTOR="5",
        LIVE_SUBSCRIPTIONS_PER_SOCKET="4",
        CORS_ORIGINS="https://app.example",
        HOSTS=f"127.0.0.1,{HOST}",
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
        database.drop(administrator, NAME)


@pytest.fixture(autouse=True)
def _committed(live: Live, administrator: str, django_db_blocker: object) -> Iterator[None]:
    """Let the test itself work on that database; its work commits."""
    del live
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.point_at(NAME, administrator)
        yield
        database.point_at(database.CLONE, administrator)
