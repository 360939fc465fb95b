"""六统一: each deviation on exactly its field; coverage; county-only items; duties and windows."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.database import CENTERS, SET_UP
from tests.operations.test_catalog_directories import EDITOR, PUBLISHER
from tongban.catalog import models
from tongban.catalog import queries as catalog_queries
from tongban.catalog.operations import directories
from tongban.catalog.queries import conformity as queries
from tongban.catalog.queries import duties
from tongban.catalog.queries.duties import WhyNoWindow
from tongban.catalog.rules import conformity as rules
from tongban.catalog.rules.conformity import Unified
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.rules.shapes import ShapeError
from tongban.catalog.states import OfferingStatus
from tongban.kernel.calendar import LimitUnit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
COUNTY = "371722"
CHARGED = "370710800202"
"""A matter with two fees, of 80 and of 550 yuan."""


def content(code: str = CHARGED) -> MatterContent:
    revision = catalog_queries.published_revision(code=code, on=DAY)
    assert revision
    return revision.read()


def declare(said: MatterContent, *keys: str, code: str = CHARGED, center: str = COUNTY) -> None:
    """Let a center's own list state these elements (all of them where none is named)."""
    stated = {key: said.to_json()[key] for key in keys or rules.CONTENT_KEYS}
    found = models.Offering.objects.filter(center_code=center, matter__code=code)
    assert found.update(declared=rules.declared_elements(stated)) == 1


def reported(center: str = COUNTY) -> list[tuple[str, str, object, object]]:
    return [
        (
            found.matter_code,
            found.deviation.field,
            found.deviation.declared,
            found.deviation.standard,
        )
        for found in queries.list_deviations(center_codes=[center], on=DAY)
    ]


def dearer(said: MatterContent) -> MatterContent:
    first, *others = said.fee.items
    return replace(
        said, fee=replace(said.fee, items=(replace(first, amount=Decimal("90.00")), *others))
    )


def test_a_changed_fee_is_a_deviation_on_exactly_that_field(catalog):
    said = content()
    declare(dearer(said))
    name = said.fee.items[0].name
    assert reported() == [(CHARGED, f"fee.items[{name}].amount", "90.00", "80.00")]
    summary = queries.summarize(center_codes=[COUNTY], on=DAY)[0]
    assert {k: n for k, n in summary.deviating.items() if n} == {Unified.FEE: 1}
    assert reported("371402") == []


def test_what_equals_the_standard_again_vanishes(catalog):
    said = content()
    declare(dearer(said))
    assert reported()
    declare(said)
    assert reported() == []
    assert models.Offering.objects.filter(declared__isnull=False).count() == 1


def other_elements() -> list[tuple[str, object, object]]:
    """Each with the one field that must be reported."""

    def renamed(c):
        return replace(c, name=f"{c.name}（县）")

    def with_condition(c):
        return replace(c, conditions=(*c.conditions, replace(c.conditions[0], text="本县户籍")))

    def with_material(c):
        return replace(
            c, materials=(*c.materials, replace(c.materials[0], code="X1", name="介绍信"))
        )

    def without_material(c):
        return replace(c, materials=c.materials[1:])

    def with_copies(c):
        return replace(c, materials=(replace(c.materials[0], copies=7), *c.materials[1:]))

    def slower(c):
        limit = c.promised_limit
        return replace(c, promised_limit=replace(limit, amount=limit.amount + 1))

    def of_other_law(c):
        return replace(c, statutory_limit=Limit(77, LimitUnit.WORKING_DAY))

    def with_fee(c):
        item = replace(c.fee.items[0], name="工本费")
        return replace(c, fee=replace(c.fee, items=(*c.fee.items, item)))

    first = "{first}"
    return [
        (Unified.NAME, renamed, "name"),
        (Unified.CONDITIONS, with_condition, "conditions[本县户籍]"),
        (Unified.MATERIALS, with_material, "materials[介绍信]"),
        (Unified.MATERIALS, without_material, f"materials[{first}]"),
        (Unified.MATERIALS, with_copies, f"materials[{first}].copies"),
        (Unified.LIMITS, slower, "promised_limit"),
        (Unified.LIMITS, of_other_law, "statutory_limit"),
        (Unified.FEE, with_fee, "fee.items[工本费]"),
    ]


