"""Which materials of a case are there, which lack, and which wait for a scanner."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from tenants.cases import errors, models, rules
from tongban.catalog.rules.content import Necessity
from tongban.kernel.files import ScanState


def lacking_materials(case: models.Case, necessity: Necessity) -> list[tuple[str, str]]:
    """Return code and name of what the case asks for and nothing usable came of (one statement).

    A commitment that stands is as good as the material (告知承诺).
    """
    lacking = case.materials.filter(
        ~_has_usable_files(), necessity=necessity, dropped_at__isnull=True
    ).exclude(code__in=rules.standing(case.commitments))
    return list(lacking.order_by("position").values_list("code", "name"))


def materials_there(case: models.Case) -> QuerySet[models.Material]:
    """Return the materials of which something was handed in that counts."""
    return case.materials.filter(_has_usable_files())


def _has_usable_files() -> Exists:
    return Exists(models.MaterialFile.objects.usable().filter(material=OuterRef("pk")))


def require_materials(case: models.Case) -> None:
    """Raise unless everything that is required is there, and nothing that came is unknown.

    Two statements, none where a list has read the materials with their files. Raises:
    MaterialMissingError, FilePendingError.
    """
    materials = sorted(case.materials.all(), key=lambda each: each.position)
    files = Prefetch("files", queryset=models.MaterialFile.objects.with_scans())
    prefetch_related_objects(materials, files)
    asked_for = {
        each: {file.scan_state for file in each.files.all()}
        for each in materials
        if each.dropped_at is None
    }
    standing = rules.standing(case.commitments)
    lacking = [
        each
        for each, states in asked_for.items()
        if each.necessity == Necessity.REQUIRED
        and each.code not in standing
        and not states - {ScanState.INFECTED}
    ]
    if lacking:
        raise errors.MaterialMissingError(
            materials=[each.code for each in lacking],
            names="、".join(each.name for each in lacking),
        )
    waiting = [each for each, states in asked_for.items() if ScanState.PENDING in states]
    if waiting:
        raise _pending({each.code: each.name for each in waiting})


def _pending(names: Mapping[str, str]) -> errors.FilePendingError:
    return errors.FilePendingError(materials=list(names), names="、".join(names.values()))


def require_scanned(case: models.Case, code: str) -> None:
    """Raise while files of this material are to be scanned. Raises: FilePendingError.

    What is asked for no more keeps nobody waiting. One statement.
    """
    pending = models.MaterialFile.objects.in_state(ScanState.PENDING).filter(
        material__case=case, material__code=code, material__dropped_at__isnull=True
    )
    if waiting := dict(pending.values_list("material__code", "material__name")):
        raise _pending(waiting)
