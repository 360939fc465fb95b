"""Departments that record their reviews at the same moment: each stands, and the log is whole."""

from functools import partial

import pytest

from tenants.cases import models, rules
from tests import handing, revising
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tongban.kernel.context import center_context

SIBLINGS = tuple(f"并联部门{n}" for n in range(7))


@pytest.fixture
def desk(committed_db):
    desk = Desk()
    desk.holdings()  # its people exist before the race
    return desk


def test_no_department_loses_its_review_to_another(desk):
    revising.revise(now=desk.now, joint_departments=SIBLINGS)
    number = desk.in_review()
    for step in (desk.review, desk.verify):
        calls = [partial(step, number, department=name, opinion=name) for name in SIBLINGS]
        results = race(calls, threads=len(calls))
        assert {type(result) for result in results} == {models.Case}
    with center_context(desk.center):
        rows = models.ReviewTask.objects.filter(case__number=number, recorded_at__isnull=False)
        kept = {(row.department, row.kind): row.opinion for row in rows}
    assert kept == {(name, kind): name for name in SIBLINGS for kind in rules.ReviewKind}
    assert len(handing.log_of(desk.center, number)) == 3 + 2 * len(SIBLINGS)
