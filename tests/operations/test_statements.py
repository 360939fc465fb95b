"""What is compiled once a shape finds what Django's own statement finds."""

from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from tenants.cases import models
from tests.casework import Desk
from tongban.kernel import statements
from tongban.kernel.context import center_context


@dataclass
class Found:
    """What both ways find, and with which SQL the kept one."""

    numbers: list[str]
    sql: list[str]


@pytest.fixture
def desk(db):
    desk = Desk()
    for _ in range(3):
        desk.submitted()
    desk.accept(desk.submitted())
    return desk


def read(desk, condition, order=("-id",), limit=9):
    with center_context(desk.center), CaptureQueriesContext(connection) as captured:
        kept = statements.read(models.Case.objects, condition, order, limit)
    with center_context(desk.center):
        own = list(models.Case.objects.filter(condition).order_by(*order)[:limit])
    for one, other in zip(kept, own, strict=True):
        for field in models.Case._meta.concrete_fields:
            assert getattr(one, field.attname) == getattr(other, field.attname), field
        assert not one._state.adding
    return Found([case.number for case in kept], [query["sql"] for query in captured])


def test_each_kind_of_condition_finds_the_same(desk):
    with center_context(desk.center):
        first, *others = models.Case.objects.order_by("id")
    reviewed = Exists(models.ReviewTask.objects.filter(case=OuterRef("pk")))
    nobody = Q(pk__in=())
    for condition, count in (
        (Q(), 4),
        (Q(state="submitted"), 3),
        (Q(state="accepted"), 1),
        (Q(state__in=["submitted", "accepted"]), 4),
        (Q(state__in=["accepted"]), 1),
        (Q(state__in=[]), 0),
        (~Q(state__in={"accepted"}, channel="counter"), 3),
        (Q(accepted_at=None), 3),
        (~Q(accepted_at=None), 1),
        (Q(accepted_at=desk.now), 1),
        (Q(accepted_at__isnull=False), 1),
        (Q(accepted_at__isnull=True), 3),
        (Q(submitted_at__gte=first.submitted_at + timedelta(days=1)), 0),
        (Q(pk=others[0].pk) | nobody, 1),
        (Q(pk=others[1].pk) & Q(state="submitted") | Q(pk=first.pk), 2),
        (nobody, 0),
        (Q(applicant_id_hash=first.applicant_id_hash), 4),
        (Q(lamp_rank__in=[1, 2]) & ~Q(lamp=""), 1),
        (~Q(reviewed), 4),
        (Q(reviewed, state="accepted"), 0),
    ):
        for _ in range(2):
            assert len(read(desk, condition).numbers) == count, condition
    assert read(desk, Q(), order=("id",), limit=1).numbers == [first.number]
    assert read(desk, Q(), limit=1).numbers == [others[-1].number]


def test_values_are_bound_and_never_kept(desk):
    """Two that ask alike share the SQL, and each finds their own."""
    with center_context(desk.center):
        one, other, *_ = models.Case.objects.order_by("id")
    texts = set()
    for case in (one, other, one):
        found = read(desk, Q(number=case.number, state="submitted"))
        assert found.numbers == [case.number]
        (sql,) = found.sql
        texts.add(sql.replace(case.number, "?"))
        assert read(desk, Q(number=case.number, state="refused")).numbers == []
    assert len(texts) == 1
    assert not [key for key in statements._statements if one.number in repr(key)]


def test_none_is_no_value_to_compare_with(desk):
    kept = statements.compiled(
        lambda codes, day: models.Task.objects.filter(since=day, kind__in=codes)
    )
    for values in ((["accept"], None), (["accept", None], desk.now)):
        with center_context(desk.center), pytest.raises(TypeError, match="None"):
            kept(*values)


def test_a_query_set_brings_what_it_reads_along(desk):
    """Related rows, also where there is none, annotations, and no column that is deferred."""

    def build(states, before):
        found = models.Task.objects.filter(case__state__in=states, since__lte=before)
        counted = found.annotate(count=Count("case__materials"), form=F("case__form"))
        return counted.select_related("case", "holder").defer("department").order_by("id")

    kept = statements.compiled(build)
    states = ["submitted", "accepted"]
    for values, count in (
        ((states[:1], desk.now), 3),
        ((states, desk.now), 4),
        ((states[1:], desk.now), 1),
        ((states, desk.now - timedelta(days=1)), 0),
        (([], desk.now), 0),
    ):
        with center_context(desk.center):
            own = list(build(*values))
            with CaptureQueriesContext(connection) as captured:
                found = kept(*values)
                read = [(each.case.number, each.holder) for each in found]
        assert len(captured) == (1 if values[0] else 0)
        assert read == [(each.case.number, each.holder) for each in own]
        assert len(found) == count
        for one, other in zip(found, own, strict=True):
            assert one.get_deferred_fields() == {"department"}
            for name in ("pk", "count", "form", "since", "case_id", "case.offering", "case.id"):
                assert attrgetter(name)(one) == attrgetter(name)(other), name
