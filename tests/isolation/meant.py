"""Who is meant to do what with which object of the database.

Objects and roles come from ``pg_catalog``, tables and their owners from the models, the rights of
shared roles from what the apps declare; nothing is listed by hand that these can tell.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from django.apps import apps
from django.conf import settings

from tests.database import INSTANCE
from tongban.kernel.grants import KERNEL_TABLES
from tongban.kernel.models import AppendOnlyModel

Connection = psycopg.Connection[Any]

APP, PROVISIONER = f"{INSTANCE}_app", f"{INSTANCE}_provisioner"
OWNER, READER, SIGN_IN, CATALOG, PLATFORM = SHARED = tuple(
    f"{INSTANCE}_{name}" for name in ("owner", "reader", "signin", "catalog", "platform")
)
EVERYBODY = "public"
TEMPLATE = "center_template"
CENTER_SCHEMA = re.compile(r"c\d{6}(\d{3})?")
CENTER_ROLE = re.compile(rf"{INSTANCE}_{CENTER_SCHEMA.pattern}")

TABLE_VERBS = (
    *("SELECT", "INSERT", "UPDATE", "DELETE"),
    *("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
)
SEQUENCE_VERBS = ("USAGE", "SELECT", "UPDATE")
WORK = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
READ, APPEND = frozenset({"SELECT"}), frozenset({"SELECT", "INSERT"})

OF_CENTERS_OWN = {
    "django_migrations": READ,
    "kernel_ledger": frozenset({"SELECT", "UPDATE"}),
}
"""What a center's role may do with tables of its own that are not simply worked on."""


class Right(NamedTuple):
    """A role may do something with an object."""

    role: str
    verb: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.verb} on {self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or sequence, with what is needed to try something on it."""

    schema: str
    name: str
    kind: str
    column: str = ""
    column_type: str = ""

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        return f'"{self.schema}"."{self.name}"'


def center_schemas(admin: Connection) -> list[str]:
    """Return the tenant schemas of the database."""
    rows = admin.execute("SELECT nspname FROM pg_namespace ORDER BY nspname")
    return [name for (name,) in rows if CENTER_SCHEMA.fullmatch(name)]


def center_roles(admin: Connection) -> list[str]:
    """Return the roles of centers; roles are the whole server's, so some have no schema here."""
    rows = admin.execute("SELECT rolname FROM pg_roles ORDER BY rolname")
    return [name for (name,) in rows if CENTER_ROLE.fullmatch(name)]


def data_role(schema: str) -> str:
    """Name the role in which the work of a tenant schema's center is done."""
    return f"{INSTANCE}_{schema}"


def owner_role(schema: str) -> str:
    """Name the role that owns a schema."""
    return OWNER if schema == "public" else f"{INSTANCE}_{schema}_owner"


_RELATIONS = """
SELECT n.nspname, c.relname, c.relkind::text, coalesce(a.attname, ''),
       coalesce(format_type(a.atttypid, a.atttypmod), '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
    SELECT * FROM pg_attribute
     WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY attnum LIMIT 1
  ) a ON true
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
   AND n.nspname !~ '^(pg_|information_schema$)'
 ORDER BY 1, 2
"""


def relations(admin: Connection) -> list[Relation]:
    """Return every table, view and sequence that is not the system's."""
    return [Relation(*row) for row in admin.execute(_RELATIONS)]


def tables_of(app_names: list[str]) -> dict[str, type]:
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if apps.get_app_config(model._meta.app_label).name in app_names
    }


def _is_append_only(tables: dict[str, type], name: str) -> bool:
    return name in tables and issubclass(tables[name], AppendOnlyModel)


def center_verbs(table: str) -> frozenset[str]:
    """Return what a center's role is meant to do with a table of its own."""
    tables = tables_of(settings.TENANT_APPS)
    if table in OF_CENTERS_OWN:
        return OF_CENTERS_OWN[table]
    if table not in tables:
        return frozenset()
    return APPEND if _is_append_only(tables, table) else WORK


