"""What a search of the catalog costs at 100,000 offerings, beside the plain SQL.

infra/bench searching [MATTERS]    4,000 matters by default, each offered at 25 centers

One throw-away server holds the catalog and the names of 3,000 centers. Each kind of search is
asked of many words, ours and the plain SQL in turn: the same words through the same indexes, joined
and cut to the same page, but not ranked. Ours is measured from the text of the search to the rows,
and over HTTP as a client asks it.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from infra.benchmarks import throwaway
from infra.benchmarks.measuring import ROUNDS, Figure, console
from infra.launcher import database
from infra.launcher.installation import PROJECT, PYTHON

CENTERS, COUNTRY, PAGE = 25, 3000, 21
EACH_KIND = 12
"""How many searches of each kind a round asks."""
GOAL = 5

_PLAIN = """
SELECT o.*, m.code, m.name, m.department, m.theme, r.id, r.number, r.content, r.content_hash
  FROM catalog_standardmatter m
  JOIN catalog_offering o ON o.matter_code = m.code
  JOIN catalog_matterrevision r ON r.matter_code = m.code
 WHERE {words}
   AND o.status = '1' AND o.effective_from <= %(day)s
   AND (o.effective_to IS NULL OR o.effective_to > %(day)s)
   AND r.status IN ('published', 'superseded') AND r.effective_from <= %(day)s
   AND (r.effective_to IS NULL OR r.effective_to > %(day)s)
 ORDER BY o.matter_code, o.center_code LIMIT 21
"""
_WORD = "m.search_terms @> %({0}_terms)s::varchar[] AND m.search_text LIKE %({0}_text)s"


@dataclass(frozen=True, slots=True)
class Asked:
    """One search, and the words that the plain SQL gets: of a typing error, the right ones."""

    search: str
    words: tuple[str, ...]
    center: str = ""


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark and print its figures."""
    matters = int(arguments[0]) if arguments else 4000
    with throwaway.server() as installation:
        kept = installation.ensure_secrets()
        database.set_up(installation, kept)
        throwaway.run(throwaway.environment(installation, kept, login="provisioner"), "upgrade")
        variables = {
            **throwaway.environment(installation, kept, login="app"),
            "TONGBAN_RATE_ANONYMOUS": "100000/100000",
        }
        administrator = installation.database_administrator_url()
        for step in ("fill", "measure"):
            subprocess.run(
                [
                    str(PYTHON),
                    "-W",
                    "ignore",
                    "-m",
                    __spec__.name,
                    step,
                    str(matters),
                    administrator,
                ],
                env=variables,
                cwd=PROJECT,
                check=True,
            )
            if step == "fill":
                with psycopg.connect(administrator, autocommit=True) as admin:
                    admin.execute("VACUUM ANALYZE")


def _fill(matters: int) -> None:
    from django.db import transaction

    from infra.benchmarks import catalog_rows
    from tongban.kernel.context import SharedRole, shared_context

    started = time.perf_counter()
    with shared_context(SharedRole.PLATFORM), transaction.atomic():
        codes = catalog_rows.add_centers(COUNTRY)
    with shared_context(SharedRole.CATALOG, statement_timeout_ms=0), transaction.atomic():
        catalog_rows.add_matters(matters, centers=codes[:CENTERS])
    console.print(
        f"{matters * CENTERS} offerings of {matters} matters at {CENTERS} centers, filled in "
        f"{time.perf_counter() - started:.0f} s; {os.cpu_count()} cores"
    )


def _measure(matters: int, administrator: str) -> None:
    kinds = _kinds(matters)
    ours, over_http = _ours(), _over_http()
    with psycopg.connect(administrator, autocommit=True) as connection:
        plain = _plain(connection)
        sides: Mapping[str, Callable[[Asked], int]] = {
            "plain SQL": plain,
            "search": ours,
            "over HTTP": over_http,
        }
        _compare(kinds, plain, ours)
        for asked in (a for each in kinds.values() for a in each):
            for side in sides.values():
                side(asked)
        rounds = [_round(kinds, sides) for _ in range(ROUNDS)]
    for kind in (*kinds, "all"):
        console.print(f"[bold]{kind}[/]")
        for name in sides:
            middle, high = (Figure.of([r[kind, name][q] * 1000 for r in rounds]) for q in (0, 1))
            console.print(f"  {name:<12} p50 {middle!s:>22}   p95 {high!s:>22}   ms")
    for name in ("search", "over HTTP"):
        ratio = _p95(rounds, name) / _p95(rounds, "plain SQL")
        mark = "[green]reached[/]" if ratio.median < GOAL else "[red]missed[/]"
        goal = f"goal < {GOAL}: {mark}" if name == "search" else ""
        console.print(f"{'p95 of ' + name + ' ÷ plain SQL':<40} {ratio!s:>22}   {goal}")


