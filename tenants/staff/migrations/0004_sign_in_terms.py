from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0003_seal_uses'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInTerms',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('second_factor', models.BooleanField()),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='staff_sign_in_terms_single_row')],
            },
        ),
    ]
