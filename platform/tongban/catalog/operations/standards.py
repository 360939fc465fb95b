"""The library of standards of work (工作标准) and their acceptance (验收)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tongban.catalog import errors, models, policies
from tongban.catalog.operations import changing, plan_import
from tongban.catalog.queries import standards as queries
from tongban.catalog.rules import standards as rules
from tongban.catalog.rules.standards import StandardText
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import claim_key, unit_of_work

_LONGEST = {"authority": 200, "level": 40, "result": 200}
_MOST_STANDARDS = 1_000_000


def publish_work_standard(
    *,
    actor: Actor,
    issuer_code: str,
    standard: StandardText,
    effective_from: date | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.WorkStandard:
    """Put a standard of work in the library of a division, new or as its next version.

    The former version closes on the day on which this one opens: ``effective_from``, by default
    today, after the former one's. Runs in the catalog context. Raises: IssuerUnknownError,
    WorkStandardNotAllowedError, WorkStandardTextError, WorkStandardDayError,
    IdempotencyKeyReusedError.
    """
    request = {
        "issuer": issuer_code,
        "number": standard.number,
        "title": standard.title,
        "category": standard.category,
        "text": standard.text,
        "effective": effective_from,
    }
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="publish_work_standard", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        _refuse_strangers(actor, issuer_code)
        if claim.repeated and claim.outcome:
            return models.WorkStandard.objects.get(id=claim.outcome["id"])
        for field in rules.faults(standard):
            raise errors.WorkStandardTextError(path=(field,))
        day = effective_from or calendar.local_day(now)
        published = _succeed(actor, issuer_code, standard, day, now)
        claim.settle({"id": published.pk})
        work.record(
            topic="catalog",
            subject=issuer_code,
            name="work_standard.published",
            at=now,
            data={"number": published.number, "version": published.version, "effectiveFrom": day},
        )
        work.audit_action(
            actor=actor,
            action="work_standard.publish",
            object_type="work_standard",
            object_key=f"{issuer_code}/{published.number}/{published.version}",
            at=now,
            data={"title": published.title},
        )
    return published


def _succeed(
    actor: Actor, issuer_code: str, standard: StandardText, day: date, now: datetime
) -> models.WorkStandard:
    """Write the next version of a standard from ``day`` on, and close the former one there."""
    numbered = models.WorkStandard.objects.filter(issuer_code=issuer_code, number=standard.number)
    former = numbered.order_by("-version").first()
    if former and not rules.follows(day, former.effective_from):
        raise errors.WorkStandardDayError(
            path=("effectiveFrom",), day=day.isoformat(), former=former.effective_from.isoformat()
        )
    if former:
        former.effective_to = day
        former.save(update_fields=["effective_to"])
    return models.WorkStandard.objects.create(
        issuer_code=issuer_code,
        number=standard.number,
        version=former.version + 1 if former else 1,
        title=standard.title.strip(),
        category=standard.category.strip(),
        text=standard.text.strip(),
        effective_from=day,
        published_at=now,
        published_by=actor.key,
    )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That an authority examined a division's standards of work and accepted them."""

    accepted_on: date
    authority: str
    level: str
    """国家级, 省级 …"""
    result: str
    standard_count: int | None = None
    """How many standards were examined; None: those in force on that day."""


def record_acceptance(
    *,
    actor: Actor,
    issuer_code: str,
    acceptance: Acceptance,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.StandardsAcceptance:
    """Record that a division's standards of work were accepted (验收), on a day up to today.

    Runs in the catalog context. Raises: IssuerUnknownError, WorkStandardNotAllowedError,
    AcceptanceInvalidError, AcceptanceRecordedError, IdempotencyKeyReusedError.
    """
    request = {
        "issuer": issuer_code,
        "on": acceptance.accepted_on,
        "authority": acceptance.authority,
        "level": acceptance.level,
        "result": acceptance.result,
        "count": acceptance.standard_count,
    }
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="record_acceptance", key=idempotency_key, request=request
        )
        changing.one_at_a_time()
        _refuse_strangers(actor, issuer_code)
        if claim.repeated and claim.outcome:
            return models.StandardsAcceptance.objects.get(id=claim.outcome["id"])
        _refuse_impossible(acceptance, calendar.local_day(now))
        count = acceptance.standard_count
        if count is None:
            day = acceptance.accepted_on
            count = queries.list_standards(on=day, issuer_code=issuer_code).count()
        recorded = _write(actor, issuer_code, acceptance, count, now)
        claim.settle({"id": recorded.pk})
        work.record(
            topic="catalog",
            subject=issuer_code,
            name="standards.accepted",
            at=now,
            data={"on": recorded.accepted_on, "level": recorded.level, "standards": count},
        )
        work.audit_action(
            actor=actor,
            action="standards.accept",
            object_type="standards",
            object_key=issuer_code,
            at=now,
            data={"on": recorded.accepted_on, "authority": recorded.authority},
        )
    return recorded


def _write(
    actor: Actor, issuer_code: str, acceptance: Acceptance, count: int, now: datetime
) -> models.StandardsAcceptance:
    try:
        with transaction.atomic():
            return models.StandardsAcceptance.objects.create(
                issuer_code=issuer_code,
                accepted_on=acceptance.accepted_on,
                authority=acceptance.authority.strip(),
                level=acceptance.level.strip(),
                result=acceptance.result.strip(),
                standard_count=count,
                recorded_at=now,
                recorded_by=actor.key,
            )
    except IntegrityError as error:
        if "catalog_standards_acceptance" not in str(error):
            raise
        raise errors.AcceptanceRecordedError(path=("acceptedOn",)) from error


def _refuse_strangers(actor: Actor, issuer_code: str) -> None:
    if not plan_import.is_issuer(issuer_code):
        raise errors.IssuerUnknownError(path=("issuer",), issuer=issuer_code[:20])
    if not policies.may_publish(actor, issuer_code):
        raise errors.WorkStandardNotAllowedError


def _refuse_impossible(acceptance: Acceptance, today: date) -> None:
    for name, longest in _LONGEST.items():
        text: str = getattr(acceptance, name)
        if not text.strip() or len(text) > longest or "\0" in text:
            raise errors.AcceptanceInvalidError(path=(name,))
    if acceptance.accepted_on > today:
        raise errors.AcceptanceInvalidError(path=("acceptedOn",))
    count = acceptance.standard_count
    if count is not None and not 0 <= count <= _MOST_STANDARDS:
        raise errors.AcceptanceInvalidError(path=("standardCount",))
