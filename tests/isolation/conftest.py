"""Connections that a proof of walls needs: the administrator's eye and the application's hand."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests import database
from tests.isolation.meant import Connection


@pytest.fixture
def admin(administrator: str) -> Iterator[Connection]:
    """The administrator in this process's database; what the test plants is rolled back."""
    with psycopg.connect(make_conninfo(administrator, dbname=database.CLONE)) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def app(administrator: str) -> Iterator[Connection]:
    """A connection of the application's own login, as an intruder in a process would have it."""
    url = database.url_of("app", database.CLONE, host=database.host_of(administrator))
    with psycopg.connect(url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def bare_db(administrator: str, django_db_blocker: object) -> Iterator[None]:
    """This process's database outside any transaction, for tests that write nothing."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.point_at(database.CLONE, administrator)
        try:
            yield
        finally:
            connections.close_all()
