"""Papers: documents that an applicant takes away, kept as handed out and signed by the center."""

import io
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from tenants.cases import models, queries, rules
from tenants.cases.adapters import commitments, document, wording
from tenants.cases.adapters.document import Body, Document
from tenants.cases.operations import log
from tenants.cases.states import State
from tongban.kernel import context, files, signing, statements
from tongban.kernel.transactions import Work, unit_of_work
from tongban.registry import queries as registry

PAPER_KIND = "case.paper"


def issue_receipt(
    case: models.Case, *, by: rules.Party, query_code: str, now: datetime
) -> models.Paper:
    """Write the intake receipt of a case that was just submitted (收件回执).

    Call it in the transaction that submits, after the event, whose hash the receipt seals.
    """
    body = wording.receipt(
        case,
        [(material, material.handed_in) for material in _handed_in(case.pk)],
        by=by,
        owner_name=_center_name(case.owner_code),
        query_code=query_code,
        received_at=now,
    )
    return _issue(case, rules.PaperKind.INTAKE_RECEIPT, body, now)


@statements.compiled
def _handed_in(case_id: uuid.UUID) -> QuerySet[models.Material, Any]:
    materials = models.Material.objects.filter(case_id=case_id)
    return materials.annotate(handed_in=Count("files")).order_by("position")


def issue_notice(
    case: models.Case, *, defects: Sequence[Mapping[str, Any]], now: datetime
) -> models.Paper:
    """Write the notice of these defects, after its event (一次告知书)."""
    body = wording.notice(case, defects)
    return _issue(case, rules.PaperKind.NOTICE, body, now, place=case.notices_issued)


def issue_commitments(
    case: models.Case, *, made: Sequence[rules.Commitment], now: datetime
) -> models.Paper:
    """Write what was committed to at once, after its event (告知承诺书)."""
    body = commitments.commitment(case, made)
    place = len({each.paper for each in rules.read_commitments(case.commitments)})
    return _issue(case, rules.PaperKind.COMMITMENT, body, now, place=place)


def issue_acceptance(case: models.Case, *, now: datetime, is_deemed: bool = False) -> models.Paper:
    """Write the acceptance of a case, after its event (受理通知书); ``is_deemed``: by lapse."""
    body = wording.acceptance(case, is_deemed=is_deemed)
    return _issue(case, rules.PaperKind.ACCEPTANCE, body, now)


def issue_refusal(case: models.Case, *, now: datetime) -> models.Paper:
    """Write the refusal to accept a case, after its event (不予受理通知书)."""
    return _issue(case, rules.PaperKind.REFUSAL, wording.refusal(case), now)


def issue_decision(case: models.Case, *, now: datetime) -> models.Paper:
    """Write the decision on a case, after its event (准予、不予决定书)."""
    is_approved = case.state == State.APPROVED
    kind = rules.PaperKind.APPROVAL if is_approved else rules.PaperKind.REJECTION
    return _issue(case, kind, wording.decision(case), now)


def issue_procedure(case: models.Case, *, stay: rules.Stay, now: datetime) -> models.Paper:
    """Write what the clock stands still for, after its event (特别程序告知书)."""
    place = len(rules.read_ledger(case.ledger).stays)
    body = wording.procedure(case, stay)
    return _issue(case, rules.PaperKind.SPECIAL_PROCEDURE, body, now, place=place)


def issue_extension(
    case: models.Case, *, extension: rules.Extension, now: datetime
) -> models.Paper:
    """Write the extension of a case's limit, after its event (延期告知书)."""
    return _issue(case, rules.PaperKind.EXTENSION, wording.extension(case, extension), now)


def issue_termination(case: models.Case, *, now: datetime) -> models.Paper:
    """Write the end of a case without a decision, after its event (终止办理告知书)."""
    return _issue(case, rules.PaperKind.TERMINATION, wording.termination(case), now)


def issue_revocation(case: models.Case, *, now: datetime) -> models.Paper:
    """Write the revocation of an approval, after its event (撤销决定书)."""
    approval = case.papers.filter(kind=rules.PaperKind.APPROVAL).order_by("-id").first()
    body = commitments.revocation(case, approval=approval.number if approval else "")
    return _issue(case, rules.PaperKind.REVOCATION, body, now)


def _issue(
    case: models.Case, kind: rules.PaperKind, body: Body, now: datetime, *, place: int = 1
) -> models.Paper:
    """Render, store and sign the paper of the locked ``case`` (about 8 ms, one statement)."""
    title = wording.title(case, kind)
    return hand_out(case, draw_up(case, kind, body, title=title, place=place, now=now), now=now)


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """A paper whose PDF is stored, before anybody has signed it."""

    kind: rules.PaperKind
    number: str
    title: str
    token: str
    sha256: str
    issuer: str


