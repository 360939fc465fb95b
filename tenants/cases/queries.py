"""What an actor may see of cases; ``access_case`` is the only door to one."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, F, Max, Q, QuerySet

from tenants.cases import errors, models, policies, rules
from tenants.cases.states import LAMP_RANKS, STATE_TEXTS, Custody, State, permits
from tenants.staff import queries as staff
from tenants.staff.rules import Authority, DeedStanding, Membership
from tenants.windows import queries as hall
from tenants.windows.rules import Reckoning
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.identity import queries as identity
from tongban.kernel import calendar, context, crypto, files, numbers
from tongban.kernel.actors import Actor
from tongban.kernel.errors import DomainError, ForbiddenError
from tongban.registry import queries as registry

_QUERY_CODE_LENGTH = 6

ORDERS = {
    rules.Order.LATEST: ("-id",),
    rules.Order.OLDEST: ("id",),
    rules.Order.DUE_FIRST: ("promised_due_at", "id"),
    rules.Order.LAMP_FIRST: ("-lamp_rank", "-id"),
}
"""Columns of each order of a list: unique together, indexed, never null in its list."""


def membership_of(actor: Actor) -> Membership | None:
    """Return what the actor is in this center (one statement)."""
    return staff.membership_of(actor)


def is_applicant(actor: Actor, case: models.Case) -> bool:
    """Tell whether the case is the actor's own, by the verified identity number."""
    return (
        actor.real_name
        and actor.applicant_hash is not None
        and hmac.compare_digest(actor.applicant_hash, bytes(case.applicant_id_hash))
    )


def visible_cases(actor: Actor, membership: Membership | None) -> QuerySet[models.Case]:
    """Return the cases of this center that the actor may see: the one rule of every reader.

    Staff see what the center holds or mirrors, but no draft that an applicant keeps; applicants
    see what bears their verified identity number.
    """
    seen = Q(pk__in=())
    if policies.may_read_cases(membership):
        own_drafts = Q(state=State.DRAFT, channel__in=rules.OWN_CHANNELS)
        seen |= ~own_drafts
    if actor.real_name and actor.applicant_hash is not None:
        seen |= Q(applicant_id_hash=actor.applicant_hash)
    return models.Case.objects.filter(seen)


def access_case(*, actor: Actor, number: str, lock: bool = False) -> models.Case:
    """Return a case that the actor may see, by its number in any form people type.

    Two statements. With ``lock`` the row stays locked until the transaction ends. Raises:
    CaseNotFoundError, also for a case that is somebody else's.
    """
    return access_as(actor, membership_of(actor), number, lock=lock)


def access_as(
    actor: Actor, membership: Membership | None, number: str, *, lock: bool = False
) -> models.Case:
    """Return a case as ``access_case`` does, for a membership that was read already."""
    try:
        canonical = numbers.canonical(number)
    except numbers.CaseNumberError:
        raise errors.CaseNotFoundError(path=("number",)) from None
    cases = visible_cases(actor, membership)
    if lock:
        cases = cases.select_for_update()
    case = cases.filter(number=canonical).first()
    if case is None:
        raise errors.CaseNotFoundError(path=("number",))
    return case


def find_cases(
    *,
    actor: Actor,
    membership: Membership | None,
    where: rules.CaseFilter,
    order: rules.Order = rules.Order.LATEST,
) -> QuerySet[models.Case]:
    """Return the visible cases that fit, unordered: page them by ``ORDERS[order]``.

    Raises: ForbiddenError for an identity number from staff who may read it masked only.
    """
    if where.applicant_id_number is not None and not policies.may_find_by_number(membership):
        raise ForbiddenError(path=("filter", "applicantIdNumber"))
    found = visible_cases(actor, membership).filter(_fitting(where))
    if order is rules.Order.DUE_FIRST:
        found = found.filter(promised_due_at__isnull=False)
    if order is rules.Order.LAMP_FIRST:
        found = found.exclude(lamp="")
    return found


