"""P4: what submitting a case costs, beside its own statements replayed by pgbench.

infra/bench submitting [COUNT]    200 submissions a round by default

Ours is the operation itself: an application with two files, in this process, by somebody who is
known already. Its statements are captured, with their values, and replayed on a copy of the
database by ``pgbench -M prepared``, in a transaction each, in the role of the center; what came of
them is compared. Cost is CPU time of this process, or of pgbench, and of PostgreSQL.

Ours does more than its statements: it checks and hashes the files and stores them, seals personal
data, chains the event, draws up, signs and stores the receipt. What the receipt's PDF takes of
that is told apart. The replay reads a row of values before each transaction, which ours does not.
"""

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra import postgres
from infra.benchmarks import replaying, throwaway
from infra.benchmarks.measuring import ROUNDS, Figure, console, show_goal
from infra.launcher import database
from infra.launcher.installation import PROJECT, PYTHON

COPY = "bench_copy"
SINCE = "2020-01-01"
GOAL = 0.5
WARM_UP = 20
_CAME_OF_IT = """
SELECT c.number, encode(c.head_hash, 'hex'), c.query_code_digest, k.outcome::text, p.number,
       (SELECT count(*) FROM cases_materialfile f JOIN cases_material m ON m.id = f.material_id
         WHERE m.case_id = c.id),
       (SELECT count(*) FROM kernel_outboxmessage o WHERE o.key = c.number),
       (SELECT count(*) FROM kernel_logentry l WHERE l.subject = c.number),
       (SELECT count(*) FROM kernel_auditentry a WHERE a.object_key = c.number)
  FROM cases_case c
  JOIN cases_paper p ON p.case_id = c.id
  JOIN kernel_idempotencyrecord k ON k.outcome->>'number' = c.number
 ORDER BY c.number LIMIT %s
"""


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark and print its figures."""
    count = int(arguments[0]) if arguments else 200
    with throwaway.server() as installation:
        kept = installation.ensure_secrets()
        database.set_up(installation, kept)
        provisioner = throwaway.environment(installation, kept, login="provisioner")
        for command in (
            ("upgrade",),
            ("onboard", "371425", "--as-of", "2021-12-31"),
            ("catalog", "starter", "--since", SINCE),
            ("catalog", "open", "371425", "--since", SINCE),
        ):
            throwaway.run(provisioner, *command)
        given = _Given(
            installation.database_administrator_url(),
            str(postgres.running(postgres.data_folder(installation.database_folder) / "cluster")),
            str(installation.home / "submit.sql"),
        )
        subprocess.run(
            [str(PYTHON), "-W", "ignore", "-m", __spec__.name, str(count), *given],
            env=throwaway.environment(installation, kept, login="app"),
            cwd=PROJECT,
            check=True,
        )


class _Given(NamedTuple):
    """What the measuring process is told."""

    administrator: str
    postmaster: str
    script: str

    @property
    def copy(self) -> str:
        """The URL of the database in which the statements are replayed."""
        return make_conninfo(self.administrator, dbname=COPY)


def _measure(count: int, given: _Given) -> None:
    from infra.benchmarks import case_rows
    from tenants.staff.rules import CenterRole
    from tongban.identity import queries as identity
    from tongban.kernel import roles

    (token,) = case_rows.people(CenterRole.CLERK)
    actor = identity.resolve_actor(token, now=timezone.now())
    serials = itertools.count(1)

    def submit() -> str:
        return case_rows.submit_as(actor, next(serials))

    for _ in range(WARM_UP):
        submit()
    _copy(given)
    calls = [_captured(submit) for _ in range(count * ROUNDS)]
    with psycopg.connect(given.copy, autocommit=True) as admin:
        schema = case_rows.schema_of(admin)
        admin.execute(f'SET search_path TO "{schema}"'.encode())
        own = replaying.give(admin, calls, Path(given.script))
    console.print(
        f"{count} submissions a round: {len(calls[0].statements)} statements in one transaction,"
        f" with {own} values of their own"
    )
    role, done = roles.center_data(case_rows.CENTER), itertools.count()

    def replay() -> None:
        replaying.replay(
            Path(given.script), given.copy,
            role=role, schema=schema, after=next(done) * count, count=count,
        )  # fmt: skip

    def ours() -> None:
        for _ in range(count):
            submit()

    postmaster = psutil.Process(int(given.postmaster))
    costs = _rounds({"ours": ours, "pgbench": replay}, count, postmaster)
    _refuse_difference(given, schema, WARM_UP + len(calls))
    _show(costs, _drawing(submit, count))


def _copy(given: _Given) -> None:
    """Make the copy, in which the same numbers will be taken; nobody may be connected."""
    from django.db import connections

    from tongban.kernel import bootstrap

    connections.close_all()
    name = str(conninfo_to_dict(given.administrator)["dbname"])
    elsewhere = make_conninfo(given.administrator, dbname="postgres")
    with psycopg.connect(elsewhere, autocommit=True) as admin:
        bootstrap.create_database(admin, name=COPY, template=name)


def _captured(submit: Callable[[], str]) -> replaying.Call:
    """Return a submission's statements; the case has the id in them that it got."""
    call = replaying.capture(submit)
    event = next(
        n for n, s in enumerate(call.statements) if s.startswith('INSERT INTO "cases_caseevent"')
    )
    return replaying.with_own_id(call, "cases_case", call.values[event][0])


