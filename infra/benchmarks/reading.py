"""P3: what reading the catalog costs over HTTP: a guide made anew, one that is kept, and a 304.

infra/bench reading [MATTERS]    4,000 matters by default, each offered at 25 centers

One offering is read by its code with everything that the standard says, as the shipped operation
does. Ours is ``web`` as it is deployed, one gunicorn worker with threads. The limit is the same
gunicorn around twenty lines that return the very bytes, and for a guide made anew ask the plain SQL
first, as an administrator without a context. Cost is CPU time of gunicorn and PostgreSQL.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from infra import postgres
from infra.benchmarks import throwaway
from infra.benchmarks.measuring import ROUNDS, Figure, console, show_goal
from infra.launcher import database
from infra.launcher.installation import PROJECT, PYTHON, Installation, Secrets

CENTER, MATTER = "371722", "370110100101"
CODE = f"{CENTER}0004{MATTER}"
SINCE = "2020-01-01"
ANEW, MANY = 400, 6000
"""Requests a round: of what is made anew, and of what is kept."""
CONNECTIONS = 4
SLICES = 10
"""Parts of a round, in which the sides take turns: others use the machine too."""
_GUNICORNS = {"server", "date", "connection", "content-length"}
_PLAIN = """
SELECT o.*, m.code, m.name, m.department, m.theme, r.id, r.number, r.content, r.content_hash
  FROM catalog_offering o
  JOIN catalog_standardmatter m ON m.code = o.matter_code
  JOIN catalog_matterrevision r ON r.matter_code = m.code
 WHERE o.code = %s AND o.status = '1' AND o.effective_from <= current_date
   AND (o.effective_to IS NULL OR o.effective_to > current_date)
   AND r.status IN ('published', 'superseded') AND r.effective_from <= current_date
   AND (r.effective_to IS NULL OR r.effective_to > current_date)
"""


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark and print its figures."""
    matters = int(arguments[0]) if arguments else 4000
    with throwaway.server() as installation, ExitStack() as stack:
        kept = installation.ensure_secrets()
        _fill(installation, kept, matters)
        web = stack.enter_context(
            Side.open(
                "schema.wsgi:application",
                installation.home / "web",
                {
                    **throwaway.environment(installation, kept, login="app"),
                    "TONGBAN_RATE_ANONYMOUS": "1000000/1000000",
                },
            )
        )
        answer = web.ask(_get())
        tag = answer.headers["ETag"]
        sample = installation.home / "answer.json"
        sample.write_text(
            json.dumps(
                {
                    "headers": answer.headers,
                    "body": answer.body.decode(),
                    "database": installation.database_administrator_url(),
                }
            )
        )
        limit = stack.enter_context(
            Side.open(
                "infra.benchmarks.reading:limit",
                installation.home / "limit",
                {**os.environ, "BENCH_ANSWER": str(sample)},
            )
        )
        console.print(
            f"a guide of {len(answer.body)} bytes among {matters * 25} offerings;"
            f" {os.cpu_count()} cores"
        )
        kinds = {
            "made anew ÷ plain SQL and ready bytes": (_post(), ANEW, None),
            "kept ÷ ready bytes": (_get(), MANY, 0.8),
            "304 ÷ a ready 304": (_get(tag), MANY, 0.8),
        }
        postmaster = _postmaster(installation)
        for name, (request, count, goal) in kinds.items():
            _refuse_difference(web.ask(request), limit.ask(request))
            _show(name, *_rounds(web, limit, request, count, postmaster), goal)


def _fill(installation: Installation, kept: Secrets, matters: int) -> None:
    database.set_up(installation, kept)
    provisioner = throwaway.environment(installation, kept, login="provisioner")
    app = throwaway.environment(installation, kept, login="app")
    throwaway.run(provisioner, "upgrade")
    subprocess.run(
        [str(PYTHON), "-W", "ignore", "-m", "infra.benchmarks.searching", "fill", str(matters), ""],
        env=app,
        cwd=PROJECT,
        check=True,
    )
    throwaway.run(provisioner, "catalog", "starter", "--since", SINCE)
    throwaway.run(provisioner, "catalog", "open", CENTER, "--since", SINCE)


def _get(tag: str = "") -> bytes:
    """Return the request by which an app reads the guide, with the tag that it has."""
    query = urlencode({"id": _operation(), "variables": json.dumps({"code": CODE})})
    known = f"If-None-Match: {tag}\r\n" if tag else ""
    return f"GET /graphql?{query} HTTP/1.1\r\nHost: localhost\r\n{known}\r\n".encode()


