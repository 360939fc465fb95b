"""P7: a center made ready, by us, by django-tenants, and by the bare DDL.

infra/bench onboard [CENTERS]    CENTERS per side and round, 5 by default

Every side works on its own database of one throw-away server with durable settings. Ours does all
that onboarding does: roles, schema, rights, signing key, first rows, activation, audit. The peer
runs the same applications' migrations into a fresh schema, as ``TenantMixin`` does on saving. The
limit is the same script of tables in one transaction and one message, then through psql.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from infra import postgres
from infra.benchmarks import throwaway
from infra.benchmarks.measuring import ROUNDS, Figure, console, show_goal
from infra.launcher import database, demonstration
from infra.launcher.installation import PROJECT, PYTHON, Installation, Secrets
from tongban.registry import rules

STOCK, BARE = "stock", "bare"
DAY = date(2021, 12, 31)
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'i') AND a.attnum > 0
 ORDER BY 1, 2
"""
_SIZE = """
SELECT count(*) FILTER (WHERE relkind = 'r'), count(*) FILTER (WHERE relkind = 'i')
  FROM pg_class WHERE relnamespace = %s::regnamespace
"""


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark and print its figures."""
    each = int(arguments[0]) if arguments else 5
    with throwaway.server() as installation, ExitStack() as stack:
        kept = installation.ensure_secrets()
        limit = Bare.prepare(installation, kept)
        ours = stack.enter_context(Side.open("ours", _environment(installation, kept)))
        stock = stack.enter_context(Side.open("stock", _stock_environment(installation, kept)))
        codes = _codes(count=each * ROUNDS + 1)
        console.print(f"5 rounds of {each} centers a side; {os.cpu_count()} cores")
        _compare(installation, codes.pop(), ours, stock, limit)
        makers: dict[str, Callable[[Sequence[str]], float]] = {
            "stock": stock.make,  # it takes long: the others run close together
            "message": limit.make,
            "ours": ours.make,
            "psql": stack.enter_context(limit.psql()),
        }
        rounds: dict[str, list[float]] = {name: [] for name in makers}
        for number in range(ROUNDS):
            batch = codes[number * each : (number + 1) * each]
            for name, make in makers.items():
                rounds[name].append(each / make(batch))
        _show({name: Figure.of(values) for name, values in rounds.items()})
        _onboard_all(installation, kept)


def _show(figures: dict[str, Figure]) -> None:
    names = {
        "ours": "onboarding",
        "stock": "django-tenants",
        "message": "bare DDL, one message",
        "psql": "bare DDL, psql",
    }
    for key, name in names.items():
        console.print(f"{name:<52} {figures[key]!s:>24}   centers a second")
    show_goal("onboarding ÷ django-tenants", figures["ours"] / figures["stock"], 6)
    show_goal("onboarding ÷ bare DDL in psql", figures["ours"] / figures["psql"], 0.8)
    ratio = figures["ours"] / figures["message"]
    console.print(f"{'onboarding ÷ bare DDL in one message':<52} {ratio!s:>24}")


def _environment(installation: Installation, kept: Secrets) -> dict[str, str]:
    return throwaway.environment(installation, kept, login="provisioner")


def _stock_environment(installation: Installation, kept: Secrets) -> dict[str, str]:
    admin = installation.administrator_url()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {STOCK} TEMPLATE template0")
    url = admin.replace("/postgres?", f"/{STOCK}?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")
    return {
        **_environment(installation, kept),
        "TONGBAN_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "infra.benchmarks.stock_settings",
    }


def _codes(*, count: int) -> list[str]:
    """Return counties, none of them among those that are onboarded together at the end."""
    counties = [
        rules.center_code(row.code)
        for row in rules.read_divisions()
        if row.level is rules.Level.COUNTY
        and not row.code.startswith(("3714", "3717"))
        and row.valid_from <= DAY
        and (row.valid_to is None or row.valid_to > DAY)
    ]
    return counties[:count]


@dataclass(frozen=True, slots=True)
class Side:
    """A process that makes centers when told, and says how long that took."""

    process: "subprocess.Popen[str]"

    @classmethod
    @contextmanager
    def open(cls, name: str, environment: dict[str, str]) -> Iterator["Side"]:
        """Start the process and let it prepare its database."""
        process = subprocess.Popen(
            [str(PYTHON), "-m", "infra.benchmarks.onboard", name],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        side = cls(process)
        try:
            side.make([])
            yield side
        finally:
            process.kill()
            process.communicate()

    def make(self, codes: Sequence[str]) -> float:
        """Make the centers and return the seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(list(codes)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("a side of the benchmark has ended; its error stands above")
        return float(answer)


@dataclass(frozen=True, slots=True)
class Bare:
    """The raw limit: the tables' script alone."""

    url: str
    script: str

    @classmethod
    def prepare(cls, installation: Installation, kept: Secrets) -> "Bare":
        """Set up our own database, take its script, and make the limit's database."""
        database.set_up(installation, kept)
        throwaway.run(_environment(installation, kept), "upgrade")
        with psycopg.connect(
            installation.database_administrator_url(), autocommit=True
        ) as connection:
            row = connection.execute("SELECT script FROM registry_schemascript").fetchone()
            assert row is not None
            connection.execute(f"CREATE DATABASE {BARE} TEMPLATE template0")
        url = make_conninfo(installation.administrator_url(), dbname=BARE)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")
        return cls(url, row[0])

    def _text(self, code: str) -> str:
        return f"CREATE SCHEMA c{code};\n{self.script.replace('{{schema}}', f'c{code}')}"

    def make(self, codes: Sequence[str]) -> float:
        """Run the script for each code, one message and one transaction each."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            started = time.perf_counter()
            for code in codes:
                connection.execute(self._text(code).encode())
            return time.perf_counter() - started

    @contextmanager
    def psql(self) -> Iterator[Callable[[Sequence[str]], float]]:
        """Yield what feeds one psql with the script for each code, one transaction each."""
        process = subprocess.Popen(
            [str(postgres.binaries() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        feed, answers = process.stdin, process.stdout
        assert feed is not None
        assert answers is not None

        def make(codes: Sequence[str]) -> float:
            started = time.perf_counter()
            for code in codes:
                # The side that sends one message has used up the code itself.
                text = self._text(f"{code}009")
                print(f"BEGIN;\n{text}\nCOMMIT;\n\\echo done", file=feed, flush=True)
            for _code in codes:
                assert answers.readline() == "done\n"
            return time.perf_counter() - started

        try:
            yield make
        finally:
            process.kill()
            process.communicate()


def _compare(installation: Installation, code: str, ours: Side, stock: Side, limit: Bare) -> None:
    """Let every side make one center, and refuse to time sides that differ."""
    for side in (ours, stock, limit):
        side.make([code])
    urls = (
        installation.database_administrator_url(),
        make_conninfo(installation.administrator_url(), dbname=STOCK),
        limit.url,
    )
    found = []
    for url in urls:
        with psycopg.connect(url) as connection:
            found.append(connection.execute(_COLUMNS, [f"c{code}"]).fetchall())
            size = connection.execute(_SIZE, [f"c{code}"]).fetchone()
    assert found[0] == found[1] == found[2], "the sides do not make the same tables and indexes"
    assert size is not None
    console.print(f"each center: {size[0]} tables, {size[1]} indexes, alike on every side")


def _onboard_all(installation: Installation, kept: Secrets) -> None:
    started = time.perf_counter()
    for request in demonstration.WHOLE:
        throwaway.run(
            _environment(installation, kept), "onboard", *request, "--as-of", demonstration.DAY
        )
    seconds = time.perf_counter() - started
    with psycopg.connect(installation.database_administrator_url()) as connection:
        row = connection.execute(
            "SELECT count(*) FROM registry_center WHERE status = 'active'"
            " AND (code LIKE '3714%%' OR code LIKE '3717%%')"
        ).fetchone()
    assert row is not None
    console.print(
        f"{row[0]} centers of 德州 and 单县, with the start of three commands: {seconds:.1f} s"
    )


def _serve(name: str) -> None:
    import django

    django.setup()
    make = _ours() if name == "ours" else _stock()
    for line in sys.stdin:
        codes = json.loads(line)
        started = time.perf_counter()
        if codes:
            make(codes)
        print(time.perf_counter() - started, flush=True)


def _ours() -> Any:
    from django.utils import timezone

    from tongban.kernel import actors
    from tongban.kernel.context import SharedRole, shared_context
    from tongban.registry.operations import onboard

    def make(codes: list[str]) -> None:
        with shared_context(SharedRole.PLATFORM):
            request = onboard.request_onboarding(
                actor=actors.operator("bench"),
                roots=codes,
                as_of=DAY,
                with_counties=False,
                with_townships=False,
                now=timezone.now(),
            )
        onboard.run_onboarding(
            onboarding_id=request.id, clock=timezone.now, report=lambda _step: None
        )

    return make


def _stock() -> Any:
    from django.core.management import call_command

    from tongban.registry.models import Center

    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    Center.auto_create_schema = True

    def make(codes: list[str]) -> None:
        for code in codes:
            Center(
                code=code, schema_name=f"c{code}", name=code, level="county",
                division_code=f"{code}000000",
            ).save(verbosity=0)  # type: ignore[no-untyped-call] # fmt: skip

    return make


if __name__ == "__main__":
    _serve(sys.argv[1])
