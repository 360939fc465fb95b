from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messages', '0006_expiry'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='case_number',
            field=models.CharField(blank=True, help_text='or of a request: empty', max_length=24),
        ),
        migrations.AlterField(
            model_name='message',
            name='epoch',
            field=models.IntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='message',
            name='sequence',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='message',
            name='request_id',
            field=models.UUIDField(help_text='the request about own data it is about', null=True),
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='messages_message_once',
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('case_number', ''), _negated=True), fields=('case_number', 'epoch', 'sequence', 'channel'), name='messages_message_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('request_id', 'channel'), name='messages_message_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case_number', ''), ('request_id__isnull', False)), models.Q(models.Q(('case_number', ''), _negated=True), ('request_id', None)), _connector='OR'), name='messages_message_about'),
        ),
        migrations.RemoveConstraint(
            model_name='messagetemplate',
            name='messages_template_kind',
        ),
        migrations.AddConstraint(
            model_name='messagetemplate',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['intake', 'notice', 'acceptance', 'commitment', 'refusal', 'decision', 'completion', 'file', 'revocation', 'expiry', 'data_request'])), name='messages_template_kind'),
        ),
    ]
