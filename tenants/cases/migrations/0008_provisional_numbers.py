from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_findings")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="provisional_number",
            field=models.CharField(
                blank=True,
                default="",
                help_text="given out at a station without a line",
                max_length=19,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="provisional_digest",
            field=models.CharField(
                blank=True,
                default="",
                help_text="of what came in under it, at its home",
                max_length=64,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=~Q(provisional_number=""),
                fields=("provisional_number",),
                name="cases_case_provisional",
            ),
        ),
        migrations.CreateModel(
            name="ProvisionalBlock",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "size",
                    models.SmallIntegerField(
                        help_text="its numbers have the serials from 1 to this"
                    ),
                ),
                ("device", models.CharField(blank=True, default="", max_length=60)),
                ("reserved_by", models.JSONField(help_text="who asked for it")),
                ("reserved_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(size__gte=1, size__lte=9999), name="cases_block_size"
                    )
                ],
            },
        ),
    ]
