"""What may be read of the library of standards of work: everything, by anybody."""

from datetime import date

from django.db.models import Q, QuerySet

from tongban.catalog import models
from tongban.catalog.rules import standards as rules


def list_standards(
    *, on: date, issuer_code: str | None = None, category: str | None = None, search: str = ""
) -> QuerySet[models.WorkStandard]:
    """Return the standards in force on ``on``, without their text.

    ``search`` finds any part of number, title or text; several words must all occur. Order them by
    (``issuer_code``, ``number``), which is unique on a day.
    """
    found = models.WorkStandard.objects.filter(_in_force(on)).defer("text")
    if issuer_code is not None:
        found = found.filter(issuer_code=issuer_code)
    if category is not None:
        found = found.filter(category=category)
    for word in rules.words(search):
        found = found.filter(
            Q(number__icontains=word) | Q(title__icontains=word) | Q(text__icontains=word)
        )
    return found


def _in_force(on: date) -> Q:
    return Q(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)


def standard(
    *, issuer_code: str, number: str, version: int | None, on: date
) -> models.WorkStandard | None:
    """Return one version of a standard, or the one in force on ``on``; None where there is none."""
    found = models.WorkStandard.objects.filter(issuer_code=issuer_code, number=number)
    if version is None:
        return found.filter(_in_force(on)).first()
    return found.filter(version=version).first()


def versions_of(standard: models.WorkStandard) -> QuerySet[models.WorkStandard]:
    """Return all versions of a standard, the first one first, without their text."""
    return (
        models.WorkStandard.objects.filter(issuer_code=standard.issuer_code, number=standard.number)
        .defer("text")
        .order_by("version")
    )


def list_acceptances(*, issuer_code: str | None = None) -> QuerySet[models.StandardsAcceptance]:
    """Return the acceptances (验收) of a division's standards, or of all divisions'."""
    found = models.StandardsAcceptance.objects.all()
    return found if issuer_code is None else found.filter(issuer_code=issuer_code)
