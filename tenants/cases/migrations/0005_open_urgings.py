from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_fees")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="urgings_open",
            field=models.SmallIntegerField(default=0, help_text="that wait for a reply"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["-id"], condition=Q(urgings_open__gt=0), name="cases_case_urged"
            ),
        ),
    ]
