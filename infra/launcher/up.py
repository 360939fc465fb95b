"""``./infra/up``: from an empty folder to a running platform, and a clean stop on Ctrl-C."""

import argparse
import fcntl
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from types import FrameType

import psycopg
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.table import Table

from infra.launcher import database, demonstration, programs, supervision
from infra.launcher.installation import PROJECT, PYTHON, Installation, Secrets, SettingError
from infra.launcher.programs import Address
from infra.launcher.supervision import StartError, Supervisor
from infra.postgres import ServerError
from tongban.kernel import bootstrap

_READY_SECONDS = 90
_WATCH_SECONDS = 2.0
console = Console(highlight=False, soft_wrap=True)


class RefusedError(RuntimeError):
    """The start can't go on; the text says why and what to do."""


_EXPECTED = (
    RefusedError,
    SettingError,
    StartError,
    ServerError,
    bootstrap.BootstrapError,
    psycopg.OperationalError,
)


def main() -> int:
    """Run the command and return its exit code."""
    options = _options()
    # A closed terminal and `kill` stop everything as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        installation = Installation.here(options.home)
        address = Address(options.host, options.port)
        with _only_one(installation, address):
            _clean_up(installation)
            if options.reset:
                _reset(installation, sure=options.yes)
            _run(installation, address, whole=options.all)
    except _EXPECTED as error:
        console.print(f"[red]✗[/] {error}", markup=True)
        return 1
    except subprocess.CalledProcessError as error:
        console.print(f"[red]✗[/] 未成功：tongban {' '.join(error.cmd[3:])}。原因见上。")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./infra/up",
        description="一条命令启动通办的数据库、接口、实时推送和后台处理；按 Ctrl-C 停止。",
        epilog="环境变量 DATABASE_URL=postgresql://管理员@主机/库 时使用该数据库，不建演示数据。",
    )
    parser.add_argument("--port", type=int, default=8000, help="网页和接口的端口（默认 8000）")
    parser.add_argument("--host", default="localhost", help="对外的主机名或地址；默认只供本机访问")
    parser.add_argument("--all", action="store_true", help="接入德州全部县乡和单县，共 173 个中心")
    parser.add_argument("--reset", action="store_true", help="清空演示数据，从头开始")
    parser.add_argument("--yes", action="store_true", help="清空时不再询问")
    parser.add_argument("--home", type=Path, help="数据所在文件夹（默认 .tongban）")
    return parser.parse_args()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _only_one(installation: Installation, address: Address) -> Iterator[None]:
    installation.home.mkdir(parents=True, exist_ok=True)
    with (installation.home / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise RefusedError(
                f"通办已在另一个终端运行（{file.read()}）。请先在那里按 Ctrl-C 停止。"
            ) from None
        file.truncate(0)
        file.write(address.url)
        file.flush()
        yield


def _clean_up(installation: Installation) -> None:
    with _step("检查上次运行"):
        left = supervision.stop_leftovers(installation)
    if left:
        console.print(f"  上次没有正常停止，已结束遗留的 {left} 个进程。")


def _reset(installation: Installation, *, sure: bool) -> None:
    if not installation.is_embedded:
        raise RefusedError("--reset 只清空内置的演示数据库，不会动 DATABASE_URL 指定的数据库。")
    if not sure:
        answer = console.input("将删除全部演示数据、文件和密钥，不可恢复。输入 yes 继续：")
        if answer.strip().lower() != "yes":
            raise RefusedError("没有清空。")
    with _step("清空演示数据"):
        installation.erase()


def _run(installation: Installation, address: Address, *, whole: bool) -> None:
    _refuse_busy_port(address)
    started = time.perf_counter()
    kept = installation.ensure_secrets()
    supervisor = Supervisor(installation)
    try:
        with _step("启动数据库" if installation.is_embedded else "连接数据库"):
            todo = programs.of(installation, kept, address)
            programs.write_front(installation, address)
            installation.refuse_wrong_settings(
                installation.environment(kept, login="app", url=address.url, hosts=address.hosts)
            )
            installation.keep_settings()
            supervisor.start(todo)
            _wait_for_database(installation, supervisor)
            database.set_up(installation, kept)
        _prepare(installation, kept, address, whole=whole)
        with _step("启动各进程"):
            for program in todo:
                if not program.starts_at_once:
                    supervisor.start_program(program.name)
            _wait_until_ready(address, supervisor)
        _announce(installation, address, time.perf_counter() - started)
        _watch(supervisor)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them
        with _step("停止各进程"):
            supervisor.stop()


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.perf_counter()
    with console.status(f"{name}…"):
        if not console.is_terminal:
            console.print(f"{name}…")
        yield
    console.print(f"[green]✓[/] {name}（{time.perf_counter() - started:.1f} 秒）")


def _refuse_busy_port(address: Address) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.listens_on, address.port))
        except OSError as error:
            raise RefusedError(
                f"端口 {address.port} 不能使用（{error.strerror}）。"
                f"换一个端口：./infra/up --port {address.port + 1}"
            ) from error


