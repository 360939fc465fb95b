from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="material",
            name="dropped_at",
            field=models.DateTimeField(
                help_text="since when it is asked for no more", null=True
            ),
        ),
    ]