@pytest.mark.parametrize(("unified", "change", "field"), other_elements())
def test_each_unification_is_measured_alone(catalog, unified, change, field):
    said = content()
    declare(change(said))
    assert [place for _matter, place, *_ in reported()] == [
        field.format(first=said.materials[0].name)
    ]
    summary = queries.summarize(center_codes=[COUNTY], on=DAY)[0]
    assert {k: n for k, n in summary.deviating.items() if n} == {unified: 1}


def test_order_bases_notes_and_a_shorter_promise_are_no_deviations(catalog):
    said = content()
    assert said.promised_limit
    declare(
        replace(
            said,
            materials=tuple(
                replace(m, note="县里的说明", basis=None) for m in reversed(said.materials)
            ),
            conditions=tuple(reversed(said.conditions)),
            promised_limit=Limit(1, LimitUnit.WORKING_HOUR),
            department="县住房和城乡建设局",
        )
    )
    assert reported() == []


def test_only_what_is_declared_is_compared(catalog):
    said = replace(dearer(content()), name="别名", conditions=())
    declare(said, "conditions")
    assert {place.split("[")[0] for _matter, place, *_ in reported()} == {"conditions"}
    assert rules.declared_elements({}) == {}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"fee": {"charged": "yes"}}, "fee.charged"),
        ({"fee": {"items": [{"name": "费", "amount": "x"}]}}, "fee.items[0].amount"),
        ({"promised_limit": {"amount": 0, "unit": "WORKING_DAY"}}, "promised_limit.amount"),
        ({"materials": [{"code": "M1"}]}, "materials[0].name"),
    ],
)
def test_what_can_not_be_declared_is_named(data, field):
    with pytest.raises(ShapeError) as caught:
        rules.declared_elements(data)
    assert caught.value.field == field


def test_two_materials_of_one_name_are_told_apart():
    first = {"name": "照片", "necessity": "1", "kind": "original", "copies": 1}
    both = [first, {**first, "copies": 2}]
    content_ = MatterContent(name="x", matter_type="01")
    declared = rules.declared_elements(
        {"materials": [{"code": str(n), **thing} for n, thing in enumerate(both)]}
    )
    fields = [d.field for d in rules.deviations(declared, content_)]
    assert fields == ["materials[照片]", "materials[照片 2]"]


def test_an_amount_that_the_standard_leaves_open_may_be_any(catalog):
    said = content()
    first, *others = said.fee.items
    open_ = replace(said, fee=replace(said.fee, items=(replace(first, amount=None), *others)))
    declared = rules.declared_elements({"fee": said.to_json()["fee"]})
    assert rules.deviations(declared, open_) == []
    assert rules.deviations(rules.declared_elements({"fee": open_.to_json()["fee"]}), said)


def test_what_is_not_offered_is_missing_and_counted(catalog):
    before = queries.summarize(center_codes=[COUNTY], on=DAY)[0]
    assert (before.missing_count, before.standard_count) == (0, before.offered_count)
    assert before.standard_count > 0
    models.Offering.objects.filter(center_code=COUNTY, matter__code=SET_UP).update(
        status=OfferingStatus.PAUSED
    )
    models.Offering.objects.filter(center_code=COUNTY, matter__code=CHARGED).update(
        effective_to=DAY
    )
    after = queries.summarize(center_codes=[COUNTY], on=DAY)[0]
    assert (after.missing_count, after.deviating[Unified.NUMBER]) == (2, 2)
    missing = queries.missing_matters(center_code=COUNTY, on=DAY).order_by("matter_id")
    assert [revision.matter_id for revision in missing] == [SET_UP, CHARGED]
    assert queries.summarize(center_codes=["371402"], on=DAY)[0].missing_count == 0


