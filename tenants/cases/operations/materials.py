"""Adding material to a case, or a commitment in its place."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import commitments, incoming, log, opening, requests, texts
from tenants.cases.operations.incoming import Addition
from tenants.cases.operations.outcomes import Outcome
from tongban.catalog.rules.content import MaterialSource, Necessity
from tongban.catalog.rules.snapshot import OfferingSnapshot, read_snapshot
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, unit_of_work

_LONGEST_NAME = 200


def add_material(
    *,
    actor: Actor,
    number: str,
    files: Sequence[rules.Handed],
    material_code: str = "",
    material_name: str = "",
    told: str = "",
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Add files to a material of the case, or a further material under a name of its own.

    With ``told``, what the applicant was told, a commitment is to stand for it (告知承诺).
    Where another center holds the case, its staff here ask that center (``is_pending``). Files
    that the material has already are left out. Raises: FileRequiredError, the errors of
    ``incoming.examine`` and ``commitments.checked``, MaterialUnknownError, TooManyFilesError,
    TooManyMaterialsError, and as ``opening.open_case``.
    """
    examined = incoming.examine({material_code: files}, actor=actor, now=now)
    with unit_of_work() as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="add_material",
            number=number,
            request={
                "name": material_name,
                "files": incoming.as_canonical(examined),
                **({"told": told} if told else {}),
            },
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        if opened.is_repeat:
            return requests.repeated(opened)
        if not files and not told:
            raise errors.FileRequiredError(path=("files",))
        name = texts.checked(material_name, path=("materialName",))[:_LONGEST_NAME]
        if not opened.is_elsewhere:
            require_listed(opened.case, material_code, name)
        listed = incoming.store(examined[material_code], by=opened.by, now=now)
        addition = Addition(material_code, name, listed, told)
        if opened.is_elsewhere:
            return requests.ask(opened, additions=[addition])
        add_to(
            work, opened.case, [addition], by=opened.by, on_behalf_of=opened.on_behalf_of, now=now
        )
        opening.audit(work, actor, opened.action, opened.case, now=now)
        opened.claim.settle({"number": opened.case.number})
    return Outcome(opened.case)


def add_to(
    work: Work,
    case: models.Case,
    additions: Sequence[Addition],
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
    request_id: str = "",
) -> None:
    """Append what is new of the additions to the locked ``case``; nothing new is no event.

    Raises: CaseAddMaterialNotAllowedError and as ``add_material``.
    """
    queries.require_addable(case, [addition.code for addition in additions])
    listed = compose(case, additions)
    committed = committed_by(case, additions, by=by, on_behalf_of=on_behalf_of, now=now)
    if not listed and not committed and not request_id:
        return
    log.append_event(
        work,
        case,
        name="case.commitment_made" if committed else "case.material_added",
        by=by,
        on_behalf_of=on_behalf_of,
        now=now,
        changes={**_settling(case, listed, now), **committed},
        data={"materials": listed, **_supplied(case, listed), **requests.mark(request_id)},
    )
    if committed:
        commitments.hand_out(case, now=now)


def committed_by(
    case: models.Case,
    additions: Sequence[Addition],
    *,
    by: rules.Party,
    on_behalf_of: rules.Party | None,
    now: datetime,
) -> dict[str, Any]:
    """Return what the additions that are commitments change of the ``case``.

    Raises: as ``commitments.checked``.
    """
    wanted = {addition.code: addition.told for addition in additions if addition.told}
    if not wanted:
        return {}
    offering = read_snapshot(case.offering)
    there = {addition.code for addition in additions if addition.files}
    there |= set(queries.materials_there(case).values_list("code", flat=True))
    asked_for = commitments.checked(
        offering, wanted, applicant_hash=bytes(case.applicant_id_hash), there=there, case=case
    )
    return commitments.made(case, offering, asked_for, by=by, on_behalf_of=on_behalf_of, now=now)