def _fitting(where: rules.CaseFilter) -> Q:
    fits = Q()
    for column, values in (("state", where.states), ("matter_code", where.matter_codes)):
        if values:
            fits &= Q(**{f"{column}__in": [value for value in values if value.isprintable()]})
    for column in ("custody", "custodian_code", "channel"):
        if (value := getattr(where, column)) is not None:
            fits &= Q(**{column: value}) if value.isprintable() else Q(pk__in=())
    if where.number is not None:
        fits &= _numbered(where.number)
    if where.applicant_id_number is not None:
        fits &= _of_applicant(where.applicant_id_number)
    if where.submitted_from is not None:
        fits &= Q(submitted_at__gte=where.submitted_from)
    if where.submitted_before is not None:
        fits &= Q(submitted_at__lt=where.submitted_before)
    if where.due_before is not None:
        fits &= Q(promised_due_at__lt=where.due_before)
    fits &= _watched(where)
    return fits


def _watched(where: rules.CaseFilter) -> Q:
    fits = Q()
    if where.lamps:
        # By rank, and as the index of lamps says it.
        fits = Q(lamp_rank__in=[LAMP_RANKS[lamp] for lamp in where.lamps]) & ~Q(lamp="")
    if where.is_urged is not None:
        fits &= Q(urgings_open__gt=0) if where.is_urged else Q(urgings_open=0)
    return fits


def _numbered(number: str) -> Q:
    try:
        return Q(number=numbers.canonical(number))
    except numbers.CaseNumberError:
        return Q(pk__in=())


def _of_applicant(id_number: str) -> Q:
    plain = "".join(id_number.split())
    return Q(applicant_id_hash=identity.number_hash(plain)) if plain else Q(pk__in=())


def find_urgings(
    *, actor: Actor, is_open: bool | None, is_escalated: bool | None
) -> QuerySet[models.Urging]:
    """Return the urgings of cases that the actor sees as staff, each with its case, unordered.

    None of them where the actor works with no cases here; nor of a case of the actor's own.
    """
    found = models.Urging.objects.select_related("case")
    if not policies.may_read_cases(membership_of(actor)):
        return found.none()
    if actor.real_name and actor.applicant_hash is not None:
        found = found.exclude(case__applicant_id_hash=actor.applicant_hash)
    if is_open is not None:
        found = found.filter(replied_at__isnull=is_open)
    return found if is_escalated is None else found.filter(escalated_at__isnull=not is_escalated)


def find_ratings(
    *, actor: Actor, is_open: bool | None = None, is_overdue: bool | None = None
) -> QuerySet[models.Rating]:
    """Return the ratings of cases that the actor sees as staff, each with its case, unordered.

    ``is_open``: bad ones that wait for their rectification, or all others. None of them where the
    actor works with no cases here; nor of a case of the actor's own.
    """
    found = models.Rating.objects.select_related("case")
    if not policies.may_read_cases(membership_of(actor)):
        return found.none()
    if actor.real_name and actor.applicant_hash is not None:
        found = found.exclude(applicant_id_hash=actor.applicant_hash)
    if is_open is not None:
        waits = Q(due_at__isnull=False, answered_at=None, is_void=False)
        found = found.filter(waits if is_open else ~waits)
    return found if is_overdue is None else found.filter(overdue_at__isnull=not is_overdue)


def rating_summary(
    *, actor: Actor, by: rules.RatingGrouping, start: datetime | None, end: datetime | None
) -> list[rules.RatingFigures]:
    """Return the figures of what was rated at this center, by matter or window, best first.

    Void ratings don't count, nor those given at other centers. One statement beside the
    membership; nothing to whoever works with no cases here.
    """
    if not policies.may_read_cases(membership_of(actor)):
        return []
    code, name = _RATED_BY[by]
    found = models.Rating.objects.filter(is_native=True, is_void=False).exclude(**{code: ""})
    if start is not None:
        found = found.filter(rated_at__gte=start)
    if end is not None:
        found = found.filter(rated_at__lt=end)
    figures = found.values(code).annotate(
        label=Max(name),
        count=Count("id"),
        average=Avg("level"),
        satisfied=Count("id", filter=Q(level__lte=3)),
    )
    return [
        rules.RatingFigures(
            row[code], row["label"], row["count"], float(row["average"]), row["satisfied"]
        )
        for row in figures.order_by("average", code)[:_MOST_FIGURES]
    ]


