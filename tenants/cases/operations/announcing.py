"""Telling those who act upon what happens to a case, at the center that appends it."""

from tenants.cases import models, rules
from tenants.cases.adapters import sealing
from tongban.kernel import ports


def announce(case: models.Case, event: models.CaseEvent) -> None:
    """Let each reader of the event act within the transaction that appended it natively."""
    readers = ports.case_readers.get(event.name, ())
    if not readers:
        return
    takes_messages = rules.may_use(
        rules.read_consents(case.consents), rules.ConsentKind.TEXT_MESSAGES
    )
    sealed = case.applicant_phone_sealed if takes_messages else None
    phone = (
        None
        if sealed is None
        else sealing.open_sealed(bytes(sealed), number=case.number, field="applicant_phone")
    )
    news = ports.CaseNews(
        event=event.name,
        number=case.number,
        epoch=event.epoch,
        sequence=event.sequence,
        at=event.at_instant,
        matter_name=case.matter_name,
        applicant_name_masked=case.applicant_name_masked,
        applicant_hash=bytes(case.applicant_id_hash),
        phone=phone,
        promised_due_at=case.promised_due_at,
        expires_at=rules.draft_expiry(event.data),
    )
    for read in readers:
        read(news)
