"""What a handoff does to a case: it leaves with everything, and is taken up elsewhere whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, rules, states
from tenants.cases.operations import log, timing, waiting
from tenants.cases.states import Custody, State
from tongban.kernel import context, crypto
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work

LockedCase = models.Case
"""A case's row under this transaction's lock, for the feature that hands it over."""


def is_movable(case: models.Case) -> bool:
    """Tell whether a case may still be offered: handed in, and neither accepted nor ended."""
    return case.state in {State.SUBMITTED, State.SUPPLEMENT_REQUESTED}


def is_undecided(case: models.Case) -> bool:
    """Tell whether a case may still be sent back: nobody has decided or ended it."""
    return states.permits(case.state, "withdraw_case")


def freeze_case(
    work: Work,
    case: models.Case,
    *,
    destination: str,
    by: rules.Party,
    now: datetime,
    data: Mapping[str, Any],
) -> None:
    """Put the locked ``case`` in transit to ``destination``: nobody changes it, clocks run on.

    Raises: NotCustodianError, CustodyInTransitError.
    """
    log.append_event(
        work, case, name="case.offered", by=by, now=now, data={"destination": destination, **data}
    )
    case.custody = Custody.IN_TRANSIT
    case.toward_code = destination
    if destination not in case.peers:
        case.peers = [*case.peers, destination]
    case.save(update_fields=["custody", "toward_code", "peers"])
    waiting.follow(work, case, now)


def unfreeze_case(
    work: Work,
    case: models.Case,
    *,
    destination: str,
    name: str,
    by: rules.Party,
    now: datetime,
    data: Mapping[str, Any],
) -> None:
    """Let the locked ``case``, which ``destination`` did not take, be worked on here again."""
    case.custody = Custody.HELD
    case.toward_code = ""
    case.peers = [peer for peer in case.peers if peer != destination]
    log.append_event(work, case, name=name, by=by, now=now, data=data)
    waiting.follow(work, case, now)
    # A timer that fired while the case was in transit had nobody to act on.
    log.follow_clocks(work, case, former=timing.present(case), now=now)


def export_case(case: models.Case) -> dict[str, Any]:
    """Return the case with its whole log and the manifest of its files, as an envelope's content.

    Cost: three queries whatever the number of materials and events.
    """
    materials = list(case.materials.order_by("position").prefetch_related("files"))
    fields = {name: getattr(case, name) for name in (*rules.CARRIED, *rules.MIRRORED)}
    content = crypto.plain_json(
        {
            "fields": fields,
            "epoch": case.epoch,
            "sequence": case.sequence,
            "head_hash": bytes(case.head_hash),
            "events": [
                log.event_payload(event, case.number) for event in case.events.order_by("sequence")
            ],
            "materials": [
                {
                    "code": material.code,
                    "name": material.name,
                    "necessity": material.necessity,
                    "source": material.source,
                    "position": material.position,
                    "files": [_file_json(file) for file in material.files.all()],
                }
                for material in materials
            ],
        }
    )
    if not isinstance(content, dict):
        raise TypeError("an envelope is an object")
    return content


def is_applicant(actor: Actor, number: str, content: Mapping[str, Any] | None) -> bool:
    """Tell whether a case is the actor's own, by this center's copy or an envelope's content."""
    if not actor.real_name or actor.applicant_hash is None:
        return False
    copies = models.Case.objects.filter(number=number).values_list("applicant_id_hash", flat=True)
    hashes = [bytes(held) for held in copies]
    if content is not None:
        carried = content["fields"]["applicant_id_hash"]
        hashes.append(models.read_column("applicant_id_hash", carried))
    return actor.applicant_hash in hashes


def _file_json(file: models.MaterialFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "sha256": file.sha256,
        "size": file.size,
        "media_type": file.media_type,
        "filename": file.filename,
        "added_at": file.added_at,
        "added_by": file.added_by,
    }


def take_custody(
    work: Work,
    content: Mapping[str, Any],
    *,
    origin: str,
    by: rules.Party,
    now: datetime,
    route: list[dict[str, Any]],
    data: Mapping[str, Any],
) -> models.Case:
    """Make or renew this center's copy from an envelope's content and hold it in a new epoch.

    The log of the envelope is verified event by event. Raises: LogConflictError.
    """
    case = _lock_or_make(content, origin)
    _import_log(work, case, content["events"])
    _import_materials(case, content["materials"])
    if origin not in case.peers:
        case.peers = [*case.peers, origin]
    case.custody = Custody.HELD
    case.toward_code = ""
    case.custodian_code = context.current_center()
    case.epoch = content["epoch"] + 1
    log.append_event(
        work,
        case,
        name="case.handed_over",
        by=by,
        now=now,
        changes={
            "custodian_code": case.custodian_code,
            "epoch": case.epoch,
            "route": route,
        },
        data={"origin": origin, **data},
    )
    return case


def give_back(
    work: Work,
    case: models.Case,
    *,
    origin: str,
    name: str,
    by: rules.Party,
    now: datetime,
    changes: Mapping[str, Any],
    data: Mapping[str, Any],
) -> None:
    """Append the last event of this epoch, which gives the locked ``case`` back to ``origin``.

    Raises: NotCustodianError, CustodyInTransitError.
    """
    log.append_event(
        work,
        case,
        name=name,
        by=by,
        now=now,
        changes={**changes, "custodian_code": origin, "epoch": case.epoch + 1},
        data=data,
    )
    if name == log.RETURNED:
        log.leave_chain(case, neighbour=origin)


def lock_case(number: str) -> models.Case:
    """Lock this center's copy of a case for the system's own work. Raises: CaseNotFoundError."""
    case = models.Case.objects.select_for_update().filter(number=number).first()
    if case is None:
        raise errors.CaseNotFoundError
    return case


def held_case(number: str) -> models.Case | None:
    """Lock a case that this center holds, for its timers; None where it has left or is leaving."""
    return (
        models.Case.objects.select_for_update()
        .filter(number=number, custody=Custody.HELD, custodian_code=context.current_center())
        .first()
    )


def _lock_or_make(content: Mapping[str, Any], origin: str) -> models.Case:
    fields = content["fields"]
    kept = models.Case.objects.select_for_update().filter(number=fields["number"]).first()
    if kept is not None:
        return kept
    case = models.Case(
        peers=[origin],
        custodian_code=origin,
        # An envelope that was written by a former release lacks what came since.
        **{
            name: models.read_column(name, fields[name]) for name in rules.CARRIED if name in fields
        },
    )
    case.owner_code = fields["owner_code"]
    case.save(force_insert=True)
    case.refresh_from_db()
    return case


def _import_log(work: Work, case: models.Case, events: list[Mapping[str, Any]]) -> None:
    for payload in events:
        body = rules.EventBody(**payload["body"])
        if body.sequence <= case.sequence:
            continue
        log.import_event(work, case, payload)


def _import_materials(case: models.Case, materials: list[Mapping[str, Any]]) -> None:
    for item in materials:
        material, _made = models.Material.objects.get_or_create(
            case=case,
            code=item["code"],
            defaults={name: item[name] for name in ("name", "necessity", "source", "position")},
        )
        models.MaterialFile.objects.bulk_create(
            (models.MaterialFile(material=material, **file) for file in item["files"]),
            ignore_conflicts=True,
        )
