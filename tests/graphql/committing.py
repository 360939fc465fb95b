"""A matter whose second material may be committed to, and what is told of it, for API tests."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tests import casework, revising
from tests.graphql.client import execute, operation

WHAT = "M02"
"""The material that an applicant may commit to: required, and the applicant's own."""


def allow(*, now: datetime, code: str = WHAT, **changes: Any) -> None:
    """Let a commitment stand for a material of the standard matter from now on."""
    content = revising.content_of(now=now)
    said = {"commitment": True, "acceptance": "经营场所与设立的书店相适应", **changes}
    revising.revise(
        now=now,
        materials=tuple(
            replace(item, **said) if item.code == code else item for item in content.materials
        ),
    )


def told(code: str = WHAT, *, now: datetime) -> str:
    """Return what an applicant is told, as the guide gives it to anybody."""
    answer = execute(operation("MatterGuide"), {"code": casework.BOOKS}, now=now)
    materials = answer["data"]["matter"]["guide"]["materials"]
    notice: str = next(item["commitmentNotice"] for item in materials if item["code"] == code)
    return notice
