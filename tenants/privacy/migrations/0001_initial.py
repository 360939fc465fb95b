import tenants.privacy.states
import tongban.kernel.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.UUIDField(db_default=tongban.kernel.models.UuidV7(), primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(default=tenants.privacy.states.RequestState['OPEN'], max_length=8)),
                ('text', models.TextField(blank=True, default='', help_text='what the person says to it')),
                ('case_number', models.CharField(blank=True, default='', max_length=24)),
                ('field', models.CharField(blank=True, default='', help_text='to be corrected', max_length=12)),
                ('value_sealed', models.BinaryField(help_text='what is right, until it is answered', null=True)),
                ('value_masked', models.CharField(blank=True, default='', max_length=64)),
                ('requester_hash', models.BinaryField(help_text="the person's identity", max_length=32)),
                ('requester_name_masked', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='until when it is to be answered')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.JSONField(null=True)),
                ('answer', models.TextField(blank=True, default='')),
                ('copy_until', models.DateTimeField(help_text='until when a copy is downloaded', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['requester_hash', '-id'], name='privacy_request_own'), models.Index(fields=['state', 'due_at', 'id'], name='privacy_request_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['access', 'correction'])), name='privacy_request_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'granted', 'refused'])), name='privacy_request_state'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('state', tenants.privacy.states.RequestState['OPEN'])), models.Q(('answered_at__isnull', False), ('state__in', [tenants.privacy.states.RequestState['GRANTED'], tenants.privacy.states.RequestState['REFUSED']])), _connector='OR'), name='privacy_request_answered'), models.UniqueConstraint(condition=models.Q(('state', tenants.privacy.states.RequestState['OPEN'])), fields=('requester_hash', 'kind', 'case_number', 'field'), name='privacy_request_one_open')],
            },
        ),
    ]
