"""What is wrong with the walls between centers, as the database itself tells.

Each checker takes a connection of the administrator and yields violations, one sentence each. The
proof asserts that there are none; the tests of planted leaks assert that the same checkers name
what was planted.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings

from tests.database import INSTANCE
from tests.isolation.meant import (
    APP,
    CATALOG,
    CENTER_ROLE,
    PLATFORM,
    PROVISIONER,
    READ,
    READER,
    SEQUENCE_VERBS,
    SIGN_IN,
    TABLE_VERBS,
    TEMPLATE,
    Connection,
    Right,
    meant_rights,
    owner_role,
    relations,
    shared_verbs,
    tables_of,
)
from tongban.kernel.bootstrap import EXTENSIONS

NEVER_READ_BY_CENTERS = (
    *("identity_", "oauth2_", "django_", "auth_", "kernel_", "exchange_"),
    *("registry_onboarding", "registry_schemascript"),
)

_RIGHTS = """
WITH role AS (
  SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, %(instance)s)
  UNION ALL SELECT 'public'
), relation AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind = 'S' AS is_sequence
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND n.nspname !~ '^(pg_|information_schema$)'
), catalog AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'v') AND n.nspname IN ('pg_catalog', 'information_schema')
)
SELECT role.name, verb, 'table', relation.name
  FROM role, relation, unnest(%(table)s::text[]) AS verb
 WHERE NOT is_sequence AND has_table_privilege(role.name, relation.oid, verb)
UNION ALL
SELECT role.name, verb || ' of a column', 'table', relation.name
  FROM role, relation, unnest(%(column)s::text[]) AS verb
 WHERE NOT is_sequence AND has_any_column_privilege(role.name, relation.oid, verb)
   AND NOT has_table_privilege(role.name, relation.oid, verb)
UNION ALL
SELECT role.name, verb, 'sequence', relation.name
  FROM role, relation, unnest(%(sequence)s::text[]) AS verb
 WHERE is_sequence AND has_sequence_privilege(role.name, relation.oid, verb)
UNION ALL
SELECT role.name, verb, 'table', catalog.name FROM role, catalog, unnest(%(table)s::text[]) AS verb
 WHERE verb <> 'SELECT' AND has_table_privilege(role.name, catalog.oid, verb)
UNION ALL
SELECT role.name, verb, 'schema', nspname
  FROM role, pg_namespace, unnest(array['USAGE', 'CREATE']) AS verb
 WHERE (verb = 'CREATE' OR nspname NOT IN ('pg_catalog', 'information_schema'))
   AND has_schema_privilege(role.name, pg_namespace.oid, verb)
UNION ALL
SELECT role.name, verb, 'database', ''
  FROM role, unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) AS verb
 WHERE has_database_privilege(role.name, current_database(), verb)
