"""The processes of an installation under one supervisor, and what a kill left of an earlier one."""

import hashlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from infra.launcher.installation import PYTHON, Installation
from tongban.config.environment import HOME_VARIABLE

_POLL_SECONDS = 0.1
_STOP_SECONDS = 60
_LEFTOVER_SECONDS = 20
_LATER = "later"
_LINE = 300


@dataclass(frozen=True, slots=True)
class Program:
    """One process that the supervisor keeps running."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    starts_at_once: bool = False
    stop_signal: str = "TERM"
    user: str | None = None


class StartError(RuntimeError):
    """A process does not come up; the text holds the end of its log."""


class Supervisor:
    """supervisord, started by us and spoken to over its socket."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._process: subprocess.Popen[bytes] | None = None
        digest = hashlib.sha256(str(installation.home).encode()).hexdigest()[:12]
        # A socket's path has at most 107 bytes, a project's folder may be deeper.
        self.socket_folder = Path(tempfile.gettempdir()) / f"tongban-{digest}-sockets"

    def start(self, programs: list[Program]) -> None:
        """Start the supervisor with what runs from the beginning."""
        shutil.rmtree(self.socket_folder, ignore_errors=True)  # what a kill left
        self.socket_folder.mkdir(mode=0o700)
        self._installation.log_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._installation.run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._installation.run_folder / "supervisord.conf"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(self._configuration(programs), encoding="utf-8")
        # A session of its own: Ctrl-C reaches us alone, and we stop the processes in order.
        self._process = subprocess.Popen(
            [str(PYTHON), "-m", "supervisor.supervisord", "--nodaemon", "-c", str(file)],
            env=self._installation.bare_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 20
        while not (self.socket_folder / "supervisor").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StartError(self.tail("supervisord"))
            time.sleep(_POLL_SECONDS)

    def start_program(self, name: str) -> None:
        """Start one process. Raises: StartError when it ends again within its first second."""
        try:
            self._call("startProcess", f"{_LATER}:{name}", False)
        except Fault as fault:
            raise StartError(f"{name}: {fault.faultString}\n{self.tail(name)}") from fault

    def processes(self) -> dict[str, tuple[str, int]]:
        """Return state and process number by name."""
        rows: Any = self._call("getAllProcessInfo")
        return {row["name"]: (row["statename"], row["pid"]) for row in rows}

    def refuse_failed(self) -> None:
        """Raise StartError for a process that keeps ending."""
        for name, (state, _pid) in self.processes().items():
            if state in {"BACKOFF", "FATAL"}:
                raise StartError(f"{name}（{state}）\n{self.tail(name)}")

    def is_alive(self) -> bool:
        """Tell whether the supervisor itself runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop every process, the database last, and the supervisor."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
        stop_leftovers(self._installation)  # where the supervisor itself was killed
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _call(self, method: str, *arguments: str | bool) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket_folder}/supervisor")
        with ServerProxy("http://localhost", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)

    def tail(self, name: str) -> str:
        """Return the end of a process's log and where the rest is."""
        log = self._installation.log_folder / f"{name}.log"
        if not log.exists():
            return f"没有日志 {log}"
        lines = log.read_text(errors="replace").splitlines()
        return "\n".join([*(line[:_LINE] for line in lines[-8:]), f"（全部日志：{log}）"])

    def _configuration(self, programs: list[Program]) -> str:
        logs = self._installation.log_folder
        sections: dict[str, dict[str, str]] = {
            "supervisord": {
                "logfile": str(logs / "supervisord.log"),
                "pidfile": str(self._installation.run_folder / "supervisord.pid"),
                "childlogdir": str(logs),
            },
            "unix_http_server": {"file": f"{self.socket_folder}/supervisor", "chmod": "0700"},
            "rpcinterface:supervisor": {
                "supervisor.rpcinterface_factory": (
                    "supervisor.rpcinterface:make_main_rpcinterface"
                )
            },
        }
        for program in programs:
            sections[f"program:{program.name}"] = {
                "command": " ".join(f'"{part}"' for part in program.command),
                "environment": ",".join(f'{k}="{v}"' for k, v in program.environment.items()),
                "autostart": str(program.starts_at_once).lower(),
                "autorestart": "true",
                "startretries": "60",
                "startsecs": "1",
                "stopsignal": program.stop_signal,
                "stopwaitsecs": "20",
                "killasgroup": "true",
                "umask": "077",  # applicants' files and logs are nobody else's
                "redirect_stderr": "true",
                "stdout_logfile": str(logs / f"{program.name}.log"),
                "stdout_logfile_maxbytes": "20MB",
                "stdout_logfile_backups": "3",
                **({"user": program.user} if program.user else {}),
            }
        # At the end all of a group are stopped at once, and the group of the database last.
        for priority, is_first in enumerate((True, False), start=1):
            names = [program.name for program in programs if program.starts_at_once is is_first]
            if names:
                sections[f"group:{'first' if is_first else _LATER}"] = {
                    "programs": ",".join(names),
                    "priority": str(priority),
                }
        return "\n".join(
            f"[{title}]\n" + "".join(f"{k}={v.replace('%', '%%')}\n" for k, v in options.items())
            for title, options in sections.items()
        )


def stop_leftovers(installation: Installation) -> int:
    """Stop what an earlier run of this installation left behind, and return how many processes.

    The supervisor goes first, or it would start again what is stopped; the database goes last.
    """
    found = _processes_of(installation)
    for kind in ("supervisord", "", "postgres"):
        waves = [p for p in found if _kind(p) == kind]
        for process in waves:
            _signal(process)
        _gone, alive = psutil.wait_procs(waves, timeout=_LEFTOVER_SECONDS)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=_LEFTOVER_SECONDS)
    return len(found)


def _processes_of(installation: Installation) -> list[psutil.Process]:
    own = psutil.Process()
    lineage = {own.pid, *(parent.pid for parent in own.parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.AccessDenied, psutil.NoSuchProcess):
            home = process.environ().get(HOME_VARIABLE)
            if home == str(installation.home) and process.pid not in lineage:
                found.append(process)
    return found


def _kind(process: psutil.Process) -> str:
    """Return ``supervisord``, ``postgres``, or nothing for any other and for what has ended."""
    with suppress(psutil.NoSuchProcess):
        if process.name() == "postgres":
            return "postgres"
        if "supervisor.supervisord" in process.cmdline():
            return "supervisord"
    return ""


def _signal(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        if process.name() != "postgres":
            process.terminate()
            return
        parent = process.parent()
        # A backend ends with its server; the signals mean other things to it.
        if parent is None or parent.name() != "postgres":
            process.send_signal(signal.SIGINT)
