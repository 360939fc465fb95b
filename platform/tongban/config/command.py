"""The ``tongban`` command: Django's management commands under the product's own name."""

import os
import sys

from django.core.management import execute_from_command_line

from tongban.config.environment import EnvironmentVariableError


def main() -> None:
    """Run a management command with the project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    try:
        execute_from_command_line(["tongban", *sys.argv[1:]])
    except EnvironmentVariableError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
