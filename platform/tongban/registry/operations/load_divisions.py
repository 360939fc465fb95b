"""Loading the shipped divisions and successions."""

from django.db import transaction

from tongban.registry import models, rules


def load_divisions() -> int:
    """Bring the table of divisions to the shipped file and return how many rows it has.

    Runs in the platform context, in one transaction; a second run changes nothing.
    """
    shipped = {(row.code, row.valid_from): row for row in rules.read_divisions()}
    with transaction.atomic():
        columns = ("code", "valid_from", "name", "level", "parent_code", "valid_to")
        kept = {(row[0], row[1]): row[2:] for row in models.Division.objects.values_list(*columns)}
        changed = [
            row
            for key, row in shipped.items()
            if kept.get(key) != (row.name, row.level, row.parent_code or "", row.valid_to)
        ]
        if changed:
            models.Division.objects.filter(code__in={row.code for row in changed}).delete()
            codes = {row.code for row in changed}
            models.Division.objects.bulk_create(
                (
                    models.Division(
                        code=row.code,
                        name=row.name,
                        level=row.level,
                        parent_code=row.parent_code or "",
                        valid_from=row.valid_from,
                        valid_to=row.valid_to,
                    )
                    for row in shipped.values()
                    if row.code in codes
                ),
                batch_size=1000,
            )
    return len(shipped)