def _supplied(case: models.Case, listed: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what of the latest notice is supplied hereby that the applicant is not asked for."""
    notice = case.notices.filter(number=case.notices_issued).first()
    if notice is None:
        return {}
    waiting = {
        defect["material"]
        for defect in notice.defects
        if not rules.is_for_applicant(defect) and not defect.get("answered_at")
    }
    codes = sorted(waiting & {item["code"] for item in listed if item["files"]})
    return {"supplied": codes} if codes else {}


def _settling(
    case: models.Case, listed: Iterable[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    """Return what the new files change of what the case owes: they wait for the center's look."""
    if not case.debts_open:
        return {}
    codes = [item["code"] for item in listed]
    debts = rules.debt_changes(rules.arrived(rules.read_debts(case.debts), codes, now))
    return debts if debts["debts"] != case.debts else {}


def require_listed(case: models.Case, code: str, name: str) -> None:
    """Raise unless the case asks for the material, or it is a further one with a name."""
    if not code and name:
        return
    asked_for = case.materials.filter(dropped_at__isnull=True)
    if code not in set(asked_for.values_list("code", flat=True)):
        raise errors.MaterialUnknownError(path=("materialCode",), material=code)


def compose(case: models.Case, additions: Iterable[Addition]) -> list[dict[str, Any]]:
    """Return what of the additions is new to the case, as events list materials (two statements).

    Raises: MaterialUnknownError, TooManyFilesError, TooManyMaterialsError.
    """
    kept = list(case.materials.order_by("position").prefetch_related("files"))
    by_code = {material.code: material for material in kept}
    listed = []
    for addition in additions:
        material = by_code.get(addition.code) if addition.code else _further(case, addition, kept)
        if material is None:
            raise errors.MaterialUnknownError(path=("materials",), material=addition.code)
        item = _with_new_files(material, addition.files)
        if item["files"]:
            listed.append(item)
    return listed


def asked_for(
    offering: OfferingSnapshot,
    kept: Sequence[models.Material],
    *,
    is_draft: bool = False,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return every material of a case as it stands under an offering that it pins anew.

    First what the offering asks for, in its order, then what was added beside it, then what it
    asks for no more: that stays readable, in a draft only where something was handed in.
    ``kept`` comes with its files. Raises: TooManyMaterialsError.
    """
    rows: list[dict[str, Any]] = [
        {
            "code": material.code,
            "name": material.name,
            "necessity": material.necessity.value,
            "source": material.source.value,
            "dropped_at": None,
        }
        for material in offering.materials
    ]
    codes = {row["code"] for row in rows}
    others = [
        row
        for row in kept
        if row.code not in codes and (row.is_further or row.files.all() or not is_draft)
    ]
    rows += [
        {
            "code": row.code,
            "name": row.name,
            "necessity": row.necessity,
            "source": row.source,
            "dropped_at": None if row.is_further else row.dropped_at or now,
        }
        for row in sorted(others, key=lambda row: not row.is_further)
    ]
    if len(rows) > rules.MAX_MATERIALS:
        raise errors.TooManyMaterialsError(path=("materials",), limit=rules.MAX_MATERIALS)
    return [{**row, "position": position} for position, row in enumerate(rows, start=1)]


def _further(
    case: models.Case, addition: Addition, kept: list[models.Material]
) -> models.Material | None:
    if not addition.name:
        return None
    named = next((material for material in kept if material.name == addition.name), None)
    if named is not None:
        return named
    if len(kept) >= rules.MAX_MATERIALS:
        raise errors.TooManyMaterialsError(path=("materials",), limit=rules.MAX_MATERIALS)
    position = max((material.position for material in kept), default=0) + 1
    # Positions move up when a draft asks for less; a code, once given, is nobody else's.
    taken = [int(one.code.removeprefix(models.FURTHER)) for one in kept if one.is_further]
    material = models.Material(
        case=case,
        code=f"{models.FURTHER}{max(position, max(taken, default=0) + 1)}",
        name=addition.name,
        necessity=Necessity.OPTIONAL.value,
        source=MaterialSource.APPLICANT.value,
        position=position,
    )
    kept.append(material)
    return material


def _with_new_files(
    material: models.Material, files: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    kept = {file.sha256 for file in material.files.all()} if material.pk else set()
    new = [dict(file) for file in files if file["sha256"] not in kept]
    if len(kept) + len(new) > rules.MAX_FILES:
        raise errors.TooManyFilesError(
            path=("materials",), material=material.code, limit=rules.MAX_FILES
        )
    return {
        "code": material.code,
        "name": material.name,
        "necessity": material.necessity,
        "source": material.source,
        "position": material.position,
        "files": new,
    }
