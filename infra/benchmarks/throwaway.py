"""A server that a benchmark has for itself, and our database on it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import postgres
from infra.launcher.installation import PYTHON, Installation, Secrets


@contextmanager
def server() -> Iterator[Installation]:
    """Run a server with durable settings, and leave nothing of it behind."""
    home = Path(tempfile.mkdtemp(prefix="tongban-bench-"))
    home.chmod(0o755)  # the server of a root user runs as another user
    installation = Installation(home=home, database_url="")
    try:
        postgres.start(installation.database_folder)
        yield installation
    finally:
        postgres.stop(installation.database_folder)
        installation.erase()
        shutil.rmtree(home)


def environment(installation: Installation, kept: Secrets, *, login: str) -> dict[str, str]:
    """Return what a process needs that works as ``login``: app or provisioner."""
    return installation.environment(kept, login=login, url="http://localhost", hosts="localhost")


def run(variables: dict[str, str], *command: str) -> None:
    """Run a command of ours to its end."""
    subprocess.run(
        [str(PYTHON), "-m", "tongban.config.command", *command],
        env=variables,
        check=True,
        stdout=subprocess.DEVNULL,
    )
