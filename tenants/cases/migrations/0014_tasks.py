import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

COPY = """
INSERT INTO cases_task (case_id, kind, department, matter_code, window_code, since, due_at)
SELECT c.id,
       CASE WHEN c.state = 'submitted' THEN 'intake'
            WHEN c.state = 'accepted' THEN 'review'
            WHEN c.state IN ('approved', 'rejected') THEN 'issue'
            WHEN c.state = 'issued' THEN 'delivery'
            WHEN review.recorded_at IS NULL THEN 'review'
            WHEN verification.recorded_at IS NULL THEN 'verification'
            ELSE 'decision' END,
       c.department, c.matter_code, c.window_code,
       coalesce(c.issued_at, c.decided_at, c.accepted_at, c.received_at, c.submitted_at, now()),
       CASE WHEN c.state = 'submitted' THEN c.notice_due_at
            WHEN c.state IN ('accepted', 'in_review') THEN c.promised_due_at END
  FROM cases_case c
  LEFT JOIN cases_reviewtask review ON review.case_id = c.id AND review.kind = 'review'
  LEFT JOIN cases_reviewtask verification
         ON verification.case_id = c.id AND verification.kind = 'verification'
 WHERE c.state IN ('submitted', 'accepted', 'in_review', 'approved', 'rejected', 'issued')
   AND c.custody = 'held' AND c.custodian_code = (SELECT code FROM kernel_ledger)
"""
"""What waits of the cases that a center holds; a result decided before shows no limit."""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_letterheads'),
        ('kernel', '0002_signingkey'),
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('department', models.TextField(help_text='who is to do it, as the pinned offering says')),
                ('matter_code', models.CharField(max_length=12)),
                ('window_code', models.CharField(blank=True, default='', max_length=20)),
                ('since', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='null: under no limit', null=True)),
                ('pressing_at', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('due_at', 'since'), output_field=models.DateTimeField())),
                ('claimed_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='cases.case')),
                ('holder', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.member')),
            ],
            options={
                'indexes': [models.Index(fields=['pressing_at', 'id'], name='cases_task_pressing'), models.Index(fields=['window_code', 'pressing_at', 'id'], name='cases_task_window'), models.Index(fields=['department', 'pressing_at', 'id'], name='cases_task_department'), models.Index(condition=models.Q(('holder__isnull', False)), fields=['holder', 'pressing_at', 'id'], name='cases_task_holder')],
                'constraints': [models.UniqueConstraint(fields=('case', 'kind', 'department'), name='cases_task_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['intake', 'review', 'verification', 'decision', 'issue', 'delivery'])), name='cases_task_work'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_at', None), ('holder', None), ('leased_until', None)), models.Q(('claimed_at__isnull', False), ('holder__isnull', False), ('leased_until__gt', models.F('claimed_at'))), _connector='OR'), name='cases_task_claim')],
            },
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
    ]
