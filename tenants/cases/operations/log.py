"""The case's event log: appended by its custodian, mirrored by everyone else in the chain."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from tenants.cases import errors, models, rules
from tenants.cases.operations import (
    announcing,
    findings,
    projection,
    review_tasks,
    timing,
    waiting,
)
from tenants.cases.states import Custody, State
from tongban.kernel import context, crypto
from tongban.kernel.ports import OutOfOrderError
from tongban.kernel.transactions import PLATFORM, Work
from tongban.registry import queries as registry

EVENT_KIND = "case.event"
INDEX_KIND = "case.indexed"
RETURNED = "case.returned"
DRAFT_TIMER = "case.draft_end"
DRAFT_EXPIRING = "case.draft_expiring"
LAMP_TOPIC = "lamp"


class LogConflictError(Exception):
    """A message contradicts the log; it parks this case's messages until a person looks."""


def require_custody(case: models.Case) -> None:
    """Raise unless this center holds the locked ``case`` and it is not in transit.

    Raises: CustodyInTransitError, NotCustodianError.
    """
    if case.custody == Custody.IN_TRANSIT:
        raise errors.CustodyInTransitError
    if case.custody != Custody.HELD or case.custodian_code != context.current_center():
        raise errors.NotCustodianError(
            custodian=case.custodian_code, name=registry.name_of(case.custodian_code)
        )


def append_event(
    work: Work,
    case: models.Case,
    *,
    name: str,
    by: rules.Party,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    on_behalf_of: rules.Party | None = None,
) -> models.CaseEvent:
    """Append one event to the log of the locked ``case``, and set the fields that it changes.

    The event leaves for the neighbours in the chain and for the index in the same transaction.
    ``changes`` names fields of ``rules.MIRRORED``, ``REPINNED`` and ``CORRECTED`` (and ``epoch``).
    Raises: NotCustodianError, CustodyInTransitError: only the holder of the current epoch appends.
    """
    require_custody(case)
    changes = dict(changes or {})
    if changes.get("state") in rules.ENDS_DEBTS:
        changes.update(_ended(case, now))
    former = timing.present(case)
    following = None if timing.CONCERNS.isdisjoint(changes) else timing.after(case, changes, now)
    if following is not None and following.lamp != case.lamp:
        changes["lamp"] = following.lamp
    tasks = review_tasks.after(case, changes, data or {}, now)
    body = rules.EventBody(
        number=case.number,
        epoch=case.epoch,
        sequence=case.sequence + 1,
        name=name,
        at=str(crypto.plain_json(now)),
        center_code=context.current_center(),
        actor=by.as_json(),
        on_behalf_of=on_behalf_of.as_json() if on_behalf_of else None,
        changes=_plain(changes),
        data=_plain(data if tasks is None else {**(data or {}), "tasks": tasks}),
    )
    event = _write(work, case, body, is_native=True)
    if following is not None:
        timing.set_timers(work, case, following, former=former)
    if case.state == State.DRAFT and name != DRAFT_EXPIRING:
        lasts = timedelta(days=settings.RETENTION_DRAFT_DAYS)
        set_draft_timer(work, case, now + lasts - rules.DRAFT_WARNING)
    _forward(work, case, event, body, besides="")
    work.send(
        destination=PLATFORM,
        kind=INDEX_KIND,
        key=case.number,
        payload={
            "number": case.number,
            "sequence": case.sequence,
            "matter_code": case.matter_code,
            "matter_name": case.matter_name,
            "home_code": case.home_code,
            "custodian_code": case.custodian_code,
            "state": case.state,
            "applicant_id_hash": bytes(case.applicant_id_hash),
            "applicant_name_masked": case.applicant_name_masked,
            "at": now,
        },
    )
    announcing.announce(case, event)
    return event


