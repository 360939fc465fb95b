"""Hearing that something was committed: a nudge only, the database is the truth."""

from typing import Any

import psycopg
from django.conf import settings

from tongban.kernel.transactions import CHANNEL


def open_listener() -> psycopg.Connection[Any]:
    """Open an autocommit connection that listens, as the login itself, outside any context.

    One per process. A notification's payload is the code of the center that committed, or
    ``platform``. ``connection.notifies(timeout=…)`` yields the notifications; they may be lost
    with the connection, so every listener also looks by itself from time to time.
    """
    database = settings.DATABASES["default"]
    connection = psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        user=database["USER"],
        password=database["PASSWORD"],
        dbname=database["NAME"],
        autocommit=True,
    )
    connection.execute(f"LISTEN {CHANNEL}")
    return connection
