"""Reads that must not grow with a center's years: each by an index, however much there is."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tenants.cases import models, queries, rules
from tenants.staff.rules import CenterRole
from tests.casework import Desk
from tongban.audit import queries as audit
from tongban.audit.rules import AuditFilter
from tongban.kernel import paging
from tongban.kernel.context import center_context

COUNT = 40_000


@pytest.fixture
def desk(committed_db, administrator):
    """A county with tens of thousands of cases and audit entries beside one real of each."""
    desk = Desk()
    desk.who(CenterRole.MANAGER)
    number = desk.submitted()
    desk.accept(number)
    columns = ", ".join(
        f'"{field.column}"'
        for field in models.Case._meta.concrete_fields
        if not field.generated
        and field.column not in {"id", "number", "submitted_at", "completed_at", "promised_due_at"}
    )
    name = str(conninfo_to_dict(committed_db)["dbname"])
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        admin.execute(f"SET search_path TO c{desk.center}, public")
        admin.execute(
            f"""
            INSERT INTO cases_case (number, submitted_at, completed_at, promised_due_at, {columns})
            SELECT lpad(n::text, 21, '0'), submitted_at + n * interval '1 minute',
                   submitted_at + n * interval '1 minute',
                   promised_due_at + n %% 5000 * interval '1 minute', {columns}
              FROM cases_case, generate_series(1, {COUNT}) n WHERE number = %s
            """,
            (number,),
        )
        admin.execute(
            f"""
            INSERT INTO kernel_auditentry (sequence, at, actor, action, object_type, object_key,
                                           data, previous_hash, hash)
            SELECT sequence + n, at + n * interval '1 minute',
                   jsonb_build_object('key', 'account:' || n % 300), 'act.' || n % 200,
                   'case', n::text, data, previous_hash, hash
              FROM kernel_auditentry, generate_series(1, {COUNT}) n
             WHERE sequence = (SELECT max(sequence) FROM kernel_auditentry)
            """
        )
        admin.execute("VACUUM ANALYZE cases_case")
        admin.execute("VACUUM ANALYZE kernel_auditentry")
    return desk


def plan_of(rows):
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_pages_of_an_audit_log_and_of_an_export_are_read_by_their_indexes(desk):
    since = desk.now + timedelta(minutes=COUNT - 50)
    with center_context(desk.center):
        for where, index in (
            (AuditFilter(), "kernel_auditentry_pkey"),
            (AuditFilter(action="act.7"), "kernel_audit_action"),
            (AuditFilter(actor="account:7"), "kernel_audit_actor"),
            (AuditFilter(object_type="case", object_key="77"), "kernel_audit_obj"),
            (AuditFilter(start=desk.now, end=desk.now + timedelta(minutes=50)), "kernel_audit_at"),
        ):
            plan = plan_of(audit.records(where).order_by("-sequence")[:21])
            assert index in plan, (where, plan)
            assert "Seq Scan on kernel_auditentry" not in plan
        manager = desk.who(CenterRole.MANAGER)
        middle = str(models.Case.objects.order_by("id")[COUNT // 2].pk)
        for where, order, after, index in (
            ({}, "LATEST", [middle], "cases_case_pkey"),
            ({}, "OLDEST", [middle], "cases_case_pkey"),
            ({}, "DUE_FIRST", ["2026-03-05T12:00:00+00:00", middle], "cases_case_due"),
            (
                {"completed_from": desk.now},
                "DUE_FIRST",
                [since.isoformat(), middle],
                "cases_case_by_completion",
            ),
            (
                {"submitted_from": desk.now},
                "OLDEST",
                [since.isoformat(), middle],
                "cases_case_by_submission",
            ),
        ):
            narrowed, asked = rules.CaseFilter(**where), rules.Order[order]
            found = queries.find_cases(
                actor=manager, membership=queries.membership_of(manager),
                where=narrowed, order=asked,
            )  # fmt: skip
            behind = found.rows.filter(paging.behind(found.order, after))
            plan = plan_of(behind.order_by(*found.order)[:1000])
            assert index in plan, (order, plan)
            assert "Seq Scan on cases_case" not in plan
            assert "Sort" not in plan
