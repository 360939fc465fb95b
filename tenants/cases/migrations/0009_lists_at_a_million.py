from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_provisional_numbers")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="cases_case_submitted"),
        *(
            migrations.AddIndex(model_name="case", index=index)
            for index in (
                models.Index(fields=["submitted_at", "id"], name="cases_case_by_submission"),
                models.Index(
                    fields=["completed_at", "id"],
                    condition=Q(completed_at__isnull=False),
                    name="cases_case_by_completion",
                ),
                models.Index(fields=["channel", "-id"], name="cases_case_by_channel"),
                models.Index(fields=["custodian_code", "-id"], name="cases_case_by_custodian"),
                models.Index(
                    fields=["custody", "-id"],
                    condition=~Q(custody="held"),
                    name="cases_case_by_custody",
                ),
                models.Index(
                    fields=["state", "promised_due_at", "id"],
                    condition=Q(state__in=["accepted", "in_review"]),
                    name="cases_case_open_due",
                ),
            )
        ),
    ]
