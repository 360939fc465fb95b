from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_paper_wordings'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='commitments',
            field=models.JSONField(default=list, help_text='what was committed to, and was it kept'),
        ),
        migrations.AddField(
            model_name='case',
            name='commitments_pending',
            field=models.SmallIntegerField(default=0, help_text='that nobody verified yet'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('commitments_pending__gt', 0)), fields=['-id'], name='cases_case_committed'),
        ),
    ]
