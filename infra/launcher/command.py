"""``./infra/tongban COMMAND``: a command of the platform, with what this installation knows."""

import os
import sys

from infra.launcher.installation import PYTHON, Installation, SettingError


def main() -> None:
    """Become the command, as the provisioner; the installation runs, or was prepared once."""
    installation = Installation.here().with_kept_settings()
    try:
        kept = installation.load_secrets()
    except FileNotFoundError:
        sys.exit("还没有启动过：请先运行 ./infra/up")
    try:
        environment = installation.environment(
            kept, login="provisioner", url="http://localhost:8000", hosts="localhost"
        )
    except SettingError as error:
        sys.exit(str(error))
    command = [str(PYTHON), "-m", "tongban.config.command", *sys.argv[1:]]
    os.execve(PYTHON, command, environment)  # noqa: S606 # no shell is wanted


if __name__ == "__main__":
    main()
