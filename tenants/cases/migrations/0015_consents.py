from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_tasks'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='consents',
            field=models.JSONField(default=list, help_text='on what the use of its data rests'),
        ),
    ]
