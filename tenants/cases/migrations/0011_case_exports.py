import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

import tongban.kernel.models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_department_and_window")]

    operations = [
        migrations.CreateModel(
            name="CaseExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=tongban.kernel.models.UuidV7(),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("filter", models.JSONField(help_text="what the list is narrowed to")),
                ("order", models.CharField(max_length=12)),
                ("format", models.CharField(max_length=8)),
                ("account_id", models.BigIntegerField(help_text="whose it is")),
                ("requested_by", models.JSONField(help_text="the same as people know them")),
                ("requested_at", models.DateTimeField()),
                ("state", models.CharField(default="waiting", max_length=12)),
                (
                    "total",
                    models.IntegerField(help_text="cases in the list when it was begun", null=True),
                ),
                ("rows", models.IntegerField(default=0, help_text="written by now")),
                (
                    "after",
                    models.JSONField(
                        help_text="place in the order of the last row written", null=True
                    ),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        default=list,
                        help_text="files of the batches, by SHA-256",
                        size=None,
                    ),
                ),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                (
                    "size",
                    models.BigIntegerField(help_text="bytes of the whole file", null=True),
                ),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account_id", "-id"], name="cases_export_by_account")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            state__in=[
                                *("waiting", "running", "ready"),
                                *("failed", "cancelled", "expired"),
                            ]
                        ),
                        name="cases_export_state",
                    ),
                    models.CheckConstraint(
                        condition=Q(format__in=["csv"]), name="cases_export_format"
                    ),
                ],
            },
        ),
    ]
