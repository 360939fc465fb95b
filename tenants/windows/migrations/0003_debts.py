from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('windows', '0002_office_terms'),
    ]

    operations = [
        migrations.AddField(
            model_name='officeterms',
            name='debt_days',
            field=models.SmallIntegerField(default=10),
        ),
        migrations.AddConstraint(
            model_name='officeterms',
            constraint=models.CheckConstraint(condition=models.Q(('debt_days__gte', 1), ('debt_days__lte', 60)), name='windows_terms_debt'),
        ),
    ]
