import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0002_dropped_materials"),
    ]

    operations = [
        migrations.CreateModel(
            name="Urging",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.SmallIntegerField()),
                ("by", models.JSONField(help_text="who urged; the system where a limit was over")),
                ("text", models.TextField()),
                ("urged_at", models.DateTimeField()),
                ("reply_due_at", models.DateTimeField()),
                ("escalated_at", models.DateTimeField(help_text="since when it is the supervisor's", null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                ("reply", models.TextField(blank=True, default="")),
                ("replied_by", models.JSONField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="findings",
            field=models.JSONField(default=list, help_text="what went wrong, by code"),
        ),
        migrations.AddField(
            model_name="case",
            name="lamp",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="case",
            name="ledger",
            field=models.JSONField(default=dict, help_text="stays and the extension of its clock"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(condition=models.Q(("lamp__in", ["", "green", "yellow", "red"])), name="cases_case_lamp"),
        ),
        migrations.AddField(
            model_name="urging",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="urgings", to="cases.case"),
        ),
        migrations.AddField(
            model_name="case",
            name="lamp_rank",
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(lamp="green", then=1), models.When(lamp="yellow", then=2), models.When(lamp="red", then=3), default=0), output_field=models.SmallIntegerField()),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("lamp", ""), _negated=True), fields=["-lamp_rank", "-id"], name="cases_case_by_lamp"),
        ),
        migrations.AddIndex(
            model_name="urging",
            index=models.Index(condition=models.Q(("replied_at__isnull", True)), fields=["-id"], name="cases_urging_open"),
        ),
        migrations.AddConstraint(
            model_name="urging",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="cases_urging_number"),
        ),
    ]
