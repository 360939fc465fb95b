"""What must hold before a matter is published: pure checks, used by publishing and by import."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tongban.catalog.rules.content import (
    Condition,
    Limit,
    Material,
    MatterContent,
    Question,
)
from tongban.catalog.rules.guide import can_apply
from tongban.kernel.calendar import LimitUnit

NO_LEGAL_BASIS = "NO_LEGAL_BASIS"
NO_SERVICE_LINE = "NO_SERVICE_LINE"
PROMISE_OVER_STATUTORY = "PROMISE_OVER_STATUTORY"
FORBIDDEN_ELEMENT = "FORBIDDEN_ELEMENT"
INCOMPLETE = "MATTER_INCOMPLETE"
CHOICES_INCONSISTENT = "CHOICES_INCONSISTENT"

_FORBIDDEN_FILE = Path(__file__).resolve().parents[1] / "data" / "forbidden_elements.json"
FORBIDDEN_ELEMENTS: Mapping[str, str] = {
    entry["element"]: entry["document"]
    for entry in json.loads(_FORBIDDEN_FILE.read_text(encoding="utf-8"))
}
"""What no matter may ask for any more, superseded certificates among it → by which document."""

LICENSE_TYPE = "01"
LICENSE_LIMIT = Limit(20, LimitUnit.WORKING_DAY)
"""行政许可法 42: what holds for a license whose own statute names no limit."""

# Only for comparing limits of different units: 5 working days stand for 7 calendar days, and
# 6.5 working hours (9:00–12:00, 13:30–17:00) for a working day. Real due dates are the calendar's.
_CALENDAR_DAYS: dict[LimitUnit, Fraction] = {
    LimitUnit.CALENDAR_DAY: Fraction(1),
    LimitUnit.WORKING_DAY: Fraction(7, 5),
    LimitUnit.WORKING_HOUR: Fraction(7, 5) / Fraction(13, 2),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a content can't be published: where it lies and what it is about."""

    code: str
    path: tuple[str | int, ...]
    subject: str = ""

    @property
    def field(self) -> str:
        """The place as text (``materials[2].basis``)."""
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text


def exceeds(limit: Limit, other: Limit) -> bool:
    """Tell whether ``limit`` is longer than ``other``, by nominal days where the units differ."""
    return limit.amount * _CALENDAR_DAYS[limit.unit] > other.amount * _CALENDAR_DAYS[other.unit]


def working_days(limit: Limit) -> Decimal:
    """Return a limit as nominal working days with two places."""
    days = limit.amount * _CALENDAR_DAYS[limit.unit] / _CALENDAR_DAYS[LimitUnit.WORKING_DAY]
    return round(Decimal(days.numerator) / Decimal(days.denominator), 2)


def statutory_limit(content: MatterContent) -> Limit | None:
    """Return the statutory limit that binds a matter, None where no law sets one."""
    if content.statutory_limit is None and content.matter_type == LICENSE_TYPE:
        return LICENSE_LIMIT
    return content.statutory_limit


def faults(content: MatterContent) -> list[Fault]:
    """List everything that keeps the content from being published, in the order of its elements."""
    return [
        *_missing(content),
        *_without_basis(content),
        *_repeated_materials(content),
        *_untold_commitments(content),
        *_forbidden(content),
        *_over_statutory(content),
        *(list(_inconsistent_choices(content)) or _never_applying(content)),
    ]


def _missing(content: MatterContent) -> Iterator[Fault]:
    if content.service_line is None:
        yield Fault(NO_SERVICE_LINE, ("service_line",))
    needed = {
        "department": content.department,
        "levels": content.levels,
        "service_objects": content.service_objects,
        "handling_type": content.handling_type,
        "promised_limit": content.promised_limit,
        "result": content.result,
    }
    for name, value in needed.items():
        if not value:
            yield Fault(INCOMPLETE, (name,))
    if content.fee.charged and not content.fee.items:
        yield Fault(INCOMPLETE, ("fee", "items"))


def _without_basis(content: MatterContent) -> Iterator[Fault]:
    """每一个条件和材料都于法有据: so every charge, waiver, procedure and bought service, too."""
    if not content.legal_bases:
        yield Fault(NO_LEGAL_BASIS, ("legal_bases",), content.name)
        return
    basis = content.tacit_approval_basis
    is_beyond = basis is not None and basis >= len(content.legal_bases)
    if is_beyond or (content.tacit_approval and basis is None):
        yield Fault(NO_LEGAL_BASIS, ("tacit_approval_basis",), content.name)
    groups = (
        (("conditions",), [(c.text, c.basis) for c in content.conditions]),
        (("materials",), [(m.name, m.basis) for m in content.materials]),
        (("fee", "items"), [(f.name, f.basis) for f in content.fee.items]),
        (("fee", "waivers"), [(w.text, w.basis) for w in content.fee.waivers]),
        (("special_procedures",), [(p.name, p.basis) for p in content.special_procedures]),
        (("intermediary_services",), [(s.name, s.basis) for s in content.intermediary_services]),
    )
    for path, elements in groups:
        for position, (subject, basis) in enumerate(elements):
            if basis is None or basis >= len(content.legal_bases):
                yield Fault(NO_LEGAL_BASIS, (*path, position, "basis"), subject)