"""


def actual_rights(admin: Connection) -> set[Right]:
    """Return every right that a role of the instance, or everybody, has."""
    rows = admin.execute(
        _RIGHTS,
        {
            "instance": f"{INSTANCE}_",
            "table": list(TABLE_VERBS),
            "column": ["SELECT", "INSERT", "UPDATE", "REFERENCES"],
            "sequence": list(SEQUENCE_VERBS),
        },
    )
    return {Right(*row) for row in rows}


def wrong_rights(admin: Connection) -> Iterator[str]:
    """Yield what a role may do and is not meant to, and what it may not do and needs."""
    meant, actual = meant_rights(admin), actual_rights(admin)
    for right in sorted(actual - meant):
        yield f"{right.role} has {right}"
    for right in sorted(meant - actual):
        yield f"{right.role} lacks {right}"


CLOSED_FUNCTIONS = (
    r"^(set_config|set_limit|.*_to_xml(schema|_and_xmlschema)?|lo_.*|loread|lowrite"
    r"|pg_(try_)?advisory_.*|pg_logical_emit_message|dblink.*|postgres_fdw_.*|pg_read_.*"
    r"|pg_ls_.*|pg_stat_file|pg_file_.*|pg_reload_conf|pg_rotate_logfile|pg_switch_wal)$"
)

REVIEWED_FUNCTIONS = {
    "makes numbers and tells the time": r"random|random_normal|setseed|gen_random_uuid|uuidv[47]"
    r"|array_(sample|shuffle)|clock_timestamp|timeofday|pg_sleep(_for|_until)?",
    "has internal arguments, so SQL can't call it": r".*handler|amvalidate|bernoulli|system"
    r"|dsnowball_.*|plpgsql_validator",
    "works in pg_upgrade or an extension's script only": r"binary_upgrade_.*"
    r"|pg_extension_config_dump|pg_stop_making_pinned_objects",
    "needs ownership, MAINTAIN or the object's own right": r"brin_.*|gin_clean_pending_list"
    r"|pg_(clear|restore)_(relation|attribute)_stats|currtid2|currval|lastval|nextval|setval"
    r"|pg_sequence_last_value|pg_get_sequence_data",
    "needs superuser or replication": r"pg_(copy|create|drop)_.*replication_slot"
    r"|pg_replication_slot_advance|pg_logical_slot_.*|pg_sync_replication_slots|pg_nextoid"
    r"|pg_import_system_collations",
    "reaches processes of roles that one is a member of": r"pg_(cancel|terminate)_backend",
    "nudges; whoever listens looks by itself": r"pg_notify|pg_notification_queue_usage",
    "runs a query with the caller's rights": r"ts_stat|ts_rewrite|current_query",
    "tells facts of the server": r"pg_control_.*|pg_current_wal_.*|pg_last_.*|pg_is_.*"
    r"|pg_get_wal_.*|pg_(available_wal_summaries|wal_summary_contents)|pg_jit_available"
    r"|pg_get_(loaded_modules|multixact_members|wait_events)|pg_.*collation_actual_version"
    r"|pg_stat_get_(backend_io|backend_wal|io|recovery_prefetch)|pg_stat_(clear|force)_.*"
    r"|pg_prepared_xact|pg_export_snapshot|txid_status|pg_xact_.*",
    "tells names, sizes and counts (SECURITY.md)": r"pg_(database|tablespace|total_relation"
    r"|relation|table|indexes)_size|pg_stat_get_xact_.*|pg_partition_.*|pg_lock_status"
    r"|pg_(blocking|safe_snapshot_blocking)_pids|pg_isolation_test_session_is_blocked",
}
"""Functions that may have effects and that everybody may execute, by why that does no harm."""

OWN_FUNCTIONS = {("public", "catalog_version_grows()")}
"""Our own, which triggers run with the rights of whoever writes; SQL can't call them."""

OWN_DEFINERS = {
    "cases_discard(wanted text)": "removes a draft that was never handed in, and refuses all else",
}
"""What a center's work calls with the rights of its schema's owner, by what it does."""

_FUNCTIONS = """
SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', n.nspname, p.prosecdef,
       EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'),
       p.prorettype = 'trigger'::regtype AND NOT has_function_privilege('public', p.oid, 'EXECUTE'),
       p.prosecdef AND n.nspname ~ '^c[0-9]+$'
       AND p.proconfig = ARRAY['search_path=' || n.nspname || ', pg_temp']
       AND pg_get_userbyid(p.proowner) = %(instance)s || n.nspname || '_owner'
       AND ARRAY(SELECT pg_get_userbyid(a.grantee) FROM aclexplode(p.proacl) a ORDER BY 1)::text[]
         = ARRAY[%(instance)s || n.nspname, %(instance)s || n.nspname || '_owner'],
       n.nspname = %(template)s AND p.prosecdef
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
"""

_CLOSED = """
SELECT p.oid::regprocedure::text, p.proname, role.name
  FROM pg_proc p, (SELECT rolname FROM pg_roles WHERE starts_with(rolname, %(instance)s)
                   UNION ALL SELECT 'public') AS role (name)
 WHERE p.proname ~ %(closed)s AND has_function_privilege(role.name, p.oid, 'EXECUTE')
"""

_OPEN = """
SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p
 WHERE p.provolatile = 'v' AND p.proname !~ %(closed)s
   AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
   AND has_function_privilege('public', p.oid, 'EXECUTE')
"""


def wrong_functions(admin: Connection) -> Iterator[str]:
    """Yield functions that run with another's rights, that are closed and open, or unknown."""
    named = {"instance": f"{INSTANCE}_", "template": TEMPLATE}
    found = admin.execute(_FUNCTIONS, named)
    for signature, schema, is_definer, is_extensions, is_closed, is_walled, is_template in found:
        is_known = (is_walled or is_template) and signature in OWN_DEFINERS
        if is_definer and not is_known:
            yield f"function {schema}.{signature} runs with its owner's rights"
        is_ours = is_known or (is_closed and (schema, signature) in OWN_FUNCTIONS)
        if not is_extensions and not is_ours:
            yield f"function {schema}.{signature} belongs to no extension"
    patterns = {"closed": CLOSED_FUNCTIONS, "instance": f"{INSTANCE}_"}
    for signature, name, role in admin.execute(_CLOSED, patterns):
        if not _may_execute(role, name):
            yield f"{role} may execute {signature}"
    reviewed = [re.compile(pattern) for pattern in REVIEWED_FUNCTIONS.values()]
    for signature, name in admin.execute(_OPEN, patterns):
        reasons = sum(pattern.fullmatch(name) is not None for pattern in reviewed)
        if reasons != 1:
            yield f"everybody may execute {signature}, which has {reasons} reviewed reasons"