def number_of(case: models.Case, kind: rules.PaperKind, *, place: int = 1) -> str:
    """Return the number of a paper; ``place`` tells papers of one kind apart."""
    return f"{case.number}-{rules.PAPER_TITLES[kind][1]}{place}"


def draw_up(
    case: models.Case,
    kind: rules.PaperKind,
    body: Body,
    *,
    title: str,
    place: int = 1,
    now: datetime,
) -> DrawnUp:
    """Render and store the paper of the locked ``case``; ``hand_out`` makes it one (8 ms)."""
    here = context.current_center()
    number, token = number_of(case, kind, place=place), f"{here}.{secrets.token_urlsafe(16)}"
    # What is taken in is taken in by the center; what follows is its department's.
    head, words = queries.stationery(kind, "" if kind in _OF_CENTER else case.department)
    paper = document.render(
        Document(
            issuer=head.name,
            second_line=head.second_line,
            whereabouts=head.whereabouts,
            title=title,
            number=number,
            case_number=case.number,
            verify_url=f"{settings.PUBLIC_URL}/verify/{token}",
            key_id=signing.current_key_id(),
            issued_at=now,
            body=_worded(body, words, wording.spoken_of(case, organ=head.name)),
        )
    )
    sha256, _size = files.store(here, io.BytesIO(paper))
    return DrawnUp(kind, number, title, token, sha256, head.name)


def _worded(body: Body, words: rules.Wording, said: Mapping[str, str]) -> Body:
    """Return the body in the center's words: an opening around the paper's, and its own notes."""
    return replace(
        body,
        opening=words.worded(body.opening, said) if body.opening else "",
        notes=[*body.notes, *words.noted(said)],
    )


_OF_CENTER = frozenset({rules.PaperKind.INTAKE_RECEIPT, rules.PaperKind.COMMITMENT})


def hand_out(
    case: models.Case, drawn: DrawnUp, *, now: datetime, said: Mapping[str, str] | None = None
) -> models.Paper:
    """Sign a paper that was drawn up, after the event whose hash it seals, and pass it on.

    ``said`` stands in the statement that is signed, and so on the public page: no personal data.
    """
    here = context.current_center()
    with unit_of_work() as work:
        signed = signing.sign_statement(
            {
                "kind": drawn.kind,
                "title": drawn.title,
                "number": drawn.number,
                "case_number": case.number,
                "center": here,
                "center_name": _center_name(here),
                "issuer": drawn.issuer,
                "matter": case.matter_name,
                "applicant": case.applicant_name_masked,
                "at": now,
                "sha256": drawn.sha256,
                "sequence": case.sequence,
                "head_hash": bytes(case.head_hash),
                **(said or {}),
            }
        )
        made = models.Paper.objects.create(
            case=case,
            kind=drawn.kind,
            number=drawn.number,
            created_at=now,
            sha256=drawn.sha256,
            verify_token=drawn.token,
            key_id=signed["key_id"],
            signature=bytes.fromhex(signed["signature"]),
            statement=signed["statement"],
        )
        _forward(work, case, made, besides="")
    return made


def mirror_paper(work: Work, case: models.Case, payload: Mapping[str, Any], *, origin: str) -> None:
    """Keep a paper that another center of the chain handed out, and pass it on.

    So an applicant finds every paper at the home center too. A repeat changes nothing. Raises:
    log.LogConflictError where no neighbour sent it, or its signature is not of who it names.
    """
    paper = models.Paper(
        case=case,
        created_at=datetime.fromisoformat(payload["statement"]["at"]),
        signature=bytes.fromhex(payload["signature"]),
        **{name: payload[name] for name in _AS_THEY_ARE},
    )
    is_of_case = paper.statement.get("case_number") == case.number
    if not (is_of_case and origin in case.peers and queries.is_signed_by_issuer(paper)):
        raise log.LogConflictError(f"{case.number}: {paper.number} is not a neighbour's paper")
    if models.Paper.objects.filter(number=paper.number).exists():
        return
    paper.save(force_insert=True)
    _forward(work, case, paper, besides=origin)


_AS_THEY_ARE = ("kind", "number", "sha256", "verify_token", "key_id", "statement")


def _forward(work: Work, case: models.Case, paper: models.Paper, *, besides: str) -> None:
    for peer in case.peers:
        if peer != besides:
            work.send(
                destination=peer,
                kind=PAPER_KIND,
                key=case.number,
                payload={
                    **{name: getattr(paper, name) for name in _AS_THEY_ARE},
                    "signature": bytes(paper.signature),
                    "files": [paper.sha256],
                },
            )


def _center_name(code: str) -> str:
    center = registry.find_center(code)
    return center.name if center else code
