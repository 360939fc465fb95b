"""A published directory never changes again, and drafts are hidden, by the database itself.

Row security holds for every role but the owner of the tables: a published row can neither be
changed nor deleted, and a draft is seen by those only who may write the table.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

_CLOSE = """
ALTER TABLE catalog_directory ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_directory_seen ON catalog_directory FOR SELECT
  USING (status = 'published' OR has_table_privilege('public.catalog_directory', 'UPDATE'));
CREATE POLICY catalog_directory_written ON catalog_directory FOR INSERT WITH CHECK (true);
CREATE POLICY catalog_directory_changed ON catalog_directory FOR UPDATE
  USING (status = 'draft') WITH CHECK (true);
CREATE POLICY catalog_directory_discarded ON catalog_directory FOR DELETE
  USING (status = 'draft');
"""
_OPEN = """
DROP POLICY catalog_directory_seen ON catalog_directory;
DROP POLICY catalog_directory_written ON catalog_directory;
DROP POLICY catalog_directory_changed ON catalog_directory;
DROP POLICY catalog_directory_discarded ON catalog_directory;
ALTER TABLE catalog_directory DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_version_grows"),
    ]

    operations = [
        migrations.AddField(
            model_name="directory",
            name="draft_version",
            field=models.IntegerField(default=1, help_text="grows with every edit of the draft"),
        ),
        migrations.AddField(
            model_name="directory",
            name="editors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                default=list,
                help_text="all who wrote on it, by actor key",
                size=None,
            ),
        ),
        migrations.RunSQL(_CLOSE, _OPEN),
    ]
