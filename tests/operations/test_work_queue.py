"""What waits at a window and for whom: the list holds what the rules say, by an index."""

from itertools import product

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tenants.cases import errors, models, queries, rules
from tenants.cases.operations import claims
from tenants.cases.states import TaskKind
from tenants.staff.rules import CenterRole, PostingKind
from tenants.windows import queries as hall
from tenants.windows.operations import windows
from tests import casework, handing, people, stationing
from tests.casework import BOOKS, Desk
from tests.stationing import CODE, CULTURE
from tongban.kernel.context import center_context

WINDOWS = {
    "01": ("", ()),
    "02": ("", (BOOKS,)),
    "03": (CODE, ()),
    "04": (CODE, (handing.FOOD,)),
}
"""Code → the department of a window, and the matters that it names."""


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def station(desk):
    station = stationing.open_station(desk)
    for code, (department, matters) in WINDOWS.items():
        station.open_window(code, department, matters)
    return station


def listed(desk, actor, window=None, *, is_mine=False):
    with center_context(desk.center):
        found = queries.find_tasks(actor=actor, window=window, is_mine=is_mine, now=desk.now)
        return [task.pk for task in found.order_by("pressing_at", "id")]


def strew(desk):
    """Let work of every kind wait, for two departments, two matters, at a window or at none."""
    cases = [(matter, window) for matter in (BOOKS, handing.FOOD) for window in ("", "01", "03")]
    numbers = [desk.submitted() for _ in cases]
    with center_context(desk.center):
        for number, (matter, window) in zip(numbers, cases, strict=True):
            (task,) = models.Task.objects.filter(case__number=number)
            for kind, department in product(TaskKind, (CULTURE, "公安局")):
                models.Task.objects.update_or_create(
                    case=task.case,
                    kind=kind,
                    department=department,
                    defaults={"matter_code": matter, "window_code": window, "since": desk.now},
                )
    return 6 * 2 * len(TaskKind)


def test_the_list_of_each_window_is_what_the_rule_says(desk, station):
    total = strew(desk)

    def check(*codes):
        shown = {code: set(listed(desk, desk.clerk, code)) for code in codes}
        with center_context(desk.center):
            tasks = {task.pk: queries.whereabouts(task) for task in models.Task.objects.all()}
            scopes = hall.scopes()
        for code, found in shown.items():
            assert found == {
                pk
                for pk, where in tasks.items()
                if rules.lies_at(
                    where if where.window_code in scopes else where.at_no_window(), scopes[code]
                )
            }
        assert len({frozenset(found) for found in shown.values()}) == len(codes)
        assert all(0 < len(found) < total for found in shown.values())
        return shown

    before = check(*WINDOWS)
    assert len(listed(desk, desk.clerk)) == total
    station.keep(windows.close_window, code="01", expected_version=1)
    after = check("02", "03", "04")
    assert before["02"] < after["02"]  # what lay at the closed one waits at who takes it in
    for nothing in ("01", "", "99", "\x00"):
        assert listed(desk, desk.clerk, nothing) == []


def can_take(desk, actor, task):
    """Tell whether the actor can take a task, and leave it as it is."""
    try:
        with transaction.atomic():
            claims.claim_task(
                actor=actor, number=task.case.number, kind=TaskKind(task.kind), now=desk.now
            )
            transaction.set_rollback(True)
    except (errors.TaskNotAllowedError, errors.TaskClaimedError):
        return False
    except (errors.NotAuthorizedError, errors.DecisionOutsideCenterError):
        return False
    return True


def test_the_own_queue_holds_exactly_what_one_can_take(desk, station):
    """For each person against each task: what the list says and what claiming says."""
    station.post(desk.chief, PostingKind.CHIEF_REPRESENTATIVE)
    chief, reviewer = desk.chief, desk.reviewer
    station.post(reviewer)
    for kind in ("submitted", "in_review", "verified"):
        getattr(desk, kind)()
    station.seat(desk.clerk, "01")
    at_window = [desk.submitted(), desk.submitted()]
    other = handing.staff(desk.center, CenterRole.CLERK).actor
    station.seat(other, "02")
    stranger = handing.staff(desk.center, CenterRole.REVIEWER).actor  # whom nobody posted
    persons = [desk.clerk, other, reviewer, chief, desk.who(CenterRole.MANAGER), stranger]

    def check():
        found = {}
        for person in persons:
            found[person] = set(listed(desk, person, is_mine=True))
            with center_context(desk.center):
                tasks = models.Task.objects.select_related("case")
                assert found[person] == {t.pk for t in tasks if can_take(desk, person, t)}
        return [len(found[person]) for person in persons]

    assert check() == [3, 1, 4, 4, 0, 3]
    station.grant()
    assert check() == [3, 1, 4, 5, 0, 3]
    with center_context(desk.center):
        claims.claim_task(actor=desk.clerk, number=at_window[0], kind=TaskKind.INTAKE, now=desk.now)
    assert check() == [3, 1, 3, 4, 0, 2]
    station.keep(windows.close_window, code="01", expected_version=1)
    assert check() == [3, 2, 3, 4, 0, 2]


def test_who_works_with_no_cases_sees_nothing_and_nobody_the_own_application(desk):
    desk.submitted()
    for actor in (
        handing.staff(desk.center, CenterRole.PARTY_SECRETARY).actor,
        handing.staff(handing.DISTRICT).actor,
        casework.citizen(500),
    ):
        assert listed(desk, actor) == []
    assert len(listed(desk, desk.who(CenterRole.SUPERVISOR))) == 1
    own = desk.submit(request=casework.application(applicant=casework.applicant(501)))

    account = people.account("citizen-501", name="赵测试", id_number=people.id_number(501))
    people.member(desk.center, account, CenterRole.CLERK)
    with center_context(desk.center):
        number_of = dict(models.Task.objects.values_list("pk", "case__number"))
    seen = {number_of[pk] for pk in listed(desk, people.actor(account))}
    assert len(number_of) == 2
    assert own.case.number not in seen != set()


def test_a_queue_is_read_by_index_however_much_waits(committed_db, administrator):
    desk = Desk()
    station = stationing.open_station(desk)
    station.open_window("3", CODE)
    desk.submitted()
    name = str(conninfo_to_dict(committed_db)["dbname"])
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        # A city's worth: 300 windows, 60 departments; every tenth task lies at no window.
        admin.execute(
            f"""
            INSERT INTO c{desk.center}.cases_task
                   (case_id, kind, department, matter_code, window_code, since, due_at)
            SELECT case_id, (array['intake', 'review', 'decision', 'delivery'])[n %% 4 + 1],
                   n %% 60 || '局' || n, matter_code,
                   CASE WHEN n %% 10 = 0 THEN '' ELSE (n %% 300)::text END,
                   since, since + n * interval '1 minute'
              FROM c{desk.center}.cases_task, generate_series(1, 40000) n
            """,
            (),
        )
        admin.execute(f"VACUUM ANALYZE c{desk.center}.cases_task")
    with center_context(desk.center):
        for window, is_mine in (("3", False), ("3", True), (None, False), (None, True)):
            found = queries.find_tasks(
                actor=desk.clerk, window=window, is_mine=is_mine, now=desk.now
            )
            sql, values = found.order_by("pressing_at", "id")[:21].query.sql_with_params()
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", values)
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on cases_task" not in plan
