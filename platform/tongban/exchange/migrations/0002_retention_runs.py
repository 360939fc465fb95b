from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "code",
                    models.CharField(
                        help_text="center code, or 'platform'",
                        max_length=9,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("ran_at", models.DateTimeField(help_text="when nothing was left to delete")),
                ("deleted", models.JSONField(help_text="how much, by kind")),
            ],
        ),
    ]
