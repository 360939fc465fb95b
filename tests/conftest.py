"""Fixtures of every test: a database entered as the application's own login, rolled back."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

from tests import database

database.set_environment()
django.setup()

_clones = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow part too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow") or os.environ.get("CI") == "true":
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker read the settings after it has settled its own environment, not this one."""
    os.environ.pop("DJANGO_SETTINGS_MODULE")


@pytest.fixture(scope="session")
def administrator() -> str:
    """The administrator's URL, once the template and this process's database stand."""
    return database.prepare()


@pytest.fixture
def db(administrator: str, django_db_blocker: object) -> Iterator[None]:
    """This worker's database; everything the test does is rolled back."""
    from django.db import connection, transaction

    from tongban.catalog.queries.clock import catalog_clock
    from tongban.registry.queries import center_map

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        if connection.settings_dict["HOST"] == "pending":
            database.point_at(database.CLONE, administrator)
        center_map.forget()
        catalog_clock.forget()
        atomic = transaction.atomic()
        atomic._from_testcase = True  # type: ignore[attr-defined]
        atomic.__enter__()
        try:
            yield
            connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture
def catalog(db: None) -> Iterator[None]:
    """The shared catalog as those work in it who write it."""
    from tongban.kernel.context import SharedRole, shared_context

    with shared_context(SharedRole.CATALOG):
        yield


@pytest.fixture
def committed_db(administrator: str, django_db_blocker: object) -> Iterator[str]:
    """A database of the test's own, cloned from the template: its work commits. Yields its URL."""
    from django.db import connections

    name = f"{database.CLONE}_{next(_clones)}"
    database.clone(administrator, name)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.point_at(name, administrator)
        try:
            yield database.url_of("app", name, host=database.host_of(administrator))
        finally:
            connections.close_all()
            database.point_at(database.CLONE, administrator)
            database.drop(administrator, name)


@pytest.fixture
def own_storage(settings: Any, tmp_path: Path) -> Path:
    """Files and sealed heads of the test's own: in the common ones lies what others rolled back."""
    settings.AUDIT_SEALS = tmp_path / "seals"
    settings.STORAGES = {
        "files": {**settings.STORAGES["files"], "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path