def _rounds(
    sides: Mapping[str, Callable[[], None]], count: int, postmaster: psutil.Process
) -> dict[str, tuple[Figure, Figure]]:
    """Return the CPU-ms a submission of each side, which take turns: its own and PostgreSQL's."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            before = _own(), _server(postmaster)
            side()
            after = _own(), _server(postmaster)
            spent = [(b - a) / count * 1000 for a, b in zip(before, after, strict=True)]
            taken[name].append((spent[0], spent[1]))
    return {
        name: (Figure.of([own for own, _ in each]), Figure.of([server for _, server in each]))
        for name, each in taken.items()
    }


def _own() -> float:
    """Return the CPU seconds of this process and of the programs that it ran."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _server(postmaster: psutil.Process) -> float:
    """Return the CPU seconds of PostgreSQL: of what runs, and of the sessions that ended."""
    while True:
        live = (postmaster, *postmaster.children())
        ended = postmaster.cpu_times()
        try:
            running = sum(sum(process.cpu_times()[:2]) for process in live)
        except psutil.NoSuchProcess:
            continue  # a session ended meanwhile: count again
        return ended.children_user + ended.children_system + running


def _refuse_difference(given: _Given, schema: str, count: int) -> None:
    """Raise where the replay has not brought about what was captured."""
    found = []
    for url in (given.administrator, given.copy):
        with psycopg.connect(url) as admin:
            admin.execute(f'SET search_path TO "{schema}"'.encode())
            found.append(admin.execute(_CAME_OF_IT, [count]).fetchall())
    assert len(found[0]) == count, "not every submission has all that it leaves behind"
    assert found[0] == found[1], "the sides brought about different cases"


def _drawing(submit: Callable[[], str], count: int) -> Figure:
    """Return the CPU-ms that the receipt's PDF takes of a submission, in rounds of their own."""
    from tenants.cases.adapters import document as adapter
    from tenants.cases.adapters.document import Document

    render, spent = adapter.render, 0.0

    def timed(document: Document) -> bytes:
        nonlocal spent
        started = time.process_time()
        drawn = render(document)
        spent += time.process_time() - started
        return drawn

    figures = []
    adapter.render = timed
    try:
        for _ in range(ROUNDS):
            spent = 0.0
            for _ in range(count):
                submit()
            figures.append(spent / count * 1000)
    finally:
        adapter.render = render
    return Figure.of(figures)


def _show(costs: Mapping[str, tuple[Figure, Figure]], drawing: Figure) -> None:
    totals = {}
    for name, (own, server) in costs.items():
        totals[name] = Figure.of([a + b for a, b in zip(own.values, server.values, strict=True)])
        console.print(
            f"  {name:<8} {totals[name]!s:>22} CPU-ms each: own {own!s}, PostgreSQL {server!s}"
        )
    console.print(f"  of ours, the receipt's PDF {drawing!s} CPU-ms")
    without = Figure.of([a - b for a, b in zip(totals["ours"].values, drawing.values, strict=True)])
    console.print(f"{'pgbench ÷ ours without the PDF':<52} {totals['pgbench'] / without!s:>24}")
    server = costs["pgbench"][1] / costs["ours"][1]
    console.print(f"{'PostgreSQL alone, pgbench ÷ ours':<52} {server!s:>24}")
    show_goal("pgbench ÷ ours", totals["pgbench"] / totals["ours"], GOAL)


if __name__ == "__main__":
    import django

    django.setup()
    _measure(int(sys.argv[1]), _Given(*sys.argv[2:]))
