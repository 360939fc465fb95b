"""Offerings: what a center offers of the standard catalog, and on which terms of its own."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tongban.catalog import errors, models, policies, queries
from tongban.catalog.operations import changing, opening
from tongban.catalog.rules import checks, codes, labels, locking
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.locking import ClearableTerm
from tongban.catalog.rules.shapes import ShapeError
from tongban.catalog.rules.terms import LONGEST, MOST_WINDOWS, SCOPES, WINDOW
from tongban.catalog.states import OfferingStatus
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import errors as registry_errors
from tongban.registry import queries as registry_queries
from tongban.registry import rules as registry_rules


@dataclass(frozen=True, slots=True)
class OfferingTerms:
    """What a center may set of its own; None leaves a term as it is."""

    promised_limit: Limit | None = None
    place: str | None = None
    hours: str | None = None
    contact: str | None = None
    complaints: str | None = None
    """监督投诉方式."""
    windows: tuple[str, ...] | None = None
    """Codes of the center's windows."""
    department: str | None = None
    assisted_intake: bool | None = None
    on_the_spot: bool | None = None
    scope: str | None = None
    """通办范围 1–6, or the empty text for none."""
    status: OfferingStatus | None = None
    credit_code: str | None = None
    """统一社会信用代码 of the implementing body; the offering's code follows it."""
    body_kind: str | None = None
    """实施主体性质: 法定机关, 授权组织, 受委托组织."""
    local_code: str | None = None
    """The center's own code of it."""
    effective_from: date | None = None
    """计划生效日期, of what is not on offer yet."""
    effective_to: date | None = None
    """计划取消日期: the first day on which it is offered no more."""
    cleared: Collection[ClearableTerm] = ()
    elements: Mapping[str, Any] = field(default_factory=dict)
    """Elements of the standard as the center's list states them, in the JSON form of contents: what
    is equal says nothing, what a center may set is set, all else is the issuer's."""


def open_default_offerings(
    *,
    actor: Actor,
    center_codes: Sequence[str],
    effective_from: date | None = None,
    now: datetime,
) -> dict[str, int]:
    """Let each center offer every published matter of its level and of the divisions above it.

    Returns how many offerings each center gained; what a center offers already is left alone, so
    it can run again after each import. They are on offer from ``effective_from``, by default today,
    at the earliest from the day on which their standard is in force. Runs in the catalog context,
    since a center's own can't write shared tables. Cost: the same few statements for any number.
    Raises: OfferNotAllowedError, registry's CenterNotFoundError.
    """
    centers = [_center(code) for code in dict.fromkeys(center_codes)]
    with unit_of_work() as work:
        if not all(policies.may_offer(actor, center.code) for center in centers):
            raise errors.OfferNotAllowedError
        changing.one_at_a_time()
        opened = opening.open_offerings(
            [(center.code, center.level, center.division_code) for center in centers],
            since=effective_from or calendar.local_day(now),
        )
        for code, number in opened.items():
            if number:
                work.audit_action(
                    actor=actor,
                    action="offerings.open",
                    object_type="center",
                    object_key=code,
                    at=now,
                    data={"offerings": number},
                )
    return opened


def _center(code: str) -> registry_queries.CenterRecord:
    record = registry_queries.find_center(code)
    if record is None:
        raise registry_errors.CenterNotFoundError(path=("centers",), center=code)
    return record


def edit_offering(
    *, actor: Actor, center_code: str, matter_code: str, terms: OfferingTerms, now: datetime
) -> models.Offering:
    """Set a center's own terms for a matter: promise, place, hours, contact, status and so on.

    Runs in the catalog context, locks the offering. Raises: OfferingNotFoundError,
    OfferNotAllowedError, OfferingTermError for a value that can't be; LockedByCityError for an
    element that is the issuer's, PromiseOverStatutoryError and PromiseOverStandardError for a
    promise longer than law or standard allow, and AssistedIntakeNotOpenError for assisted intake of
    a matter that the standard keeps to its owner.
    """
    with unit_of_work() as work:
        changing.one_at_a_time()
        today = calendar.local_day(now)
        offering = queries.lock_offering(center_code=center_code, matter_code=matter_code, on=today)
        if offering is None:
            raise errors.OfferingNotFoundError(path=("matter",))
        if not policies.may_offer(actor, center_code):
            raise errors.OfferNotAllowedError
        content = queries.standard_of(offering).read()
        if terms.elements:
            terms = _with_own_words(offering, content, terms, today)
        _refuse_impossible(terms)
        _refuse_days(offering, terms, today)
        _refuse_longer(offering, terms, today)
        _refuse_beyond_standard(content, terms)
        changed = _set_terms(offering, terms)
        if changed:
            offering.save(update_fields=sorted(changed))
            work.record(
                topic="catalog",
                subject=matter_code,
                name="offering.edited",
                at=now,
                data={"center": center_code},
            )
            work.audit_action(
                actor=actor,
                action="offering.edit",
                object_type="offering",
                object_key=offering.code,
                at=now,
                data=changed,
            )
    return offering