def _wait_for_database(installation: Installation, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(
                make_conninfo(installation.administrator_url(), dbname="postgres"),
                connect_timeout=10,
            ).close()
        except psycopg.OperationalError:
            if not installation.is_embedded or time.monotonic() > deadline:
                raise
            supervisor.refuse_failed()
            time.sleep(0.1)
        else:
            return


def _prepare(installation: Installation, kept: Secrets, address: Address, *, whole: bool) -> None:
    """Migrate, and fill the demonstration; where neither code nor request changed, do nothing."""
    mark = installation.home / "prepared"
    current = demonstration.digest(PROJECT, whole=whole)
    if installation.is_embedded and mark.exists() and mark.read_text() == current:
        return
    environment = installation.environment(
        kept, login="provisioner", url=address.url, hosts=address.hosts
    )
    todo: Iterator[demonstration.Step] = iter([("迁移数据库", ("upgrade",))])
    if installation.is_embedded:
        shown = demonstration.steps(whole=whole, ready_codes=lambda: _ready_codes(installation))
        todo = chain(todo, shown)
    for title, command in todo:
        started = time.perf_counter()
        console.print(f"[cyan]·[/] {title}…")
        subprocess.run(
            [str(PYTHON), "-m", "tongban.config.command", *command], env=environment, check=True
        )
        console.print(f"[green]✓[/] {title}（{time.perf_counter() - started:.1f} 秒）")
    mark.write_text(current)


def _ready_codes(installation: Installation) -> list[str]:
    with psycopg.connect(installation.database_administrator_url()) as admin:
        rows = admin.execute("SELECT code FROM registry_center WHERE fingerprint <> '' ORDER BY 1")
        return [code for (code,) in rows]


def _wait_until_ready(address: Address, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        status, body = _get(f"http://127.0.0.1:{address.port}/readyz")
        if status == HTTPStatus.OK:
            return
        supervisor.refuse_failed()
        if time.monotonic() > deadline:
            states = "，".join(f"{n} {s}" for n, (s, _pid) in supervisor.processes().items())
            raise StartError(
                f"{_READY_SECONDS} 秒内没有就绪（{states}）；/readyz 答复 {status}：{body[:300]}"
                f"\n{supervisor.tail('web')}"
            )
        time.sleep(0.1)


def _get(url: str) -> tuple[int, str]:
    """Return status and body, or 0 and the reason where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 # our own front
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
        return 0, str(error)


def _watch(supervisor: Supervisor) -> None:
    """Stay until interrupted, saying when the supervisor had to start a process again."""
    known = supervisor.processes()
    while supervisor.is_alive():
        time.sleep(_WATCH_SECONDS)
        now = supervisor.processes()
        for name, (state, pid) in now.items():
            if state == "RUNNING" and pid != known[name][1]:
                console.print(f"[yellow]![/] {name} 意外退出，已自动重启")
            elif state == "FATAL" and known[name][0] != "FATAL":
                console.print(f"[red]✗[/] {name} 反复退出，已停止重启；见 {name}.log")
        known = {n: v if v[0] in {"RUNNING", "FATAL"} else known[n] for n, v in now.items()}
    raise StartError("监管进程 supervisord 已退出，见 supervisord.log")


def _announce(installation: Installation, address: Address, seconds: float) -> None:
    console.print(f"\n[bold green]通办已就绪[/]，用时 {seconds:.0f} 秒")
    console.print(f"  起始页    {address.url}/")
    console.print(f"  接口      {address.url}/graphql 和 {address.url}/c/371402/graphql")
    console.print(f"  日志      {installation.log_folder}")
    if installation.is_embedded:
        _show_people(address)
    else:
        console.print("  接入中心  ./infra/tongban onboard 371400 --counties --townships")
        console.print("  授权人员  ./infra/tongban grant_role 登录名 registrar 371400000000")
    console.print("按 Ctrl-C 停止。")


def _show_people(address: Address) -> None:
    _status, body = _get(f"http://127.0.0.1:{address.port}/demo/people")
    shown = json.loads(body)
    table = Table("登录名", "姓名", "身份", title=f"演示账户，密码都是 {shown['password']}")
    for person in shown["people"]:
        table.add_row(person["login_name"], person["name"], person["what"])
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