_RATED_BY = {
    rules.RatingGrouping.MATTER: ("matter_code", "matter_name"),
    rules.RatingGrouping.WINDOW: ("window_code", "window_name"),
}
_MOST_FIGURES = 500


def lit_cases() -> QuerySet[models.Case]:
    """Return the cases with a lamp that this center itself handles, for its own staff's board."""
    return models.Case.objects.exclude(lamp="").filter(custodian_code=context.current_center())


def cases_of(numbers: Collection[str]) -> Mapping[str, models.Case]:
    """Return the center's copies of these cases by number, in one statement.

    For readers of the center's whole log, who check by themselves who may see them.
    """
    return {case.number: case for case in models.Case.objects.filter(number__in=numbers)}


def events_after(case: models.Case, cursor: int = 0) -> QuerySet[models.CaseEvent]:
    """Return the events that follow a sequence number, in order; 0 is before the first."""
    return case.events.filter(sequence__gt=cursor).order_by("sequence")


def logged_events(places: Sequence[tuple[str, int]]) -> list[models.CaseEvent]:
    """Return the events at (case number, sequence), in the order given, in one statement.

    For readers of the center's whole log, who check by themselves who may see them.
    """
    found = models.CaseEvent.objects.filter(
        case__number__in={number for number, _sequence in places},
        sequence__in={sequence for _number, sequence in places},
    ).annotate(case_number=F("case__number"))
    by_place = {(event.case_number, event.sequence): event for event in found}
    return [by_place[place] for place in places]


def query_code_of(number: str) -> str:
    """Return the query code of a case number: six characters that only this platform can derive."""
    digest = crypto.keyed_hash(_key(), f"query-code:{number}")
    value = int.from_bytes(digest)
    letters = []
    for _ in range(_QUERY_CODE_LENGTH):
        value, place = divmod(value, len(numbers.QUERY_CODE_ALPHABET))
        letters.append(numbers.QUERY_CODE_ALPHABET[place])
    return "".join(letters)


def query_code_digest(number: str, code: str) -> str:
    """Return the form in which a query code is stored: a keyed digest, bound to the number."""
    return crypto.keyed_hash(_key(), f"query-digest:{number}:{code}").hex()


def _key() -> bytes:
    return str(settings.APPLICANT_HASH_KEY).encode()


def progress(number: str, query_code: str) -> rules.Progress:
    """Return how far a case has come, for whoever has its number and query code.

    The caller counts and limits attempts: the code holds 28 bits. Raises: CaseNotFoundError, alike
    for an unknown number, a draft and a wrong code, and in the same time.
    """
    try:
        canonical = numbers.canonical(number)
    except numbers.CaseNumberError:
        canonical = ""
    case = models.Case.objects.filter(number=canonical).exclude(query_code_digest="").first()
    letters = (c for c in query_code.upper() if c in numbers.QUERY_CODE_ALPHABET)
    given = query_code_digest(canonical, "".join(letters))
    if not hmac.compare_digest(given, case.query_code_digest if case else "0" * 64) or not case:
        raise errors.CaseNotFoundError(path=("number",))
    return rules.Progress(
        number=case.number,
        matter_name=case.matter_name,
        state=case.state,
        custodian_code=case.custodian_code,
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        promised_due_at=case.promised_due_at,
        decided_at=case.decided_at,
        issued_at=case.issued_at,
        completed_at=case.completed_at,
    )