def _with_own_words(
    offering: models.Offering, content: MatterContent, terms: OfferingTerms, on: date
) -> OfferingTerms:
    """Return the terms with what the elements say, where no term of that name is set."""
    try:
        own = locking.own_words(content, terms.elements)
    except locking.LockedError as locked:
        raise errors.LockedByCityError(
            path=("elements", locked.field),
            element=locked.element,
            field=locked.field,
            label=labels.ELEMENTS[locked.element],
            issuer=queries.issuer_name(offering.matter.issuer_code, on=on),
        ) from None
    except ShapeError as fault:
        raise errors.OfferingTermError(
            path=("elements", fault.field),
            label=labels.place_of(fault.field[:40]),
            value=fault.found or "（空）",
        ) from None
    return replace(
        terms,
        **{
            name: said
            for name in locking.OWN
            if (said := getattr(own, name)) is not None and getattr(terms, name) is None
        },
    )


def _refuse_impossible(terms: OfferingTerms) -> None:
    limit = terms.promised_limit
    if limit and not 0 < limit.amount <= calendar.MAX_AMOUNT:
        raise _not_so("promised_limit", limit.amount, "amount")
    if terms.scope and terms.scope not in SCOPES:
        raise _not_so("scope", terms.scope)
    if terms.credit_code and not codes.is_credit_code(terms.credit_code):
        raise _not_so("credit_code", terms.credit_code)
    for name, longest in LONGEST.items():
        text: str | None = getattr(terms, name)
        if text and (len(text) > longest or not _is_printable(text)):
            raise _not_so(name, text)
    windows = terms.windows or ()
    if len(windows) > MOST_WINDOWS:
        raise _not_so("windows", len(windows))
    for position, window in enumerate(windows):
        if not WINDOW.fullmatch(window):
            raise _not_so("windows", window, position)


def _not_so(term: str, value: object, *path: str | int) -> errors.OfferingTermError:
    shown = "".join(character for character in str(value)[:20] if _is_printable(character))
    return errors.OfferingTermError(path=(term, *path), label=labels.TERMS[term], value=shown)


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)


def _refuse_days(offering: models.Offering, terms: OfferingTerms, today: date) -> None:
    """What has begun keeps the day on which it did, and nothing ends in the past."""
    since, until = terms.effective_from, terms.effective_to
    moves = since is not None and since != offering.effective_from
    if since and moves and (since < today or offering.effective_from <= today):
        raise _not_so("effective_from", since.isoformat())
    if until is not None and (until < today or until <= (since or offering.effective_from)):
        raise _not_so("effective_to", until.isoformat())
    ends = None if ClearableTerm.EFFECTIVE_TO in terms.cleared else until or offering.effective_to
    if since and moves and ends and since >= ends:
        raise _not_so("effective_from", since.isoformat())


def _refuse_longer(offering: models.Offering, terms: OfferingTerms, today: date) -> None:
    """What a release ends, a center neither ends otherwise nor offers without an end."""
    if offering.closed_for and (terms.effective_to or ClearableTerm.EFFECTIVE_TO in terms.cleared):
        raise errors.LockedByCityError(
            path=("effective_to",),
            element="effective_to",
            field="effective_to",
            label=labels.TERMS["effective_to"],
            issuer=queries.issuer_name(offering.matter.issuer_code, on=today),
        )


def _refuse_beyond_standard(content: MatterContent, terms: OfferingTerms) -> None:
    own, statutory, standard = (
        terms.promised_limit,
        checks.statutory_limit(content),
        content.promised_limit,
    )
    for longest, error in (
        (statutory, errors.PromiseOverStatutoryError),
        (standard, errors.PromiseOverStandardError),
    ):
        if own and longest and checks.exceeds(own, longest):
            raise error(path=("promised_limit",), amount=longest.amount, unit=longest.unit.value)
    if terms.assisted_intake and not content.assisted_intake:
        raise errors.AssistedIntakeNotOpenError(path=("assisted_intake",))


def _code_with(offering: models.Offering, credit_code: str) -> str:
    code = codes.offering_code(
        center_code=offering.center_code,
        level=registry_rules.center_level(offering.center_code),
        matter_code=offering.matter_id,
        credit_code=credit_code,
    )
    if models.Offering.objects.filter(code=code).exclude(id=offering.id).exists():
        raise _not_so("credit_code", credit_code)
    return code


def _set_terms(offering: models.Offering, terms: OfferingTerms) -> dict[str, object]:
    wanted: dict[str, object] = {
        name: value
        for name in (
            "place", "hours", "contact", "complaints", "department", "assisted_intake",
            "on_the_spot", "scope", "status", "credit_code", "body_kind", "local_code",
            "effective_from", "effective_to",
        )
        if (value := getattr(terms, name)) is not None
    }  # fmt: skip
    if terms.windows is not None:
        wanted["windows"] = list(dict.fromkeys(terms.windows))
    if terms.promised_limit:
        wanted["promised_amount"] = terms.promised_limit.amount
        wanted["promised_unit"] = terms.promised_limit.unit
    if ClearableTerm.PROMISED_LIMIT in terms.cleared:
        wanted |= {"promised_amount": None, "promised_unit": ""}
    if ClearableTerm.EFFECTIVE_TO in terms.cleared:
        wanted["effective_to"] = None
    if terms.credit_code is not None:
        wanted["code"] = _code_with(offering, terms.credit_code)
    changed = {name: value for name, value in wanted.items() if getattr(offering, name) != value}
    for name, value in changed.items():
        setattr(offering, name, value)
    return changed
