"""The process ``live``: ``tongban live`` serves this application."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
django.setup()

from schema.cases.lamps import LAMP_EVENTS  # noqa: E402 # after the setup
from schema.cases.queues import QUEUE_EVENTS  # noqa: E402 # after the setup
from schema.cases.subscriptions import CASE_EVENTS  # noqa: E402 # after the setup
from schema.handoffs.subscriptions import HANDOFF_EVENTS  # noqa: E402
from schema.live.server import LiveServer  # noqa: E402
from schema.root import schema  # noqa: E402

application = LiveServer(
    schema.documents, sources=(CASE_EVENTS, HANDOFF_EVENTS, LAMP_EVENTS, QUEUE_EVENTS)
)
