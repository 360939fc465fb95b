"""A ``tongban`` command that dies (kill -9) at a named commit: nothing of the product knows of it.

python dying_command.py before-commit:N|after-commit:N|never COMMAND ARGUMENT…
"""

import os
import signal
import sys
from typing import Any

import django
from django.core.management import call_command


def main() -> None:
    """Run the command that the arguments name, and die where they say."""
    point, command, *arguments = sys.argv[1:]
    django.setup()
    if point != "never":
        where, _, count = point.partition(":")
        _arm(where, int(count))
    call_command(command, *arguments)


def _arm(where: str, count: int) -> None:
    from tongban.kernel.postgresql.base import DatabaseWrapper

    left = count
    commit = DatabaseWrapper.commit

    def arrive(place: str) -> None:
        nonlocal left
        if place == where:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def dying_commit(self: Any) -> None:
        arrive("before-commit")
        commit(self)
        arrive("after-commit")

    DatabaseWrapper.commit = dying_commit  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
