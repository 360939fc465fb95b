"""Trying what a role may do, statement by statement, instead of asking what the catalog says.

Every attempt runs behind a savepoint of the caller's transaction, which is rolled back to, and none
touches a row. What succeeds comes back as rights, to be compared with those that are meant.
"""

from collections.abc import Iterable, Iterator

from psycopg import errors, sql

from tests.isolation.meant import Connection, Relation, Right

_ON_TABLES = {
    "SELECT": "SELECT FROM {t} LIMIT 0",
    "INSERT": "INSERT INTO {t} ({c}) SELECT NULL::{y} WHERE false",
    "UPDATE": "UPDATE {t} SET {c} = NULL WHERE false",
    "DELETE": "DELETE FROM {t} WHERE false",
    "TRUNCATE": "TRUNCATE {t}",
    "TRIGGER": "CREATE TRIGGER planted BEFORE UPDATE ON {t}"
    " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "MAINTAIN": "REINDEX TABLE {t}",
    "ALTER": "ALTER TABLE {t} ADD COLUMN planted int",
    "DROP": "DROP TABLE {t} CASCADE",
}

_ON_SEQUENCES = {
    "USAGE": "SELECT nextval({n})",
    "SELECT": "SELECT last_value FROM {t}",
    "UPDATE": "SELECT setval({n}, 1, false)",
}


def statements(relation: Relation) -> Iterator[tuple[str, sql.Composed]]:
    """Yield what is tried on a table or sequence, by the right that it takes."""
    quoted = sql.Identifier(relation.schema, relation.name)
    for verb, text in (_ON_SEQUENCES if relation.kind == "S" else _ON_TABLES).items():
        yield (
            verb,
            sql.SQL(text).format(
                t=quoted,
                n=sql.Literal(quoted.as_string()),
                c=sql.Identifier(relation.column),
                y=sql.SQL(relation.column_type),
            ),
        )


def succeed(connection: Connection, statement: sql.Composed | str) -> bool:
    """Tell whether the statement is permitted; it is undone either way."""
    text = statement if isinstance(statement, str) else statement.as_string()
    try:
        connection.execute(f"SAVEPOINT attempt; {text}; ROLLBACK TO attempt".encode())
    except errors.InsufficientPrivilege:
        connection.execute("ROLLBACK TO attempt")
        return False
    return True


def rights(
    connection: Connection, role: str, over: Iterable[Relation], *, verbs: Iterable[str] = ()
) -> set[Right]:
    """Return what the role could do with the relations, each verb tried.

    The connection is the application's own, inside a transaction.
    """
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    wanted = set(verbs)
    found = {
        Right(role, verb, "sequence" if relation.kind == "S" else "table", str(relation))
        for relation in over
        for verb, statement in statements(relation)
        if (not wanted or verb in wanted) and succeed(connection, statement)
    }
    connection.execute("RESET ROLE")
    return found
