from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_case_exports'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='debts',
            field=models.JSONField(default=list, help_text='materials that may follow, and when they did'),
        ),
        migrations.AddField(
            model_name='case',
            name='debts_open',
            field=models.SmallIntegerField(default=0, help_text='that are still owed'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('debts_open__gt', 0)), fields=['-id'], name='cases_case_owing'),
        ),
    ]