def _may_execute(role: str, function: str) -> bool:
    if function == "set_config":
        return role in {APP, PROVISIONER}  # Django sets the time zone with it at connect
    return role == PROVISIONER and "advisory" in function


_MEMBERSHIPS = """
SELECT granted.rolname, member.rolname, m.inherit_option, m.set_option, m.admin_option
  FROM pg_auth_members m JOIN pg_roles granted ON granted.oid = m.roleid
  JOIN pg_roles member ON member.oid = m.member
 WHERE starts_with(granted.rolname, %(instance)s) OR starts_with(member.rolname, %(instance)s)
"""


def wrong_memberships(admin: Connection) -> Iterator[str]:
    """Yield roles that are granted to roles they are not meant for, or in another manner."""
    for granted, member, inherits, may_set, administers in admin.execute(
        _MEMBERSHIPS, {"instance": f"{INSTANCE}_"}
    ):
        manner = (inherits, may_set, administers)
        is_center = CENTER_ROLE.fullmatch(granted) is not None
        if member == APP:
            is_meant = manner == (False, True, False) and (
                is_center or granted in {READER, SIGN_IN, CATALOG, PLATFORM}
            )
        elif CENTER_ROLE.fullmatch(member):
            is_meant = granted == READER and manner == (True, False, False)
        else:  # the provisioner makes all roles, so it may become any of its own instance
            is_meant = member == PROVISIONER and granted not in {APP, PROVISIONER}
        if not is_meant:
            yield (
                f"{member} is a member of {granted}"
                f" (inherits: {inherits}, may set: {may_set}, administers: {administers})"
            )


def wrong_roles(admin: Connection) -> Iterator[str]:
    """Yield roles of the instance with attributes or settings that they must not have."""
    rows = admin.execute(
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        " rolinherit, rolcanlogin FROM pg_roles WHERE starts_with(rolname, %s)",
        [f"{INSTANCE}_"],
    )
    names = ("superuser", "createrole", "createdb", "replication", "bypassrls", "inherit", "login")
    for role, *flags in rows:
        has = {name for name, flag in zip(names, flags, strict=True) if flag}
        meant = {APP: {"login"}, PROVISIONER: {"login", "createrole"}}.get(role, set())
        # NOINHERIT is only the default of memberships, each of which says it for itself.
        if has - {"inherit"} != meant or (role in {APP, PROVISIONER} and "inherit" in has):
            yield f"role {role} is {', '.join(sorted(has)) or 'nothing'}"
    for role, database, values in admin.execute(
        "SELECT coalesce(r.rolname, 'everybody'), coalesce(d.datname, ''), s.setconfig::text"
        " FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole"
        " LEFT JOIN pg_database d ON d.oid = s.setdatabase"
        " WHERE starts_with(coalesce(r.rolname, ''), %s) OR d.datname = current_database()",
        [f"{INSTANCE}_"],
    ):
        if (role, values) != ("everybody", MEANT_SETTINGS):
            yield f"{role} has settings of its own in {database or 'every database'}: {values}"


MEANT_SETTINGS = "{random_page_cost=1.1}"
"""What bootstrap sets for every session of a database: how plans are made, and nothing else."""

_OWNERS = """
SELECT n.nspname, 'relation ' || c.relname, pg_get_userbyid(c.relowner)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind <> 't'
UNION ALL
SELECT n.nspname, 'type ' || t.typname, pg_get_userbyid(t.typowner)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = t.oid AND deptype = 'e')
UNION ALL
SELECT nspname, 'schema', pg_get_userbyid(nspowner) FROM pg_namespace
"""


def wrong_owners(admin: Connection) -> Iterator[str]:
    """Yield objects that another role owns than their schema's owner; owners alter at will."""
    for schema, name, owner in admin.execute(_OWNERS):
        is_systems = schema == "information_schema" or schema.startswith("pg_")
        is_extensions = schema == "public" and owner == "postgres"
        if not is_systems and not is_extensions and owner != owner_role(schema):
            yield f"{name} of {schema} belongs to {owner}"


