"""Judging a directory's rows against the catalog: what is to be written, and what is wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from tongban.catalog import errors, models
from tongban.catalog.operations import describing, judging
from tongban.catalog.operations.release import Publication
from tongban.catalog.rules import checks, codes
from tongban.catalog.rules.rows import RowFault, SourceKind, SourceRow
from tongban.catalog.states import IN_WORK, RevisionStatus
from tongban.kernel import calendar
from tongban.registry import rules as registry_rules

BATCH = 500

MOST_TOLD = 100
"""How many faults of each kind are told where not all of them are."""
_FIGURES = (
    "kind", "rows", "created", "updated", "unchanged", "published", "unread_columns", "written",
)  # fmt: skip
_LISTS = ("faults", "lacking", "remarks")

Report = Callable[[int, int], None]
"""Gets (rows done, rows in all) while an import runs."""


@dataclass(slots=True)
class ImportReport:
    """What an import did, or in a dry run would do, row by row where something is wrong."""

    kind: SourceKind = SourceKind.MATTERS
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    published: int = 0
    faults: list[RowFault] = field(default_factory=list)
    """Why rows were left out."""
    lacking: list[RowFault] = field(default_factory=list)
    """What keeps imported drafts from being published."""
    remarks: list[RowFault] = field(default_factory=list)
    """What was taken in and should be looked at: where a list differs from the standard."""
    unread_columns: list[str] = field(default_factory=list)
    """Columns of the file that mean nothing to us."""
    written: bool = False

    totals: Mapping[str, int] = field(default_factory=dict)
    """How many of each list there were, where only the first of them are told."""

    @property
    def faulty_rows(self) -> int:
        """How many rows were left out."""
        return self.totals.get("faulty_rows", len({fault.row for fault in self.faults}))

    def count(self, listed: str) -> int:
        """Return how many ``faults``, ``lacking`` or ``remarks`` there are."""
        return self.totals.get(listed, len(getattr(self, listed)))

    def to_json(self) -> dict[str, Any]:
        """Return what a repeated request is answered with: figures, and the first of each list."""
        said = {name: getattr(self, name) for name in _FIGURES}
        lists = {name: [asdict(f) for f in getattr(self, name)[:MOST_TOLD]] for name in _LISTS}
        totals = {name: self.count(name) for name in _LISTS}
        return {**said, **lists, "totals": {**totals, "faulty_rows": self.faulty_rows}}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "ImportReport":
        """Return the report that ``to_json`` keeps."""
        lists = {name: [RowFault(**fault) for fault in said[name]] for name in _LISTS}
        figures = {name: said[name] for name in _FIGURES}
        kind = SourceKind(said["kind"])
        return cls(**{**figures, "kind": kind, **lists, "totals": said["totals"]})


@dataclass(frozen=True, slots=True)
class Order:
    """What the import was asked for."""

    issuer_code: str | None
    publish: bool
    effective_from: date | None
    created_by: str
    now: datetime


@dataclass(slots=True)
class Known:
    """A matter with its revision in work, if there is one."""

    matter: models.StandardMatter
    in_work: models.MatterRevision | None = None
    last_number: int = 0
    earliest: date | None = None
    """The first day on which another revision may take the last one's place."""

    said: set[str] = field(default_factory=set)
    """Digests of the draft and of whatever is in force today or will be."""


@dataclass(slots=True)
class Plan:
    """What is to be written."""

    matters: list[models.StandardMatter] = field(default_factory=list)
    described: list[models.StandardMatter] = field(default_factory=list)
    new_revisions: list[models.MatterRevision] = field(default_factory=list)
    edited_drafts: list[models.MatterRevision] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    complete: list[Publication] = field(default_factory=list)
    """Drafts whose contents have no fault, where nothing is to be published."""
    rows: dict[str, int] = field(default_factory=dict)
    """Matter code → the row that publishes or completes it."""


def issuer_of(row: SourceRow, order: Order) -> str:
    """Return the division that issues a row's matter."""
    return order.issuer_code or row.issuer_code


def is_issuer(code: str) -> bool:
    """Tell whether a code has the form of a division that may issue a catalog, or is the nation."""
    is_code = len(code) == len(codes.NATION) and code.isascii() and code.isdigit()
    return is_code and (code == codes.NATION or code[:2] != codes.NATIONAL_REGION)


