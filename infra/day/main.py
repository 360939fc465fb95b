"""``./infra/demo``: the scripted day against a fresh installation, through real clients."""

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from infra.day import audit, story
from infra.day.client import AnswerError, Api, Feed, Person
from infra.day.story import DISTRICTS, MARRIAGE, SEAL, SEALING, SET_UP, STATION_MATTER, Day, Filed
from infra.launcher.installation import PROJECT
from tongban.config.environment import HOME_VARIABLE

HOME = PROJECT / ".tongban" / "day"
STATION_CASES, SET_UPS = 200, 60
SPECIAL = 6
"""How many are declined, recalled and returned, each, before they go their way."""
FEEDS, CUT = 50, 15
FEEDS_PER_PERSON = 16
"""A person may hold 20 sockets; what was cut stays counted until the server notices."""
NEIGHBOUR_CENTER = "371722"
console = Console(highlight=False)


@dataclass(slots=True)
class Report:
    """The table of steps."""

    rows: list[tuple[str, str, float]] = field(default_factory=list)

    def add(self, step: str, count: str, seconds: float) -> None:
        """Note a finished step."""
        self.rows.append((step, count, seconds))

    def show(self) -> None:
        """Print the table."""
        table = Table("步骤", "数量", "用时（秒）", title="通办的一天")
        for step, count, seconds in self.rows:
            table.add_row(step, count, f"{seconds:.1f}")
        console.print(table)