_ODDITIES = """
SELECT 'event trigger ' || evtname FROM pg_event_trigger
UNION ALL SELECT 'foreign server ' || srvname FROM pg_foreign_server
UNION ALL SELECT 'publication ' || pubname FROM pg_publication
UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
UNION ALL SELECT 'rule ' || rulename FROM pg_rules WHERE schemaname <> 'pg_catalog'
UNION ALL SELECT 'language ' || lanname FROM pg_language
           WHERE lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')
UNION ALL SELECT 'rights to come: ' || defaclrole::regrole || ' ' || defaclacl::text
            FROM pg_default_acl
UNION ALL SELECT 'right to pass on ' || a.privilege_type || ' on ' || c.relname
            FROM pg_class c, aclexplode(c.relacl) a WHERE a.is_grantable
UNION ALL SELECT 'right to pass on ' || a.privilege_type || ' on ' || n.nspname
            FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.is_grantable
UNION ALL SELECT 'extension ' || extname FROM pg_extension
           WHERE extname <> 'plpgsql' AND extname <> ALL (%(extensions)s)
UNION ALL SELECT 'schema ' || nspname FROM pg_namespace
           WHERE nspname !~ '^(pg_|information_schema$|public$|center_template$|c[0-9]{6,9}$)'
"""

# A dependency that leads from one schema into another: a foreign key, a view, a default, a trigger.
_CROSSINGS = """
SELECT DISTINCT f.nspname || '.' || c.conrelid::regclass, t.nspname
  FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid
  JOIN pg_namespace f ON f.oid = a.relnamespace JOIN pg_class b ON b.oid = c.confrelid
  JOIN pg_namespace t ON t.oid = b.relnamespace WHERE c.contype = 'f' AND f.oid <> t.oid
UNION
SELECT f.nspname || '.' || a.relname, t.nspname
  FROM pg_rewrite r JOIN pg_class a ON a.oid = r.ev_class
  JOIN pg_namespace f ON f.oid = a.relnamespace
  JOIN pg_depend d ON d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
  JOIN pg_class b ON b.oid = d.refobjid JOIN pg_namespace t ON t.oid = b.relnamespace
 WHERE f.oid <> t.oid AND f.nspname NOT IN ('pg_catalog', 'information_schema')
UNION
SELECT f.nspname || '.' || a.relname, t.nspname
  FROM pg_inherits i JOIN pg_class a ON a.oid = i.inhrelid
  JOIN pg_namespace f ON f.oid = a.relnamespace JOIN pg_class b ON b.oid = i.inhparent
  JOIN pg_namespace t ON t.oid = b.relnamespace WHERE f.oid <> t.oid
"""


def wrong_objects(admin: Connection) -> Iterator[str]:
    """Yield objects that no model describes, and ways that lead from one schema into another."""
    known = {"public": {"django_migrations", *tables_of(settings.SHARED_APPS)}}
    tenant = {"django_migrations", *tables_of(settings.TENANT_APPS)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for relation in relations(admin):
        if relation.kind == "S":
            continue
        found[relation.schema].add(relation.name)
        if relation.kind != "r":
            yield f"{relation} is no table: it would be read with its owner's rights"
        if relation.name not in known.get(relation.schema, tenant):
            yield f"no model describes {relation}"
    for schema, names in found.items():
        for name in sorted(known.get(schema, tenant) - names):
            yield f"{schema}.{name} is missing"
    for (text,) in admin.execute(_ODDITIES, {"extensions": list(EXTENSIONS)}):
        yield f"{text} is not meant to be there"
    for source, target in admin.execute(_CROSSINGS):
        yield f"{source} leads into schema {target}"


def wrong_entrances(admin: Connection) -> Iterator[str]:
    """Yield lines of pg_hba.conf by which somebody gets in without a password."""
    yield from wrong_host_rules(
        admin.execute(
            "SELECT type, database::text, user_name::text, auth_method, error"
            " FROM pg_hba_file_rules"
        ).fetchall()
    )


def wrong_host_rules(rules: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    for kind, database, user, method, error in rules:
        if error is not None or method not in {"scram-sha-256", "cert", "reject"}:
            yield f"{kind} {database} {user} gets in by {method or error}"


def wrong_declarations(_admin: Connection) -> Iterator[str]:
    """Yield tables that centers are granted, through the reader, and must never read."""
    for table in tables_of(settings.SHARED_APPS):
        verbs = shared_verbs(READER, table)
        if verbs and (verbs != READ or table.startswith(NEVER_READ_BY_CENTERS)):
            yield f"centers are granted {', '.join(sorted(verbs))} on {table}"


CHECKERS: tuple[Callable[[Connection], Iterator[str]], ...] = (
    wrong_rights,
    wrong_functions,
    wrong_memberships,
    wrong_roles,
    wrong_owners,
    wrong_objects,
    wrong_entrances,
    wrong_declarations,
)


def violations(admin: Connection) -> list[str]:
    """Return everything that is wrong with the walls of the connected database."""
    return [text for checker in CHECKERS for text in checker(admin)]
