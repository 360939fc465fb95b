"""Judging a center's list row by row: what is to be written, what is wrong, what differs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from tongban.catalog import models
from tongban.catalog.operations.plan_import import BATCH, ImportReport, Report
from tongban.catalog.rules import checks, codes, conformity
from tongban.catalog.rules.content import HandlingType, Limit, MatterContent
from tongban.catalog.rules.rows import OfferingRow, RowFault
from tongban.catalog.states import IN_FORCE_ONCE
from tongban.kernel import crypto
from tongban.kernel.calendar import LimitUnit
from tongban.registry import queries as registry

Fault = tuple[str, str, str]
"""Field, stable code and what was found."""


Key = tuple[str, str]
"""Center code and matter code."""

_NATIONAL, _CREDIT = 31, 18
"""How long an offering code is that begins with a credit code, and how long that is."""
_SHOWN = 120
_UNITS = {
    LimitUnit.WORKING_DAY: "个工作日",
    LimitUnit.CALENDAR_DAY: "个自然日",
    LimitUnit.WORKING_HOUR: "个工作小时",
}


@dataclass(frozen=True, slots=True)
class Standard:
    """What holds for a matter: the revision in force on the day, or the next that will be."""

    issuer_code: str
    content: MatterContent
    since: date


@dataclass(slots=True)
class OfferingPlan:
    """What is to be written, and at which centers."""

    opened: list[models.Offering] = field(default_factory=list)
    changed: list[models.Offering] = field(default_factory=list)


class OfferingPlanner:
    """Goes through the rows once, in order; look-ups are made for 500 rows at a time.

    The caller holds the catalog's version, so nobody else changes offerings meanwhile. ``centers``
    are those of the rows that exist.
    """

    def __init__(
        self,
        rows: Sequence[OfferingRow],
        centers: Mapping[str, registry.CenterRecord],
        today: date,
        result: ImportReport,
    ) -> None:
        self.plan, self.result = OfferingPlan(), result
        self._rows, self._centers, self._today = rows, centers, today
        self._standards: dict[str, Standard | None] = {}
        """By matter code; None where there was one and is none any more."""
        self._codes: dict[tuple[str, str], str] = {}
        self._present: dict[Key, models.Offering] = {}
        self._holders: dict[str, Key] = {}
        self._seen: set[Key] = set()
        self._departments = set(
            models.StandardMatter.objects.values_list("department", flat=True).distinct()
        )

    def judge(self, report: Report) -> OfferingPlan:
        """Return what is to be written; faults, remarks and figures go to the result."""
        for start in range(0, len(self._rows), BATCH):
            batch = self._rows[start : start + BATCH]
            self._look_up(batch)
            for row in batch:
                fault = self._judge(row)
                if fault is not None:
                    self.result.faults.append(RowFault(row.number, *fault))
            report(start + len(batch), len(self._rows))
        return self.plan

    def _look_up(self, batch: Sequence[OfferingRow]) -> None:
        local = {row.matter_local_code for row in batch if not row.matter_code}
        found = models.StandardMatter.objects.filter(local_code__in=local - {""})
        for issuer, local_code, code in found.values_list("issuer_code", "local_code", "code"):
            self._codes[issuer, local_code] = code
        named = {code for row in batch if (code := self._code(row))}
        self._standards |= _standards(named - self._standards.keys(), self._today)
        offerings = models.Offering.objects.select_for_update().filter(
            center_code__in={row.center_code for row in batch}, matter__code__in=named
        )
        self._present |= {(o.center_code, o.matter_id): o for o in offerings.order_by("id")}
        wanted = {self._wanted_code(row) for row in batch} - {""}
        holders = models.Offering.objects.filter(code__in=wanted)
        for code, center, matter in holders.values_list("code", "center_code", "matter__code"):
            self._holders[code] = (center, matter)

    def _code(self, row: OfferingRow) -> str:
        return row.matter_code or self._codes.get((row.issuer_code, row.matter_local_code), "")

    def _wanted_code(self, row: OfferingRow) -> str:
        center, matter = self._centers.get(row.center_code), self._code(row)
        if center is None or not matter:
            return ""
        return codes.offering_code(
            center_code=center.code,
            level=center.level,
            matter_code=matter,
            credit_code=_credit_code(row, self._present.get((center.code, matter))),
        )

    def _judge(self, row: OfferingRow) -> Fault | None:
        center, code = self._centers.get(row.center_code), self._code(row)
        if center is None:
            return "center", "CENTER_UNKNOWN", row.center_code
        if code not in self._standards:
            return "code", "MATTER_UNKNOWN", row.matter_code or row.matter_local_code
        standard, key = self._standards[code], (center.code, code)
        if standard is None:
            return "code", "NOT_IN_FORCE", code
        if key in self._seen:
            return "code", "REPEATED", f"{center.code} {code}"
        self._seen.add(key)
        present = self._present.get(key)
        fault = (
            self._code_fault(row, key)
            or _not_theirs(center, standard)
            or _ended(row, present, self._today)
            or _over_standard(row, standard.content)
            or _wrong_days(row, present, self._today)
            or self._department_fault(row, present)
        )
        if fault is None:
            self._place(row, key, standard)
        return fault

    def _code_fault(self, row: OfferingRow, key: Key) -> Fault | None:
        code = self._wanted_code(row)
        if row.offering_code and row.offering_code != code:
            return "offering_code", "CODE_MISMATCH", row.offering_code
        national = row.offering_code if len(row.offering_code) == _NATIONAL else ""
        if national and not codes.is_credit_code(national[:_CREDIT]):
            return "offering_code", "NOT_A_CREDIT_CODE", national[:_CREDIT]
        if self._holders.setdefault(code, key) != key:
            return "credit_code", "CODE_TAKEN", code
        return None

    def _department_fault(self, row: OfferingRow, present: models.Offering | None) -> Fault | None:
        """A department is known by the standard catalog or by the credit code of its body."""
        department = row.terms.get("department")
        if not department or department in self._departments or _credit_code(row, present):
            return None
        if present is not None and present.department == department:
            return None
        return "department", "DEPARTMENT_UNKNOWN", department

    def _place(self, row: OfferingRow, key: Key, standard: Standard) -> None:
        present = self._present.get(key)
        terms = {
            **_columns(row),
            "code": self._wanted_code(row),
            "credit_code": _credit_code(row, present),
        }
        if present is None:
            terms["effective_from"] = max(terms.get("effective_from", self._today), standard.since)
            self.plan.opened.append(_opened(key, standard, terms))
            self.result.created += 1
        elif _change(present, _settled(terms, present, standard, self._today)):
            self.plan.changed.append(present)
            self.result.updated += 1
        else:
            self.result.unchanged += 1
        self._remark(row, standard)

    def _remark(self, row: OfferingRow, standard: Standard) -> None:
        remarks = self.result.remarks
        for deviation in conformity.deviations(row.declared or {}, standard.content):
            own, theirs = _shown(deviation.declared), _shown(deviation.standard)
            found = f"本清单：{own}；标准目录：{theirs}"
            remarks.append(RowFault(row.number, deviation.field, "DEVIATES", found))


def _standards(matter_codes: Collection[str], today: date) -> dict[str, Standard | None]:
    """Return what holds today, or next, for those of the matters that were ever put out.

    Two queries. What is a draft only, centers do not see.
    """
    put_out = models.MatterRevision.objects.filter(
        matter__code__in=matter_codes, status__in=IN_FORCE_ONCE
    )
    found: dict[str, Standard | None] = dict.fromkeys(
        put_out.values_list("matter__code", flat=True).distinct()
    )
    revisions = (
        models.MatterRevision.objects.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=today),
            matter__code__in=matter_codes,
            status__in=IN_FORCE_ONCE,
        )
        .select_related("matter")
        .only("matter", "content", "effective_from", "matter__code", "matter__issuer_code")
    )
    for revision in revisions.order_by("-effective_from", "-number"):
        assert revision.effective_from is not None  # of what is or was published
        found[revision.matter_id] = Standard(
            revision.matter.issuer_code, revision.read(), revision.effective_from
        )
    return found


def _credit_code(row: OfferingRow, present: models.Offering | None) -> str:
    """Return the implementing body's code: as the row states it, as its own code does, as it is."""
    stated: str = row.terms.get("credit_code", "")
    if stated or "credit_code" in row.terms:
        return stated or (row.offering_code[:_CREDIT] if _is_national(row) else "")
    if _is_national(row):
        return row.offering_code[:_CREDIT]
    return present.credit_code if present else ""


