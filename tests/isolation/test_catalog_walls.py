"""The walls, over every object of the database: what the catalog says, and what happens."""

import os
import pwd

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests import database
from tests.isolation import attempts, meant, walls

SHARED_ROLES = (meant.READER, meant.SIGN_IN, meant.CATALOG, meant.PLATFORM)


def test_the_database_has_no_right_that_is_not_meant(admin):
    assert walls.violations(admin) == []


def test_every_table_of_every_app_was_looked_at(admin):
    """The proof would be empty if it looked at nothing."""
    seen = {str(relation) for relation in meant.relations(admin)}
    assert set(meant.center_schemas(admin)) == {f"c{code}" for code in database.CENTERS}
    for schema in (meant.TEMPLATE, *meant.center_schemas(admin)):
        assert {f"{schema}.{table}" for table in meant.tables_of(settings.TENANT_APPS)} <= seen
    assert {f"public.{table}" for table in meant.tables_of(settings.SHARED_APPS)} <= seen
    assert {"cases_case", "kernel_auditentry"} <= {m._meta.db_table for m in apps.get_models()}


def test_what_a_center_may_do_with_its_own_tables_is_what_its_work_takes(admin):
    for table in ("kernel_logentry", "kernel_auditentry", "cases_caseevent"):
        assert meant.center_verbs(table) == {"SELECT", "INSERT"}
    assert meant.center_verbs("kernel_ledger") == {"SELECT", "UPDATE"}
    assert meant.center_verbs("django_migrations") == {"SELECT"}
    assert meant.center_verbs("cases_case") == {"SELECT", "INSERT", "UPDATE", "DELETE"}


# --- tried, not only asked -------------------------------------------------------------------


def _expected(admin: meant.Connection, role: str, over: list[meant.Relation]) -> set[meant.Right]:
    names = {str(relation) for relation in over}
    return {
        right
        for right in meant.meant_rights(admin)
        if right.role == role and right.kind in {"table", "sequence"} and right.name in names
    }


@pytest.mark.parametrize("code", database.CENTERS)
def test_each_table_lets_its_own_center_in_and_a_neighbour_not(admin, app, code):
    schema = f"c{code}"
    own = [relation for relation in meant.relations(admin) if relation.schema == schema]
    neighbour = database.CENTERS[database.CENTERS.index(code) - 1]
    role = meant.data_role(schema)
    assert attempts.rights(app, role, own) == _expected(admin, role, own) != set()
    assert attempts.rights(app, meant.data_role(f"c{neighbour}"), own) == set()


@pytest.mark.parametrize("role", [*SHARED_ROLES, meant.data_role("c371402")])
def test_the_shared_tables_let_each_role_do_its_work_and_no_more(admin, app, role):
    shared = [r for r in meant.relations(admin) if r.schema in {"public", meant.TEMPLATE}]
    assert attempts.rights(app, role, shared) == _expected(admin, role, shared) != set()


@pytest.mark.slow
@pytest.mark.parametrize("code", database.CENTERS)
def test_each_center_over_every_table_there_is(admin, app, code):
    role, every = meant.data_role(f"c{code}"), meant.relations(admin)
    assert attempts.rights(app, role, every) == _expected(admin, role, every)


@pytest.mark.slow
@pytest.mark.parametrize("role", SHARED_ROLES)
def test_each_shared_role_over_every_table_there_is(admin, app, role):
    every = meant.relations(admin)
    assert attempts.rights(app, role, every) == _expected(admin, role, every)


def test_the_login_itself_reaches_nothing(admin, app):
    """Whoever takes the connection over before a center is entered holds nothing."""
    for relation in meant.relations(admin):
        verb, statement = next(attempts.statements(relation))
        assert not attempts.succeed(app, statement), f"{verb} on {relation}"


def test_the_types_of_a_neighbour_are_closed_too(admin, app):
    rows = admin.execute(
        "SELECT n.nspname, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
        " WHERE n.nspname ~ '^c[0-9]'"
    ).fetchall()
    roles = {schema: meant.data_role(schema) for schema in meant.center_schemas(admin)}
    open_to_itself = 0
    for schema, name in rows:
        statement = sql.SQL("SELECT NULL::{}").format(sql.Identifier(schema, name))
        for role in (roles[schema], next(r for s, r in roles.items() if s != schema)):
            app.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            is_open = attempts.succeed(app, statement)
            assert is_open == (role == roles[schema]), f"{role} uses {schema}.{name}"
            open_to_itself += is_open
    assert open_to_itself == len(rows) > 100


