"""The log of a case as feeds read it."""

from collections.abc import Sequence

from django.db.models import F, QuerySet

from tenants.cases import models


def events_after(case: models.Case, cursor: int = 0) -> QuerySet[models.CaseEvent]:
    """Return the events that follow a sequence number, in order; 0 is before the first."""
    return case.events.filter(sequence__gt=cursor).order_by("sequence")


def logged_events(places: Sequence[tuple[str, int]]) -> list[models.CaseEvent | None]:
    """Return the events at (case number, sequence), in the order given, in one statement.

    None for those of a draft that is no more. For readers of the center's whole log, who check by
    themselves who may see them.
    """
    found = models.CaseEvent.objects.filter(
        case__number__in={number for number, _sequence in places},
        sequence__in={sequence for _number, sequence in places},
    ).annotate(case_number=F("case__number"))
    by_place = {(event.case_number, event.sequence): event for event in found}
    return [by_place.get(place) for place in places]
