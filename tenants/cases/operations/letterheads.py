"""Settling under whose name papers go out, and which remedies they tell."""

from collections.abc import Mapping
from datetime import datetime

from tenants.cases import models, queries, rules
from tenants.staff.operations import registers
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work


def set_letterhead(
    *,
    actor: Actor,
    department_code: str = "",
    said: Mapping[str, str],
    expected_version: int,
    now: datetime,
) -> queries.StandingLetterhead:
    """Settle what papers of the center, or of one of its departments, say from now on.

    ``said`` holds what changes, by element; an empty text takes the center's, or for the center
    none. Papers that were handed out stay as they are. Raises: RegisterNotAllowedError,
    DepartmentNotFoundError, RegisterTextError, StaleVersionError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        department = registers.lock_department(department_code) if department_code else None
        changed = {name: _checked(name, text) for name, text in said.items()}
        row = lock_letterhead(department.pk if department else None)
        registers.require_version(row.version, expected_version)
        for name, text in changed.items():
            setattr(row, name, text)
        row.version += 1
        row.save(update_fields=[*changed, "version"])
        registers.tell(
            work, actor, topic="letterhead", key=department_code or "center",
            action="letterhead.set", name="letterhead.set", now=now, data=changed,
        )  # fmt: skip
        return queries.standing_letterhead(department_code)


def lock_letterhead(department_id: int | None) -> models.Letterhead:
    """Return the letterhead of a department or, for None, of the center, locked; a new one too."""
    models.Letterhead.objects.bulk_create(
        [models.Letterhead(department_id=department_id)], ignore_conflicts=True
    )
    return models.Letterhead.objects.select_for_update().get(department=department_id)


def _checked(name: str, text: str) -> str:
    return registers.checked_text(
        " ".join(text.split()), field=name, longest=rules.LONGEST_LETTERHEAD[name], required=False
    )