def refusal(
    actor: Actor, membership: Membership | None, case: models.Case, action: str
) -> DomainError | None:
    """Return why ``action`` can't be done to the case by the actor now, or None.

    The guard of every operation and ``available_actions`` ask the same: authority, custody, owner,
    state. The staff's requests to a custodian elsewhere count as possible.
    """
    own = is_applicant(actor, case)
    reason = policies.why_not(action, membership, is_applicant=own)
    if reason:
        return not_allowed(action, case, reason)
    if case.custody == Custody.IN_TRANSIT:
        return errors.CustodyInTransitError()
    if case.custodian_code != context.current_center():
        # Who sent the case back has left its chain, and nobody there would hear a request.
        is_heard = action in policies.BY_REQUEST and case.toward_code in case.peers
        if own or not is_heard:
            return errors.NotCustodianError(
                custodian=case.custodian_code, name=registry.name_of(case.custodian_code)
            )
    elif action in policies.BY_OWNER and case.owner_code != context.current_center():
        return not_allowed(action, case, "OWNER")
    if not permits(case.state, action):
        return not_allowed(action, case, "STATE")
    unmet = _unmet(case, action, is_own=own)
    return not_allowed(action, case, unmet) if unmet else None


def _unmet(case: models.Case, action: str, *, is_own: bool) -> str:
    """Return what the row of a case lacks for an action that its state permits, or ""."""
    if action == "extend_case" and rules.read_ledger(case.ledger).extension is not None:
        return "EXTENDED"
    if action == "reply_urging" and not case.urgings_open:
        return "NOT_URGED"
    return rules.unmet_by(rules.read_marks(case.ratings), action, is_own=is_own)


def authority(
    membership: Membership | None, case: models.Case, *, now: datetime, lock: bool = False
) -> Authority | None:
    """Return how far a member may decide the case for its department (《进厅事项授权责任书》).

    None where the center keeps no register of that department. Two statements. Raises:
    NotAuthorizedError where no deed of the department lets them decide the matter today.
    """
    found = staff.authority_to_decide(
        member_id=membership.member_id if membership else None,
        department=read_snapshot(case.offering).department,
        matter_code=case.matter_code,
        on=calendar.local_day(now),
        lock=lock,
    )
    if found is not None and found.standing is not DeedStanding.IN_FORCE:
        raise errors.NotAuthorizedError(
            department=found.department_name, reason=found.standing.value.upper()
        )
    return found


def sealing_department(case: models.Case) -> rules.SealingDepartment | None:
    """Return the department whose seal the result of a decided case needs, or None.

    It is the one by whose deed it was decided, or one that works here now under the name that the
    pinned offering has. At most one statement.
    """
    authority = (case.decision or {}).get("authority")
    if authority:
        return rules.SealingDepartment(authority["department"], authority["department_name"])
    found = staff.working_department(read_snapshot(case.offering).department)
    return rules.SealingDepartment(found.code, found.name) if found else None


def require_sealing_department(case: models.Case) -> rules.SealingDepartment:
    """Return the department whose seal the result needs. Raises: CaseUseSealNotAllowedError."""
    found = sealing_department(case)
    if found is None:
        raise not_allowed("use_seal", case, "NO_DEPARTMENT")
    return found


def require_charged(case: models.Case, action: str) -> None:
    """Raise unless there is something to assess, to waive or to pay. Raises: FeeNotChargedError."""
    fee = read_snapshot(case.offering).fee
    is_assessing = action == "assess_fee"
    if not (fee.charged and fee.items if is_assessing else rules.read_fees(case.fees).lines):
        raise errors.FeeNotChargedError