def test_what_the_city_handles_for_a_district_is_not_missing(catalog):
    """德城区 leaves 企业设立登记 to 德州 (同城办理), whether or not its list still names it."""
    before = queries.summarize(center_codes=["371402"], on=DAY)[0]
    for matter in (SET_UP, CHARGED):
        models.Offering.objects.filter(center_code="371402", matter__code=matter).update(
            status=OfferingStatus.CANCELLED
        )
    after = queries.summarize(center_codes=["371402"], on=DAY)[0]
    assert (before.missing_count, after.missing_count) == (0, 1)
    assert after.standard_count == before.standard_count - 1
    missing = queries.missing_matters(center_code="371402", on=DAY)
    assert missing.get().matter_id == CHARGED


def test_what_only_the_county_has_is_flagged(catalog):
    standard = models.StandardMatter.objects.get(code=CHARGED)
    own = models.StandardMatter.objects.create(
        code="370799999901",
        issuer_code="371722000000",
        name="县里自设的事项",
        matter_type="07",
        service_line="convenience",
        levels=["county"],
        created_at=NOW,
    )
    revision = models.MatterRevision.objects.get(matter=standard, status="published")
    models.MatterRevision.objects.create(
        matter=own,
        number=1,
        status="published",
        effective_from=date(2026, 1, 1),
        content=revision.content | {"levels": ["county"], "name": "县里自设的事项"},
        content_hash="x",
        created_at=NOW,
        created_by="test",
    )
    assert queries.missing_matters(center_code=COUNTY, on=DAY).get().matter_id == own.code
    assert not queries.county_only_matters(center_code=COUNTY, on=DAY).exists()
    models.Offering.objects.create(
        center_code=COUNTY, matter=own, code=f"3717220004{own.code}", effective_from=DAY
    )
    assert queries.county_only_matters(center_code=COUNTY, on=DAY).get().matter_id == own.code
    flagged = {
        summary.center_code: summary.county_only_count
        for summary in queries.summarize(center_codes=CENTERS, on=DAY)
    }
    assert {code: n for code, n in flagged.items() if n} == {COUNTY: 1}


def test_one_center_and_a_whole_tree_take_the_same_queries_and_agree(catalog):
    said = dearer(content())
    for center in ("371402", "371425", COUNTY):
        declare(said, center=center)
    counted = []
    for centers in (CENTERS[:2], CENTERS[:2], CENTERS):
        with CaptureQueriesContext(connection) as captured:
            summaries = queries.summarize(center_codes=centers, on=DAY)
        counted.append(len(captured))
    assert counted[1] == counted[2] <= 4
    assert {s.center_code: s.deviating[Unified.FEE] for s in summaries if s.deviating} == {
        "371402": 1,
        "371425": 1,
        COUNTY: 1,
    }
    for summary in summaries:
        detail = queries.list_deviations(center_codes=[summary.center_code], on=DAY)
        assert Counter(d.deviation.unification for d in detail) == Counter(
            {k: n for k, n in summary.deviating.items() if k != Unified.NUMBER}
        )


def test_the_database_leaves_out_what_is_word_for_word_the_same(catalog):
    """Each offering of a county states the whole standard: nothing is left to be judged."""
    for offering in catalog_queries.find_offerings(
        on=DAY, where=catalog_queries.OfferingFilter(center_codes=[COUNTY])
    ):
        read = catalog_queries.standard_of(offering).read().to_json()
        declared = rules.declared_elements({key: read[key] for key in rules.CONTENT_KEYS})
        models.Offering.objects.filter(pk=offering.pk).update(declared=declared)
    assert models.Offering.objects.filter(declared__isnull=False).count() > 50
    assert queries._differing([COUNTY], DAY) == []


