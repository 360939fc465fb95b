from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_center_readings")]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("is_working", models.BooleanField()),
                (
                    "basis",
                    models.CharField(
                        help_text="the notice or document that says so", max_length=200
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SettledYear",
            fields=[
                ("year", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("basis", models.CharField(max_length=200)),
                ("settled_at", models.DateTimeField()),
            ],
        ),
    ]
