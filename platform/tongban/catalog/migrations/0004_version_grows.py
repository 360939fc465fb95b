"""The catalog's version grows by itself, in the transaction that changes what readers can see."""

import django.contrib.postgres.functions
from django.db import migrations, models

SHOWN = (
    "catalog_standardmatter",
    "catalog_offering",
    "catalog_release",
    "catalog_releaseitem",
    "catalog_cleanupround",
    "catalog_cleanupitem",
    "catalog_cancelledprecondition",
    "catalog_workstandard",
    "catalog_standardsacceptance",
)
"""Tables of which every row is shown."""

SHOWN_BY_STATUS = {
    "catalog_matterrevision": "'published', 'superseded'",
    "catalog_directory": "'published'",
}
"""Tables that hold drafts too, and the states in which a row is shown."""

# Once in a transaction; the row stays locked until it ends. The mark tells two histories apart
# that came to the same number: of a database and of its restored copy, or of two installations.
FUNCTION = """
CREATE FUNCTION public.catalog_version_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.catalog_catalogversion SET number = number + 1, mark = pg_catalog.gen_random_uuid()
   WHERE id = 1 AND xmin <> pg_catalog.pg_current_xact_id()::xid;
  RETURN NULL;
END
$$
"""
CLOSED = "REVOKE ALL ON FUNCTION public.catalog_version_grows() FROM PUBLIC"
GROWS = "EXECUTE FUNCTION public.catalog_version_grows()"


def statements():
    """Yield the statements that make the triggers."""
    for table in SHOWN:
        yield (
            f"CREATE TRIGGER version_grows AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
            f" ON public.{table} FOR EACH STATEMENT {GROWS}"
        )
    for table, states in SHOWN_BY_STATUS.items():
        before, after = f"OLD.status IN ({states})", f"NEW.status IN ({states})"
        for event, condition in (
            ("INSERT", after),
            ("UPDATE", f"{before} OR {after}"),
            ("DELETE", before),
        ):
            yield (
                f"CREATE TRIGGER version_grows_{event.lower()} AFTER {event}"
                f" ON public.{table} FOR EACH ROW WHEN ({condition}) {GROWS}"
            )
        yield (
            f"CREATE TRIGGER version_grows AFTER TRUNCATE"
            f" ON public.{table} FOR EACH STATEMENT {GROWS}"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="catalogversion",
            name="mark",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                help_text="another one with each number",
            ),
        ),
        migrations.RunSQL(
            sql=[FUNCTION, CLOSED, *statements()],
            reverse_sql=["DROP FUNCTION public.catalog_version_grows() CASCADE"],
        ),
    ]
