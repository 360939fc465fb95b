from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='datarequest',
            name='outcome',
            field=models.JSONField(help_text='of a deletion: what went and what is kept', null=True),
        ),
        migrations.RemoveConstraint(
            model_name='datarequest',
            name='privacy_request_kind',
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['access', 'correction', 'deletion'])), name='privacy_request_kind'),
        ),
    ]
