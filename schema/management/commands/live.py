"""``tongban live``: serve subscriptions over WebSocket until told to stop."""

import logging
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandParser

from schema.live.sockets import LONGEST_MESSAGE


def _is_news(record: logging.LogRecord) -> bool:
    # uvicorn says so of each handshake that was answered with a status instead.
    return record.msg != "ASGI callable returned without completing handshake."


class Command(BaseCommand):
    help = "通过 WebSocket 提供订阅（graphql-transport-ws），只提供订阅"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--uds", help="listen on this Unix socket")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        uvicorn.run(
            "schema.asgi:application",
            uds=options["uds"],
            host=options["host"],
            port=options["port"],
            # The implementation that holds least memory, and no compressor (a window) per socket.
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=LONGEST_MESSAGE,
            lifespan="on",
            proxy_headers=False,  # schema.view.client_address judges them
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=5,
        )
