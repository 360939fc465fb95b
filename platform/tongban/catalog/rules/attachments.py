"""Files that belong to a matter's content: blank forms, samples of materials and of the result."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tongban.catalog.rules.content import Material, MatterContent, StoredFile


class AttachmentKind(StrEnum):
    """What a file of the catalog shows: 空白表, 样表, 结果样本."""

    BLANK_FORM = "blank_form"
    SAMPLE = "sample"
    RESULT_SAMPLE = "result_sample"


@dataclass(frozen=True, slots=True)
class AttachmentPlace:
    """Where a file belongs: which revision of which matter, and what there."""

    matter: str
    number: int
    kind: AttachmentKind
    material: str = ""
    """The material's code; empty for what belongs to the result."""


class NoPlaceError(LookupError):
    """The content has no such material, or no result."""


def files_of(content: MatterContent) -> Iterator[tuple[tuple[str | int, ...], StoredFile]]:
    """Yield each file of a content with its place there."""
    for position, material in enumerate(content.materials):
        for name, file in (("blank_form", material.blank_form), ("sample", material.sample)):
            if file is not None:
                yield ("materials", position, name), file
    if content.result and content.result.sample:
        yield ("result", "sample"), content.result.sample


def attached(content: MatterContent, kind: AttachmentKind, material: str = "") -> StoredFile | None:
    """Return the file that stands at a place of a content, None where nothing does."""
    if kind is AttachmentKind.RESULT_SAMPLE:
        return content.result.sample if content.result else None
    found = next((each for each in content.materials if each.code == material), None)
    if found is None:
        return None
    return found.blank_form if kind is AttachmentKind.BLANK_FORM else found.sample


def with_file(
    content: MatterContent, kind: AttachmentKind, material: str, file: StoredFile | None
) -> MatterContent:
    """Return the content with a file at a place, or with none. Raises: NoPlaceError."""
    if kind is AttachmentKind.RESULT_SAMPLE:
        if content.result is None:
            raise NoPlaceError
        return replace(content, result=replace(content.result, sample=file))
    if material not in {each.code for each in content.materials}:
        raise NoPlaceError
    return replace(
        content,
        materials=tuple(
            _with(each, kind, file) if each.code == material else each for each in content.materials
        ),
    )


def _with(material: Material, kind: AttachmentKind, file: StoredFile | None) -> Material:
    if kind is AttachmentKind.BLANK_FORM:
        return replace(material, blank_form=file)
    return replace(material, sample=file)