def main() -> int:
    """Start a fresh installation, play the day, and return 0 when nothing was lost."""
    parser = argparse.ArgumentParser(
        prog="./infra/demo", description="在全新的内置数据库上演示完整的一天，并核对结果。"
    )
    parser.add_argument("--port", type=int, default=0, help="端口（默认自选）")
    parser.add_argument("--small", action="store_true", help="规模缩小到十分之一，用于快速检查")
    options = parser.parse_args()
    port = options.port or _free_port()
    report = Report()
    started = time.perf_counter()
    installation = subprocess.Popen(
        [sys.executable, "-m", "infra.launcher.up", "--home", str(HOME), "--reset", "--yes",
         *([] if options.small else ["--all"]), "--port", str(port)],
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        base = f"http://localhost:{port}"
        _wait_until_ready(base, installation)
        report.add("启动并接入全部中心", "—", time.perf_counter() - started)
        account = asyncio.run(_play(base, report, scale=0.1 if options.small else 1.0))
    except AnswerError as error:
        console.print(f"[red]✗[/] {error}")
        return 1
    finally:
        installation.send_signal(signal.SIGINT)
        installation.wait(60)
    report.show()
    for text in (*account.lost, *account.doubled, *account.leaked):
        console.print(f"[red]✗[/] {text}")
    console.print(
        f"丢失 {len(account.lost)}，重复 {len(account.doubled)}，"
        f"被无关中心看到 {len(account.leaked)}"
    )
    return 0 if account.is_clean else 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(base: str, installation: "subprocess.Popen[bytes]") -> None:
    while installation.poll() is None:
        try:
            if httpx.get(f"{base}/readyz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AnswerError("没有启动成功，原因见上")


async def _play(base: str, report: Report, *, scale: float) -> audit.Account:
    day = Day(Api(base))
    with _timed(report) as done:
        centers = await day.open()
        done("登录并读取中心", f"{centers} 个中心")
    neighbour = await _neighbour(day)
    with _timed(report) as done:
        filed = await _file_everything(day, scale)
        done("收件（含重复提交的弱网站点）", f"{len(day.filed)} 件")
    with _timed(report) as done:
        await _hold_feeds(day, filed)
        done("实时订阅", f"{len(day.feeds)} 路")
    await _work(day, report, filed)
    account = audit.Account()
    with _timed(report) as done:
        tries = await audit.look_around(day, neighbour, NEIGHBOUR_CENTER, account)
        done("邻县工作人员尝试查看", f"{tries} 次")
    with _timed(report) as done:
        await _check(day, account)
        resumed = sum(feed.resumed for feed in day.feeds)
        events = sum(len(feed.events) for feed in day.feeds)
        done("核对每件办件与每路订阅", f"{events} 条推送，断线续订 {resumed} 次")
    for feed in day.feeds:
        await feed.release()
    report.add("请求", f"{day.api.requests} 次，其中重发 {day.api.repeats} 次", 0.0)
    return account


async def _neighbour(day: Day) -> Person:
    """Appoint somebody in 单县 alone, who will try to look elsewhere."""
    person = await day.api.sign_in("enterprise")
    await day.api.tell(
        "AppointMember", by=day.people["admin"], center=NEIGHBOUR_CENTER,
        account="enterprise", staffNumber="N1", roles=["CLERK"],
    )  # fmt: skip
    return person


async def _file_everything(day: Day, scale: float) -> dict[str, list[Filed]]:
    """Hand in all applications of the day; every tenth twice at once, as over a weak line."""
    count = int(STATION_CASES * scale)
    homes = [day.stations[n % len(day.stations)] for n in range(count)]
    station = day.people["station"]
    plans = [(home, STATION_MATTER, day.parents[home], station) for home in homes]
    for n in range(int(SET_UPS * scale)):
        district = DISTRICTS[n % len(DISTRICTS)]
        plans.append((district, SET_UP, "371400", day.people["clerk"]))
    plans.append((DISTRICTS[0], MARRIAGE, DISTRICTS[0], day.people["clerk"]))
    kept: list[Filed] = []

    async def one(plan: tuple[int, tuple[str, str, str, Person]]) -> None:
        n, (home, matter, owner, by) = plan
        kept.append(await day.file(home, matter, owner=owner, by=by, twice=n % 10 == 0))

    await _with_bar("收件", list(enumerate(plans)), one)
    stations = [filed for filed in kept if filed.matter == STATION_MATTER]
    special = max(1, int(SPECIAL * scale))
    return {
        "decline": stations[:special],
        "recall": stations[special : 2 * special],
        "return": stations[2 * special : 3 * special],
        "station": stations[3 * special :],
        "set_up": [filed for filed in kept if filed.matter == SET_UP],
        "marriage": [filed for filed in kept if filed.matter == MARRIAGE],
    }


async def _hold_feeds(day: Day, filed: dict[str, list[Filed]]) -> None:
    """Hold subscriptions of many people at many centers, none of them at more than they may."""
    owners = list(dict.fromkeys(one.owner for one in day.filed if one.owner != one.home))
    stations = list(dict.fromkeys(one.home for one in filed["station"]))
    watched = [*filed["set_up"], *filed["marriage"]]
    wanted: list[tuple[Person, str, str, dict[str, str]]] = [
        *((day.people["chief"], "CaseEvents", one.home, {"number": one.number}) for one in watched),
        *((day.staff(center, "clerk"), "HandoffEvents", center, {}) for center in owners),
        *((day.people["station"], "HandoffEvents", center, {}) for center in stations),
        *((day.staff(center, "reviewer"), "HandoffEvents", center, {}) for center in owners),
    ]
    held: Counter[str] = Counter()
    for by, name, center, variables in wanted:
        if held[by.token] < FEEDS_PER_PERSON and len(day.feeds) < FEEDS:
            held[by.token] += 1
            day.feeds.append(Feed(day.api, name, by=by, center=center, variables=variables))
    await asyncio.gather(*(feed.hold() for feed in day.feeds))


async def _work(day: Day, report: Report, filed: dict[str, list[Filed]]) -> None:
    disturber = asyncio.create_task(_disturb(day))
    steps: Sequence[tuple[str, str, Callable[[Day, Filed], Awaitable[None]]]] = (
        ("拒收后重新移交", "decline", story.decline_and_send_again),
        ("收回后重新移交", "recall", story.recall_and_send_again),
        ("接收后退回再移交", "return", story.return_and_send_again),
        ("乡镇代收、县级办结、交回送达", "station", story.send_station_case),
        ("三区企业设立、市级办结、交回送达", "set_up", story.send_station_case),
        ("婚姻登记留在本区", "marriage", _marriage),
    )
    for title, key, play in steps:
        with _timed(report) as done:

            async def one(item: Filed, play: Any = play) -> None:
                await play(day, item)

            await _with_bar(title, filed[key], one)
            done(title, f"{len(filed[key])} 件")
    killed = await disturber
    report.add("期间强制结束 worker", f"{killed} 次", 0.0)


async def _marriage(day: Day, filed: Filed) -> None:
    """It needs no handoff: the district decides and hands out itself."""
    route = await day.api.ask(
        "ExplainRoute", by=day.people["clerk"], center=filed.home, matter=MARRIAGE
    )
    if route["route"]["hops"]:
        raise AnswerError(f"{filed.number}: a marriage must stay in the district")
    await day.decide(filed)
    if filed.home == SEALING:
        await day.api.tell(
            "UseSeal", by=day.people["clerk"], center=filed.home, number=filed.number, seal=SEAL
        )
    await day.api.tell(
        "IssueResult", by=day.people["clerk"], center=filed.home, number=filed.number
    )
    await day.api.tell(
        "CompleteCase", by=day.people["clerk"], center=filed.home, number=filed.number,
        delivery={"method": "COUNTER", "receiverName": "演示申请人"},
    )  # fmt: skip


async def _disturb(day: Day) -> int:
    """Cut some lines, and kill the worker once, while the day goes on."""
    for feed in day.feeds[:: max(1, len(day.feeds) // CUT)]:
        await asyncio.sleep(0.3)
        await feed.cut()
    killed = 0
    for process in psutil.process_iter(["cmdline"]):
        try:
            if process.info["cmdline"][-1:] == ["worker"] and (
                process.environ().get(HOME_VARIABLE) == str(HOME)
            ):
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
        except (psutil.Error, TypeError):
            continue
    for feed in day.feeds[1 :: max(1, len(day.feeds) // CUT)]:
        await asyncio.sleep(0.3)
        await feed.cut()
    if killed != 1:
        raise AnswerError(f"the worker was to be killed once, and was {killed} times")
    return killed


async def _check(day: Day, account: audit.Account) -> None:
    await asyncio.sleep(2.0)  # the last events are on their way
    await _with_bar("核对办件", day.filed, lambda one: audit.check_case(day, one, account))
    await audit.count_cases(day, account)
    await _with_bar("核对订阅", day.feeds, lambda feed: audit.check_feed(day, feed, account))


async def _with_bar(
    title: str, items: Sequence[Any], work: Callable[[Any], Awaitable[None]]
) -> None:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=len(items))
        await story.in_turn(items, work, lambda: bar.advance(task))


@contextmanager
def _timed(report: Report) -> Any:
    started = time.perf_counter()

    def done(step: str, count: str) -> None:
        seconds = time.perf_counter() - started
        report.add(step, count, seconds)
        console.print(f"[green]✓[/] {step}：{count}（{seconds:.1f} 秒）")

    yield done


if __name__ == "__main__":
    raise SystemExit(main())
