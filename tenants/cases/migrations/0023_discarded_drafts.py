import django.contrib.postgres.fields
from django.db import migrations, models

FUNCTION = """
DO $do$ BEGIN EXECUTE format($format$
CREATE FUNCTION cases_discard(wanted text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
 SET search_path = %I, pg_temp AS $body$
DECLARE
  draft uuid;
BEGIN
  SELECT c.id INTO draft FROM cases_case c
   WHERE c.number = wanted AND c.state IN ('draft', 'withdrawn') AND c.submitted_at IS NULL
     AND c.custody = 'held' AND c.epoch = 1 AND cardinality(c.peers) = 0
     AND c.custodian_code = (SELECT l.code FROM kernel_ledger l)
     FOR UPDATE;
  IF draft IS NULL OR EXISTS (
    SELECT FROM cases_caseevent e
     WHERE e.case_id = draft AND (e.name = 'case.submitted' OR NOT e.is_native)
  ) THEN
    RAISE EXCEPTION 'only a draft that was never handed in is removed'
     USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM cases_materialfile f USING cases_material m
   WHERE m.id = f.material_id AND m.case_id = draft;
  DELETE FROM cases_material m WHERE m.case_id = draft;
  DELETE FROM cases_caseevent e WHERE e.case_id = draft;
  DELETE FROM cases_case c WHERE c.id = draft;
END
$body$
$format$, current_schema());
REVOKE ALL ON FUNCTION cases_discard(text) FROM PUBLIC;
END $do$
"""
"""Removes a draft with its log, from which the center's data role can delete nothing.

It runs with the rights of the schema's owner. That a case was never handed in is read off the log
too, which nobody can change: its row alone would not do.
"""

TIMERS = """
INSERT INTO kernel_timer (kind, key, payload, fires_at)
SELECT 'case.draft_end', c.number, '{}', now() FROM cases_case c
 WHERE c.state IN ('draft', 'withdrawn') AND c.submitted_at IS NULL AND c.custody = 'held'
   AND NOT EXISTS (
     SELECT FROM cases_caseevent e WHERE e.case_id = c.id AND e.name = 'case.submitted'
   )
"""
"""The drafts that are there already: their timers reckon from the last change."""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_uploads'),
        ('kernel', '0004_file_scans'),
    ]

    operations = [
        migrations.AddField(
            model_name='provisionalblock',
            name='spent',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=list, help_text='serials whose drafts are no more', size=None),
        ),
        migrations.AddIndex(
            model_name='materialfile',
            index=models.Index(fields=['sha256'], name='cases_file_content'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['sha256'], name='cases_paper_content'),
        ),
        migrations.RunSQL(FUNCTION, 'DROP FUNCTION cases_discard(text)'),
        migrations.RunSQL(TIMERS, migrations.RunSQL.noop),
    ]
