"""The databases of a test run: one template with onboarded centers, cloned per worker and test.

The template is made as production makes a database (bootstrap, upgrade, onboard) and kept until a
file that shapes it changes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / ".tongban" / "test"
INSTANCE = "tbtest"
PASSWORD = "test"
PROVISIONERS_PASSWORD = "another"
CLONE = f"tbtest_{os.getpid()}"
"""Databases of this process; two runs at once don't meet."""

KEPT_TEMPLATES = 8

CENTERS = ("371400", "371402", "371402001", "371425", "371425001", "371700", "371722", "371722101")
"""德州, its 德城区 with 新湖街道, its 齐河县 with 晏城街道; 菏泽, its 单县 with a town."""

SET_UP = "370110100101"
"""企业设立登记, which 德城区 leaves to 德州 (同城办理)."""


def run() -> str:
    """Return the process that started this run: pytest's own, or the one above its workers."""
    return os.environ.setdefault("TEST_RUN", str(os.getpid()))


def administrator_url() -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            str(PROJECT / "infra/postgres.py"),
            "start",
            str(DATA),
            "--unsafe",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def set_environment() -> None:
    """Settle what settings read before Django is set up; nothing is started yet."""
    files = DATA / "files" / run() / CLONE  # a worker's own: what one removes, another may hand in
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tongban.config.settings",
        TONGBAN_SECRET_KEY="test" * 16,
        TONGBAN_KEYS="t1:AAECAwQFBgcICQoLDA0ODw==",
        TONGBAN_APPLICANT_HASH_KEY="test" * 16,
        TONGBAN_FILES_ROOT=str(files),
        TONGBAN_AUDIT_SEALS=str(files / "seals"),
        TONGBAN_DATABASE_URL=url_of("app", CLONE, host="pending"),
    )


def url_of(login: str, database: str, *, host: str) -> str:
    password = PROVISIONERS_PASSWORD if login == "provisioner" else PASSWORD
    return f"postgresql://{INSTANCE}_{login}:{password}@/{database}?host={host}"


def host_of(administrator: str) -> str:
    return str(conninfo_to_dict(administrator)["host"])


@contextmanager
def locked() -> Iterator[None]:
    DATA.mkdir(parents=True, exist_ok=True)
    with (DATA / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare() -> str:
    """Start the server, build the template if need be, clone this process's database.

    Returns the administrator's URL.
    """
    with locked():
        administrator = administrator_url()
        with psycopg.connect(administrator, autocommit=True) as connection:
            names = databases(connection)
            drop_stale(connection, names)
        for folder in (DATA / "files").glob("*"):
            if not is_running(folder.name):
                shutil.rmtree(folder)
        if template() not in names:
            build(administrator)
    clone(administrator, CLONE)
    return administrator


@cache
def template() -> str:
    """Name the template of the present code."""
    return f"tbtest_template_{shape()[:12]}"


def databases(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'tbtest\\_%' ORDER BY oid"
    )
    return [name for (name,) in rows]


def drop_stale(connection: psycopg.Connection, names: list[str]) -> None:
    """Drop the clones of processes that are gone, and all but the latest templates."""
    templates = [name for name in names if name.startswith("tbtest_template_")]
    stale = [name for name in templates[:-KEPT_TEMPLATES] if name != template()]
    for name in names:
        process = name.split("_")[1]
        if process.isdecimal() and not is_running(process):
            stale.append(name)
    for name in stale:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def is_running(process: str) -> bool:
    return Path(f"/proc/{process}").exists()


def clone(administrator: str, name: str) -> None:
    from tongban.kernel import bootstrap

    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        bootstrap.create_database(connection, name=name, template=template())
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as connection:
        bootstrap.secure_database(connection, instance=INSTANCE)


def point_at(name: str, administrator: str) -> None:
    """Let this process work on another database of the same server."""
    from django.db import connections

    from tongban.catalog.queries.clock import catalog_clock
    from tongban.registry.queries import center_map

    connections.close_all()
    connections.settings["default"].update(NAME=name, HOST=host_of(administrator))
    center_map.forget()
    catalog_clock.forget()


def drop(administrator: str, name: str) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def shape() -> str:
    """Digest every file from which the template follows."""
    digest = hashlib.sha256()
    folders = ("platform/tongban", "tenants")
    for path in sorted(p for folder in folders for p in (PROJECT / folder).rglob("*")):
        is_code = path.suffix == ".py" and (
            "migrations" in path.parts
            or path.name in {"models.py", "apps.py"}
            or {"kernel", "registry"} & set(path.parts)
            or {"catalog", "operations"} <= set(path.parts)
        )
        if is_code or path.suffix in {".csv", ".json"}:
            digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def build(administrator: str) -> None:
    """Make the template under another name, and give it its own once it is whole."""
    from tongban.kernel import bootstrap

    half = "tbtest_half"
    with psycopg.connect(administrator, autocommit=True) as connection:
        bootstrap.create_logins(
            connection,
            instance=INSTANCE,
            app_password=PASSWORD,
            provisioner_password=PROVISIONERS_PASSWORD,
        )
        connection.execute(f"DROP DATABASE IF EXISTS {half} WITH (FORCE)")
        bootstrap.create_database(connection, name=half, template=None)
    with psycopg.connect(make_conninfo(administrator, dbname=half), autocommit=True) as connection:
        bootstrap.secure_database(connection, instance=INSTANCE)
    provisioner = url_of("provisioner", half, host=host_of(administrator))
    # Each command is a process of its own, as in production.
    for arguments in (
        ("upgrade",),
        ("onboard", *CENTERS, "--as-of", "2021-12-31"),
        ("catalog", "starter", "--since", "2020-01-01"),
        ("catalog", "open", *CENTERS, "--since", "2020-01-01"),
        ("delegate", "371402", "--to", "371400", "--matters", SET_UP, "--since", "2020-01-01"),
    ):
        subprocess.run(
            [sys.executable, "-m", "tongban.config.command", *arguments],
            env={
                **os.environ,
                "PYTHONPATH": f"{PROJECT / 'platform'}:{PROJECT}",
                "TONGBAN_DATABASE_URL": provisioner,
            },
            check=True,
            stdout=subprocess.DEVNULL,
        )
    silence_retention(make_conninfo(administrator, dbname=half))
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {half} RENAME TO {template()}")


def silence_retention(template_url: str) -> None:
    """Take away each schema's nightly run: tests work in days of their own, and count timers."""
    with psycopg.connect(template_url, autocommit=True) as connection:
        schemas = connection.execute(
            "SELECT table_schema FROM information_schema.tables WHERE table_name = 'kernel_timer'"
        ).fetchall()
        for (schema,) in schemas:
            gone = connection.execute(
                f"DELETE FROM {schema}.kernel_timer WHERE kind = 'retention' AND fires_at > now()"
            )
            assert gone.rowcount == 1, f"{schema} has no nightly run"
