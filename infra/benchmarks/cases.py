"""What a list of cases costs in a center of a million, beside the plain SQL.

infra/bench cases [--cases N]    1,000,000 by default

One throw-away server holds the center. Each list is asked for its first page, ours and the plain
SQL in turn: the same rows by the same condition and order, written by hand, through the same
indexes. Ours is measured from the filter to the rows, as the API reads them. Counted is the CPU
time of client and backend together, which other work on the machine does not stretch.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from infra.benchmarks import throwaway
from infra.benchmarks.measuring import ROUNDS, Figure, console
from infra.launcher import database
from infra.launcher.installation import PROJECT, PYTHON

SINCE = "2020-01-01"
PAGE = 21
ASKED = 25
"""How often a round asks for each list: the middle answer counts."""
SLOW = 50
"""CPU-ms from which on a side is asked once a round."""
GOAL = 3


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark and print its figures."""
    count = int(arguments[arguments.index("--cases") + 1]) if "--cases" in arguments else 1_000_000
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
        given = installation.home / "given.json"
        for step in ("fill", "measure"):
            subprocess.run(
                [str(PYTHON), "-W", "ignore", "-m", __spec__.name, step, str(count),
                 installation.database_administrator_url(), str(given)],
                env=throwaway.environment(installation, kept, login="app"),
                cwd=PROJECT,
                check=True,
            )  # fmt: skip


def _fill(count: int, administrator: str, given: Path) -> None:
    from infra.benchmarks import case_rows
    from tenants.staff.rules import CenterRole

    (clerk,) = case_rows.people(CenterRole.CLERK)
    given.write_text(json.dumps(clerk))
    number = case_rows.submit_one(clerk)
    with psycopg.connect(administrator, autocommit=True) as admin:
        case_rows.copy_cases(admin, number, count)


def _lists() -> dict[str, tuple[Any, str]]:
    """Return for each list its filter and the plain condition; times are within what was made."""
    from infra.benchmarks.case_rows import NOW, id_number
    from tenants.cases.rules import CaseFilter
    from tongban.identity import queries as identity

    month, old, older = (NOW - timedelta(days=days) for days in (30, 430, 460))
    of_applicant = f"applicant_id_hash = '\\x{identity.number_hash(id_number(1)).hex()}'"
    return {
        "all": (CaseFilter(), "true"),
        "in review": (CaseFilter(states=["in_review"]), "state = 'in_review'"),
        "completed": (CaseFilter(states=["completed"]), "state = 'completed'"),
        "a rare state": (CaseFilter(states=["terminated"]), "state = 'terminated'"),
        "a rare matter": (
            CaseFilter(matter_codes=["370000195001"]), "matter_code = '370000195001'"),
        "a matter of many": (
            CaseFilter(matter_codes=["370000000101"]), "matter_code = '370000000101'"),
        "a channel": (CaseFilter(channel="mobile"), "channel = 'mobile'"),
        "a channel of none": (CaseFilter(channel="station"), "channel = 'station'"),
        "elsewhere": (CaseFilter(custody="elsewhere"), "custody = 'elsewhere'"),
        "in transit": (CaseFilter(custody="in_transit"), "custody = 'in_transit'"),
        "a custodian": (CaseFilter(custodian_code="371400"), "custodian_code = '371400'"),
        "an applicant": (CaseFilter(applicant_id_number=id_number(1)), of_applicant),
        "submitted this month": (
            CaseFilter(submitted_from=month), f"submitted_at >= '{month}'"),
        "submitted long ago": (
            CaseFilter(submitted_from=older, submitted_before=old),
            f"submitted_at >= '{older}' AND submitted_at < '{old}'"),
        "due long ago": (CaseFilter(due_before=old), f"promised_due_at < '{old}'"),
        "completed this month": (
            CaseFilter(completed_from=month), f"completed_at >= '{month}'"),
        "red": (CaseFilter(lamps=["red"]), "lamp = 'red'"),
        "urged": (CaseFilter(is_urged=True), "urgings_open > 0"),
        "in review, a matter": (
            CaseFilter(states=["in_review"], matter_codes=["370000195001"]),
            "state = 'in_review' AND matter_code = '370000195001'"),
        "completed, this month": (
            CaseFilter(states=["completed"], submitted_from=month),
            f"state = 'completed' AND submitted_at >= '{month}'"),
    }  # fmt: skip


