"""Processes that serve, as production starts them, over a database whose work commits."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

import psutil

from tests.database import PROJECT


class Server:
    """One process on a port of its own; it can be killed and started again there."""

    command: ClassVar[tuple[str, ...]]
    """The module and what it is told; ``{port}`` stands for the port."""

    def __init__(self, database_url: str, **settings: str) -> None:
        self.port = _free_port()
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{PROJECT / 'platform'}:{PROJECT}",
            "TONGBAN_DATABASE_URL": database_url,
            **{f"TONGBAN_{name}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        command = (word.format(port=self.port) for word in self.command)
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *command],
            env=self._environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while self.answer("/readyz") != 200:
            assert self._process.poll() is None, "the process ended"
            assert time.monotonic() < deadline, "not ready"
            time.sleep(0.02)

    def answer(self, path: str) -> int:
        """Return the status of a plain HTTP request, 0 where nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as found:
                return int(found.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(timeout=15)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill(signal.SIGTERM)

    def memory(self) -> int:
        """Return the resident bytes of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class Live(Server):
    """One ``tongban live``."""

    command = ("tongban.config.command", "live", "--port", "{port}")

    def url(self, center: str = "") -> str:
        return f"ws://127.0.0.1:{self.port}{f'/c/{center}' if center else ''}/graphql"


class Web(Server):
    """One ``web``: two workers, with threads enough that twenty requests meet in it."""

    command = (
        *("gunicorn", "schema.wsgi:application", "--bind", "127.0.0.1:{port}", "--preload"),
        *("--workers", "2", "--threads", "20", "--log-level", "critical"),
    )

    def kill_workers(self) -> None:
        """Kill what answers, of which the first process makes new ones."""
        for worker in psutil.Process(self.pid).children():
            worker.kill()

    def kill_all(self) -> None:
        """Kill the first process and what answers, and wait until both are gone."""
        workers = psutil.Process(self.pid).children()
        os.killpg(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait(timeout=15)
        psutil.wait_procs(workers, timeout=15)


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
