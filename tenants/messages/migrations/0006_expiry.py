from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messages', '0005_revocations'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='messagetemplate',
            name='messages_template_kind',
        ),
        migrations.AddConstraint(
            model_name='messagetemplate',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['intake', 'notice', 'acceptance', 'commitment', 'refusal', 'decision', 'completion', 'file', 'revocation', 'expiry'])), name='messages_template_kind'),
        ),
    ]
