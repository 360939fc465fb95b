"""A center's own words on its papers, around what the law wants said."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from tenants.cases.rules.papers import PaperKind
from tongban.kernel import placeholders

RULING: Final = "text"
"""What the paper has to say, which no center words itself."""
DEFAULT_OPENING: Final = "{name}：您于{submitted}提交的“{matter}”申请，{text}"
PLACEHOLDERS: Final = frozenset({"name", "matter", "number", "submitted", "department", "organ"})
WITHOUT_OPENING: Final = frozenset(
    {
        *(PaperKind.INTAKE_RECEIPT, PaperKind.COMMITMENT),
        *(PaperKind.RESULT, PaperKind.DELIVERY_RECORD),
    }
)
"""Papers that consist of rows and notes: a center adds notes only."""
LONGEST_OPENING: Final = 300
LONGEST_NOTE: Final = 200
MOST_NOTES: Final = 5


@dataclass(frozen=True, slots=True)
class Wording:
    """How a center words one kind of paper; the shipped words without any."""

    opening: str = ""
    """The first sentence with its placeholders; empty takes the shipped one."""
    notes: Sequence[str] = ()
    """What follows the notes that every center's paper has."""
    version: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the wording as the letterhead keeps it."""
        return {**asdict(self), "notes": list(self.notes)}

    def worded(self, ruling: str, said: Mapping[str, str]) -> str:
        """Return the first sentence around what the paper has to say."""
        return (self.opening or DEFAULT_OPENING).format(**said, **{RULING: ruling})

    def noted(self, said: Mapping[str, str]) -> list[str]:
        """Return the center's own notes."""
        return [note.format(**said) for note in self.notes]


def read_wording(kept: Mapping[str, Any], kind: PaperKind) -> Wording:
    """Return the wording of a kind that a letterhead keeps."""
    return Wording(**kept.get(kind, {}))


class WordingFault(StrEnum):
    """What is wrong with a wording."""

    LENGTH = "LENGTH"
    CHARACTER = "CHARACTER"
    BRACES = "BRACES"
    PLACEHOLDER = "PLACEHOLDER"
    TEXT_ONCE = "TEXT_ONCE"
    NO_OPENING = "NO_OPENING"
    NOTES = "NOTES"


@dataclass(frozen=True, slots=True)
class FoundFault:
    """A fault of a wording: where in the request it lies, and the placeholder it is about."""

    fault: WordingFault
    path: tuple[str | int, ...]
    placeholder: str = ""


def check_wording(kind: PaperKind, wording: Wording) -> FoundFault | None:
    """Return what is wrong with a wording, or None."""
    if len(wording.notes) > MOST_NOTES:
        return FoundFault(WordingFault.NOTES, ("notes",))
    if wording.opening:
        if kind in WITHOUT_OPENING:
            return FoundFault(WordingFault.NO_OPENING, ("opening",))
        allowed = PLACEHOLDERS | {RULING}
        found = _check(wording.opening, ("opening",), LONGEST_OPENING, allowed)
        if found:
            return found
        if placeholders.named_in(wording.opening, allowed=allowed).count(RULING) != 1:
            return FoundFault(WordingFault.TEXT_ONCE, ("opening",))
    for place, note in enumerate(wording.notes):
        found = _check(note, ("notes", place), LONGEST_NOTE, PLACEHOLDERS)
        if found:
            return found
    return None


def _check(
    text: str, path: tuple[str | int, ...], longest: int, allowed: frozenset[str]
) -> FoundFault | None:
    if not 0 < len(text) <= longest:
        return FoundFault(WordingFault.LENGTH, path)
    if not text.isprintable():
        return FoundFault(WordingFault.CHARACTER, path)
    try:
        placeholders.named_in(text, allowed=allowed)
    except placeholders.PlaceholderError as wrong:
        fault = WordingFault.PLACEHOLDER if wrong.name else WordingFault.BRACES
        return FoundFault(fault, path, wrong.name)
    return None
