"""Leaks planted on purpose: the checkers of the proof name each of them.

Everything is planted in a transaction of the administrator and rolled back.
"""

import pytest
from psycopg import sql

from tests.database import INSTANCE
from tests.isolation import attempts, meant, walls

OWN, NEIGHBOUR = f"{INSTANCE}_c371402", f"{INSTANCE}_c371722"
READS_ALL = """
CREATE FUNCTION public.planted(text) RETURNS SETOF record SECURITY DEFINER LANGUAGE plpgsql
 AS $$ BEGIN RETURN QUERY EXECUTE 'SELECT * FROM ' || $1; END $$
"""

PLANTED = {
    "a grant on a neighbour's table": (
        f"GRANT USAGE ON SCHEMA c371722 TO {OWN}; GRANT SELECT ON c371722.cases_case TO {OWN}",
        (
            f"{OWN} has USAGE on schema c371722",
            f"{OWN} has SELECT on table c371722.cases_case",
        ),
    ),
    "a grant on one column": (
        f"GRANT UPDATE (name) ON public.registry_center TO {OWN}",
        (f"{OWN} has UPDATE of a column on table public.registry_center",),
    ),
    "a center's role granted to another": (
        f"GRANT {NEIGHBOUR} TO {OWN} WITH INHERIT TRUE",
        (
            f"{OWN} is a member of {NEIGHBOUR}",
            f"{OWN} has DELETE on table c371722.cases_case",
        ),
    ),
    "a center's role that may become another": (
        f"GRANT {NEIGHBOUR} TO {OWN} WITH INHERIT FALSE, SET TRUE",
        (f"{OWN} is a member of {NEIGHBOUR} (inherits: False, may set: True",),
    ),
    "the application's login inherits a center": (
        f"GRANT {NEIGHBOUR} TO {meant.APP} WITH INHERIT TRUE",
        (
            f"{meant.APP} is a member of {NEIGHBOUR} (inherits: True",
            f"{meant.APP} has SELECT on table c371722.cases_case",
        ),
    ),
    "the application's login may become an owner": (
        f"GRANT {NEIGHBOUR}_owner TO {meant.APP} WITH INHERIT FALSE",
        (f"{meant.APP} is a member of {NEIGHBOUR}_owner",),
    ),
    "a predefined role for everybody's data": (
        f"GRANT pg_read_all_data TO {meant.READER} WITH INHERIT TRUE",
        (
            f"{meant.READER} is a member of pg_read_all_data",
            f"{OWN} has SELECT on table public.identity_account",
        ),
    ),
    "a function with its owner's rights": (
        READS_ALL,
        ("function public.planted(text) runs with its owner's rights",),
    ),
    "a view over tenant tables for every reader": (
        (
            f"GRANT USAGE ON SCHEMA c371722 TO {meant.OWNER};"
            f" GRANT SELECT ON c371722.cases_case TO {meant.OWNER};"
            " CREATE VIEW public.planted AS SELECT * FROM c371722.cases_case;"
            f" ALTER VIEW public.planted OWNER TO {meant.OWNER};"
            f" GRANT SELECT ON public.planted TO {meant.READER}"
        ),
        (
            "public.planted is no table",
            "no model describes public.planted",
            "public.planted leads into schema c371722",
            f"{meant.READER} has SELECT on table public.planted",
            f"{OWN} has SELECT on table public.planted",
        ),
    ),
    "a materialized copy for every reader": (
        (
            "CREATE MATERIALIZED VIEW public.planted AS SELECT * FROM c371722.kernel_ledger;"
            f" GRANT SELECT ON public.planted TO {meant.READER}"
        ),
        ("public.planted is no table", f"{OWN} has SELECT on table public.planted"),
    ),
    "a plain copy for every reader": (
        (
            "CREATE TABLE public.planted AS SELECT * FROM c371722.kernel_ledger;"
            f" GRANT SELECT ON public.planted TO {meant.READER}"
        ),
        ("no model describes public.planted", f"{OWN} has SELECT on table public.planted"),
    ),
    "rights of everybody in schemas to come": (
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {NEIGHBOUR}_owner GRANT SELECT ON TABLES TO PUBLIC",
        ("rights to come: tbtest_c371722_owner",),
    ),
    "set_config for everybody": (
        "GRANT EXECUTE ON FUNCTION set_config TO PUBLIC",
        (f"{OWN} may execute set_config", "public may execute set_config"),
    ),
    "pg_settings to be updated": (
        "GRANT UPDATE ON pg_settings TO PUBLIC",
        (f"{OWN} has UPDATE on table pg_catalog.pg_settings",),
    ),
    "XML of any query for everybody": (
        "GRANT EXECUTE ON FUNCTION query_to_xml TO PUBLIC",
        (f"{OWN} may execute query_to_xml",),
    ),
    "a function with effects that nobody has reviewed": (
        "GRANT EXECUTE ON FUNCTION pg_reload_conf TO PUBLIC",
        (f"{OWN} may execute pg_reload_conf",),
    ),
    "temporary tables and schemas": (
        "GRANT ALL ON DATABASE {database} TO PUBLIC",
        (f"{OWN} has TEMPORARY on database", f"{OWN} has CREATE on database"),
    ),
    "tables made in the shared schema": (
        f"GRANT CREATE ON SCHEMA public TO {OWN}",
        (f"{OWN} has CREATE on schema public",),
    ),
    "an append-only table that can be emptied": (
        f"GRANT DELETE, TRUNCATE ON c371402.kernel_auditentry TO {OWN}",
        (
            f"{OWN} has DELETE on table c371402.kernel_auditentry",
            f"{OWN} has TRUNCATE on table c371402.kernel_auditentry",
        ),
    ),
    "a ledger that can be written anew": (
        f"GRANT INSERT, DELETE ON c371402.kernel_ledger TO {OWN}",
        (f"{OWN} has INSERT on table c371402.kernel_ledger",),
    ),
    "a numbering of a neighbour's": (
        f"GRANT USAGE ON SEQUENCE c371722.kernel_timer_id_seq TO {OWN}",
        (f"{OWN} has USAGE on sequence c371722.kernel_timer_id_seq",),
    ),
    "a right that can be passed on": (
        f"GRANT SELECT ON c371402.cases_case TO {OWN} WITH GRANT OPTION",
        ("right to pass on SELECT on cases_case",),
    ),
    "a table that its center's role owns": (
        f"ALTER TABLE c371402.cases_case OWNER TO {OWN}",
        (
            f"relation cases_case of c371402 belongs to {OWN}",
            f"{OWN} has TRUNCATE on table c371402.cases_case",
        ),
    ),
    "a reference to a neighbour's table": (
        (
            "ALTER TABLE c371402.kernel_timer ADD CONSTRAINT planted FOREIGN KEY (id)"
            " REFERENCES c371722.kernel_timer"
        ),
        ("c371402.kernel_timer leads into schema c371722",),
    ),
    "a partition of a neighbour's table": (
        "CREATE TABLE c371402.planted () INHERITS (c371722.kernel_ledger)",
        ("no model describes c371402.planted", "c371402.planted leads into schema c371722"),
    ),
    "a role that is more than a role": (
        (
            f"ALTER ROLE {OWN} BYPASSRLS; ALTER ROLE {NEIGHBOUR} LOGIN;"
            f" ALTER ROLE {meant.APP} INHERIT CREATEROLE"
        ),
        (
            f"role {OWN} is bypassrls",
            f"role {NEIGHBOUR} is login",
            f"role {meant.APP} is createrole",
        ),
    ),
    "a setting that a role begins with": (
        f"ALTER ROLE {meant.APP} SET role = '{NEIGHBOUR}'",
        (f"{meant.APP} has settings of its own",),
    ),
    "a trigger on every change of the schema": (
        (
            "CREATE FUNCTION public.planted() RETURNS event_trigger LANGUAGE plpgsql"
            " AS $$ BEGIN END $$;"
            " CREATE EVENT TRIGGER planted ON ddl_command_end EXECUTE FUNCTION public.planted()"
        ),
        ("event trigger planted", "function public.planted() belongs to no extension"),
    ),
    "a rule that writes elsewhere": (
        (
            "CREATE RULE planted AS ON INSERT TO c371402.kernel_timer"
            " DO ALSO DELETE FROM c371722.kernel_timer"
        ),
        ("rule planted", "c371402.kernel_timer leads into schema c371722"),
    ),
    "a large object": ("SELECT lo_create(4711)", ("large object 4711",)),
    "an extension that reaches other servers": (
        "CREATE EXTENSION postgres_fdw",
        ("extension postgres_fdw", "may execute postgres_fdw_"),
    ),
    "a schema of nobody's": ("CREATE SCHEMA planted", ("schema planted",)),
    "a table that is gone": (
        "DROP TABLE c371722.kernel_timer",
        ("c371722.kernel_timer is missing",),
    ),
    "a right that the work needs is gone": (
        f"REVOKE INSERT ON c371722.kernel_outboxmessage FROM {NEIGHBOUR}",
        (f"{NEIGHBOUR} lacks INSERT on table c371722.kernel_outboxmessage",),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_named(admin, name):
    planted, expected = PLANTED[name]
    admin.execute(planted.replace("{database}", admin.info.dbname).encode())
    found = walls.violations(admin)
    for text in expected:
        assert any(text in violation for violation in found), found


def test_what_was_planted_is_gone(admin):
    assert walls.violations(admin) == []


@pytest.mark.parametrize("method", ["trust", "peer", "ident", "password", "md5"])
def test_a_planted_entrance_is_named(method):
    good = ("local", "{all}", "{all}", "scram-sha-256", None)
    bad = ("local", "{all}", "{postgres}", method, None)
    assert list(walls.wrong_host_rules([good])) == []
    assert list(walls.wrong_host_rules([good, bad])) == [
        f"local {{all}} {{postgres}} gets in by {method}"
    ]


def test_a_planted_declaration_is_named(admin, monkeypatch):
    """An app that lets every center read personal data would say so in its config first."""
    from tongban.identity.apps import IdentityConfig
    from tongban.kernel.context import SharedRole

    declared = {SharedRole.READER: {"identity_account": "SELECT", "registry_center": "UPDATE"}}
    monkeypatch.setattr(IdentityConfig, "shared_grants", declared)
    assert list(walls.wrong_declarations(admin)) == [
        "centers are granted UPDATE on registry_center",
        "centers are granted SELECT on identity_account",
    ]


def test_what_is_tried_finds_a_planted_grant_too(admin):
    """The attempts, not only the catalog: as the application's login, in the planted state."""
    admin.execute(PLANTED["a grant on a neighbour's table"][0].encode())
    admin.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(sql.Identifier(meant.APP)))
    over = [r for r in meant.relations(admin) if r.schema == "c371722"]
    assert attempts.rights(admin, OWN, over) == {
        meant.Right(OWN, "SELECT", "table", "c371722.cases_case")
    }