def set_draft_timer(work: Work, case: models.Case, at: datetime) -> None:
    """Let the draft ``case`` be looked at again: whether its owner is told, or it goes."""
    work.schedule(kind=DRAFT_TIMER, key=case.number, fires_at=at)


def _ended(case: models.Case, now: datetime) -> dict[str, Any]:
    """Return what an end changes of a case that owes something, or has something to verify."""
    changes = {}
    if case.debts_open:
        changes.update(rules.debt_changes(rules.dropped(rules.read_debts(case.debts), now)))
    if case.commitments_pending:
        commitments = rules.read_commitments(case.commitments)
        changes.update(rules.commitment_changes(rules.lapsed(commitments, now)))
    return changes


def mirror_event(
    work: Work, case: models.Case, payload: Mapping[str, Any], *, origin: str
) -> models.CaseEvent | None:
    """Append an event that came from the neighbour ``origin`` to the locked mirror ``case``.

    A repeat changes nothing. The hop to the next neighbours is written in the same transaction.
    Raises: OutOfOrderError where an earlier event is missing; LogConflictError where the event
    does not continue this log or came from a center that does not hold the case.
    """
    body = rules.EventBody(**payload["body"])
    if body.sequence <= case.sequence:
        kept = models.CaseEvent.objects.get(case=case, sequence=body.sequence)
        if bytes(kept.hash).hex() != payload["hash"]:
            raise LogConflictError(f"{case.number}: two events {body.sequence}")
        return None
    if body.sequence > case.sequence + 1:
        raise OutOfOrderError(f"{case.number}: event {case.sequence + 1} is missing")
    _check_authority(case, body, origin)
    if crypto.chain_hash(bytes(case.head_hash), body.as_json()).hex() != payload["hash"]:
        raise LogConflictError(f"{case.number}: event {body.sequence} does not continue the log")
    former = timing.present(case)
    event = _write(work, case, body, is_native=False, origin=origin)
    if "custodian_code" in body.changes:
        follow_clocks(work, case, former=former, now=event.at_instant)
    _forward(work, case, event, body, besides=origin)
    if body.name == RETURNED and case.custody == Custody.HELD:
        leave_chain(case, neighbour=origin)
    return event


def follow_clocks(work: Work, case: models.Case, *, former: timing.Timing, now: datetime) -> None:
    """Set the timers of the locked ``case`` where it came to be held, remove them where it left.

    A lamp that this center sees otherwise changes by its timer, at once.
    """
    following = timing.after(case, {}, now)
    if following.lamp != case.lamp:
        following = replace(following, lamp_at=now)
    timing.set_timers(work, case, following, former=former)


def leave_chain(case: models.Case, *, neighbour: str) -> None:
    """Stop mirroring between the locked ``case`` and a neighbour that sent it back undecided.

    Both do so with the very event: the case may be offered again before its receipt arrives.
    """
    case.peers = [peer for peer in case.peers if peer != neighbour]
    case.save(update_fields=["peers"])


def import_event(work: Work, case: models.Case, payload: Mapping[str, Any]) -> None:
    """Append an event of an envelope to the locked copy; the log must continue without a gap.

    Raises: LogConflictError.
    """
    body = rules.EventBody(**payload["body"])
    following = crypto.chain_hash(bytes(case.head_hash), body.as_json()).hex()
    if body.sequence != case.sequence + 1 or following != payload["hash"]:
        raise LogConflictError(f"{case.number}: the envelope's log breaks at {body.sequence}")
    _write(work, case, body, is_native=False)
    case.epoch = max(case.epoch, body.epoch)


def _check_authority(case: models.Case, body: rules.EventBody, origin: str) -> None:
    if origin not in case.peers:
        raise LogConflictError(f"{case.number}: {origin} is no neighbour in the chain")
    takes_over = body.changes.get("custodian_code") == body.center_code
    if takes_over and body.epoch == case.epoch + 1 == body.changes.get("epoch"):
        was_offered = case.custody == Custody.IN_TRANSIT and case.toward_code == body.center_code
        if was_offered or case.custodian_code != context.current_center():
            return
    if body.epoch != case.epoch or body.center_code != case.custodian_code:
        raise LogConflictError(
            f"{case.number}: {body.center_code} wrote in epoch {body.epoch},"
            f" but {case.custodian_code} holds it in {case.epoch}"
        )