def _is_national(row: OfferingRow) -> bool:
    return len(row.offering_code) == _NATIONAL


def _not_theirs(center: registry.CenterRecord, standard: Standard) -> Fault | None:
    if standard.issuer_code not in codes.issuers_above(center.division_code):
        return "code", "ISSUED_ELSEWHERE", standard.issuer_code
    if center.level not in standard.content.levels:
        return "code", "LEVEL_MISMATCH", center.code
    return None


def _ended(row: OfferingRow, present: models.Offering | None, today: date) -> Fault | None:
    """What a release has closed, or is to close, only a release opens again or for longer."""
    if present is None or not present.closed_for or present.effective_to is None:
        return None
    if present.effective_to <= today:
        return "code", "CLOSED", present.closed_for
    until = row.terms.get("effective_to")
    if until is not None and until != present.effective_to:
        return "effective_to", "CLOSED", present.closed_for
    return None


def _over_standard(row: OfferingRow, content: MatterContent) -> Fault | None:
    own = row.terms.get("promised_limit")
    for longest, code in (
        (checks.statutory_limit(content), checks.PROMISE_OVER_STATUTORY),
        (content.promised_limit, "PROMISE_OVER_STANDARD"),
    ):
        if own and longest and checks.exceeds(own, longest):
            return "promised_limit", code, f"{_shown(own)} > {_shown(longest)}"
    if row.terms.get("assisted_intake") and not content.assisted_intake:
        return "assisted_intake", "ASSISTED_INTAKE_NOT_OPEN", ""
    return None


