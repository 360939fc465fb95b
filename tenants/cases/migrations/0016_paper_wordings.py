from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_consents")]

    operations = [
        migrations.AddField(
            model_name="letterhead",
            name="wordings",
            field=models.JSONField(
                default=dict, help_text="the center's own words, by kind of paper"
            ),
        ),
    ]