def require_issuable(case: models.Case) -> None:
    """Raise unless fee and seal of a decided case are settled, so that its result may leave.

    At most one statement. Raises: FeeNotAssessedError, FeeDueError, SealRequiredError.
    """
    fee, sheet = read_snapshot(case.offering).fee, rules.read_fees(case.fees)
    if case.state == State.APPROVED and fee.charged and fee.items and not sheet.is_assessed:
        raise errors.FeeNotAssessedError
    if sheet.due:
        raise errors.FeeDueError(amount=str(rules.yuan_of(sheet.due)))
    if "seal" not in (case.result or {}):
        department = sealing_department(case)
        if department is not None:
            raise errors.SealRequiredError(department=department.name)


def require_completable(case: models.Case) -> None:
    """Raise unless an issued case has all that its completion stands on (避免假办结).

    A decision, the seal where it needs one, nothing due, and the paper that is delivered: wherever
    it is completed, by what its events brought there. One statement. Raises: CompletionLacksError.
    """
    result, due = case.result or {}, rules.read_fees(case.fees).due
    lacking = {
        "DECISION": case.decision is None,
        "SEAL": "authority" in (case.decision or {}) and "seal" not in result,
        "FEE": due > 0,
    }
    for reason, is_lacking in lacking.items():
        if is_lacking:
            raise errors.CompletionLacksError(reason=reason, amount=str(rules.yuan_of(due)))
    if not case.papers.filter(number=result.get("paper", "")).exists():
        raise errors.CompletionLacksError(reason="PAPER")


def require_state(case: models.Case, action: str) -> None:
    """Raise the action's refusal unless the state of the case permits it."""
    if not permits(case.state, action):
        raise not_allowed(action, case, "STATE")


def not_allowed(action: str, case: models.Case, reason: str) -> DomainError:
    """Return the refusal of an action on the case, for a reason of ``errors.BECAUSE``."""
    return errors.NOT_ALLOWED[action](
        state=case.state,
        state_text=STATE_TEXTS[State(case.state)],
        owner=case.owner_code,
        reason=reason,
    )


def available_actions(
    actor: Actor, membership: Membership | None, case: models.Case, *, now: datetime
) -> list[rules.Availability]:
    """Return every action on the case with whether the actor can do it now, and if not, why.

    At most two statements: for the deed or the seal that the next step needs.
    """
    found = []
    for action in policies.ROLES:
        error = refusal(actor, membership, case, action)
        if error is None:
            error = _lacking(action, membership, case, now)
        found.append(
            rules.Availability(
                action=action,
                is_available=error is None,
                code=error.code if error else "",
                reason=str(error.params.get("reason", "")) if error else "",
            )
        )
    return found


def _lacking(
    action: str, membership: Membership | None, case: models.Case, now: datetime
) -> DomainError | None:
    """Return what a possible action would still be refused for: a deed, a seal, a fee."""
    try:
        if action == "decide_case":
            authority(membership, case, now=now)
        elif action in {"assess_fee", "waive_fee", "record_payment"}:
            require_charged(case, action)
        elif action == "use_seal":
            require_sealing_department(case)
        elif action == "issue_result":
            require_issuable(case)
        elif action == "complete_case":
            require_completable(case)
    except DomainError as error:
        return error
    return None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is handed out again; its bytes lie under this center by their hash."""

    case: models.Case
    sha256: str
    filename: str
    media_type: str
    names_holder: bool = True
    """Whether it shows who the applicant is in full: what staff open of that is audited."""


def access_file(*, actor: Actor, file_id: str) -> StoredFile:
    """Return a material's file, to whoever may see its case. Raises: CaseNotFoundError."""
    cases = visible_cases(actor, membership_of(actor))
    found = models.MaterialFile.objects.select_related("material__case").filter(
        pk=file_id, material__case__in=cases
    )
    file = found.first()
    if file is None:
        raise errors.CaseNotFoundError
    return StoredFile(file.material.case, file.sha256, file.filename, file.media_type)