class Planner:
    """Goes through the rows once, in order; every look-up is made in batches before."""

    def __init__(self, rows: Sequence[SourceRow], order: Order, result: ImportReport) -> None:
        self.order, self.result, self.plan = order, result, Plan()
        self._rows = rows
        self._by_code = _known_matters(rows, calendar.local_day(order.now))
        self._by_local = {
            (known.matter.issuer_code, known.matter.local_code): known
            for known in self._by_code.values()
            if known.matter.local_code
        }
        self._taken = _taken_codes(rows, order)
        self._seen: set[tuple[str, str]] = set()

    def judge(self, report: Report) -> Plan:
        """Return what is to be written; faults and figures go to the result."""
        for done, row in enumerate(self._rows, start=1):
            known = self._find(row)
            fault = self._fault(row, known)
            if fault is None:
                self._place(row, known)
            else:
                self.result.faults.append(RowFault(row.number, *fault))
            if done % BATCH == 0 or done == len(self._rows):
                report(done, len(self._rows))
        return self.plan

    def _find(self, row: SourceRow) -> Known | None:
        known = self._by_code.get(row.code) if row.code else None
        if known is None and row.local_code:
            known = self._by_local.get((issuer_of(row, self.order), row.local_code))
        return known

    def _fault(self, row: SourceRow, known: Known | None) -> tuple[str, str, str] | None:
        """Return field, code and reason why a row can't be taken in, beside what its shape told."""
        issuer = issuer_of(row, self.order)
        if not is_issuer(issuer):
            return "area_code", "ISSUER_UNKNOWN", issuer
        scope = registry_rules.significant_digits(issuer)
        if not (row.issuer_code or issuer).startswith(scope):
            return "area_code", "ISSUER_MISMATCH", row.issuer_code
        if not row.code and not row.local_code:
            return "code", "MISSING", ""
        for name, value in (("code", row.code), ("local_code", f"{issuer}/{row.local_code}")):
            if getattr(row, name):
                if (name, value) in self._seen:
                    return name, "REPEATED", getattr(row, name)
                self._seen.add((name, value))
        return self._code_fault(row, issuer) or self._standing_fault(row, known, issuer)

    def _code_fault(self, row: SourceRow, issuer: str) -> tuple[str, str, str] | None:
        kind = row.content.matter_type
        if row.code and not codes.fits(row.code, issuer_code=issuer, matter_type=kind):
            return "code", "CODE_MISMATCH", row.code
        return None

    def _standing_fault(
        self, row: SourceRow, known: Known | None, issuer: str
    ) -> tuple[str, str, str] | None:
        if known is None:
            return None
        if known.matter.issuer_code != issuer:
            return _elsewhere(known)
        if row.code and row.code != known.matter.code:
            return "local_code", "CODE_DIFFERS", known.matter.code
        if row.local_code and known.matter.local_code not in {"", row.local_code}:
            return "local_code", "CODE_DIFFERS", known.matter.local_code
        is_reviewed = known.in_work and known.in_work.status == RevisionStatus.REVIEWED
        if is_reviewed and row.content.digest not in known.said:
            return "code", "UNDER_REVIEW", known.matter.code
        return None

    def _place(self, row: SourceRow, known: Known | None) -> None:
        content, found = row.content, checks.faults(row.content)
        for fault in found:
            self.result.lacking.append(RowFault(row.number, fault.field, fault.code, fault.subject))
        if known is None:
            known = self._new_matter(row)
            self.result.created += 1
        elif content.digest in known.said:
            self.result.unchanged += 1
            draft = known.in_work
            is_draft = draft and draft.status == RevisionStatus.DRAFT
            if draft and is_draft and draft.content_hash == content.digest and not found:
                self._publish(row, known, draft)
            return
        else:
            self.result.updated += 1
            if known.earliest is None:  # never put out: what ended reads as it was
                self._describe(known.matter, row)
                self.plan.described.append(known.matter)
        revision = self._draft(known, row)
        if not found:
            self._publish(row, known, revision)

    def _new_matter(self, row: SourceRow) -> Known:
        issuer = issuer_of(row, self.order)
        code = row.code or codes.generate_matter_code(
            issuer_code=issuer,
            matter_type=row.content.matter_type,
            local_code=row.local_code,
            taken=self._taken,
        )
        self._taken.add(code)
        matter = models.StandardMatter(code=code, issuer_code=issuer, created_at=self.order.now)
        self._describe(matter, row)
        self.plan.matters.append(matter)
        return Known(matter)

    def _name(self, matter: models.StandardMatter, row: SourceRow) -> None:
        matter.local_code = row.local_code or matter.local_code
        matter.main_item = row.main_item or matter.main_item

    def _describe(self, matter: models.StandardMatter, row: SourceRow) -> None:
        self._name(matter, row)
        describing.describe(matter, row.content)

    def _draft(self, known: Known, row: SourceRow) -> models.MatterRevision:
        if known.in_work is not None:
            revision = known.in_work
            self.plan.edited_drafts.append(revision)
        else:
            revision = models.MatterRevision(
                matter=known.matter,
                number=known.last_number + 1,
                status=RevisionStatus.DRAFT,
                created_at=self.order.now,
                created_by=self.order.created_by,
            )
            self.plan.new_revisions.append(revision)
        if self.order.created_by not in revision.editors:
            revision.editors = [*revision.editors, self.order.created_by]
        describing.write_content(revision, row.content)
        return revision

    def _publish(self, row: SourceRow, known: Known, revision: models.MatterRevision) -> None:
        publication = Publication(known.matter, revision, row.content)
        self.plan.rows[known.matter.code] = row.number
        if not self.order.publish:
            self.plan.complete.append(publication)
            return
        try:
            judging.effective_day(
                self.order.effective_from, earliest=known.earliest, now=self.order.now
            )
        except errors.EffectiveDayError as error:
            self.result.lacking.append(
                RowFault(row.number, "effective_from", error.code, error.message("zh-Hans"))
            )
            return
        self._name(known.matter, row)
        self.plan.publications.append(publication)
        self.result.published += 1


