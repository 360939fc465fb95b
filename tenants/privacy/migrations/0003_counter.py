from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0002_deletion'),
    ]

    operations = [
        migrations.AddField(
            model_name='datarequest',
            name='counter',
            field=models.JSONField(help_text='what a window recorded, masked; or online', null=True),
        ),
        migrations.AddField(
            model_name='datarequest',
            name='presented_sealed',
            field=models.BinaryField(help_text='who stood there, in full', null=True),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counter__isnull', True), ('presented_sealed', None)), models.Q(('counter__isnull', False), ('presented_sealed__isnull', False)), _connector='OR'), name='privacy_request_presented'),
        ),
        migrations.RemoveConstraint(
            model_name='datarequest',
            name='privacy_request_one_open',
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.UniqueConstraint(condition=models.Q(('counter__isnull', True), ('state', 'open')), fields=('requester_hash', 'kind', 'case_number', 'field'), name='privacy_request_one_open'),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.UniqueConstraint(condition=models.Q(('counter__isnull', False), ('state', 'open')), fields=('requester_hash', 'kind', 'case_number', 'field'), name='privacy_request_one_at_counter'),
        ),
    ]
