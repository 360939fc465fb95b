"""Offerings: what a center offers of the standard catalog, and on which terms of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from tongban.catalog import errors, models, policies, queries
from tongban.catalog.operations import versions
from tongban.catalog.rules import checks, codes
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.terms import LONGEST, SCOPES, WINDOW
from tongban.catalog.states import OfferingStatus
from tongban.kernel import calendar, crypto
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import errors as registry_errors
from tongban.registry import queries as registry_queries
from tongban.registry import rules as registry_rules

# One statement for any number of centers and matters: what is offered already stays as it is.
_OPEN = """
WITH opened AS (
  INSERT INTO catalog_offering (center_code, matter_code, code, credit_code, status, department,
      place, hours, contact, complaints, body_kind, local_code, windows, promised_unit,
      assisted_intake, scope, on_the_spot, effective_from, closed_for)
  SELECT c.code, m.code, c.prefix || m.code, '', '1', '', '', '', '', '', '', '', '{}', '',
         COALESCE((r.content ->> 'assisted_intake')::boolean, false), '',
         COALESCE(r.content ->> 'handling_type' = '1', false),
         GREATEST(%(since)s, (
           SELECT min(standing.effective_from) FROM catalog_matterrevision standing
            WHERE standing.matter_code = m.code
              AND standing.status IN ('published', 'superseded')
              AND (standing.effective_to IS NULL OR standing.effective_to > %(since)s))), ''
    FROM jsonb_to_recordset(%(centers)s::jsonb)
           AS c(code text, level text, prefix text, issuers text[])
    JOIN catalog_standardmatter m ON c.level = ANY (m.levels) AND m.issuer_code = ANY (c.issuers)
    JOIN catalog_matterrevision r ON r.matter_code = m.code AND r.status = 'published'
  ON CONFLICT (center_code, matter_code) DO NOTHING
  RETURNING center_code
)
SELECT center_code, count(*) FROM opened GROUP BY center_code ORDER BY center_code
"""


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
        rows = [
            {
                "code": center.code,
                "level": center.level,
                "prefix": codes.offering_code(
                    center_code=center.code, level=center.level, matter_code="", credit_code=""
                ),
                "issuers": codes.issuers_above(center.division_code),
            }
            for center in centers
        ]
        versions.advance()
        with connection.cursor() as cursor:
            cursor.execute(
                _OPEN,
                {
                    "centers": crypto.canonical_json(rows).decode(),
                    "since": effective_from or calendar.local_day(now),
                },
            )
            opened = dict.fromkeys((center.code for center in centers), 0) | dict(cursor.fetchall())
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
    OfferNotAllowedError, OfferingTermError for a value that can't be; PromiseOverStandardError for
    a promise longer than the standard's, and AssistedIntakeNotOpenError for assisted intake of a
    matter that the standard keeps to its owner.
    """
    with unit_of_work() as work:
        versions.advance()
        today = calendar.local_day(now)
        offering = queries.lock_offering(center_code=center_code, matter_code=matter_code, on=today)
        if offering is None:
            raise errors.OfferingNotFoundError(path=("matter",))
        if not policies.may_offer(actor, center_code):
            raise errors.OfferNotAllowedError
        _refuse_impossible(terms)
        _refuse_beyond_standard(offering, terms)
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


def _refuse_impossible(terms: OfferingTerms) -> None:
    limit = terms.promised_limit
    if limit and not 0 < limit.amount <= calendar.MAX_AMOUNT:
        raise errors.OfferingTermError(path=("promisedLimit", "amount"), value=limit.amount)
    if terms.scope and terms.scope not in SCOPES:
        raise errors.OfferingTermError(path=("scope",), value=terms.scope)
    if terms.credit_code and not codes.is_credit_code(terms.credit_code):
        raise errors.OfferingTermError(path=("creditCode",), value=terms.credit_code[:20])
    for name, longest in LONGEST.items():
        text: str | None = getattr(terms, name)
        if text and (len(text) > longest or "\0" in text):
            raise errors.OfferingTermError(path=(name,), value=text[:20])
    for position, window in enumerate(terms.windows or ()):
        if not WINDOW.fullmatch(window):
            raise errors.OfferingTermError(path=("windows", position), value=window[:20])


def _refuse_beyond_standard(offering: models.Offering, terms: OfferingTerms) -> None:
    content = queries.standard_of(offering).read()
    standard, own = content.promised_limit, terms.promised_limit
    if own and standard and checks.exceeds(own, standard):
        raise errors.PromiseOverStandardError(
            path=("promisedLimit",), amount=standard.amount, unit=standard.unit.value
        )
    if terms.assisted_intake and not content.assisted_intake:
        raise errors.AssistedIntakeNotOpenError(path=("assistedIntake",))


def _code_with(offering: models.Offering, credit_code: str) -> str:
    code = codes.offering_code(
        center_code=offering.center_code,
        level=registry_rules.center_level(offering.center_code),
        matter_code=offering.matter_id,
        credit_code=credit_code,
    )
    if models.Offering.objects.filter(code=code).exclude(id=offering.id).exists():
        raise errors.OfferingTermError(path=("creditCode",), value=code)
    return code


def _set_terms(offering: models.Offering, terms: OfferingTerms) -> dict[str, object]:
    wanted: dict[str, object] = {
        name: value
        for name in (
            "place", "hours", "contact", "complaints", "department", "assisted_intake",
            "on_the_spot", "scope", "status", "credit_code", "body_kind", "local_code",
        )
        if (value := getattr(terms, name)) is not None
    }  # fmt: skip
    if terms.windows is not None:
        wanted["windows"] = list(dict.fromkeys(terms.windows))
    if terms.promised_limit:
        wanted["promised_amount"] = terms.promised_limit.amount
        wanted["promised_unit"] = terms.promised_limit.unit
    if terms.credit_code is not None:
        wanted["code"] = _code_with(offering, terms.credit_code)
    changed = {name: value for name, value in wanted.items() if getattr(offering, name) != value}
    for name, value in changed.items():
        setattr(offering, name, value)
    return changed
