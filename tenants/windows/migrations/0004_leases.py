from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('windows', '0003_debts'),
    ]

    operations = [
        migrations.AddField(
            model_name='officeterms',
            name='lease_minutes',
            field=models.SmallIntegerField(default=30),
        ),
        migrations.AddConstraint(
            model_name='officeterms',
            constraint=models.CheckConstraint(condition=models.Q(('lease_minutes__gte', 5), ('lease_minutes__lte', 480)), name='windows_terms_lease'),
        ),
    ]