def access_paper(*, actor: Actor, paper_id: str) -> StoredFile:
    """Return a paper's PDF, to whoever may see its case. Raises: CaseNotFoundError."""
    cases = visible_cases(actor, membership_of(actor))
    found = models.Paper.objects.select_related("case").filter(pk=paper_id, case__in=cases)
    paper = found.first()
    if paper is None:
        raise errors.CaseNotFoundError
    filename = f"{paper.statement['title']}{paper.number}.pdf"
    return StoredFile(
        case=paper.case,
        sha256=paper.sha256,
        filename=filename,
        media_type="application/pdf",
        names_holder=paper.kind == rules.PaperKind.RESULT,
    )


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What anybody who holds a paper may know: what was signed, and whether it still stands."""

    statement: Mapping[str, Any]
    key_id: str
    public_key: bytes | None
    signature: bytes
    is_genuine: bool
    is_replaced: bool
    """Another result of the same case stands instead: it was sealed anew."""


def check_paper(token: str) -> CheckedPaper | None:
    """Return the paper with a verify token and whether it is genuine, None where there is none.

    Genuine is what the center's key signed that the registry names for that time, with the PDF
    still as it was handed out.
    """
    paper = models.Paper.objects.select_related("case").filter(verify_token=token).first()
    if paper is None:
        return None
    here = context.current_center()
    standing = (paper.case.result or {}).get("paper", paper.number)
    key = registry.public_key(paper.key_id, center_code=here, at=paper.created_at)
    is_genuine = (
        _is_signed(paper, key) and _issuer(paper) == here and _is_intact(here, paper.sha256)
    )
    return CheckedPaper(
        statement=paper.statement,
        key_id=paper.key_id,
        public_key=key,
        signature=bytes(paper.signature),
        is_genuine=is_genuine,
        is_replaced=paper.kind == rules.PaperKind.RESULT and paper.number != standing,
    )


def is_signed_by_issuer(paper: models.Paper) -> bool:
    """Tell whether the center that a paper's token names signed just this, with any of its keys."""
    key = registry.public_key(paper.key_id, center_code=_issuer(paper))
    return _is_signed(paper, key)


def _is_signed(paper: models.Paper, key: bytes | None) -> bool:
    said = paper.statement
    known = (said.get("center"), said.get("kind"), said.get("number"), said.get("sha256"))
    return (
        key is not None
        and known == (_issuer(paper), paper.kind, paper.number, paper.sha256)
        and said.get("at") == crypto.plain_json(paper.created_at)
        and crypto.verify(key, crypto.canonical_json(said), bytes(paper.signature))
    )


def _issuer(paper: models.Paper) -> str:
    return paper.verify_token.partition(".")[0]


def _is_intact(center_code: str, sha256: str) -> bool:
    try:
        with files.open_file(center_code, sha256) as stream:
            return files.digest(stream)[0] == sha256
    except FileNotFoundError:
        return False


def explain_due(case: models.Case) -> list[rules.DueReason]:
    """Return how each due date of a case follows from its limit, its ledger and the calendar.

    At most three statements.
    """
    reckoning, ledger = hall.reckoning(), rules.read_ledger(case.ledger)
    tasks = {
        task.kind: task.recorded_at for task in case.tasks.all() if task.recorded_at is not None
    }
    return [
        _reason(reckoning, ledger, running)
        for running in rules.running_clocks(case, read_snapshot(case.offering), tasks)
    ]


def _reason(
    reckoning: Reckoning, ledger: rules.Ledger, running: rules.RunningClock
) -> rules.DueReason:
    clock = ledger.clock(running.started_at, running.limit, is_extended=running.is_extended)
    due = reckoning.end_of(clock)
    first, last = calendar.local_day(running.started_at), calendar.local_day(due or clock.latest)
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    work = reckoning.calendar
    return rules.DueReason(
        clock=running.name,
        step=running.step,
        started_at=running.started_at,
        limit=running.limit,
        due_at=due,
        moves=reckoning.explain(clock),
        days_off=tuple(day for day in days if not work.is_working_day(day)),
        provisional_years=tuple(
            year for year in sorted({day.year for day in days}) if work.is_provisional(year)
        ),
    )
