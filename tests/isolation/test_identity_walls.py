"""What PostgreSQL itself refuses: a center's role and the readers' role see nothing of identity."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tests import people
from tongban.kernel.context import SharedRole, center_context, shared_context

_TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'S')
   AND relname ~ '^(identity_|oauth2_|auth_|django_session)'
 ORDER BY 1
"""


def tables():
    with shared_context(SharedRole.PLATFORM), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def rights(name):
    """List the rights of the running role on a table, on any of its columns, or on a sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT verb FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS verb"
            " WHERE has_any_column_privilege(%s::text, verb)"
            " UNION SELECT verb FROM unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS verb"
            " WHERE has_table_privilege(%s::text, verb)",
            [f"public.{name}"] * 2,
        )
        return {verb for (verb,) in cursor.fetchall()}


@pytest.mark.parametrize(
    "context",
    [
        lambda: center_context("371400"),
        lambda: center_context("371722101"),
        lambda: shared_context(SharedRole.READER),
        lambda: shared_context(SharedRole.CATALOG),
    ],
)
def test_centers_readers_and_catalog_have_no_right_on_identity(db, context):
    names = [name for name in tables() if not name.endswith("_seq")]
    assert len(names) > 12
    with context():
        assert {name: rights(name) for name in names} == {name: set() for name in names}


def test_the_sign_in_role_changes_neither_roles_nor_clients_nor_the_index(db):
    with shared_context(SharedRole.SIGN_IN):
        for name in (
            "identity_platformrole",
            "identity_membershipindexrow",
            "identity_clientapplication",
        ):
            assert rights(name) == {"SELECT"}
        assert "UPDATE" not in rights("identity_realname")
        assert "DELETE" not in rights("identity_account")
        assert rights("registry_center") == set()


def test_a_center_asking_for_accounts_is_refused_by_the_database(db):
    people.account("citizen")
    with (
        center_context("371400"),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute("SELECT * FROM public.identity_account")