def _post() -> bytes:
    body = json.dumps({"id": _operation(), "variables": {"code": CODE}})
    return (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _operation() -> str:
    manifest = json.loads((PROJECT / "frontend_contract" / "manifest.json").read_text())
    return next(str(o["id"]) for o in manifest["operations"] if o["name"] == "Offering")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, told apart."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Side:
    """One gunicorn, and the connections that are kept open to it."""

    process: "subprocess.Popen[bytes]"
    path: Path
    sockets: list[socket.socket] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(cls, application: str, path: Path, environment: dict[str, str]) -> Iterator["Side"]:
        """Start it as the launcher starts ``web``, but with one worker."""
        process = subprocess.Popen(
            [str(PYTHON), "-m", "gunicorn", application, "--bind", f"unix:{path}", "--workers",
             "1", "--threads", "8", "--preload", "--log-level", "warning", "--keep-alive", "60"],
            env=environment,
            cwd=PROJECT,
        )  # fmt: skip
        side = cls(process, path)
        try:
            side._connect()
            yield side
        finally:
            process.terminate()
            process.wait()

    def _connect(self) -> None:
        deadline = time.monotonic() + 60
        while not self.path.exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("a side of the benchmark has not begun")
            time.sleep(0.1)
        for _ in range(CONNECTIONS):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(60)
            connection.connect(str(self.path))
            self.sockets.append(connection)

    def ask(self, request: bytes) -> Answer:
        """Send one request and take its answer apart."""
        self.sockets[0].sendall(request)
        response = HTTPResponse(self.sockets[0], method="GET")
        response.begin()
        headers = {n: v for n, v in response.headers.items() if n.lower() not in _GUNICORNS}
        return Answer(response.status, headers, response.read())

    def run(self, request: bytes, count: int, length: int) -> float:
        """Send a request ``count`` times over all connections and return the seconds."""
        started = time.perf_counter()
        for _ in range(count // CONNECTIONS):
            for connection in self.sockets:
                connection.sendall(request)
            for connection in self.sockets:
                left = length
                while left > 0:
                    left -= len(connection.recv(65536))
                assert left == 0, "an answer of another length"
        return time.perf_counter() - started

    def length_of(self, request: bytes) -> int:
        """Return how many bytes an answer has on the wire."""
        connection = self.sockets[0]
        connection.sendall(request)
        got = connection.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        sizes = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        length = int(sizes[0].split(b":")[1]) if sizes and b" 304 " not in head else 0
        while len(body) < length:
            body += connection.recv(65536)
        return len(head) + 4 + length


def _refuse_difference(ours: Answer, limits: Answer) -> None:
    assert (ours.status, ours.body) == (limits.status, limits.body), "the sides answer differently"


def _postmaster(installation: Installation) -> psutil.Process:
    pid = postgres.running(postgres.data_folder(installation.database_folder) / "cluster")
    assert pid is not None
    return psutil.Process(pid)


def _spent(*roots: psutil.Process) -> float:
    """Return the CPU seconds that processes and what they started have used."""
    processes = [p for root in roots for p in (root, *root.children(recursive=True))]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _rounds(
    web: Side, limit: Side, request: bytes, count: int, postmaster: psutil.Process
) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """Return requests a second and CPU-ms a request of both sides, which take turns."""
    sides = {"ours": web, "limit": limit}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    costs: dict[str, list[float]] = {name: [] for name in sides}
    lengths = {name: side.length_of(request) for name, side in sides.items()}
    for name, side in sides.items():
        side.run(request, count, lengths[name])
    for _ in range(ROUNDS):
        seconds, spent = dict.fromkeys(sides, 0.0), dict.fromkeys(sides, 0.0)
        for _ in range(SLICES):
            for name, side in sides.items():
                roots = (psutil.Process(side.process.pid), postmaster)
                before = _spent(*roots)
                seconds[name] += side.run(request, count // SLICES, lengths[name])
                spent[name] += _spent(*roots) - before
        for name in sides:
            rates[name].append(count / seconds[name])
            costs[name].append(spent[name] / count * 1000)
    return (
        {name: Figure.of(values) for name, values in rates.items()},
        {name: Figure.of(values) for name, values in costs.items()},
    )


def _show(
    name: str, rates: dict[str, Figure], costs: dict[str, Figure], goal: float | None
) -> None:
    console.print(f"[bold]{name}[/]")
    for side, rate in rates.items():
        cost = f"{costs[side]!s:>20} CPU-ms each"
        console.print(f"  {side:<10} {rate!s:>28} requests/s {cost}")
    ratio = rates["ours"] / rates["limit"]
    if goal:
        show_goal("  requests a second, ours ÷ limit", ratio, goal)
    else:
        console.print(f"{'  requests a second, ours ÷ limit':<52} {ratio!s:>24}")
    console.print(f"{'  CPU, limit ÷ ours':<52} {costs['limit'] / costs['ours']!s:>24}")


def _limit() -> Callable[[dict[str, Any], Callable[..., Any]], list[bytes]]:
    """Return the limit as a WSGI application: ready bytes, and for a POST the plain SQL first."""
    import threading

    import psycopg

    said = json.loads(Path(os.environ["BENCH_ANSWER"]).read_text())
    body, headers = said["body"].encode(), list(said["headers"].items())
    tag = said["headers"]["ETag"]
    local = threading.local()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 Not Modified", [h for h in headers if h[0] != "Content-Type"])
            return []
        if environ["REQUEST_METHOD"] == "POST":
            if not hasattr(local, "connection"):
                local.connection = psycopg.connect(said["database"], autocommit=True)
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            assert local.connection.execute(_PLAIN, [CODE], prepare=True).fetchone()
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return answer


if "BENCH_ANSWER" in os.environ:
    limit = _limit()

if __name__ == "__main__":
    main(sys.argv[1:])
