from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messages', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='message', name='messages_message_state'),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(
                condition=models.Q(('state__in', ['waiting', 'sent', 'kept', 'failed', 'dropped'])),
                name='messages_message_state',
            ),
        ),
    ]
