"""A center with as many cases as are measured: each a copy of one that was really handed in.

Rows keep every constraint and every relation of time and state that real ones have: most are
completed, the open ones are of the last weeks, and a tenth is handled elsewhere.
"""

import io
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from django.utils import timezone
from psycopg import sql
from stdnum.cn import ric

from infra.benchmarks.measuring import console
from tenants.cases import rules
from tenants.cases.operations import submit
from tenants.staff.operations import members
from tenants.staff.rules import CenterRole
from tongban.identity import queries as identity
from tongban.identity.operations import administration, demonstration
from tongban.identity.queries import AccountRecord
from tongban.kernel import actors, numbers
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.personal import IdKind

CENTER, MATTER, MATERIALS = "371425", "370111400201", ("M01", "M02")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MATTERS = 2000
PART = 50_000
"""Cases of one statement."""
_YEARS = timedelta(days=500)
_OPERATOR = actors.operator("bench")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

# Of the newest 1.5 % most are open; of all others one of 400 never came to its end by a decision.
_ROWS = """
WITH made AS (
  SELECT p.n, p.number, p.at, p.at > %(now)s::timestamptz - interval '8 days' AS recent,
         (hashint4(p.n) & 2147483647) %% 1000 AS chance,
         (hashint4(p.n + 7) & 2147483647) %% 1000 AS other,
         sqrt(((hashint4(p.n + 13) & 2147483647) %% 1000000) / 1000000.0) AS share
    FROM bench_place p WHERE p.n > %(after)s AND p.n <= %(until)s
), placed AS (
  SELECT made.*,
         CASE WHEN recent THEN (ARRAY['submitted', 'supplement_requested', 'accepted', 'in_review',
                  'in_review', 'suspended', 'approved', 'issued', 'completed', 'completed'])
                  [1 + chance / 100]
              ELSE CASE WHEN chance < 15 THEN 'refused' WHEN chance < 30 THEN 'withdrawn'
                  WHEN chance < 33 THEN 'terminated' WHEN chance < 34 THEN 'in_review'
                  ELSE 'completed' END END AS state,
         (37 * 10::numeric^10 + floor((1 - share) * %(matters)s) * 100 + 101)::bigint::text
             AS matter
    FROM made
)
INSERT INTO cases_case ({columns})
SELECT {values} FROM placed p, cases_case c WHERE c.number = %(number)s
"""
_OPEN = "p.state IN ('accepted', 'in_review')"
_ACCEPTED = "p.state NOT IN ('submitted', 'supplement_requested', 'refused')"
_DECIDED = "p.state IN ('approved', 'issued', 'completed')"
_VALUES = {
    "id": "uuidv7(p.at - clock_timestamp())",
    "number": "p.number",
    "state": "p.state",
    "matter_code": "p.matter",
    "matter_name": "'事项 ' || p.matter",
    "channel": "CASE WHEN p.other < 600 THEN 'counter' WHEN p.other < 950 THEN 'online'"
    " ELSE 'mobile' END",
    "custody": "CASE WHEN p.other % 10 = 0 THEN 'elsewhere' ELSE 'held' END",
    "custodian_code": "CASE WHEN p.other % 10 = 0 THEN '371400' ELSE c.custodian_code END",
    "applicant_id_hash": "sha256(((p.n / 3)::text)::bytea)",
    "submitted_at": "p.at",
    "received_at": "p.at",
    "accepted_at": f"CASE WHEN {_ACCEPTED} THEN p.at + interval '2 hours' END",
    "promised_due_at": f"CASE WHEN {_ACCEPTED} AND p.state <> 'suspended'"
    " THEN p.at + (3 + p.other % 9) * interval '1 day' END",
    "statutory_due_at": f"CASE WHEN {_ACCEPTED} AND p.state <> 'suspended'"
    " THEN p.at + interval '28 days' END",
    "decided_at": f"CASE WHEN {_DECIDED} THEN p.at + (p.chance % 72) * interval '1 hour' END",
    "issued_at": "CASE WHEN p.state IN ('issued', 'completed')"
    " THEN p.at + (p.chance % 90) * interval '1 hour' END",
    "completed_at": "CASE WHEN p.state = 'completed'"
    " THEN p.at + (p.chance % 120) * interval '1 hour' END",
    "lamp": f"CASE WHEN NOT ({_OPEN}) THEN '' WHEN NOT p.recent THEN 'red'"
    " WHEN p.other < 100 THEN 'yellow' ELSE 'green' END",
    "urgings_open": f"CASE WHEN {_OPEN} AND p.other % 40 = 1 THEN 1 ELSE 0 END",
}


