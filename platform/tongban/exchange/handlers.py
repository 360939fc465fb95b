"""What messages to the platform do here, and what comes every night."""

from collections.abc import Callable
from datetime import datetime

from tongban.exchange import models
from tongban.exchange.operations import retention, scanning
from tongban.kernel.ports import DueTimer, Message


def index_case(message: Message, now: datetime) -> None:
    """Bring a case's row in the index up to the message, unless the row is newer already."""
    del now
    payload = message.payload
    row = models.CaseIndexRow(
        number=payload["number"],
        sequence=payload["sequence"],
        matter_code=payload["matter_code"],
        matter_name=payload["matter_name"],
        home_code=payload["home_code"],
        custodian_code=payload["custodian_code"],
        state=payload["state"],
        applicant_id_hash=bytes.fromhex(payload["applicant_id_hash"]),
        applicant_name_masked=payload["applicant_name_masked"],
        updated_at=payload["at"],
    )
    models.CaseIndexRow.objects.bulk_create([row], ignore_conflicts=True)
    models.CaseIndexRow.objects.filter(number=row.number, sequence__lt=row.sequence).update(
        sequence=row.sequence,
        custodian_code=row.custodian_code,
        state=row.state,
        updated_at=row.updated_at,
        matter_name=row.matter_name,
        applicant_name_masked=row.applicant_name_masked,
    )


def forget_case(message: Message, now: datetime) -> None:
    """Take a draft that is no more out of the index; what was told of it before has arrived."""
    del now
    models.CaseIndexRow.objects.filter(number=message.payload["number"]).delete()


def receive_file(message: Message, now: datetime) -> None:
    """Do nothing more: the relay brings a file's bytes, and what was found in it, by itself."""
    del message, now


def scan(clock: Callable[[], datetime]) -> None:
    """Look into what was uploaded to the running center."""
    scanning.scan_waiting(clock=clock)


def delete_old(timer: DueTimer, now: datetime) -> None:
    """Go on with the running schema's nightly retention."""
    retention.run_nightly(deleted=timer.payload.get("deleted", {}), now=now)


def note_retention(message: Message, now: datetime) -> None:
    """Keep a center's word on what its retention deleted."""
    del now
    retention.note_run(code=message.origin, payload=message.payload)
