"""A process that does one step of the platform's work and dies at a named point (kill -9).

    python dying.py POINT STEP ARGUMENT…

POINT is ``never`` or ``<where>:<n>``: the n-th time the process comes to that place it kills
itself. Nothing of the product knows of this: the places are where Django commits and where the
relay marks a message.
"""

import os
import signal
import sys
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import django


def main() -> None:
    """Run the step that the command line names."""
    point, step, *arguments = sys.argv[1:]
    django.setup()
    if point != "never":
        where, _, count = point.partition(":")
        _arm(where, int(count))
    STEPS[step](*arguments)


def _arm(where: str, count: int) -> None:
    from django.db.backends.utils import CursorWrapper

    from tongban.kernel.postgresql.base import DatabaseWrapper

    seen = 0

    def arrive(place: str) -> None:
        nonlocal seen
        if place == where:
            seen += 1
            if seen == count:
                os.kill(os.getpid(), signal.SIGKILL)

    commit, execute = DatabaseWrapper.commit, CursorWrapper.execute

    def dying_commit(self: Any) -> None:
        arrive("before-commit")
        commit(self)
        arrive("after-commit")

    def dying_execute(self: Any, sql: Any, params: Any = None) -> Any:
        is_mark = isinstance(sql, str) and sql.startswith('UPDATE "kernel_outboxmessage" SET "sett')
        if is_mark:
            arrive("before-mark")
        result = execute(self, sql, params)
        if is_mark:
            arrive("after-mark")
        return result

    DatabaseWrapper.commit = dying_commit  # type: ignore[method-assign]
    CursorWrapper.execute = dying_execute  # type: ignore[method-assign]


def submit_case(center: str, token: str, matter: str, key: str, now: str) -> str:
    """Submit an application at a center, as a web process does."""
    from tenants.cases.operations import submit
    from tests import handing
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    actor = identity.resolve_actor(token, now=moment)
    with center_context(center):
        return submit.submit_case(
            actor=actor,
            request=handing.request(matter, serial=7),
            files=handing.all_files(center, matter),
            idempotency_key=uuid.UUID(key),
            now=moment,
        ).case.number


def relay_all(now: str, *codes: str) -> None:
    """Deliver until nothing is left, as a worker does."""
    from tests import handing

    handing.relay_all(*codes, now=datetime.fromisoformat(now))


def accept_handoff(center: str, token: str, handoff: str, key: str, now: str) -> None:
    """Accept a handoff, as a web process does."""
    from tenants.handoffs.operations import answer
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    actor = identity.resolve_actor(token, now=moment)
    with center_context(center):
        answer.accept_handoff(
            actor=actor, handoff_id=uuid.UUID(handoff), idempotency_key=uuid.UUID(key), now=moment
        )


def return_handoff(center: str, token: str, handoff: str, key: str, now: str) -> None:
    """Send an accepted case back, as a web process does."""
    from tenants.handoffs.operations import answer
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    actor = identity.resolve_actor(token, now=moment)
    with center_context(center):
        answer.return_handoff(
            actor=actor,
            handoff_id=uuid.UUID(handoff),
            reason="不属本中心",
            idempotency_key=uuid.UUID(key),
            now=moment,
        )


def discard_case(center: str, token: str, number: str, key: str, now: str) -> str:
    """Throw a draft away, as a web process does."""
    from tenants.cases.operations import discard
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    actor = identity.resolve_actor(token, now=moment)
    with center_context(center):
        return discard.discard_case(
            actor=actor, number=number, idempotency_key=uuid.UUID(key), now=moment
        )


def answer_data_request(center: str, token: str, request: str, key: str, now: str) -> None:
    """Grant what somebody asks about their data, as a web process does."""
    from tenants.privacy.operations import answering
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    actor = identity.resolve_actor(token, now=moment)
    with center_context(center):
        answering.answer_data_request(
            actor=actor,
            request_id=uuid.UUID(request),
            is_granted=True,
            text="",
            idempotency_key=uuid.UUID(key),
            now=moment,
        )


def fire_timers(center: str, now: str) -> None:
    """Fire what is due in a center until nothing is, as a worker does."""
    from tongban.exchange.operations import timers

    moment = datetime.fromisoformat(now)
    while timers.fire_timers(center, clock=lambda: moment):
        pass


def send_messages(center: str, now: str) -> None:
    """Send what a center's applicants are told, as a worker does."""
    from tenants.messages.operations import sending
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    with center_context(center):
        sending.send_waiting(clock=lambda: moment)


def scan_files(center: str, now: str) -> None:
    """Look into what was uploaded to a center, as a worker does."""
    from tongban.exchange.operations import scanning
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    with center_context(center):
        scanning.scan_waiting(clock=lambda: moment)


def append_to_upload(center: str, token: str, upload: str, path: str, now: str) -> None:
    """Write a file to an upload, as a web process does, and die where the file ends."""
    from tenants.cases.operations import uploads
    from tongban.identity import queries as identity
    from tongban.kernel.context import center_context

    moment = datetime.fromisoformat(now)
    actor = identity.resolve_actor(token, now=moment)
    with Path(path).open("rb") as file, center_context(center):

        def read(size: int) -> bytes:
            found = file.read(size)
            if not found:
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        uploads.append_to_upload(
            actor=actor, upload_id=uuid.UUID(upload), offset=0, read=read, now=moment
        )


def recompute_by_two(center: str, now: str) -> None:
    """Reckon due dates anew, two cases a firing, as a worker with much to do does."""
    from tenants.cases.operations import recompute

    recompute.BATCH = 2  # type: ignore[misc] # a small one, to be killed between two
    fire_timers(center, now)


def run_retention_by_fifty(center: str, now: str) -> None:
    """Do a night's retention, fifty rows a transaction."""
    from tongban.exchange.operations import retention

    retention.BATCH = 50  # type: ignore[misc] # a small one, to be killed between two
    fire_timers(center, now)


def export_by_two(center: str, now: str) -> None:
    """Write lists as files, two rows a batch."""
    from tenants.cases.operations import exporting

    exporting.PAGE, exporting.PAGES = 2, 1  # type: ignore[misc] # small, to be killed between two
    fire_timers(center, now)


STEPS = {
    step.__name__: step
    for step in (
        *(submit_case, relay_all, accept_handoff, return_handoff, fire_timers, recompute_by_two),
        *(send_messages, scan_files, append_to_upload, run_retention_by_fifty, discard_case),
        *(answer_data_request, export_by_two),
    )
}

if __name__ == "__main__":
    main()
