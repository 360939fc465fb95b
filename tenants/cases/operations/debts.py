"""容缺受理: what is owed after an acceptance with gap, looking at what came, and what time does."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import limits, opening, texts
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import permits
from tenants.windows import queries as hall
from tongban.catalog.rules.content import Necessity
from tongban.catalog.rules.snapshot import OfferingSnapshot, read_snapshot
from tongban.kernel.actors import Actor
from tongban.kernel.ports import DueTimer
from tongban.kernel.transactions import unit_of_work

_OWED = {Necessity.REQUIRED, Necessity.DEFERRABLE}


def opened(case: models.Case, *, accepted_at: datetime, now: datetime) -> dict[str, Any]:
    """Return what the acceptance of the ``case`` changes where it lacks what may follow.

    No statement where nothing may.
    """
    offering = read_snapshot(case.offering)
    if all(one.necessity is not Necessity.DEFERRABLE for one in offering.materials):
        return {}
    lacking = queries.lacking_materials(case, Necessity.DEFERRABLE)
    if not lacking:
        return {}
    return rules.debt_changes(_owed(lacking, offering, {}, accepted_at, now))


def rebased(
    case: models.Case,
    offering: OfferingSnapshot,
    rows: Sequence[Mapping[str, Any]],
    there: Collection[str],
    now: datetime,
) -> dict[str, Any]:
    """Return what moving an accepted ``case`` to ``offering`` changes of its debts.

    ``rows`` are its materials from then on, ``there`` those that were handed in.
    """
    if case.accepted_at is None:
        return {}
    asked_for = {
        row["code"]: Necessity(row["necessity"]) for row in rows if row["dropped_at"] is None
    }
    kept = [code for code, necessity in asked_for.items() if necessity in _OWED]
    debts = rules.dropped(rules.read_debts(case.debts), now, but=kept)
    owing = {debt.code for debt in debts if debt.is_open}
    new = [
        (row["code"], row["name"])
        for row in rows
        if asked_for.get(row["code"]) is Necessity.DEFERRABLE
        and row["code"] not in there
        and row["code"] not in owing
    ]
    if new:
        debts += _owed(new, offering, case.ledger, case.accepted_at, now)
    changes = rules.debt_changes(debts)
    return changes if changes["debts"] != case.debts else {}


def spoiled(case: models.Case, material: models.Material, now: datetime) -> dict[str, Any]:
    """Return what a file of a material that was found infected changes of the case's debts.

    What waits for the center's look is owed as before, unless something else came since the last
    look; what a silent acceptance took as there is owed from now on.
    """
    if not permits(case.state, "settle_debt") or case.accepted_at is None:
        return {}
    debts = rules.read_debts(case.debts)
    returned = case.events.filter(name="case.debt_returned", data__material=material.code)
    looked_at = returned.order_by("-sequence").values_list("at", flat=True).first()
    came = material.files.usable().filter(added_at__gt=looked_at or case.accepted_at)
    if any(debt.code == material.code and debt.waits_for_a_look for debt in debts):
        debts = debts if came.exists() else rules.came_to_nothing(debts, material.code)
    owing = {debt.code for debt in debts if debt.is_open}
    lacking = [
        found
        for found in queries.lacking_materials(case, Necessity.DEFERRABLE)
        if found[0] not in owing
    ]
    if lacking:
        offering = read_snapshot(case.offering)
        debts += _owed(lacking, offering, case.ledger, case.accepted_at, now)
    changes = rules.debt_changes(debts)
    return changes if changes["debts"] != case.debts else {}


def owed_instead(
    case: models.Case,
    proofs: Collection[tuple[str, str]],
    now: datetime,
    *,
    accepting: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what an accepted ``case`` changes where proofs are owed that commitments replaced.

    ``proofs`` have code and name, ``accepting`` what the acceptance changes where that is now.
    What came of them before was not looked at: it is to come anew.
    """
    fields = {"debts": case.debts, "accepted_at": case.accepted_at, **(accepting or {})}
    owed = _owed(proofs, read_snapshot(case.offering), case.ledger, fields["accepted_at"], now)
    return rules.debt_changes([*rules.read_debts(fields["debts"]), *owed])


def _owed(
    lacking: Collection[tuple[str, str]],
    offering: OfferingSnapshot,
    ledger: Mapping[str, Any],
    accepted_at: datetime,
    now: datetime,
) -> list[rules.MaterialDebt]:
    promise = rules.lamp_clock(accepted_at, offering.promised_limit, rules.read_ledger(ledger))
    return rules.owed(lacking, hall.reckoning(), promise=promise, now=now)


def settle_debt(
    *,
    actor: Actor,
    number: str,
    material: str,
    is_accepted: bool,
    text: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Accept what came of a material that is owed, or give it back with what is wrong with it.

    Given back it is owed as before, until the day that was told. Raises: DebtNotFoundError where
    nothing came that waits for a look, FilePendingError, TextInvalidError,
    CaseSettleDebtNotAllowedError and as ``opening.open_case``.
    """
    with unit_of_work() as work:
        found = opening.open_case(
            work,
            actor=actor,
            action="settle_debt",
            number=number,
            request={"material": material, "is_accepted": is_accepted, "text": text},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = found.case
        if found.is_repeat:
            return Outcome(case)
        said = texts.checked(text, path=("text",), is_required=not is_accepted)
        debts = rules.read_debts(case.debts)
        looked_at = [debt for debt in debts if debt.code == material and debt.waits_for_a_look]
        if not looked_at:
            raise errors.DebtNotFoundError(path=("materialCode",), material=material)
        if is_accepted:
            queries.require_scanned(case, material)
        outcome: dict[str, Any] = (
            {"settled_at": now, "settled_by": found.by.as_json()}
            if is_accepted
            else {"arrived_at": None, "returned": said}
        )
        changes = rules.debt_changes(
            [replace(debt, **outcome) if debt in looked_at else debt for debt in debts]
        )
        if is_accepted and case.commitments:
            commitments = rules.read_commitments(case.commitments)
            changes |= rules.commitment_changes(rules.cured(commitments, material, now))
        opening.close_case(
            found,
            name="case.debt_settled" if is_accepted else "case.debt_returned",
            changes=changes,
            data={"material": material, "text": said},
            audited={"material": material, "is_accepted": is_accepted},
        )
    return Outcome(case)


_WATCHED: Final = limits.Watched(
    field="debts",
    read=rules.read_debts,
    changes=rules.debt_changes,
    due_soon="case.debt_due_soon",
    overdue="case.debt_overdue",
    finding="DEBT_OVERDUE",
    urging="容缺材料逾期未补交，系统自动督办。",
    by="容缺监控",
)


def change_lamps(timer: DueTimer, now: datetime) -> None:
    """Let the lamps of what a case owes change at their moment."""
    limits.change_lamps(_WATCHED, timer, now)
