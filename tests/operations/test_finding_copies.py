"""What cases answered for before findings had rows of their own is kept row by row."""

from importlib import import_module

from django.db import connection

from tenants.cases import models
from tests.casework import Desk
from tests.operations.test_case_lamps import at
from tongban.kernel.context import center_context

COPY = import_module("tenants.cases.migrations.0007_findings").COPY


def test_each_finding_of_a_case_becomes_a_row_with_the_reply_to_its_urging(db):
    desk = Desk()
    replied, silent = desk.in_review(), desk.in_review()
    desk.pass_time(at("2026-03-06T10:00+08:00"))
    desk.reply(replied, now=at("2026-03-06T11:00+08:00"))
    with center_context(desk.center):
        elsewhere = models.Case.objects.get(number=silent)
        models.Case.objects.filter(pk=elsewhere.pk).update(
            findings=[{**elsewhere.findings[0], "center_code": "371402"}, *elsewhere.findings]
        )
        kept = models.Finding.objects.order_by("case__number")
        columns = ("case__number", "code", "dimension", "found_at", "reply", "department_name")
        made = list(kept.values_list(*columns))
        assert [row[:3] for row in made] == [
            (number, "OVERDUE", "efficiency") for number in sorted((replied, silent))
        ]
        kept.delete()
        with connection.cursor() as cursor:
            cursor.execute(COPY)
        assert list(kept.values_list(*columns)) == made
        assert dict(kept.values_list("case__number", "place")) == {replied: 0, silent: 1}
        answered = dict(kept.values_list("case__number", "replied_at"))
        assert answered == {replied: at("2026-03-06T11:00+08:00"), silent: None}
