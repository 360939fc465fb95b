"""Preparing a database: logins, roles, and the grants and revokes that make the walls.

Runs with an administrator's connection, before any table exists, on every database that is made
(tests and templates too: role names are cluster-wide, but these rights are per database).
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from tongban.kernel import roles

SHARED_ROLES = ("owner", "reader", "signin", "catalog", "platform")
EXTENSIONS = ("pg_trgm", "btree_gist")

# Functions by which a role could change its own rights, read around grants, bother others, or
# leave something to whoever works in the session next.
_REVOKED_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname IN ('pg_catalog', 'public')
   AND (p.proname IN ('set_config', 'set_limit', 'pg_logical_emit_message')
        OR p.proname ~ '_to_xml(schema|_and_xmlschema)?$'
        OR p.proname ~ '^(lo_|loread|lowrite)' OR p.proname ~ '^pg_(try_)?advisory_')
 ORDER BY 1
"""


class BootstrapError(RuntimeError):
    """The administrator's connection can't do what bootstrap needs; the text says what."""


def create_logins(
    admin: psycopg.Connection[Any],
    *,
    instance: str,
    app_password: str,
    provisioner_password: str,
) -> None:
    """Create the instance's logins and shared roles, or renew the passwords.

    ``admin`` is an autocommit connection of a superuser. The passwords differ, or whoever takes
    over a web process is the provisioner too. Raises: BootstrapError for anyone but a superuser.
    """
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row is None or not row[0]:
        raise BootstrapError("bootstrap needs a superuser: it revokes rights in pg_catalog")
    with admin.transaction():
        for name in SHARED_ROLES:
            _ensure_role(admin, roles.shared(name, instance), "NOLOGIN NOINHERIT")
        app, provisioner = roles.app_login(instance), roles.provisioner_login(instance)
        _ensure_role(admin, app, "LOGIN NOINHERIT")
        _ensure_role(admin, provisioner, "LOGIN NOINHERIT CREATEROLE")
        for login, password in ((app, app_password), (provisioner, provisioner_password)):
            admin.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(login), sql.Literal(password)
                )
            )
        for name in SHARED_ROLES:
            shared = roles.shared(name, instance)
            if name != "owner":
                _grant_role(admin, shared, app)
            _grant_role(admin, shared, provisioner, admin_option=name == "reader")


def _ensure_role(admin: psycopg.Connection[Any], name: str, attributes: str) -> None:
    exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    admin.execute(sql.SQL(verb + " ROLE {} " + attributes).format(sql.Identifier(name)))


def _grant_role(
    admin: psycopg.Connection[Any], role: str, login: str, *, admin_option: bool = False
) -> None:
    options = "INHERIT FALSE, SET TRUE, ADMIN " + ("TRUE" if admin_option else "FALSE")
    admin.execute(
        sql.SQL("GRANT {} TO {} WITH " + options).format(
            sql.Identifier(role), sql.Identifier(login)
        )
    )


def create_database(admin: psycopg.Connection[Any], *, name: str, template: str | None) -> None:
    """Create database ``name``, from ``template`` or empty (UTF-8, C.UTF-8).

    Under the plain C locale trigram indexes would ignore Chinese text.
    """
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    if template is None:
        statement += sql.SQL(" ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    admin.execute(statement)


def secure_database(admin: psycopg.Connection[Any], *, instance: str) -> None:
    """Set the rights of the database that ``admin`` is connected to.

    It can run again at any time; a clone of a template needs it too, since rights on the database
    itself are not cloned. Raises: BootstrapError when a right is left that must not be.
    """
    database = sql.Identifier(admin.info.dbname)
    app, provisioner = (
        sql.Identifier(roles.app_login(instance)),
        sql.Identifier(roles.provisioner_login(instance)),
    )
    owner = sql.Identifier(roles.shared("owner", instance))
    with admin.transaction():
        for statement in (
            sql.SQL("REVOKE ALL ON DATABASE {d} FROM PUBLIC"),
            sql.SQL("GRANT CONNECT ON DATABASE {d} TO {a}, {p}"),
            sql.SQL("GRANT CREATE ON DATABASE {d} TO {p}"),
            sql.SQL("ALTER SCHEMA public OWNER TO {o}"),
            sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
            # Memory and solid disks: a page by index costs about what the next page costs. With
            # the default for turning disks, whole tables are read where an index would do.
            sql.SQL("ALTER DATABASE {d} SET random_page_cost = 1.1"),
            # An update of this view is set_config in another dress.
            sql.SQL("REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC"),
        ):
            admin.execute(statement.format(d=database, a=app, p=provisioner, o=owner))
        for name in SHARED_ROLES[1:]:
            admin.execute(
                sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(
                    sql.Identifier(roles.shared(name, instance))
                )
            )
        for extension in EXTENSIONS:
            admin.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public").format(
                    sql.Identifier(extension)
                )
            )
        for function in list(_functions(admin)):
            _revoke_function(admin, function, instance)
        left = violations(admin, role=roles.shared("reader", instance))
        if left:
            raise BootstrapError(f"rights that could not be revoked: {', '.join(left)}")


def _functions(admin: psycopg.Connection[Any]) -> Iterator[str]:
    for (signature,) in admin.execute(_REVOKED_FUNCTIONS):
        yield signature


def _revoke_function(admin: psycopg.Connection[Any], signature: str, instance: str) -> None:
    admin.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC".encode())
    granted: tuple[str, ...] = ()
    if signature.startswith("set_config("):
        # Django sets the time zone with it at connect, as the login itself.
        granted = (roles.app_login(instance), roles.provisioner_login(instance))
    elif "advisory" in signature:
        granted = (roles.provisioner_login(instance),)
    for role in granted:
        admin.execute(f'GRANT EXECUTE ON FUNCTION {signature} TO "{role}"'.encode())


_VIOLATIONS = """
SELECT 'function ' || s.signature FROM unnest(%(functions)s::text[]) AS s(signature)
 WHERE has_function_privilege(%(role)s, s.signature, 'EXECUTE')
UNION ALL
SELECT 'temporary tables' WHERE has_database_privilege(%(role)s, current_database(), 'TEMP')
UNION ALL
SELECT 'create in public' WHERE has_schema_privilege(%(role)s, 'public', 'CREATE')
UNION ALL
SELECT 'create schemas' WHERE has_database_privilege(%(role)s, current_database(), 'CREATE')
"""


def violations(admin: psycopg.Connection[Any], *, role: str) -> list[str]:
    """List the rights that a center's or reader role has and must not have."""
    rows = admin.execute(_VIOLATIONS, {"role": role, "functions": list(_functions(admin))})
    return [text for (text,) in rows]