def _measure(count: int, administrator: str, given: Path) -> None:
    from django.db import connection
    from django.utils import timezone

    from infra.benchmarks import case_rows
    from tenants.cases import queries, rules
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    token = json.loads(given.read_text())
    actor = identity.resolve_actor(token, now=timezone.now())
    console.print(f"{count} cases in one center; first pages of 20, in CPU-ms")
    ratios = []
    with center_context(case_rows.CENTER), psycopg.connect(administrator, autocommit=True) as plain:
        membership = queries.membership_of(actor)
        plain.execute(f'SET search_path TO "{case_rows.schema_of(plain)}"'.encode())
        for name, (where, condition) in _lists().items():
            for order in rules.Order:

                def found(where: Any = where, order: Any = order) -> queries.CaseList:
                    return queries.find_cases(
                        actor=actor, membership=membership, where=where, order=order
                    )

                def ours(found: Callable[[], queries.CaseList] = found) -> list[str]:
                    return [case.number for case in found().page(limit=PAGE)]

                statement = _statement(condition, found().order, order)

                def raw(statement: str = statement) -> list[str]:
                    cursor = plain.execute(statement.encode(), prepare=True)
                    names = [column.name for column in cursor.description or ()]
                    return [row[names.index("number")] for row in cursor.fetchall()]

                assert ours() == raw(), f"{name}, {order}: the sides find different cases"
                backend = connection.connection.info.backend_pid
                sides = {"ours": Side(ours, backend), "plain": Side(raw, plain.info.backend_pid)}
                mine, theirs = _rounds(sides)
                ratios.append(mine / theirs)
                console.print(
                    f"  {name:<22} {order.value:<11} ours {mine!s:>22}  plain {theirs!s:>22}"
                    f"  ÷ {mine / theirs!s:>20}"
                )
    within = sum(ratio.median <= GOAL for ratio in ratios)
    middle = statistics.median(ratio.median for ratio in ratios)
    console.print(f"{within} of {len(ratios)} lists within {GOAL} ×, the middle one {middle:.2f} ×")
    worst = max(ratios, key=lambda ratio: ratio.median)
    mark = "[green]reached[/]" if worst.median <= GOAL else "[red]missed[/]"
    console.print(f"{'the dearest list ÷ plain SQL':<40} {worst!s:>22}   goal ≤ {GOAL}: {mark}")


def _statement(condition: str, columns: Sequence[str], order: Any) -> str:
    present = {"due_first": " AND promised_due_at IS NOT NULL", "lamp_first": " AND lamp <> ''"}
    by = ", ".join(f"{c.removeprefix('-')}{' DESC' if c[0] == '-' else ''}" for c in columns)
    return (
        f"SELECT * FROM cases_case WHERE {condition}{present.get(order.value, '')}"  # noqa: S608 # our own text
        f" ORDER BY {by} LIMIT {PAGE}"
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One way of asking for a list, and the backend that answers it."""

    ask: Callable[[], list[str]]
    backend: int

    def spent(self) -> float:
        """Return the CPU-ms that this thread and the backend have used."""
        run = Path(f"/proc/{self.backend}/schedstat").read_text().split()[0]
        return time.thread_time() * 1000 + int(run) / 1_000_000


def _rounds(sides: Mapping[str, Side]) -> tuple[Figure, ...]:
    """Return the CPU-ms of each side, which take turns."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        spent: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(ASKED):
            for name, side in sides.items():
                if spent[name] and spent[name][-1] > SLOW:
                    continue
                started = side.spent()
                side.ask()
                spent[name].append(side.spent() - started)
        for name in sides:
            taken[name].append(statistics.median(spent[name]))
    return tuple(Figure.of(values) for values in taken.values())


if __name__ == "__main__":
    import django

    django.setup()
    (_fill if sys.argv[1] == "fill" else _measure)(int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
