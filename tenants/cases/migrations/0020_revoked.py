from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0019_reviews_of_departments'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='case',
            name='cases_case_state',
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'supplement_requested', 'accepted', 'refused', 'in_review', 'suspended', 'approved', 'rejected', 'issued', 'completed', 'withdrawn', 'terminated', 'revoked'])), name='cases_case_state'),
        ),
    ]
