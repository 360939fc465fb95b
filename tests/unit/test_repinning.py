"""Differences of two pinned offerings: everything that differs is named, and nothing else."""

from dataclasses import replace

from tongban.catalog.rules import content as contents
from tongban.catalog.rules.content import Condition, Fee, LegalBasis, Limit, Material, MatterContent
from tongban.catalog.rules.repinning import Change, differences
from tongban.catalog.rules.snapshot import OfferingSnapshot, read_snapshot
from tongban.kernel.calendar import LimitUnit


def material(code: str, **said: object) -> Material:
    return Material(
        **{
            "code": code,
            "name": f"材料{code}",
            "kind": contents.MaterialKind.COPY,
            "necessity": contents.Necessity.REQUIRED,
            "source": contents.MaterialSource.APPLICANT,
            **said,
        }  # type: ignore[arg-type]
    )


CONTENT = MatterContent(
    name="事项",
    matter_type="01",
    legal_bases=(LegalBasis("法", "第一条"),),
    conditions=(Condition("甲", 0), Condition("乙", 0)),
    materials=(material("M01"), material("M02")),
    statutory_limit=Limit(20, LimitUnit.WORKING_DAY),
)
FORMER = OfferingSnapshot(
    center_code="371425",
    offering_code="x",
    matter_code="370111400201",
    revision_number=1,
    content_hash=CONTENT.digest,
    promised_limit=Limit(3, LimitUnit.WORKING_DAY),
    assisted_intake=True,
    scope="",
    on_the_spot=False,
    department="局",
    place="",
    hours="",
    contact="",
    content=CONTENT,
)


def of(content: MatterContent = CONTENT, **said: object) -> OfferingSnapshot:
    return replace(FORMER, content=content, revision_number=2, content_hash=content.digest, **said)  # type: ignore[arg-type]


def test_another_revision_of_the_same_words_is_no_difference():
    found = differences(FORMER, of())
    assert found.elements == ()
    assert (found.materials, found.conditions_added, found.conditions_dropped) == ((), (), ())
    assert not found.touches_review


def test_materials_are_told_by_their_codes():
    changed = material("M02", name="别的")
    found = differences(FORMER, of(replace(CONTENT, materials=(material("M03"), changed))))
    assert [(c.change, c.code) for c in found.materials] == [
        (Change.ADDED, "M03"),
        (Change.CHANGED, "M02"),
        (Change.DROPPED, "M01"),
    ]
    assert found.elements == ("materials",)
    assert found.touches_review


def test_another_order_is_a_difference_without_a_changed_material():
    found = differences(FORMER, of(replace(CONTENT, materials=CONTENT.materials[::-1])))
    assert (found.materials, found.elements) == ((), ("materials",))


def test_conditions_come_and_go():
    conditions = (Condition("乙", 0), Condition("丙"))
    found = differences(FORMER, of(replace(CONTENT, conditions=conditions)))
    assert (found.conditions_added, found.conditions_dropped) == (("丙",), ("甲",))


def test_what_only_the_center_changed_is_named_and_touches_no_review():
    found = differences(FORMER, of(place="三楼", promised_limit=Limit(2, LimitUnit.WORKING_DAY)))
    assert found.elements == ("promised_limit", "place")
    assert not found.touches_review


def test_every_element_of_a_content_can_differ():
    changed = of(replace(CONTENT, name="新名", fee=Fee(charged=True), legal_bases=(), visits=0))
    found = differences(FORMER, changed)
    assert set(found.elements) == {"name", "fee", "legal_bases", "visits"}
    assert found.touches_review


def test_what_was_pinned_reads_as_it_was_written():
    assert read_snapshot(FORMER.to_json()) == FORMER
    assert differences(read_snapshot(FORMER.to_json()), FORMER).elements == ()
