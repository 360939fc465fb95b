"""Moving a running case to what its owner offers today, where the law demands it.

A case stays pinned to the offering that it was handed in under. Only a chief representative moves
it, on a named article and before the decision. What was handed in stays; what is asked for from
now on must be there before an approval. The promise made to the applicant is kept where the
present one is longer (信赖保护, 行政许可法 8), unless the basis itself extends it and the caller
says so; the statutory limit is the law's, whichever way it moved.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import choices, commitments, debts, materials, opening, texts
from tenants.windows import queries as hall
from tenants.windows.rules import Reckoning
from tongban.catalog import errors as catalog_errors
from tongban.catalog import queries as catalog
from tongban.catalog.rules import repinning
from tongban.catalog.rules.content import Necessity
from tongban.catalog.rules.snapshot import OfferingSnapshot, read_snapshot
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work

_ACTION = "rebase_case"
_EVENT = "case.rebased"


@dataclass(frozen=True, slots=True)
class Rebased:
    """The case as it stands now, and what its rebase changed, or would change."""

    case: models.Case
    rebase: rules.Rebase


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How the case is to be moved, beside why."""

    variant: str | None
    answers: Sequence[rules.GuideAnswer] | None
    extends_promise: bool

    def as_canonical(self) -> dict[str, Any]:
        """Return it as an idempotency record compares it."""
        return {
            "variant": self.variant,
            "answers": None
            if self.answers is None
            else [[answer.question, answer.option] for answer in self.answers],
            "extends_promise": self.extends_promise,
        }