def _elsewhere(known: Known) -> tuple[str, str, str]:
    """Return the fault of a code that another issuer has, a draft's without saying whose."""
    if known.earliest is None:  # it was never put out
        return "code", "MATTER_CODE_TAKEN", known.matter.code
    return "code", "ISSUED_ELSEWHERE", known.matter.issuer_code


def by_issuer(publications: Sequence[Publication]) -> list[tuple[str, list[Publication]]]:
    """Return the publications of each issuer: a release is of one."""
    found: dict[str, list[Publication]] = {}
    for publication in publications:
        found.setdefault(publication.matter.issuer_code, []).append(publication)
    return sorted(found.items())


def keep_related(plan: Plan, order: Order, result: ImportReport) -> None:
    """Leave out of the plan what can't be published beside what stands and what comes with it.

    It remains a draft. The same few statements for any number of rows, and again where something
    else depends on what is left out. Of drafts it is only told.
    """
    since = order.effective_from or calendar.local_day(order.now)
    for issuer, complete in by_issuer(plan.complete):
        verdict = judging.judge_relations(complete, issuer_code=issuer, effective_from=since)
        _tell(verdict.findings, plan, result)
    for issuer, publications in by_issuer(plan.publications):
        kept = publications
        while findings := judging.judge_relations(
            kept, issuer_code=issuer, effective_from=since
        ).findings:
            _tell(findings, plan, result)
            left_out = {finding.matter.code for finding in findings}
            kept = [p for p in kept if p.matter.code not in left_out]
            plan.publications = [p for p in plan.publications if p.matter.code not in left_out]
            result.published -= len(left_out)


def _tell(findings: Sequence[judging.Finding], plan: Plan, result: ImportReport) -> None:
    for finding in findings:
        fault, row = finding.fault, plan.rows[finding.matter.code]
        result.lacking.append(RowFault(row, fault.field, fault.code, fault.subject))


def _known_matters(rows: Sequence[SourceRow], today: date) -> dict[str, Known]:
    found: dict[str, Known] = {}
    matters = models.StandardMatter.objects.select_for_update()
    for batch in _batches(rows):
        for condition in (
            {"code__in": [row.code for row in batch if row.code]},
            {"local_code__in": [row.local_code for row in batch if row.local_code]},
        ):
            found.update((m.code, Known(m)) for m in matters.filter(**condition).order_by("code"))
    for codes_found in _batches(found):
        revisions = models.MatterRevision.objects.filter(matter__code__in=codes_found)
        for revision in revisions.defer("content").order_by("matter", "number"):
            known = found[revision.matter_id]
            known.last_number = revision.number
            if revision.effective_to is None or revision.effective_to > today:
                known.said.add(revision.content_hash)
            if revision.status in IN_WORK:
                known.in_work = revision
            known.earliest = judging.last_day(revision) or known.earliest
    return found


def _taken_codes(rows: Sequence[SourceRow], order: Order) -> set[str]:
    taken = {row.code for row in rows if row.code}
    for region in sorted({issuer_of(row, order)[:2] for row in rows if not row.code} - {""}):
        matters = models.StandardMatter.objects.filter(code__startswith=region)
        taken.update(matters.values_list("code", flat=True))
    return taken


def _batches(items: Iterable[SourceRow] | Iterable[str]) -> Iterator[list]:  # type: ignore[type-arg]  # of either
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
