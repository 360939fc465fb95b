"""What a PostgreSQL schema is made of, as plain text that can be compared with another's."""

from typing import Any

import psycopg

_PARTS = {
    "column": """
SELECT c.relname || '.' || a.attname, row(a.attnum, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage,
       a.attcompression, a.attstattarget, pg_get_expr(d.adbin, d.adrelid))::text
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND NOT a.attisdropped
""",
    "relation": """
SELECT c.relname, row(c.relkind, c.relpersistence, c.reloptions, c.relrowsecurity,
       c.relforcerowsecurity, c.relreplident, c.relispartition, am.amname)::text
  FROM pg_class c LEFT JOIN pg_am am ON am.oid = c.relam
 WHERE c.relnamespace = %(schema)s::regnamespace
""",
    "constraint": """
SELECT conrelid::regclass || '.' || conname, row(contype, pg_get_constraintdef(oid),
       condeferrable, condeferred, convalidated, conenforced, conislocal)::text
  FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace
""",
    "index": """
SELECT c.relname, pg_get_indexdef(i.indexrelid) || row(i.indisprimary, i.indisunique,
       i.indisvalid, i.indisclustered)::text
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
""",
    "sequence": """
SELECT c.relname, row(format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmax,
       s.seqmin, s.seqcache, s.seqcycle, d.refobjid::regclass, d.refobjsubid, d.deptype)::text
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
  LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass
   AND d.deptype IN ('a', 'i')
 WHERE c.relnamespace = %(schema)s::regnamespace
""",
    "trigger": """
SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(t.oid) || tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT tgisinternal AND c.relnamespace = %(schema)s::regnamespace
""",
    "function": """
SELECT oid::regprocedure::text, pg_get_functiondef(oid)
  FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace AND prokind IN ('f', 'p')
""",
    "type": """
SELECT typname, row(typtype, typcategory, format_type(typbasetype, typtypmod))::text
  FROM pg_type WHERE typnamespace = %(schema)s::regnamespace
""",
    "policy": """
SELECT tablename || '.' || policyname, row(permissive, roles, cmd, qual, with_check)::text
  FROM pg_policies WHERE schemaname = %(schema)s
""",
    "statistics": """
SELECT stxname, pg_get_statisticsobjdef(oid)
  FROM pg_statistic_ext WHERE stxnamespace = %(schema)s::regnamespace
""",
}


def described(admin: psycopg.Connection[Any], schema: str) -> dict[str, str]:
    """Return every part of the schema with all that defines it, the schema's own name left out."""
    parts = {}
    admin.execute("SET search_path = pg_catalog")  # so that every name shows its schema
    for kind, query in _PARTS.items():
        for name, definition in admin.execute(query, {"schema": schema}):
            key = f"{kind} {name}".replace(f"{schema}.", "")
            plain = definition.replace(f"{schema}.", "").replace(f"{schema}_", "")
            parts[key] = plain.replace(f"'{schema}'", "''")  # as a function's search path has it
    migrations = admin.execute(
        "SELECT string_agg(app || '.' || name, ' ' ORDER BY app, name)"
        f" FROM {schema}.django_migrations"
    ).fetchone()
    parts["migrations"] = "" if migrations is None else migrations[0]
    return parts