def rebase_case(
    *,
    actor: Actor,
    number: str,
    legal_basis: rules.LegalBasis,
    reason: str,
    variant: str | None = None,
    answers: Sequence[rules.GuideAnswer] | None = None,
    extends_promise: bool = False,
    dry_run: bool = False,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Rebased:
    """Pin the offering of today to a running case, or with ``dry_run`` only tell what that changes.

    A dry run refuses what the rebase would refuse; it claims no key, locks and writes nothing. A
    repeat tells what the first request changed. Variant and answers are given anew, or stay as they
    were chosen (None) as far as the present offering still has them. Raises: NotOnListError where
    the owner offers the matter no more, CaseRebaseUnchangedError, LegalBasisRequiredError,
    TextInvalidError, TooManyMaterialsError, CaseRebaseNotAllowedError and as ``choices.choose``
    and ``opening.open_case``.
    """
    wanted = _Wanted(variant, answers, extends_promise)
    if dry_run:
        case = opening.find_case(
            actor=actor, action=_ACTION, number=number, expected_version=expected_version
        )
        _said(legal_basis, reason)
        return Rebased(case, _plan(case, wanted, now=now)[0])
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action=_ACTION,
            number=number,
            request={
                "statute": legal_basis.statute,
                "article": legal_basis.article,
                "reason": reason,
                **wanted.as_canonical(),
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Rebased(case, _told(case, (opened.claim.outcome or {})["sequence"]))
        said = _said(legal_basis, reason)
        rebase, rows = _plan(case, wanted, now=now)
        opening.close_case(
            opened,
            name=_EVENT,
            changes={
                "offering": rebase.offering.to_json(),
                "matter_name": rebase.offering.matter_name,
                "statutory_due_at": rebase.statutory.due_at,
                "promised_due_at": rebase.promised.due_at,
                **debts.rebased(
                    case, rebase.offering, rows, _there(case, rebase.offering, now), now
                ),
                **commitments.rebased(case, rebase.offering, now),
            },
            data={"rebase": {**said, **_kept(rebase)}, "asked_for": rows},
            audited={
                "statute": said["statute"],
                "article": said["article"],
                "from_revision": rebase.former.revision_number,
                "to_revision": rebase.offering.revision_number,
                "extends_promise": extends_promise,
            },
        )
    return Rebased(case, rebase)


def _said(legal_basis: rules.LegalBasis, reason: str) -> dict[str, str]:
    """Return basis and reason as the event keeps them."""
    found = {}
    for name in ("statute", "article"):
        path = ("legalBasis", name)
        text = texts.checked(getattr(legal_basis, name), path=path)
        if not text:
            raise errors.LegalBasisRequiredError(path=path)
        found[name] = text
    return {**found, "reason": texts.checked(reason, path=("reason",), is_required=True)}


def _plan(
    case: models.Case, wanted: _Wanted, *, now: datetime
) -> tuple[rules.Rebase, list[dict[str, Any]]]:
    """Return what the rebase changes, and the rows that the case's materials become."""
    former = read_snapshot(case.offering)
    present = choices.choose_again(
        _present(case, now), former, variant=wanted.variant, answers=wanted.answers
    )
    reckoning = hall.reckoning()
    is_longer = _end(reckoning, case, present, now) > _end(reckoning, case, former, now)
    keeps_promise = is_longer and not wanted.extends_promise
    offering = replace(present, promised_limit=former.promised_limit) if keeps_promise else present
    if offering == former:
        raise errors.CaseRebaseUnchangedError(path=("number",))
    kept = list(case.materials.order_by("position").prefetch_related("files"))
    rows = materials.asked_for(offering, kept, now=now)
    differences = repinning.differences(former, offering)
    there = _there(case, offering, now)
    dates = rules.due_dates(reckoning, case.accepted_at, offering, rules.read_ledger(case.ledger))
    rebase = rules.Rebase(
        former=former,
        offering=offering,
        differences=differences,
        statutory=rules.DueChange(case.statutory_due_at, dates.statutory),
        promised=rules.DueChange(case.promised_due_at, dates.promised),
        missing=tuple(
            material.code
            for material in offering.materials
            if material.necessity is Necessity.REQUIRED and material.code not in there
        ),
        keeps_promise=keeps_promise,
        reopens_review=differences.touches_review
        and case.tasks.filter(recorded_at__isnull=False).exists(),
    )
    return rebase, rows


def _there(case: models.Case, offering: OfferingSnapshot, now: datetime) -> set[str]:
    """Return the codes of what was handed in, or may still be committed to (one statement)."""
    there = set(queries.materials_there(case).values_list("code", flat=True))
    kept = commitments.rebased(case, offering, now).get("commitments", case.commitments)
    return there | rules.standing(kept)


def _present(case: models.Case, now: datetime) -> OfferingSnapshot:
    try:
        found = catalog.pinned_offering(
            center_code=case.owner_code,
            matter_code=case.matter_code,
            on=calendar.local_day(now),
        )
    except catalog_errors.NotOnListError as error:
        raise catalog_errors.NotOnListError(path=("number",), **error.params) from None
    # As it will be read back, so that it can be compared with what was pinned before.
    return read_snapshot(found.to_json())


def _end(
    reckoning: Reckoning, case: models.Case, offering: OfferingSnapshot, now: datetime
) -> datetime:
    """Return where a promise would end that nothing happened to, to tell which is longer."""
    limit = offering.promised_limit
    return reckoning.due_at(case.accepted_at or now, limit.amount, limit.unit)


def _kept(rebase: rules.Rebase) -> dict[str, Any]:
    """Return what the event keeps beside its changes: the former offering stays readable."""
    return {
        "former": rebase.former.to_json(),
        "former_statutory_due_at": rebase.statutory.former,
        "former_promised_due_at": rebase.promised.former,
        "missing": list(rebase.missing),
        "keeps_promise": rebase.keeps_promise,
        "reopens_review": rebase.reopens_review,
    }


def _told(case: models.Case, sequence: int) -> rules.Rebase:
    """Return what an earlier rebase changed, by its event."""
    event = case.events.get(sequence=sequence)
    kept, changes = event.data["rebase"], event.changes
    former, offering = read_snapshot(kept["former"]), read_snapshot(changes["offering"])
    return rules.Rebase(
        former=former,
        offering=offering,
        differences=repinning.differences(former, offering),
        statutory=_told_due("statutory_due_at", kept, changes),
        promised=_told_due("promised_due_at", kept, changes),
        missing=tuple(kept["missing"]),
        keeps_promise=kept["keeps_promise"],
        reopens_review=kept["reopens_review"],
    )


def _told_due(name: str, kept: dict[str, Any], changes: dict[str, Any]) -> rules.DueChange:
    return rules.DueChange(
        models.read_column(name, kept[f"former_{name}"]), models.read_column(name, changes[name])
    )