def _wrong_days(row: OfferingRow, present: models.Offering | None, today: date) -> Fault | None:
    """What has begun keeps its first day; the last lies behind it, and not in the past."""
    since = row.terms.get("effective_from") or today
    until = row.terms.get("effective_to")
    if present:
        has_begun = present.effective_from <= today
        if has_begun or "effective_from" not in row.terms:
            since = present.effective_from
        if has_begun and until == present.effective_to:
            return None
        until = until or (None if has_begun else present.effective_to)
    if until is None or until > max(since, today):
        return None
    return "effective_to", "DAY_PAST", until.isoformat()


def _columns(row: OfferingRow) -> dict[str, Any]:
    """Return what a row states, by the columns of an offering."""
    stated = {name: value for name, value in row.terms.items() if name != "promised_limit"}
    if "promised_limit" in row.terms:
        limit = row.terms["promised_limit"]
        stated["promised_amount"] = limit.amount if limit else None
        stated["promised_unit"] = limit.unit if limit else ""
    if row.declared is not None:
        stated["declared"] = dict(row.declared)
    return stated


def _opened(key: Key, standard: Standard, terms: Mapping[str, Any]) -> models.Offering:
    center_code, matter_code = key
    content = standard.content
    as_standard = {
        "assisted_intake": content.assisted_intake,
        "on_the_spot": content.handling_type is HandlingType.IMMEDIATE,
    }
    return models.Offering(
        center_code=center_code, matter_id=matter_code, **{**as_standard, **terms}
    )


def _settled(
    terms: dict[str, Any], present: models.Offering, standard: Standard, today: date
) -> dict[str, Any]:
    """Return the terms without a first day for what has begun already."""
    since = terms.pop("effective_from", None)
    if since is None or present.effective_from <= today:
        return terms
    return {**terms, "effective_from": max(since, standard.since)}


def _change(offering: models.Offering, terms: Mapping[str, Any]) -> bool:
    changed = {name: v for name, v in terms.items() if getattr(offering, name) != v}
    for name, value in changed.items():
        setattr(offering, name, value)
    return bool(changed)


def _shown(value: Any) -> str:
    if value is None:
        return "无"
    if isinstance(value, str):
        return value[:_SHOWN]
    if isinstance(value, Limit):
        return f"{value.amount}{_UNITS[value.unit]}"
    return crypto.canonical_json(value).decode()[:_SHOWN]
