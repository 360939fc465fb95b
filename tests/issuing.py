"""Matters that a division issues, for tests of what becomes of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from tests import revising
from tongban.catalog.operations import import_matters
from tongban.catalog.rules.content import (
    HandlingType,
    LegalBasis,
    Limit,
    Material,
    MatterContent,
    MatterLevel,
    Result,
    ResultKind,
    ServiceLine,
    Step,
    StepKind,
)
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.kernel import actors
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, shared_context

OPERATOR = actors.operator("tests")
CITY = "371400000000"
"""德州."""
FIRST = date(2026, 1, 5)
"""When the matters of these tests begin."""

CONTENT = MatterContent(
    name="户外广告设置许可",
    matter_type="01",
    service_line=ServiceLine.APPROVAL,
    department="城市管理局",
    service_objects=("2",),
    levels=(MatterLevel.CITY,),
    handling_type=HandlingType.PROMISED,
    legal_bases=(LegalBasis("城市市容和环境卫生管理条例", "第十一条"),),
    statutory_limit=Limit(20, LimitUnit.WORKING_DAY),
    promised_limit=Limit(20, LimitUnit.WORKING_DAY),
    result=Result("户外广告设置许可证", ResultKind.CERTIFICATE),
)


def at(day: date) -> datetime:
    """Return nine o'clock in the morning of a day, Beijing time."""
    return datetime.combine(day, time(1), tzinfo=UTC)


def materials(number: int) -> tuple[Material, ...]:
    """Return so many materials."""
    return tuple(revising.material(f"M{n:02}", f"材料{n}") for n in range(1, number + 1))


def steps(number: int) -> tuple[Step, ...]:
    """Return so many steps, none of them a review."""
    return tuple(Step(f"环节{n}", StepKind.SPECIAL) for n in range(1, number + 1))


def issue(
    code: str,
    *,
    issuer: str = CITY,
    on: date = FIRST,
    since: date | None = None,
    **changes: Any,
) -> str:
    """Publish a new matter or its next revision, in force from ``since``; return its code."""
    content = replace(CONTENT, **{"name": f"事项{code}", **changes})
    with shared_context(SharedRole.CATALOG):
        report = import_matters.import_matters(
            actor=OPERATOR,
            issuer_code=issuer,
            source=Source(rows=[SourceRow(1, content, code=code)]),
            publish=True,
            effective_from=since or on,
            all_or_nothing=True,
            now=at(on),
        )
    assert report.faults == []
    assert report.lacking == []
    assert report.published == 1
    return code
