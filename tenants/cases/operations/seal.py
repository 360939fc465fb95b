"""Putting the seal of the deciding department on a result (2号公章)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.cases import queries, rules
from tenants.cases.operations import attempts, opening, results
from tenants.cases.operations.outcomes import Outcome
from tenants.cases.states import State
from tenants.staff.operations import seal_uses
from tenants.staff.rules import SealedDocument, seal_entry, seal_in_words
from tongban.kernel import crypto
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work


def use_seal(
    *,
    actor: Actor,
    number: str,
    seal_code: str,
    terms: rules.ResultTerms,
    expected_version: int | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Seal the result of a decided case, as the keeper of the deciding department's seal.

    An approval's result is drawn up with what ``terms`` say; a rejection's is its letter. Of a
    revoked case the letter of the revocation is sealed, whatever ``terms`` say. A result
    that was sealed amiss is sealed anew: each use is an entry of the seal's chain, and the last
    stands. Raises: WrongSealError, NotKeeperError, TextInvalidError, ResultDaysError,
    CaseUseSealNotAllowedError and as ``opening.open_case``.
    """
    with attempts.watched(actor=actor, action="use_seal", number=number, now=now) as work:
        opened = opening.open_case(
            work,
            actor=actor,
            action="use_seal",
            number=number,
            request={"seal": seal_code, **terms.as_json()},
            expected_version=expected_version,
            idempotency_key=idempotency_key,
            now=now,
        )
        case = opened.case
        if opened.is_repeat:
            return Outcome(case)
        seal = seal_uses.take_seal(
            membership=queries.membership_of(actor),
            code=seal_code,
            department_code=queries.require_sealing_department(case).code,
        )
        if case.state == State.REVOKED:
            _seal_revocation(work, opened, seal)
        else:
            _seal(work, opened, seal, results.checked_terms(case, terms))
    return Outcome(case)


def _seal(
    work: Work, opened: opening.Opened, seal: seal_uses.LockedSeal, terms: rules.ResultTerms
) -> None:
    case, now = opened.case, opened.now
    entry = seal_entry(seal.code, seal.uses_made + 1)
    drawn = results.draw_up(case, terms, stamp=(seal.name, entry), now=now)
    paper = drawn or results.letter(case)
    title = drawn.title if drawn else terms.name
    said = _used(work, opened, seal, SealedDocument(case.number, paper.number, title, paper.sha256))
    _close(opened, said, {"result": {**terms.as_json(), **said}})
    results.hand_out(case, drawn, terms, seal=seal_in_words(seal.name, entry), now=now)


def _seal_revocation(work: Work, opened: opening.Opened, seal: seal_uses.LockedSeal) -> None:
    """Seal the letter by which an approval was revoked (撤销决定书)."""
    case = opened.case
    paper = results.letter(case)
    title = paper.statement["title"]
    said = _used(work, opened, seal, SealedDocument(case.number, paper.number, title, paper.sha256))
    decision = case.decision or {}
    revocation = {**decision["revocation"], "name": title, "number": "", **said}
    _close(opened, said, {"decision": {**decision, "revocation": revocation}})


def _used(
    work: Work, opened: opening.Opened, seal: seal_uses.LockedSeal, document: SealedDocument
) -> dict[str, Any]:
    """Return what a case keeps of the seal's use on a document: the paper and the seal."""
    use = seal_uses.use_seal(work, seal, document=document, now=opened.now)
    return {
        "paper": document.number,
        "seal": {
            "code": seal.code,
            "name": seal.name,
            "department": seal.department.code,
            "use": use.sequence,
            "hash": bytes(use.hash).hex(),
            "at": crypto.plain_json(opened.now),
            "by": opened.by.as_json(),
        },
    }


def _close(opened: opening.Opened, said: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    seal = said["seal"]
    opening.close_case(
        opened,
        name="case.sealed",
        changes=changes,
        audited={"seal": seal["code"], "use": seal["use"], "paper": said["paper"]},
    )
