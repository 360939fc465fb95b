from django.db import migrations, models

FILL = """
UPDATE cases_reviewtask AS r SET confirmed_at = v.recorded_at
  FROM cases_reviewtask AS v
 WHERE v.case_id = r.case_id AND v.department = r.department
   AND r.kind = 'review' AND r.is_favourable
   AND v.kind = 'verification' AND v.is_favourable
"""
"""What was found good before binds as well."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_revoked")]

    operations = [
        migrations.AddField(
            model_name="reviewtask",
            name="confirmed_at",
            field=models.DateTimeField(
                help_text="of a review: when its favourable verification confirmed all points",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="reviewtask",
            name="grounds",
            field=models.JSONField(
                default=list,
                help_text="[{ground, material, condition, about, text}] against it",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
