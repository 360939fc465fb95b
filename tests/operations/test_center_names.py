"""How centers are called: kept with each center, found by its beginning without a query."""

import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.registry import models, queries

READINGS = ("code", "name_pinyin", "name_initials")


def called(*beginnings, **options):
    found = queries.centers_named(beginnings, limit=100, **options)
    return [center.code for center in found]


def test_onboarding_keeps_how_a_name_is_read(db):
    with shared_context(SharedRole.READER):
        read = {row[0]: row[1:] for row in models.Center.objects.values_list(*READINGS)}
    assert read["371722"] == ("shanxianzhengwufuwuzhongxin", "sxzwfwzx")
    assert read["371402001"][0].endswith("bianminfuwuzhongxin")
    assert all(all(row) for row in read.values())


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("单县", ["371722"]),
        ("shanxian", ["371722"]),
        ("sx", ["371722"]),
        ("371722", ["371722", "371722101"]),
        ("德", ["371400", "371402"]),
        ("danxian", []),
        ("政务", []),
    ],
)
def test_centers_are_found_by_the_beginning_of_their_names(db, beginning, expected):
    queries.find_center("371400")
    with center_context("371400"), CaptureQueriesContext(connection) as captured:
        assert called(beginning) == expected
    assert len(captured) == 0


def test_shorter_names_come_first_and_the_number_is_bounded(db):
    with shared_context(SharedRole.READER):
        whole = queries.centers_named(["单县", "德"], limit=100)
        assert [len(each.name) for each in whole] == sorted(len(each.name) for each in whole)
        assert queries.centers_named(["单县", "德"], limit=1) == whole[:1]
        assert called("", readings=["shanxianzhengwufuwuzhongxin"]) == ["371722"]


def test_an_upgrade_reads_the_names_there_were(db):
    migration = importlib.import_module("tongban.registry.migrations.0002_center_readings")
    with shared_context(SharedRole.PLATFORM):
        centers = models.Center.objects.order_by("code")
        before = list(centers.values_list(*READINGS))
        centers.update(name_pinyin="", name_initials="")
        migration.fill(apps, None)
        assert list(centers.values_list(*READINGS)) == before