def shared_verbs(role: str, table: str) -> frozenset[str]:
    """Return what a shared role is meant to do with a table of the shared schema."""
    tables = tables_of(settings.SHARED_APPS)
    if role == PLATFORM:
        if table == "django_migrations":
            return READ
        if table not in tables:
            return frozenset()
        return APPEND if _is_append_only(tables, table) else WORK
    declared = dict(KERNEL_TABLES) if role in {SIGN_IN, CATALOG} else {}
    for config in apps.get_app_configs():
        for of, verbs in getattr(config, "shared_grants", {}).items():
            if role == f"{INSTANCE}_{of}":
                declared.update(verbs)
    return frozenset(declared.get(table, "").replace(",", " ").split())


def _sequence_owners(admin: Connection) -> dict[str, str]:
    rows = admin.execute(
        "SELECT n.nspname || '.' || s.relname, n.nspname || '.' || t.relname FROM pg_class s"
        " JOIN pg_namespace n ON n.oid = s.relnamespace"
        " JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass"
        " AND d.deptype IN ('a', 'i') JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S'"
    )
    return dict(rows.fetchall())


def meant_rights(admin: Connection) -> set[Right]:
    """Return every right on relations, schemas and the database that somebody is meant to have."""
    every, owned = relations(admin), _sequence_owners(admin)
    readers = (READER, *center_roles(admin))
    verbs = {str(r): _verbs_by_role(r, readers) for r in every if r.kind != "S"}
    meant = set(_outer_rights(center_schemas(admin), readers))
    for relation in every:
        name = str(relation)
        meant.update(_rights_of_owners(relation))
        for role, allowed in verbs.get(name, {}).items():
            meant |= {Right(role, verb, "table", name) for verb in allowed}
        for role, allowed in verbs.get(owned.get(name, ""), {}).items():
            if "INSERT" in allowed:
                meant.add(Right(role, "USAGE", "sequence", name))
    return meant


def _verbs_by_role(table: Relation, readers: Iterable[str]) -> dict[str, frozenset[str]]:
    if CENTER_SCHEMA.fullmatch(table.schema):
        return {data_role(table.schema): center_verbs(table.name)}
    if table.schema != "public":
        return {}
    read = shared_verbs(READER, table.name)
    return {
        **dict.fromkeys(readers, read),
        **{role: shared_verbs(role, table.name) for role in (SIGN_IN, CATALOG, PLATFORM)},
    }


def _rights_of_owners(relation: Relation) -> Iterator[Right]:
    is_sequence = relation.kind == "S"
    kind, verbs = ("sequence", SEQUENCE_VERBS) if is_sequence else ("table", TABLE_VERBS)
    owners = [owner_role(relation.schema)]
    if relation.schema == TEMPLATE:
        owners.append(PROVISIONER)  # pg_dump reads the template as the login itself
    for owner in owners:
        for verb in verbs:
            yield Right(owner, verb, kind, str(relation))


def _outer_rights(schemas: Iterable[str], readers: Iterable[str]) -> Iterator[Right]:
    owners = [(owner_role(schema), schema) for schema in (*schemas, "public", TEMPLATE)]
    for owner, schema in (*owners, (PROVISIONER, TEMPLATE)):
        yield Right(owner, "USAGE", "schema", schema)
        yield Right(owner, "CREATE", "schema", schema)
    for schema in schemas:
        yield Right(data_role(schema), "USAGE", "schema", schema)
    # Every center reads the shared schema; the template's owner uses its operator classes.
    for role in (*readers, SIGN_IN, CATALOG, PLATFORM, owner_role(TEMPLATE), PROVISIONER):
        yield Right(role, "USAGE", "schema", "public")
    for login in (APP, PROVISIONER):
        yield Right(login, "CONNECT", "database", "")
    yield Right(PROVISIONER, "CREATE", "database", "")
