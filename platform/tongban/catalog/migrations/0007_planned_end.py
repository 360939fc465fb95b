"""What a center planned itself is kept while a release ends its offering before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_rounds_stand")]

    operations = [
        migrations.AddField(
            model_name="offering",
            name="planned_to",
            field=models.DateField(
                help_text="the center's own last day (excluded), where a release ends it before",
                null=True,
            ),
        ),
    ]
