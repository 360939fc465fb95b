"""Whether the logs of cases stand as they were written."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db import transaction

from tenants.cases import models, rules
from tongban.kernel import crypto
from tongban.kernel.ports import CheckedChain

BATCH = 200


def check_logs() -> Iterator[CheckedChain]:
    """Yield for each case of the center, mirrors too, whether its log is whole, oldest first.

    Two statements for 200 cases; memory does not grow with their number.
    """
    after = None
    while True:
        cases = models.Case.objects.order_by("id")
        batch = list((cases if after is None else cases.filter(id__gt=after))[:BATCH])
        events = models.CaseEvent.objects.filter(case__in=batch).order_by("case_id", "sequence")
        logs = {case_id: list(log) for case_id, log in groupby(events, lambda e: e.case_id)}
        for case in batch:
            log = logs.get(case.pk, [])
            broken = _broken_link(case, log) and _still_broken(case.pk)
            yield CheckedChain(case.number, len(log), broken)
        if len(batch) < BATCH:
            return
        after = batch[-1].pk


def _still_broken(case_id: uuid.UUID) -> int | None:
    """Look again under the case's lock: an event may have come between the two statements."""
    with transaction.atomic():
        case = models.Case.objects.select_for_update().filter(pk=case_id).first()
        if case is None:  # a draft that was discarded between them
            return None
        return _broken_link(case, list(case.events.order_by("sequence")))


def _broken_link(case: models.Case, log: Sequence[models.CaseEvent]) -> int | None:
    """Return the first event of a log that does not stand as it was written, None for none.

    One that was taken away is named by the number that is missing; what was cut off, or added, by
    the first number that the case itself does not know.
    """
    previous, epoch = crypto.GENESIS, 1
    for expected, event in enumerate(log, start=1):
        body = rules.EventBody(
            number=case.number,
            epoch=event.epoch,
            sequence=event.sequence,
            name=event.name,
            at=str(crypto.plain_json(event.at)),
            center_code=event.center_code,
            actor=event.actor,
            on_behalf_of=event.on_behalf_of,
            changes=event.changes,
            data=event.data,
        )
        is_next = event.sequence == expected and bytes(event.previous_hash) == previous
        following = crypto.chain_hash(previous, body.as_json())
        if not is_next or bytes(event.hash) != following or event.epoch < epoch:
            return expected
        previous, epoch = following, event.epoch
    is_whole = case.sequence == len(log) and bytes(case.head_hash) == previous
    return None if is_whole and epoch <= case.epoch else min(case.sequence, len(log)) + 1
