"""What an operation sends to PostgreSQL, captured, and made a script that pgbench replays.

Each captured call becomes a row of ``bench_given`` with every value that differs between calls; the
script reads one row, then sends the statements with its values. What is the same in all calls
stands in the statements, which pgbench prepares once.
"""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.adapt import PyFormat, Transformer

from infra import postgres

_NEVER_THE_SAME = "registry_registryversion"
"""What a process looks up once a second, whatever it does."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one call sent, in order, in one transaction: statements, and each one's values."""

    statements: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    """As PostgreSQL reads them, None for NULL."""


def capture(call: Callable[[], object]) -> Call:
    """Run an operation and return what it sent, which is all in its transaction."""
    sent: list[tuple[str, tuple[str | None, ...]]] = []

    def keep(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if _NEVER_THE_SAME not in statement:
            assert connection.in_atomic_block, statement
            sent.append((statement, tuple(_text(value) for value in params or ())))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(keep):
        call()
    return Call(tuple(s for s, _values in sent), tuple(values for _s, values in sent))


def with_own_id(call: Call, table: str, value: str | None) -> Call:
    """Return the call with the id that the database gave a row of ``table``, so that it is given.

    What refers to the row finds it again.
    """
    place = next(
        n for n, s in enumerate(call.statements) if s.startswith(f'INSERT INTO "{table}" ("id", ')
    )
    statement = call.statements[place].replace("VALUES (DEFAULT, ", "VALUES (%s, ", 1)
    return Call(
        (*call.statements[:place], statement, *call.statements[place + 1 :]),
        (*call.values[:place], (value, *call.values[place]), *call.values[place + 1 :]),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    dumped = Transformer(connection.connection).get_dumper(value, PyFormat.TEXT).dump(value)
    assert dumped is not None
    return bytes(dumped).decode()


def give(admin: psycopg.Connection[Any], calls: Sequence[Call], script: Path) -> int:
    """Write the script and the table it reads; return how many values a call has of its own."""
    statements = calls[0].statements
    assert all(call.statements == statements for call in calls), "the calls differ"
    columns: list[tuple[str, ...]] = []
    lines = []
    for place, statement in enumerate(statements):
        pieces = statement.replace("%%", "%").split("%s")
        filled = [pieces[0]]
        for n, piece in enumerate(pieces[1:]):
            filled += [_filled(columns, [call.values[place][n] for call in calls]), piece]
        lines.append("".join(filled) + ";")
    names = [f"v{n}" for n in range(len(columns))]
    row = f"SELECT {', '.join(names)} FROM bench_given WHERE n = :n"  # noqa: S608 # our own names
    script.write_text("\n".join(["\\set n :n + 1", f"{row} \\gset", "BEGIN;", *lines, "END;", ""]))
    typed = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in names)
    admin.execute(sql.SQL("CREATE TABLE bench_given (n integer PRIMARY KEY, {})").format(typed))
    admin.execute("GRANT SELECT ON bench_given TO PUBLIC")
    with admin.cursor() as cursor, cursor.copy("COPY bench_given FROM STDIN") as copy:
        for n, own in enumerate(zip(*columns, strict=True), start=1):
            copy.write_row((n, *own))
    admin.execute("VACUUM ANALYZE bench_given")
    return len(columns)


def _filled(columns: list[tuple[str, ...]], values: list[str | None]) -> str:
    """Return what stands for a parameter: a literal, or the variable of a further column."""
    if len(set(values)) == 1:
        return "NULL" if values[0] is None else _literal(values[0])
    own = tuple(value for value in values if value is not None)
    assert len(own) == len(values), "NULL in some calls only"
    if own not in columns:
        columns.append(own)
    return f":v{columns.index(own)}"


def _literal(value: str) -> str:
    r"""Return a string constant in which pgbench finds no ``:name``."""
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\072")
    return f"E'{escaped}'"


def replay(script: Path, url: str, *, role: str, schema: str, after: int, count: int) -> None:
    """Send the calls ``after`` + 1 … + ``count`` through pgbench as the role of a center."""
    done = subprocess.run(
        [postgres.binaries() / "pgbench", "-n", "-M", "prepared", "-c", "1", "-t", str(count),
         "-D", f"n={after}", "-f", script, url],
        env={**os.environ, "PGOPTIONS": f"-c role={role} -c search_path={schema},public"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    # It ends with success also where a statement failed in some transactions.
    assert f"actually processed: {count}/{count}\n" in done.stdout, done.stdout + done.stderr
