from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("windows", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficeTerms",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("morning_start", models.TimeField()),
                ("morning_end", models.TimeField()),
                ("afternoon_start", models.TimeField()),
                ("afternoon_end", models.TimeField()),
                ("yellow_percent", models.SmallIntegerField()),
                ("consultation_pauses", models.BooleanField()),
                ("urging_reply_days", models.SmallIntegerField()),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="windows_terms_single_row"), models.CheckConstraint(condition=models.Q(("morning_start__lt", models.F("morning_end")), ("morning_end__lte", models.F("afternoon_start")), ("afternoon_start__lt", models.F("afternoon_end"))), name="windows_terms_hours"), models.CheckConstraint(condition=models.Q(("yellow_percent__gte", 1), ("yellow_percent__lte", 100)), name="windows_terms_yellow"), models.CheckConstraint(condition=models.Q(("urging_reply_days__gte", 1), ("urging_reply_days__lte", 30)), name="windows_terms_reply")],
            },
        ),
    ]
