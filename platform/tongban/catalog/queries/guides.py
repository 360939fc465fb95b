"""The guide to a matter (一次告知), and what its elements need to be told by name."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Func, JSONField

from tongban.catalog import errors, models
from tongban.catalog.rules import guide
from tongban.catalog.rules.content import MatterContent
from tongban.catalog.rules.guide import ChoiceError, Guide

PRECONDITION_NAMES = "precondition_names"
"""The annotation that a revision, or an offering's ``standard_``, carries."""


def guide_to(content: MatterContent, *, variant: str, answers: Iterable[tuple[str, str]]) -> Guide:
    """Return what applies for a variant (a serial; empty: none chosen) and answers.

    ``answers`` are pairs of codes, question and option. Raises: ChoiceInvalidError.
    """
    try:
        return guide.choose(content, variant=variant, answers=guide.answers_of(answers))
    except ChoiceError as error:
        raise errors.ChoiceInvalidError(
            path=(error.field,), field=error.field, reason=error.reason, found=error.found
        ) from error


class NamesOfPreconditions(Func):
    """The names of the matters that a content (the argument) has as preconditions, by code.

    One expression of the statement that reads the row, so lists need no further ones.
    """

    template = (
        "(SELECT jsonb_object_agg(named.code, named.name) FROM catalog_standardmatter named"
        " WHERE named.code = ANY (ARRAY("
        "SELECT jsonb_array_elements_text(%(expressions)s -> 'preconditions'))))"
    )
    output_field = JSONField()


def precondition_names(revision: models.MatterRevision) -> Mapping[str, str]:
    """Return the names of a revision's preconditions by code (no query where read with it)."""
    read: Any = getattr(revision, PRECONDITION_NAMES, {})
    if read != {}:
        return read or {}
    if not revision.content.get("preconditions"):
        return {}
    found = models.StandardMatter.objects.filter(code__in=revision.content["preconditions"])
    return dict(found.values_list("code", "name"))


def names_of(content: str) -> NamesOfPreconditions:
    """Return the expression for the content in a column."""
    return NamesOfPreconditions(F(content))
