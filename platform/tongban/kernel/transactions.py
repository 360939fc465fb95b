"""The unit of work: rows, log, audit, messages and timers commit together or not at all."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tongban.kernel import context, crypto, personal
from tongban.kernel.actors import Actor
from tongban.kernel.errors import IdempotencyKeyReusedError
from tongban.kernel.models import IdempotencyRecord

CHANNEL = "tongban"
PLATFORM = "platform"

_TAKE_POSITIONS = """
UPDATE kernel_ledger SET log_position = log_position + %s
 WHERE id = 1 RETURNING code, log_position, audit_sequence, audit_hash
"""
_WRITE_AND_NOTIFY = """
WITH sent AS (
  INSERT INTO kernel_outboxmessage (message_id, destination, kind, key, payload, attempts,
                                    last_error)
  SELECT message_id, destination, kind, key, payload, 0, ''
    FROM jsonb_to_recordset(%s::jsonb)
    AS m(place int, message_id uuid, destination text, kind text, key text, payload jsonb)
   ORDER BY place
), written_log AS (
  INSERT INTO kernel_logentry (position, topic, subject, name, data, at)
  SELECT * FROM jsonb_to_recordset(%s::jsonb)
    AS l(position bigint, topic text, subject text, name text, data jsonb, at timestamptz)
), written_audit AS (
  INSERT INTO kernel_auditentry (sequence, at, actor, action, object_type, object_key, data,
                                 previous_hash, hash)
  SELECT sequence, at, actor, action, object_type, object_key, data,
         decode(previous_hash, 'hex'), decode(hash, 'hex')
    FROM jsonb_to_recordset(%s::jsonb)
    AS a(sequence bigint, at timestamptz, actor jsonb, action text, object_type text,
         object_key text, data jsonb, previous_hash text, hash text)
), moved AS (
  UPDATE kernel_ledger SET audit_sequence = %s, audit_hash = %s WHERE id = 1
)
SELECT pg_notify(%s, %s)
"""
_CLAIM = """
INSERT INTO kernel_idempotencyrecord (actor, operation, key, input_digest)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
_SETTLE = "UPDATE kernel_idempotencyrecord SET outcome = %s::jsonb WHERE id = %s"
_SET_TIMER = """
INSERT INTO kernel_timer (kind, key, payload, fires_at) VALUES (%s, %s, %s::jsonb, %s)
    ON CONFLICT (kind, key) WHERE fired_at IS NULL DO NOTHING
"""
_CANCEL_TIMER = """
DELETE FROM kernel_timer WHERE kind = %s AND key = %s AND fired_at IS NULL RETURNING id
"""