def _write(
    work: Work, case: models.Case, body: rules.EventBody, *, is_native: bool, origin: str = ""
) -> models.CaseEvent:
    was_on_board, was_here = _on_board(case), waiting.is_here(case)
    previous = bytes(case.head_hash)
    following = crypto.chain_hash(previous, body.as_json())
    _set_changes(case, body.changes)
    case.sequence = body.sequence
    case.head_hash = following
    case.version += 1
    if "custodian_code" in body.changes:
        _follow_custody(case, origin)
    case.save()  # the row of a case that is handed in right now, too
    event = models.CaseEvent.objects.create(
        case=case,
        epoch=body.epoch,
        sequence=body.sequence,
        name=body.name,
        at=body.at,
        center_code=body.center_code,
        actor=body.actor,
        on_behalf_of=body.on_behalf_of,
        changes=body.changes,
        data=body.data,
        previous_hash=previous,
        hash=following,
        is_native=is_native,
    )
    projection.apply_event(case, event)
    findings.keep(work, case, event)
    if (was_here or waiting.is_here(case)) and waiting.concerns(body.changes, body.data):
        waiting.follow(work, case, event.at_instant)
    work.record(
        topic="case",
        subject=case.number,
        name=body.name,
        at=event.at_instant,
        data={"epoch": body.epoch, "sequence": body.sequence},
    )
    if _on_board(case) != was_on_board:
        work.record(
            topic=LAMP_TOPIC,
            subject=case.number,
            name="case.lamp_changed",
            at=event.at_instant,
            data={"former": was_on_board, "lamp": _on_board(case)},
        )
    return event


def _on_board(case: models.Case) -> str:
    """Return the lamp that the center's own board shows of a case: handling is where custody is."""
    return case.lamp if case.custodian_code == context.current_center() else ""


def _set_changes(case: models.Case, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if name not in (*rules.MIRRORED, *rules.REPINNED, *rules.CORRECTED, "epoch"):
            raise LogConflictError(f"{case.number}: an event may not change {name}")
        setattr(case, name, models.read_column(name, value))


def _follow_custody(case: models.Case, origin: str) -> None:
    if case.custodian_code == context.current_center():
        case.custody, case.toward_code = Custody.HELD, ""
    else:
        case.custody = Custody.ELSEWHERE
        case.toward_code = origin or case.custodian_code


def _forward(
    work: Work, case: models.Case, event: models.CaseEvent, body: rules.EventBody, *, besides: str
) -> None:
    for peer in case.peers:
        if peer != besides:
            work.send(
                destination=peer,
                kind=EVENT_KIND,
                key=case.number,
                payload={
                    "body": body.as_json(),
                    "hash": bytes(event.hash),
                    "files": rules.files_in(body.data),
                },
            )


def event_payload(event: models.CaseEvent, number: str) -> dict[str, Any]:
    """Return an event as it travels: its body and its hash."""
    body = rules.EventBody(
        number=number,
        epoch=event.epoch,
        sequence=event.sequence,
        name=event.name,
        at=str(crypto.plain_json(event.at_instant)),
        center_code=event.center_code,
        actor=event.actor,
        on_behalf_of=event.on_behalf_of,
        changes=event.changes,
        data=event.data,
    )
    return {"body": body.as_json(), "hash": bytes(event.hash).hex()}


def _plain(value: Mapping[str, Any] | None) -> dict[str, Any]:
    plain = crypto.plain_json(value or {})
    if not isinstance(plain, dict):
        raise TypeError("an event's parts are objects")
    return plain
