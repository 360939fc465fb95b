"""What went wrong with a case, kept with it."""

from datetime import datetime
from typing import Any

from tenants.cases import models, rules
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel import context


def with_finding(case: models.Case, code: str, at: datetime) -> list[dict[str, Any]]:
    """Return the findings of a case with one more, for which this center's department is liable."""
    finding = rules.Finding(
        code, at, context.current_center(), read_snapshot(case.offering).department
    )
    return [*case.findings, finding.as_json()]