def _p95(rounds: Sequence[Mapping[tuple[str, str], tuple[float, float]]], side: str) -> Figure:
    return Figure.of([each["all", side][1] for each in rounds])


def _round(
    kinds: Mapping[str, Sequence[Asked]], sides: Mapping[str, Callable[[Asked], int]]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return p50 and p95 in seconds of each kind and side; the sides take turns."""
    taken: dict[tuple[str, str], list[float]] = {}
    for kind, searches in kinds.items():
        for asked in searches:
            for name, side in sides.items():
                started = time.perf_counter()
                side(asked)
                seconds = time.perf_counter() - started
                taken.setdefault((kind, name), []).append(seconds)
                taken.setdefault(("all", name), []).append(seconds)
    return {key: (_at(values, 0.5), _at(values, 0.95)) for key, values in taken.items()}


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _kinds(matters: int) -> dict[str, list[Asked]]:
    """Return searches of every kind, taken from the names there are."""
    from infra.benchmarks import catalog_rows
    from tongban.kernel import pinyin

    chance = random.Random(20260302)  # noqa: S311 # a sample, not a secret
    all_names = [name for _, (name, _of) in zip(range(matters), catalog_rows.names(), strict=False)]
    plain = [name for name in all_names if all(map(pinyin.is_chinese, name))]

    def pick() -> Iterator[str]:
        return iter(chance.sample(plain, EACH_KIND))

    def cut(length: int) -> Iterator[str]:
        for name in pick():
            start = chance.randrange(max(1, len(name) - length))
            yield name[start : start + length]

    def read(text: str) -> str:
        return "".join(pinyin.syllables(text))

    def wrong(text: str) -> str:
        at = chance.randrange(1, len(text))
        return f"{text[:at]}囗{text[at + 1 :]}"

    return {
        "whole names": [Asked(name, (name,)) for name in pick()],
        "four characters": [Asked(part, (part,)) for part in cut(4)],
        "two characters": [Asked(part, (part,)) for part in cut(2)],
        "one character": [Asked(part, (part,)) for part in cut(1)],
        "pinyin": [Asked(read(part), (read(part),)) for part in cut(3)],
        "initials": [
            Asked(i, (i,)) for i in (pinyin.initials(pinyin.syllables(p)) for p in cut(4))
        ],
        "two words": [Asked(f"{n[:2]} {n[-2:]}", (n[:2], n[-2:])) for n in pick()],
        "center and word": [Asked(f"单县 {part}", (part,), "371722") for part in cut(3)],
        "one wrong character": [Asked(wrong(part), (part,)) for part in cut(5)],
    }


def _compare(
    kinds: Mapping[str, Sequence[Asked]],
    plain: Callable[[Asked], int],
    ours: Callable[[Asked], int],
) -> None:
    """Refuse to time sides that find different things."""
    for kind, searches in kinds.items():
        for asked in searches:
            expected, found = plain(asked), ours(asked)
            assert 0 < expected <= found <= PAGE, f"{kind} {asked}: {expected} and {found}"


def _plain(connection: psycopg.Connection[Any]) -> Callable[[Asked], int]:
    from infra.benchmarks.catalog_rows import DAY
    from tongban.catalog.rules import search

    def ask(asked: Asked) -> int:
        parameters: dict[str, Any] = {"day": DAY, "center": asked.center}
        words = []
        for number, word in enumerate(asked.words):
            words.append(_WORD.format(f"w{number}"))
            parameters[f"w{number}_terms"] = search.needed_terms(word)
            parameters[f"w{number}_text"] = f"%{word}%"
        if asked.center:
            words.append("o.center_code = %(center)s")
        sql = _PLAIN.format(words=" AND ".join(words))
        return len(connection.execute(sql.encode(), parameters).fetchall())

    return ask


def _ours() -> Callable[[Asked], int]:
    from infra.benchmarks.catalog_rows import DAY
    from tongban.catalog import queries
    from tongban.kernel.context import SharedRole, shared_context

    def ask(asked: Asked) -> int:
        with shared_context(SharedRole.READER):
            found = queries.search_offerings(on=DAY, search=asked.search)
            return len(found.page(after=None, limit=PAGE))

    return ask


def _over_http() -> Callable[[Asked], int]:
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    query = """query ($search: String!) { offerings(search: $search) {
        edges { node { code centerCode matter { name } } } pageInfo { endCursor hasNextPage } } }"""

    def ask(asked: Asked) -> int:
        body = json.dumps({"query": query, "variables": {"search": asked.search}})
        answer = client.post("/graphql", data=body, content_type="application/json")
        return len(json.loads(answer.content)["data"]["offerings"]["edges"])

    return ask


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "fill":
        _fill(int(sys.argv[2]))
    else:
        _measure(int(sys.argv[2]), sys.argv[3])
