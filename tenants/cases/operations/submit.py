"""Handing in an application, or saving it as a draft."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import (
    admitting,
    applicants,
    commitments,
    consents,
    incoming,
    log,
    materials,
    opening,
    papers,
    parties,
    provisional,
    routing,
    texts,
)
from tenants.cases.operations.admitting import Application
from tenants.cases.operations.applicants import CheckedApplicant
from tenants.cases.operations.incoming import Examined
from tenants.cases.operations.outcomes import Submitted
from tenants.cases.states import State
from tenants.windows import queries as hall
from tongban.catalog import errors as catalog_errors
from tongban.kernel import calendar, context, crypto, numbers, ports
from tongban.kernel.actors import Actor
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.errors import CenterSuspendedError
from tongban.kernel.transactions import claim_key, unit_of_work
from tongban.registry import queries as registry

_TAKE_SERIAL = """
INSERT INTO cases_casecounter AS counter (day, serial) VALUES (%s, 1)
    ON CONFLICT (day) DO UPDATE SET serial = counter.serial + 1
RETURNING serial
"""


def submit_case(
    *,
    actor: Actor,
    request: rules.SubmitRequest,
    files: Mapping[str, Sequence[rules.Handed]],
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Submitted:
    """Take an application in: number it, and offer it to the first hop of its route.

    A provisional number stands for one application: with the same input it answers the case it
    became, by whatever way it comes, with another it is refused. With ``as_draft`` it is only
    saved, whatever is missing; with ``hold_for_review`` a window keeps it here, also where
    materials are missing. A repeat returns the same case and code.
    A matter that is on nobody's list is refused with a trace: the attempt stands in the audit log.
    Raises: CenterSuspendedError, ApplicantInvalidError, CaseSubmitNotAllowedError,
    FormInvalidError, NoticeUnknownError, MaterialUnknownError, MaterialMissingError,
    CaseNumbersExhaustedError, NotOnListError, ProvisionalNumberInvalidError,
    ProvisionalNumberUsedError, the errors of ``choices.choose``, ``incoming.examine`` and
    ``exchange.queries.explain_route``; for a draft to go on with also CaseNotFoundError.
    """
    try:
        return _submit(actor, request, files, idempotency_key, now=now)
    except catalog_errors.NotOnListError as error:
        routing.keep_refusal(actor, error, now=now)
        raise


def _submit(
    actor: Actor,
    request: rules.SubmitRequest,
    files: Mapping[str, Sequence[rules.Handed]],
    idempotency_key: uuid.UUID,
    *,
    now: datetime,
) -> Submitted:
    examined = incoming.examine(files, actor=actor, now=now)
    applicant = applicants.check(request.applicant, now=now)
    form = texts.checked_form(request.form)
    consents.checked(request.consent)
    center = context.current_center()
    canonical = _canonical(request, applicant, form, examined)
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor, operation="submit_case", key=idempotency_key, request=canonical
        )
        if claim.repeated:
            return _repeated(actor, claim.outcome)
        provisional_number, digest = "", ""
        if request.provisional_number:
            digest = crypto.sha256_hex(crypto.canonical_json(canonical))
            provisional_number, bound = provisional.lock_number(actor, request.provisional_number)
            if bound is not None and bound.provisional_digest == digest:
                claim.settle({"number": bound.number})
                return _repeated(actor, {"number": bound.number})
            _require_own_draft(bound, request)
        if not registry.is_intake_open(center):
            raise CenterSuspendedError(center=registry.name_of(center))
        application = admitting.admit(
            actor, request, applicant, form,
            provisional_number=provisional_number, digest=digest, now=now,
        )  # fmt: skip
        listed = admitting.listed_materials(application, examined)
        to_commit = admitting.to_commit(application, examined)
        by = admitting.party(application)
        stored = _stored(listed, examined, by=by, now=now)
        case = _filled(application, now=now)
        on_behalf_of = None if application.is_own else parties.applicant(case)
        committed = commitments.made(
            case, application.offering, to_commit,
            by=by, on_behalf_of=on_behalf_of, now=now,
        )  # fmt: skip
        log.append_event(
            work,
            case,
            name="case.drafted" if request.as_draft else "case.submitted",
            by=by,
            on_behalf_of=on_behalf_of,
            now=now,
            changes={
                **consents.taken_in(
                    case,
                    request.consent,
                    by=by,
                    on_behalf_of=on_behalf_of,
                    is_draft=request.as_draft,
                    now=now,
                ),
                **({} if request.as_draft else {**_received(application, now), **committed}),
            },
            data={
                "materials": stored,
                "channel": case.channel,
                **({"provisional_number": provisional_number} if provisional_number else {}),
                **_asked_for(application, now=now),
            },
        )
        if application.draft is not None and not request.as_draft:
            work.cancel_timer(kind=log.DRAFT_TIMER, key=case.number)
        opening.audit(work, actor, "submit_case", case, now=now)
        claim.settle({"number": case.number})
        if request.as_draft:
            return Submitted(case, None)
        code = queries.query_code_of(case.number)
        papers.issue_receipt(case, by=by, query_code=code, now=now)
        if committed:
            commitments.hand_out(case, now=now)
        if application.route.hops and not request.hold_for_review:
            ports.custody().offer_next(case.number, now)
            case.refresh_from_db()
    return Submitted(case, code)


def _canonical(
    request: rules.SubmitRequest,
    applicant: CheckedApplicant,
    form: dict[str, Any],
    examined: Examined,
) -> dict[str, Any]:
    chosen = {
        "variant": request.variant,
        "answers": [[answer.question, answer.option] for answer in request.answers],
    }
    return {
        # Only what was chosen: a key that was claimed before there were choices stays good.
        **{name: value for name, value in chosen.items() if value},
        **({"consent": _said(request.consent)} if request.consent else {}),
        # In whatever form it was typed: a device and a window write it differently.
        **({"provisional": _digits(request)} if request.provisional_number else {}),
        **({"told": dict(request.commitments)} if request.commitments else {}),
        "matter": request.matter_code,
        "applicant": applicant.as_canonical(),
        "address": request.address_division,
        "form": form,
        "channel": request.channel,
        "hold": request.hold_for_review,
        "as_draft": request.as_draft,
        "draft": request.draft_number,
        "files": incoming.as_canonical(examined),
    }


def _said(consent: rules.Agreement) -> list[Any]:
    return [consent.notice, consent.text_messages, consent.electronic_delivery]


def _digits(request: rules.SubmitRequest) -> str:
    try:
        return numbers.provisional(*numbers.parse_provisional(request.provisional_number))
    except numbers.CaseNumberError:
        return request.provisional_number


def _require_own_draft(bound: models.Case | None, request: rules.SubmitRequest) -> None:
    """Raise where a provisional number stands for a case that this request does not go on with."""
    if bound is None:
        return
    try:
        goes_on = numbers.canonical_of_either(request.draft_number)
    except numbers.CaseNumberError:
        goes_on = ""
    is_draft = bound.state == State.DRAFT
    if not (is_draft and goes_on in {bound.number, bound.provisional_number}):
        raise errors.ProvisionalNumberUsedError(path=("provisionalNumber",))


def _repeated(actor: Actor, outcome: Mapping[str, Any] | None) -> Submitted:
    case = queries.access_case(actor=actor, number=str((outcome or {}).get("number")))
    is_draft = case.state == State.DRAFT
    return Submitted(case, None if is_draft else queries.query_code_of(case.number))


def _stored(
    listed: list[dict[str, Any]], examined: Examined, *, by: rules.Party, now: datetime
) -> list[dict[str, Any]]:
    ordered = [(item["code"], file) for item in listed for file in examined.get(item["code"], ())]
    stored = incoming.store([file for _code, file in ordered], by=by, now=now)
    files: dict[str, list[dict[str, Any]]] = {item["code"]: [] for item in listed}
    for (code, _file), kept in zip(ordered, stored, strict=True):
        files[code].append(kept)
    return [{**item, "files": files[item["code"]]} for item in listed]


def _asked_for(application: Application, *, now: datetime) -> dict[str, Any]:
    """Return for a draft that goes on what is asked for now: the offering may be another."""
    if application.draft is None:
        return {}
    kept = list(application.draft.materials.order_by("position").prefetch_related("files"))
    rows = materials.asked_for(application.offering, kept, is_draft=True, now=now)
    return {"asked_for": rows}


def _filled(application: Application, *, now: datetime) -> models.Case:
    """Return the case as it is applied for; the event that follows writes its row.

    A new one takes its number, whose counter stays locked to the end.
    """
    case = application.draft or _numbered(calendar.local_day(now))
    request, route = application.request, application.route
    columns = {
        **application.applicant.as_columns(case.number),
        "owner_code": route.owner_code,
        "matter_code": request.matter_code,
        "matter_name": application.offering.matter_name,
        "offering": application.offering.to_json(),
        "channel": application.channel,
        "address_division": request.address_division,
        "form": application.form,
    }
    if application.provisional_number:
        columns["provisional_number"] = application.provisional_number
        columns["provisional_digest"] = application.digest
    if not request.as_draft:
        code = queries.query_code_of(case.number)
        columns["query_code_digest"] = queries.query_code_digest(case.number, code)
        columns["submitted_at"] = now
    for name, value in columns.items():
        setattr(case, name, value)
    if not application.is_own:
        opening.take_on(case, application.membership)
    return case


def _numbered(day: date) -> models.Case:
    center = context.current_center()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_SERIAL, [day])
        (serial,) = cursor.fetchone()
    if serial > numbers.MAX_SERIAL:
        raise errors.CaseNumbersExhaustedError
    return models.Case(
        number=numbers.compose(center, day, serial), home_code=center, custodian_code=center
    )


def _received(application: Application, now: datetime) -> dict[str, Any]:
    return {
        "state": State.SUBMITTED,
        "received_at": now,
        "notice_due_at": hall.reckoning().due_at(
            now, rules.NOTICE_WORKING_DAYS, LimitUnit.WORKING_DAY
        ),
        "route": [hop.as_json() for hop in application.route.hops],
    }