@dataclass(slots=True)
class Work:
    """What one transaction will leave behind beside its business rows."""

    context: context.DatabaseContext
    log: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    wakes: bool = False
    timers: set[int] = field(default_factory=set)
    """Ids of the pending timers that this transaction moved or cancelled."""

    def record(
        self, *, topic: str, subject: str, name: str, at: datetime, data: Mapping[str, Any]
    ) -> None:
        """Put one entry into the schema's log when the transaction ends.

        Entries get their positions then, in the order of the calls; feeds read them by position.
        """
        self.log.append(
            {"topic": topic, "subject": subject, "name": name, "at": at, "data": dict(data)}
        )

    def audit_action(
        self,
        *,
        actor: Actor,
        action: str,
        object_type: str,
        object_key: str,
        at: datetime,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Chain one entry into the schema's audit log when the transaction ends.

        ``data`` holds no personal data in the clear: the log outlives corrections and deletions.
        """
        self.audit.append(
            {
                "at": at,
                "actor": _as_audit(actor, self.context.center),
                "action": action,
                "object_type": object_type,
                "object_key": object_key,
                "data": dict(data or {}),
            }
        )

    def send(
        self, *, destination: str, kind: str, key: str, payload: Mapping[str, Any]
    ) -> uuid.UUID:
        """Leave a message for ``destination`` (center code or ``platform``) when it ends.

        Messages of one ``key`` arrive in the order they were sent, each effective exactly once.
        """
        message_id = uuid.uuid4()
        self.outbox.append(
            {
                "place": len(self.outbox),
                "message_id": str(message_id),
                "destination": destination,
                "kind": kind,
                "key": key,
                "payload": _plain(payload),
            }
        )
        self.wakes = True
        return message_id

    def schedule(
        self, *, kind: str, key: str, fires_at: datetime, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Set the one pending timer of (kind, key), replacing it if there is one.

        One statement where there is none. Who fires the former finds it gone, and takes it back.
        """
        values = (kind, key, _json(payload or {}), fires_at)
        with connection.cursor() as cursor:
            cursor.execute(_SET_TIMER, values)
            if cursor.rowcount == 0:
                self.cancel_timer(kind=kind, key=key)
                cursor.execute(_SET_TIMER, values)

    def cancel_timer(self, *, kind: str, key: str) -> None:
        """Remove the pending timer of (kind, key), if there is one."""
        with connection.cursor() as cursor:
            cursor.execute(_CANCEL_TIMER, [kind, key])
            self.timers.update(row[0] for row in cursor.fetchall())


def _as_audit(actor: Actor, center: str | None) -> dict[str, str]:
    """Return what an audit log keeps of who acts: no personal number, no token.

    The names of people who do not work there are masked, as applicants' are: the log outlives what
    they may ask to be deleted.
    """
    is_shown = actor.acts_by_name(center)
    name = actor.display_name if is_shown else personal.mask_name(actor.display_name)
    return {"key": actor.key, "name": name, "client": actor.client_id}


_work: ContextVar[Work | None] = ContextVar("tongban_work", default=None)


@contextmanager
def unit_of_work() -> Iterator[Work]:
    """Run the block as one transaction in the running context.

    An operation called inside another's block joins it. The log's positions are taken by the last
    statements before commit, so they are in commit order, and one notification leaves with it.
    """
    running = context.current()
    if running is None:
        raise context.ContextError("a unit of work outside any context")
    joined = _work.get()
    if joined is not None:
        if joined.context != running:
            raise context.ContextError("a unit of work of another context is open")
        yield joined
        return
    work = Work(context=running)
    token = _work.set(work)
    try:
        with transaction.atomic():
            yield work
            _flush(work)
    finally:
        _work.reset(token)


def _flush(work: Work) -> None:
    if not (work.log or work.audit or work.wakes):
        return
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_POSITIONS, [len(work.log)])
        row = cursor.fetchone()
        if row is None:
            raise context.ContextError("this schema has no ledger row")
        code, position, sequence, head = row
        first = position - len(work.log) + 1
        log = [{**entry, "position": first + n} for n, entry in enumerate(work.log)]
        audit, sequence, head = _chained(work.audit, sequence, bytes(head))
        cursor.execute(
            _WRITE_AND_NOTIFY,
            [_json(work.outbox), _json(log), _json(audit), sequence, head, CHANNEL, code],
        )


def _chained(
    entries: list[dict[str, Any]], sequence: int, head: bytes
) -> tuple[list[dict[str, Any]], int, bytes]:
    chained = []
    for entry in entries:
        sequence += 1
        following = crypto.chain_hash(head, {"sequence": sequence, **entry})
        chained.append(
            {
                "sequence": sequence,
                **entry,
                "previous_hash": head.hex(),
                "hash": following.hex(),
            }
        )
        head = following
    return chained, sequence, head


def _json(value: Any) -> str:
    return crypto.canonical_json(value).decode()


def _plain(value: Mapping[str, Any]) -> Any:
    return crypto.plain_json(value)


@dataclass(frozen=True, slots=True)
class Claim:
    """An idempotency key as this transaction found it."""

    record: IdempotencyRecord
    repeated: bool

    @property
    def outcome(self) -> dict[str, Any] | None:
        """What the first request referred to as its outcome (``{"number": …}``)."""
        outcome: dict[str, Any] | None = self.record.outcome
        return outcome

    def settle(self, outcome: Mapping[str, Any]) -> None:
        """Keep the reference to what the request brought about."""
        self.record.outcome = _plain(outcome)
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, [_json(outcome), self.record.id])


def claim_key(*, actor: Actor, operation: str, key: uuid.UUID, request: Mapping[str, Any]) -> Claim:
    """Claim (actor, operation, key) as the first statement of a unit of work.

    A concurrent repeat waits here for the first to end. ``request`` is the canonical input, with
    files by their hashes. A refused request rolls its claim back, so it may be sent again.
    Raises: IdempotencyKeyReusedError when the key came with another input.
    """
    digest = crypto.sha256_hex(crypto.canonical_json(request))
    fields = {"actor": actor.key, "operation": operation, "key": key}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [actor.key, operation, key, digest])
        made = cursor.fetchone()
    if made is not None:
        record = IdempotencyRecord(id=made[0], **fields, input_digest=digest)
        return Claim(record=record, repeated=False)
    record = IdempotencyRecord.objects.get(**fields)
    if record.input_digest != digest:
        raise IdempotencyKeyReusedError(path=("idempotencyKey",))
    return Claim(record=record, repeated=True)
