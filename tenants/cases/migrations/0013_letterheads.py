import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_debts"),
        ("staff", "0002_registers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letterhead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=50)),
                ("second_line", models.CharField(blank=True, default="", max_length=50)),
                ("address", models.CharField(blank=True, default="", max_length=100)),
                ("phone", models.CharField(blank=True, default="", max_length=50)),
                ("review_body", models.CharField(blank=True, default="", max_length=50)),
                ("court", models.CharField(blank=True, default="", max_length=50)),
                ("version", models.IntegerField(default=0)),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.department",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department",), name="cases_letterhead_once", nulls_distinct=False
                    )
                ],
            },
        ),
    ]
