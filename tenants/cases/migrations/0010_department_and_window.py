from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_lists_at_a_million")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="department",
            field=models.GeneratedField(
                expression=Coalesce(
                    KeyTextTransform("department", "offering"),
                    Value(""),
                    output_field=models.TextField(),
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="window_code",
            field=models.CharField(
                max_length=20,
                blank=True,
                default="",
                help_text="this center's window that took it on",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["department", "-id"], name="cases_case_department"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["window_code", "-id"],
                condition=~Q(window_code=""),
                name="cases_case_window",
            ),
        ),
    ]
