from django.db import migrations, models
from django.db.models import Q

FILL = """
UPDATE cases_reviewtask AS t SET department = c.department, due_at = c.promised_due_at
  FROM cases_case AS c WHERE c.id = t.case_id
"""
"""Until now one department reviewed, the liable one, until the promise was due."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_export_workbooks")]

    operations = [
        migrations.AddField(
            model_name="reviewtask",
            name="department",
            field=models.CharField(
                blank=True,
                default="",
                help_text="as the pinned offering names it",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="reviewtask",
            name="due_at",
            field=models.DateTimeField(
                help_text="null while the clock stands still", null=True
            ),
        ),
        migrations.AddField(
            model_name="reviewtask",
            name="due_soon_at",
            field=models.DateTimeField(
                help_text="from when on its lamp is yellow", null=True
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="reviewtask", name="cases_task_kind"),
        migrations.AddConstraint(
            model_name="reviewtask",
            constraint=models.UniqueConstraint(
                fields=("case", "department", "kind"), name="cases_review_once"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewtask",
            index=models.Index(
                condition=Q(recorded_at=None),
                fields=["department", "-case"],
                name="cases_review_open",
            ),
        ),
    ]
