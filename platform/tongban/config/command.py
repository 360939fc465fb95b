"""The ``tongban`` command: Django's management commands under the product's own name."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a management command with the project's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    execute_from_command_line(["tongban", *sys.argv[1:]])


if __name__ == "__main__":
    main()
