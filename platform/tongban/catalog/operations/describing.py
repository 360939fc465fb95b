"""Columns that say what a content says: of revisions their figures, of matters what lists need."""

from collections.abc import Sequence

from tongban.catalog import models
from tongban.catalog.rules import search as searching
from tongban.catalog.rules.content import MatterContent, digest_of
from tongban.catalog.rules.figures import figures_of

DESCRIBING = (
    "local_code", "main_item", "name", "short_name", "matter_type", "service_line", "department",
    "theme", "levels", "service_objects", "life_events", "preconditions",
    "search_names", "search_text", "search_terms", "merged_into",
)  # fmt: skip
"""Columns of a matter that say what its content says; what stands is merged into nothing."""

CONTENT = (
    "content", "content_hash", "material_count", "step_count", "promised_days", "is_one_review",
)  # fmt: skip
"""Columns of a revision that say what its content says."""

_BATCH = 500


def write_content(revision: models.MatterRevision, content: MatterContent) -> None:
    """Set a draft's content, with its digest and figures (not saved)."""
    figures = figures_of(content)
    revision.content = content.to_json()
    revision.content_hash = digest_of(revision.content)
    revision.material_count = figures.materials
    revision.step_count = figures.steps
    revision.promised_days = figures.promised_days
    revision.is_one_review = figures.is_one_review


def describe(matter: models.StandardMatter, content: MatterContent) -> None:
    """Set the matter's describing columns to what the content says (not saved)."""
    matter.name = content.name
    matter.short_name = content.short_name
    matter.matter_type = content.matter_type
    matter.service_line = content.service_line or ""
    matter.department = content.department
    matter.theme = content.theme
    matter.levels = [level.value for level in content.levels]
    matter.service_objects = list(content.service_objects)
    matter.life_events = list(content.life_events)
    matter.preconditions = list(content.preconditions)
    found_by = searching.of_matter(
        content, code=matter.code, local_code=matter.local_code, main_item=matter.main_item
    )
    matter.search_names, matter.search_text = found_by.names, found_by.text
    matter.search_terms = found_by.terms


def describe_all(standing: Sequence[tuple[models.StandardMatter, MatterContent]]) -> None:
    """Let the describing columns of matters say what their contents say (in batches of 500)."""
    for matter, content in standing:
        describe(matter, content)
        matter.merged_into = ""
    save_described([matter for matter, _content in standing])


def save_described(matters: Sequence[models.StandardMatter]) -> None:
    """Save the describing columns of matters: one statement for 500 of them."""
    # They are all there, so every insert is an update: an update by cases takes 50 times as long.
    models.StandardMatter.objects.bulk_create(
        matters,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=DESCRIBING,
    )


def save_contents(drafts: Sequence[models.MatterRevision]) -> None:
    """Save the contents of drafts that are there, and who wrote them: one statement for 500."""
    models.MatterRevision.objects.bulk_create(
        drafts,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["matter", "number"],
        update_fields=["editors", *CONTENT],
    )
