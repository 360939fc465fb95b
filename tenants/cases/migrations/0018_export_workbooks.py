from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_commitments")]

    operations = [
        migrations.RemoveConstraint(model_name="caseexport", name="cases_export_format"),
        migrations.AddConstraint(
            model_name="caseexport",
            constraint=models.CheckConstraint(
                condition=Q(format__in=["csv", "xlsx"]), name="cases_export_format"
            ),
        ),
    ]
