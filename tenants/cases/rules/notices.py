"""一次告知: the defects of an application and the answers to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tongban.catalog.rules.content import MaterialSource
from tongban.catalog.rules.snapshot import OfferingSnapshot

NOTICE_WORKING_DAYS: Final = 5
"""All defects are told within five working days of receipt (行政许可法 32(4))."""


MAX_DEFECTS: Final = 50


Subject = tuple[str, str]
"""What a defect is about: a material's code or a condition's; both are empty for the form."""

FORM: Final[Subject] = ("", "")

FORM_CODE: Final = "FORM"
"""What a finding calls the form itself."""


class SuppliedBy(StrEnum):
    """Who makes a defect good: what government issues, it does not ask the applicant for."""

    APPLICANT = "applicant"
    WINDOW = "window"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing to make good; without any code it is the form itself."""

    material_code: str
    text: str
    condition_code: str = ""

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return (self.material_code, self.condition_code)

    def as_json(self) -> dict[str, str]:
        """Return the plain JSON that notices and events keep."""
        plain = {"material": self.material_code, "text": self.text}
        return {**plain, "condition": self.condition_code} if self.condition_code else plain


class Answer(Defect):
    """What the applicant says to a defect, beside or instead of files."""

    __slots__ = ()


def subject_of(defect: Mapping[str, Any]) -> Subject:
    """Return what a defect or an answer is about, from its plain JSON."""
    return (defect["material"], defect.get("condition", ""))


def is_for_applicant(defect: Mapping[str, Any]) -> bool:
    """Tell whether the applicant is to make a defect good, from its plain JSON."""
    return "supplied_by" not in defect


def condition_code(place: int) -> str:
    """Return the code of a condition by its place among those of the matter, from 1."""
    return f"C{place:02d}"


def conditions_of(offering: OfferingSnapshot) -> dict[str, str]:
    """Return the conditions that apply under the choice: code → text.

    A code is the place among all conditions of the revision, so a choice moves none.
    """
    applying = offering.conditions
    return {
        condition_code(place): condition.text
        for place, condition in enumerate(offering.content.conditions, start=1)
        if condition in applying
    }


def supplied_by(offering: OfferingSnapshot, material_code: str) -> SuppliedBy:
    """Return who supplies a material: by who issues it, where the standard names it.

    What the department itself issues its window adds, what another one does the center
    (跨部门缺件由中心、部门内由窗口补齐).
    """
    material = next((item for item in offering.materials if item.code == material_code), None)
    if material is None or material.source is not MaterialSource.GOVERNMENT:
        return SuppliedBy.APPLICANT
    if not material.issued_by:
        return SuppliedBy.APPLICANT
    is_own = material.issued_by == offering.department
    return SuppliedBy.WINDOW if is_own else SuppliedBy.CENTER


def open_subjects(
    defects: Collection[Mapping[str, Any]], *, answered: Collection[Subject]
) -> list[Subject]:
    """Return what of a notice's defects the applicant still has to make good, each once."""
    asked = dict.fromkeys(
        subject_of(defect)
        for defect in defects
        if is_for_applicant(defect) and not defect.get("answered_at")
    )
    return [subject for subject in asked if subject not in answered]