def test_the_standard_of_the_day_counts(catalog):
    declare(content())
    revision = models.MatterRevision.objects.get(matter__code=CHARGED, status="published")
    later = dearer(revision.read()).to_json()
    tomorrow = DAY + timedelta(days=1)
    models.MatterRevision.objects.filter(pk=revision.pk).update(
        status="superseded", effective_to=tomorrow
    )
    models.MatterRevision.objects.create(
        matter_id=CHARGED,
        number=revision.number + 1,
        status="published",
        effective_from=tomorrow,
        content=later,
        content_hash="x",
        created_at=NOW,
        created_by="test",
    )
    assert reported() == []
    found = queries.list_deviations(center_codes=[COUNTY], on=tomorrow)
    assert [(f.deviation.declared, f.deviation.standard) for f in found] == [("80.00", "90.00")]


# --- duties without a window ------------------------------------------------------------------


def listed(kind: DirectoryKind, *entries: dict[str, object]) -> None:
    issuer = "371722000000"
    everywhere: dict[str, Any] = {"issuer_code": issuer, "kind": kind, "now": NOW}
    editor, publisher = (
        replace(
            actor,
            platform_roles=frozenset((role, issuer) for role, _division in actor.platform_roles),
        )
        for actor in (EDITOR, PUBLISHER)
    )
    draft = directories.draft_directory(
        actor=editor, entries=entries, idempotency_key=uuid.uuid4(), **everywhere
    )
    directories.publish_directory(
        actor=publisher, version=draft.version, idempotency_key=uuid.uuid4(), **everywhere
    )


def duty(code: str, **said: object) -> dict[str, object]:
    return {"code": code, "name": f"职责{code}", "department": "县民政局", "duty": "受理"} | said


def test_a_listed_duty_without_a_window_raises_an_alarm(catalog):
    assert duties.list_alarms(center_code=COUNTY, on=DAY) == []
    listed(
        DirectoryKind.RESPONSIBILITIES,
        duty("D1", matters=[SET_UP]),
        duty("D2", matters=["379999999999"]),
        duty("D3"),
        duty("D4", of_office=True),
        duty("D5", power="P1"),
    )
    alarms = {a.entry.code: a.why for a in duties.list_alarms(center_code=COUNTY, on=DAY)}
    assert alarms == {
        "D1": WhyNoWindow.NO_WINDOW,
        "D2": WhyNoWindow.NOT_OFFERED,
        "D3": WhyNoWindow.NO_MATTER,
        "D5": WhyNoWindow.NO_MATTER,
    }
    models.Offering.objects.filter(center_code=COUNTY, matter__code=SET_UP).update(windows=["A01"])
    assert "D1" not in {a.entry.code for a in duties.list_alarms(center_code=COUNTY, on=DAY)}
    assert duties.list_alarms(center_code="371402", on=DAY) == []
    assert duties.list_alarms(center_code=COUNTY, on=DAY - timedelta(days=1)) == []


def test_a_power_that_is_applied_for_needs_a_window_and_a_penalty_does_not(catalog):
    revision = models.MatterRevision.objects.get(matter__code=CHARGED, status="published")
    revision.content["power_item"] = "P1"
    revision.save(update_fields=["content"])
    power = {"name": "权力", "department": "县局", "basis": "《某法》第一条"}
    listed(
        DirectoryKind.POWERS,
        {"code": "P1", "power_type": "07", **power},
        {"code": "P2", "power_type": "02", **power},
        {"code": "P3", "power_type": "01", **power, "of_office": True},
    )
    found = duties.list_alarms(center_code=COUNTY, on=DAY)
    assert [(a.entry.code, a.why, a.matters) for a in found] == [
        ("P1", WhyNoWindow.NO_WINDOW, (CHARGED,))
    ]
    models.Offering.objects.filter(center_code=COUNTY, matter__code=CHARGED).update(windows=["A1"])
    assert duties.list_alarms(center_code=COUNTY, on=DAY) == []


def test_alarms_take_the_same_queries_for_two_duties_and_for_twenty(catalog):
    counted = []
    for size in (2, 20):
        listed(DirectoryKind.RESPONSIBILITIES, *(duty(f"D{n}") for n in range(size)))
        with CaptureQueriesContext(connection) as captured:
            assert len(duties.list_alarms(center_code=COUNTY, on=DAY)) == size
        counted.append(len(captured))
    assert counted[0] == counted[1] == 3
