"""Putting the seal of the deciding department on a result (2号公章)."""

import uuid
from datetime import datetime
from typing import Any

from tenants.cases import queries, rules
from tenants.cases.operations import attempts, opening, results
from tenants.cases.operations.outcomes import Outcome
from tenants.staff.operations import seal_uses
from tenants.staff.rules import SealedDocument
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

    An approval's result is drawn up with what ``terms`` say; a rejection's is its letter. A result
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
        terms = results.checked_terms(case, terms)
        _seal(work, opened, seal, terms)
    return Outcome(case)


def _seal(
    work: Work, opened: opening.Opened, seal: seal_uses.LockedSeal, terms: rules.ResultTerms
) -> None:
    case, now = opened.case, opened.now
    entry = f"用印登记 {seal.code} 第 {seal.uses_made + 1} 号"
    drawn = results.draw_up(case, terms, stamp=(seal.name, entry), now=now)
    paper = drawn or results.letter(case)
    title = drawn.title if drawn else terms.name
    use = seal_uses.use_seal(
        work,
        seal,
        document=SealedDocument(case.number, paper.number, title, paper.sha256),
        now=now,
    )
    said: dict[str, Any] = {
        "code": seal.code,
        "name": seal.name,
        "department": seal.department.code,
        "use": use.sequence,
        "hash": bytes(use.hash).hex(),
        "at": crypto.plain_json(now),
        "by": opened.by.as_json(),
    }
    opening.close_case(
        opened,
        name="case.sealed",
        changes={"result": {**terms.as_json(), "paper": paper.number, "seal": said}},
        audited={"seal": seal.code, "use": use.sequence, "paper": paper.number},
    )
    results.hand_out(case, drawn, terms, seal=f"{seal.name}（{entry}）", now=now)
