"""What waits at a center is summed when an upload begins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0023_discarded_drafts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("slot__isnull", False)),
                fields=["length"],
                name="cases_upload_waiting",
            ),
        ),
    ]