def copy_cases(admin: psycopg.Connection[Any], number: str, count: int) -> None:
    """Copy the case of that number so many times over the last 500 days, telling how far it is."""
    started = time.perf_counter()
    admin.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema_of(admin))))
    admin.execute("CREATE TEMPORARY TABLE bench_place (n integer, number text, at timestamptz)")
    with admin.cursor() as cursor, cursor.copy("COPY bench_place FROM STDIN") as copy:
        for place in _places(count):
            copy.write_row(place)
    admin.execute("CREATE INDEX ON bench_place (n)")
    statement = _statement(admin)
    for after in range(0, count, PART):
        until = min(count, after + PART)
        said = {"after": after, "until": until, "number": number, "now": NOW, "matters": MATTERS}
        admin.execute(statement, said)
        seconds = time.perf_counter() - started
        console.print(f"  {until} of {count} cases, {seconds:.0f} s", style="dim")
    admin.execute("DROP TABLE bench_place")
    admin.execute("VACUUM ANALYZE cases_case")


def schema_of(admin: psycopg.Connection[Any]) -> str:
    """Return the tenant schema of the measured center."""
    found = admin.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [f"%c{CENTER}"]
    ).fetchone()
    assert found is not None
    return str(found[0])


def _statement(admin: psycopg.Connection[Any]) -> sql.Composed:
    columns = [
        name
        for (name,) in admin.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'cases_case'::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
        )
    ]
    assert set(_VALUES) <= set(columns)
    values = {
        name: sql.SQL(_VALUES[name].replace("%", "%%"))
        if name in _VALUES
        else sql.SQL("c.{}").format(sql.Identifier(name))
        for name in columns
    }
    return sql.SQL(_ROWS).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(values.values()),
    )


def _places(count: int) -> Iterator[tuple[int, str, datetime]]:
    """Yield a place, a number and a moment for each case, oldest first."""
    step = _YEARS / count
    serials: dict[date, int] = {}
    for n in range(1, count + 1):
        at = NOW - _YEARS + n * step
        day = at.date()
        serials[day] = serial = serials.get(day, 50_000) + 1
        yield n, numbers.compose(CENTER, day, serial), at


def people(*roles: CenterRole) -> list[str]:
    """Let somebody work at the center in each of the roles, and return their tokens."""
    with shared_context(SharedRole.PLATFORM):
        administration.register_app(
            actor=_OPERATOR, client_id="bench", name="bench", redirect_uris=(), now=NOW
        )
    first = _account("administrator")
    _appoint(_OPERATOR, first, CenterRole.SYSTEM_ADMINISTRATOR)
    administrator = Actor(account_id=first.account_id, kind="person", display_name="管理员")
    tokens = []
    for role in roles:
        account = _account(role.value)
        _appoint(administrator, account, role)
        with shared_context(SharedRole.SIGN_IN):
            tokens.append(
                demonstration.issue_token(
                    account_id=account.account_id, client_id="bench", now=timezone.now()
                )
            )
    return tokens


def _account(name: str) -> AccountRecord:
    with shared_context(SharedRole.PLATFORM):
        return demonstration.open_account(
            actor=_OPERATOR,
            login_name=f"bench-{name}",
            display_name="测量员",
            password_hash="!",  # noqa: S106 # nothing hashes to it
            id_number="",
            now=NOW,
        )


def _appoint(actor: Actor, account: AccountRecord, role: CenterRole) -> None:
    with center_context(CENTER):
        members.appoint_member(
            actor=actor,
            account=account,
            staff_number="",
            roles=[role],
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )


def submit_one(token: str, serial: int = 1) -> str:
    """Hand in one application by the operation itself and return its number."""
    return submit_as(identity.resolve_actor(token, now=timezone.now()), serial)


def submit_as(actor: Actor, serial: int) -> str:
    """Hand in one application as somebody who is known already, and return its number."""
    now = timezone.now()
    with center_context(CENTER):
        return submit.submit_case(
            actor=actor,
            request=rules.SubmitRequest(
                matter_code=MATTER,
                applicant=rules.Applicant(
                    kind=rules.ApplicantKind.NATURAL,
                    name="赵测量",
                    id_kind=IdKind.RESIDENT_ID,
                    id_number=id_number(serial),
                    phone="13800138000",
                ),
                form={"shop": "新华书屋"},
            ),
            files={
                code: [rules.IncomingFile(f"{code}.pdf", io.BytesIO(PDF))] for code in MATERIALS
            },
            idempotency_key=uuid.uuid4(),
            now=now,
        ).case.number


def id_number(serial: int) -> str:
    """Return a valid identity number that nobody holds."""
    days, number = divmod(serial, 1000)
    digits = f"371400{date(1970, 1, 1) + timedelta(days=days):%Y%m%d}{number:03}"
    return digits + str(ric.calc_check_digit(digits + "0"))
