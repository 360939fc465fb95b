"""Which fields a document selects below a field, so that one statement reads each child table."""

from collections.abc import Iterable

from django.db.models import Prefetch, prefetch_related_objects
from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField, Selection

from schema.context import Info
from tenants.cases import models

_CHILDREN = ("notices", "tasks", "papers", "events")
_ASKED_FOR_ACTIONS = {"materials", "tasks", "papers"}
"""What decides, beside the case itself and who waits for it, what may be done."""


def children(info: Info, *path: str) -> "list[str | Prefetch[str]]":
    """Return the tables below cases that the document selects, as prefetches.

    ``path`` leads from the field that is resolved to the cases (``edges``, ``node``).
    """
    names = _names(info.selected_fields, path)
    asks_actions = not names.isdisjoint({"availableActions", "available_actions"})
    if asks_actions:
        names |= _ASKED_FOR_ACTIONS
    found: list[str | Prefetch[str]] = [name for name in _CHILDREN if name in names]
    if "materials" in names:
        files = models.MaterialFile.objects.with_scans()
        found.append(Prefetch("materials__files", queryset=files))
    if asks_actions:
        claims = models.Task.objects.select_related("holder")
        found.append(Prefetch("waiting", queryset=claims))
    return found


def with_children(info: Info, row: models.Case, *path: str) -> models.Case:
    """Return the case with those tables read, one statement each."""
    prefetch_related_objects([row], *children(info, *path))
    return row


def _names(selections: Iterable[Selection], path: Iterable[str]) -> set[str]:
    """Return the fields selected at the end of ``path`` below each of ``selections``."""
    level = {id(field): field for field in _fields(selections)}
    for name in path:
        below = (field for parent in level.values() for field in _fields(parent.selections))
        level = {id(field): field for field in below if field.name == name}
    return {field.name for parent in level.values() for field in _fields(parent.selections)}


def _fields(selections: Iterable[Selection]) -> Iterable[SelectedField]:
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection
        elif isinstance(selection, InlineFragment | FragmentSpread):
            yield from _fields(selection.selections)
