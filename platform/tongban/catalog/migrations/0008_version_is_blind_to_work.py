"""The catalog's version doesn't grow with what nobody sees: open rounds, matters never published.

Otherwise whoever reads the version learns that somebody works on something, and a round of a
thousand decisions would make every reader read again a thousand times.
"""

from django.db import migrations

_GROWS = """
  UPDATE public.catalog_catalogversion SET number = number + 1, mark = pg_catalog.gen_random_uuid()
   WHERE id = 1 AND xmin <> pg_catalog.pg_current_xact_id()::xid;
  RETURN NULL;
"""

# A decision is shown once its round is closed, a matter once something of it was put out; both of
# that is seen by itself, as a change of the round or of a revision.
_SEES = """
  IF TG_LEVEL = 'ROW' AND TG_TABLE_NAME = 'catalog_cleanupitem' THEN
    IF NOT EXISTS (SELECT FROM public.catalog_cleanupround
                    WHERE id = COALESCE(OLD.round_id, NEW.round_id) AND status = 'closed') THEN
      RETURN NULL;
    END IF;
  ELSIF TG_LEVEL = 'ROW' AND TG_TABLE_NAME = 'catalog_standardmatter' THEN
    IF NOT EXISTS (SELECT FROM public.catalog_matterrevision
                    WHERE matter_code = COALESCE(OLD.code, NEW.code)
                      AND status IN ('published', 'superseded')) THEN
      RETURN NULL;
    END IF;
  END IF;
"""


def _function(body):
    return (
        "CREATE OR REPLACE FUNCTION public.catalog_version_grows() RETURNS trigger"
        f" LANGUAGE plpgsql AS $$\nBEGIN{body}END\n$$"
    )


_EXECUTE = "EXECUTE FUNCTION public.catalog_version_grows()"
_ROUND = {
    "INSERT": "NEW.status = 'closed'",
    "UPDATE": "OLD.status = 'closed' OR NEW.status = 'closed'",
    "DELETE": "OLD.status = 'closed'",
}
_TABLES = ("catalog_cleanupround", "catalog_cleanupitem", "catalog_standardmatter")


def _forwards():
    yield _function(_SEES + _GROWS)
    for table in _TABLES:
        yield f"DROP TRIGGER version_grows ON public.{table}"
        yield (
            f"CREATE TRIGGER version_grows AFTER TRUNCATE ON public.{table}"
            f" FOR EACH STATEMENT {_EXECUTE}"
        )
    for event, condition in _ROUND.items():
        yield (
            f"CREATE TRIGGER version_grows_{event.lower()} AFTER {event}"
            f" ON public.catalog_cleanupround FOR EACH ROW WHEN ({condition}) {_EXECUTE}"
        )
    for table in _TABLES[1:]:
        yield (
            f"CREATE TRIGGER version_grows_row AFTER INSERT OR UPDATE OR DELETE"
            f" ON public.{table} FOR EACH ROW {_EXECUTE}"
        )


def _backwards():
    for event in _ROUND:
        yield f"DROP TRIGGER version_grows_{event.lower()} ON public.catalog_cleanupround"
    for table in _TABLES[1:]:
        yield f"DROP TRIGGER version_grows_row ON public.{table}"
    for table in _TABLES:
        yield f"DROP TRIGGER version_grows ON public.{table}"
        yield (
            f"CREATE TRIGGER version_grows AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
            f" ON public.{table} FOR EACH STATEMENT {_EXECUTE}"
        )
    yield _function(_GROWS)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_planned_end"),
    ]

    operations = [migrations.RunSQL(sql=[*_forwards()], reverse_sql=[*_backwards()])]