def _calls(admin: meant.Connection, names: str) -> list[tuple[str, sql.Composed]]:
    rows = admin.execute(
        "SELECT p.oid::regprocedure::text, n.nspname, p.proname,"
        " array(SELECT format_type(a, NULL) FROM unnest(p.proargtypes) a)"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proname ~ %s",
        [names],
    )
    return [
        (
            signature,
            sql.SQL("SELECT {}({})").format(
                sql.Identifier(schema, name),
                # A NULL that the planner sees would be the answer without a call.
                sql.SQL(", ").join(sql.SQL(f"(SELECT NULL::{kind})") for kind in arguments),
            ),
        )
        for signature, schema, name, arguments in rows
    ]


@pytest.mark.parametrize("role", [*SHARED_ROLES, meant.data_role("c371402")])
def test_the_closed_functions_are_closed(admin, app, role):
    calls = _calls(admin, walls.CLOSED_FUNCTIONS)
    assert len(calls) > 60
    app.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    for signature, call in calls:
        assert not attempts.succeed(app, call), f"{role} executes {signature}"


NEW_OBJECTS = (
    "CREATE TABLE public.planted ()",
    "CREATE TABLE c371402.planted ()",
    "CREATE TABLE c371722.planted ()",
    "CREATE TEMPORARY TABLE planted ()",
    "SELECT 1 AS one INTO TEMPORARY planted",
    "CREATE SCHEMA planted",
    "CREATE VIEW public.planted AS SELECT 1",
    "CREATE SEQUENCE c371402.planted",
    "CREATE TYPE c371402.planted AS (a int)",
    "CREATE FUNCTION c371402.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION pg_stat_statements",
    "CREATE ROLE planted",
    "CREATE PUBLICATION planted",
    "CREATE FOREIGN DATA WRAPPER planted",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER DATABASE {database} SET search_path = c371722",
    "ALTER DEFAULT PRIVILEGES FOR ROLE tbtest_c371722_owner GRANT SELECT ON TABLES TO PUBLIC",
    "GRANT tbtest_c371722 TO tbtest_c371402",
    "COPY c371722.kernel_ledger TO PROGRAM 'id'",
    "COPY public.registry_center TO '/tmp/planted'",
    "COMMENT ON TABLE c371402.cases_case IS 'planted'",
)


@pytest.mark.parametrize("role", [*SHARED_ROLES, meant.data_role("c371402")])
@pytest.mark.parametrize("statement", NEW_OBJECTS)
def test_nobody_makes_objects_roles_or_files(app, role, statement):
    app.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    assert not attempts.succeed(app, statement.format(database=app.info.dbname))


def test_a_center_sees_no_statement_of_a_neighbour_and_signals_no_other_session(admin, app):
    """All centers share the login: what its sessions run is hidden from every center's role."""
    url = make_conninfo(app.info.dsn, password=database.PASSWORD)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SET ROLE tbtest_c371722")
        other.execute("SELECT '郭村镇 370000199001010000' AS secret")
        pid = other.info.backend_pid
        seen = "SELECT query FROM pg_stat_activity WHERE pid = %s"
        assert "郭村镇" in admin.execute(seen, [pid]).fetchone()[0]
        app.execute("SET LOCAL ROLE tbtest_c371402")
        assert app.execute(seen, [pid]).fetchone()[0] == "<insufficient privilege>"
        for signal in ("pg_cancel_backend", "pg_terminate_backend"):
            assert not attempts.succeed(app, f"SELECT {signal}({pid})")
        assert other.execute("SELECT 1").fetchone() == (1,)


# --- getting in as somebody else -------------------------------------------------------------

STRANGERS = ("postgres", meant.PROVISIONER, meant.OWNER, "tbtest_c371722", "tbtest_c371722_owner")
GUESSES = ("", database.PASSWORD, "postgres")


@pytest.mark.parametrize("user", STRANGERS)
@pytest.mark.parametrize("password", GUESSES)
def test_the_applications_knowledge_opens_no_other_door(administrator, user, password):
    """The socket asks everybody for a password, and the application knows one: its own."""
    host = database.host_of(administrator)
    url = make_conninfo(host=host, dbname=database.CLONE, user=user, password=password)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url)


def test_the_systems_user_of_a_process_opens_no_door(administrator):
    """No line of pg_hba.conf trusts whom the operating system says one is (peer, ident)."""
    host = database.host_of(administrator)
    url = make_conninfo(host=host, dbname="postgres", user=pwd.getpwuid(os.geteuid()).pw_name)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url)


def test_the_administrators_password_is_not_in_what_the_application_knows(administrator):
    secret = str(conninfo_to_dict(administrator)["password"])
    assert secret not in "".join(os.environ.values())
    assert secret not in repr({name: getattr(settings, name) for name in dir(settings)})