def _repeated_materials(content: MatterContent) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, material in enumerate(content.materials):
        if material.code in seen:
            yield Fault(INCOMPLETE, ("materials", position, "code"), material.code)
        seen.add(material.code)


def _untold_commitments(content: MatterContent) -> Iterator[Fault]:
    """Who commits (告知承诺) is told what is to be proven: 受理标准 says it."""
    for position, material in enumerate(content.materials):
        if material.commitment and not material.acceptance:
            yield Fault(INCOMPLETE, ("materials", position, "acceptance"), material.name)


def _forbidden(content: MatterContent) -> Iterator[Fault]:
    asked = [
        *((("conditions", n, "text"), c.text) for n, c in enumerate(content.conditions)),
        *((("materials", n, "name"), m.name) for n, m in enumerate(content.materials)),
        *((("steps", n, "name"), s.name) for n, s in enumerate(content.steps)),
        *(
            (("intermediary_services", n, "name"), s.name)
            for n, s in enumerate(content.intermediary_services)
        ),
    ]
    for path, text in asked:
        for element in FORBIDDEN_ELEMENTS:
            if element in text:
                yield Fault(FORBIDDEN_ELEMENT, path, element)


def _over_statutory(content: MatterContent) -> Iterator[Fault]:
    statutory = statutory_limit(content)
    promised = content.promised_limit
    if statutory and promised and exceeds(promised, statutory):
        yield Fault(PROMISE_OVER_STATUTORY, ("promised_limit",), content.name)
    for position, variant in enumerate(content.variants):
        # A variant may be quicker than the matter, never slower.
        own, longest = variant.promised_limit, promised or statutory
        if own and longest and exceeds(own, longest):
            yield Fault(
                PROMISE_OVER_STATUTORY, ("variants", position, "promised_limit"), variant.name
            )


def _inconsistent_choices(content: MatterContent) -> Iterator[Fault]:
    """What names a variant, question or option that is not there, or is there twice.

    A question may hang only on earlier ones, so no two can wait for each other.
    """
    serials = [variant.serial for variant in content.variants]
    yield from _repeated(("variants",), "serial", serials)
    yield from _repeated(("questions",), "code", [q.code for q in content.questions])
    options: dict[str, set[str]] = {}
    for position, question in enumerate(content.questions):
        path = ("questions", position)
        yield from _repeated((*path, "options"), "code", [o.code for o in question.options])
        if len(question.options) < 2:  # noqa: PLR2004  # nothing to choose from
            yield Fault(CHOICES_INCONSISTENT, (*path, "options"), question.text)
        yield from _unknown_choices(path, question, serials, options)
        options[question.code] = {option.code for option in question.options}
    elements: tuple[tuple[str, Sequence[Material | Condition]], ...] = (
        ("materials", content.materials),
        ("conditions", content.conditions),
    )
    for name, group in elements:
        for position, element in enumerate(group):
            yield from _unknown_choices((name, position), element, serials, options)


def _never_applying(content: MatterContent) -> Iterator[Fault]:
    """What no choice leads to: nobody would ever be told of it."""
    groups: tuple[tuple[str, Sequence[Material | Condition | Question]], ...] = (
        ("questions", content.questions),
        ("materials", content.materials),
        ("conditions", content.conditions),
    )
    for name, group in groups:
        for position, element in enumerate(group):
            if not can_apply(content, element):
                subject = element.name if isinstance(element, Material) else element.text
                yield Fault(CHOICES_INCONSISTENT, (name, position, "when"), subject)


def _repeated(path: tuple[str | int, ...], key: str, codes: Sequence[str]) -> Iterator[Fault]:
    for position, code in enumerate(codes):
        if code in codes[:position]:
            yield Fault(CHOICES_INCONSISTENT, (*path, position, key), code)


def _unknown_choices(
    path: tuple[str | int, ...],
    element: Question | Material | Condition,
    serials: Collection[str],
    options: Mapping[str, Collection[str]],
) -> Iterator[Fault]:
    for serial in element.variants:
        if serial not in serials:
            yield Fault(CHOICES_INCONSISTENT, (*path, "variants"), serial)
    for position, answered in enumerate(element.when):
        place = (*path, "when", position)
        if answered.question not in options:
            yield Fault(CHOICES_INCONSISTENT, (*place, "question"), answered.question)
            continue
        unknown = [o for o in answered.options if o not in options[answered.question]]
        if unknown or not answered.options:
            yield Fault(CHOICES_INCONSISTENT, (*place, "options"), "、".join(unknown))
