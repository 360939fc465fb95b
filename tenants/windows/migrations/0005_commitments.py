from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('windows', '0004_leases'),
    ]

    operations = [
        migrations.AddField(
            model_name='officeterms',
            name='commitment_days',
            field=models.SmallIntegerField(default=40),
        ),
        migrations.AddConstraint(
            model_name='officeterms',
            constraint=models.CheckConstraint(condition=models.Q(('commitment_days__gte', 1), ('commitment_days__lte', 120)), name='windows_terms_commitment'),
        ),
    ]
