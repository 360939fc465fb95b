"""A closed round never changes again, and open ones are hidden, by the database itself.

Row security holds for every role but the owner of the tables: what a closed round decided can
neither be changed nor deleted, and an open one is seen by those only who may write the tables.
"""

from django.db import migrations

_IS_OPEN = "EXISTS (SELECT FROM public.catalog_cleanupround r WHERE r.id = round_id AND r.status = 'open')"
_CLOSE = f"""
ALTER TABLE catalog_cleanupround ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_round_seen ON catalog_cleanupround FOR SELECT
  USING (status = 'closed' OR has_table_privilege('public.catalog_cleanupround', 'UPDATE'));
CREATE POLICY catalog_round_opened ON catalog_cleanupround FOR INSERT WITH CHECK (true);
CREATE POLICY catalog_round_changed ON catalog_cleanupround FOR UPDATE
  USING (status = 'open') WITH CHECK (true);
CREATE POLICY catalog_round_dropped ON catalog_cleanupround FOR DELETE USING (status = 'open');
ALTER TABLE catalog_cleanupitem ENABLE ROW LEVEL SECURITY;
CREATE POLICY catalog_round_item_seen ON catalog_cleanupitem FOR SELECT
  USING (EXISTS (SELECT FROM public.catalog_cleanupround r WHERE r.id = round_id));
CREATE POLICY catalog_round_item_decided ON catalog_cleanupitem FOR INSERT
  WITH CHECK ({_IS_OPEN});
CREATE POLICY catalog_round_item_changed ON catalog_cleanupitem FOR UPDATE
  USING ({_IS_OPEN}) WITH CHECK ({_IS_OPEN});
CREATE POLICY catalog_round_item_dropped ON catalog_cleanupitem FOR DELETE USING ({_IS_OPEN});
"""
_OPEN = """
DROP POLICY catalog_round_seen ON catalog_cleanupround;
DROP POLICY catalog_round_opened ON catalog_cleanupround;
DROP POLICY catalog_round_changed ON catalog_cleanupround;
DROP POLICY catalog_round_dropped ON catalog_cleanupround;
ALTER TABLE catalog_cleanupround DISABLE ROW LEVEL SECURITY;
DROP POLICY catalog_round_item_seen ON catalog_cleanupitem;
DROP POLICY catalog_round_item_decided ON catalog_cleanupitem;
DROP POLICY catalog_round_item_changed ON catalog_cleanupitem;
DROP POLICY catalog_round_item_dropped ON catalog_cleanupitem;
ALTER TABLE catalog_cleanupitem DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_directories_stand"),
    ]

    operations = [migrations.RunSQL(_CLOSE, _OPEN)]
