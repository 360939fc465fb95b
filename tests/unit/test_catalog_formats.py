"""Lists as files: whatever a content says comes back the same, in each format."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.catalog.adapters import fault_table, matter_table, offering_table, sources, writers
from tongban.catalog.adapters.writers import FileFormat
from tongban.catalog.rules import content as shapes
from tongban.catalog.rules.conformity import declared_elements
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import OfferingRow, SourceKind, SourceRow
from tongban.catalog.rules.terms import LONGEST
from tongban.catalog.states import OfferingStatus
from tongban.kernel.calendar import LimitUnit

SIGNS = "|\\；;、,，=\n\r\t\"'《》〈〉无+-@＝ _x0041_#\x01\x1f\x85\u2028\ufeff\uffff😀甲乙a1"
LETTERS = st.one_of(
    st.sampled_from(SIGNS), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)


def said(longest: int = 12):
    return st.text(LETTERS, max_size=longest).map(str.strip)


def some(longest: int = 12):
    return said(longest).filter(bool)


def one_of(enumeration):
    return st.sampled_from([each.value for each in enumeration])


def up_to_two(of):
    return st.lists(of, max_size=2)


PLACE = st.none() | st.integers(0, 999)
LIMIT = st.none() | st.fixed_dictionaries(
    {"amount": st.integers(1, 10_000), "unit": one_of(LimitUnit)}
)
SERIALS = up_to_two(st.from_regex(r"\A[0-9]{2}\Z"))
WHEN = up_to_two(st.fixed_dictionaries({"question": some(), "options": up_to_two(some())}))
FILE = st.none() | st.fixed_dictionaries(
    {
        "name": some(),
        "sha256": st.from_regex(r"\A[0-9a-f]{64}\Z"),
        "media_type": some(),
        "size": st.integers(1, 1_000_000_000),
    }
)
BASED = {"basis": PLACE}
TRIED = {
        "name": some(),
        "matter_type": st.from_regex(r"\A[0-9]{2}\Z").filter(lambda code: code != "00"),
        **{
            name: said()
            for name in (
                "short_name", "department", "theme", "jurisdiction_note", "statutory_limit_note",
                "power_item", "entrusted_department", "promised_limit_note", "quantity_limit",
            )
        },
        **{
            name: st.booleans()
            for name in (
                "assisted_intake", "x_package", "by_appointment", "online_payment", "courier",
                "tacit_approval",
            )
        },
        "tacit_approval_basis": PLACE,
        "service_line": st.none() | one_of(shapes.ServiceLine),
        "service_objects": up_to_two(st.sampled_from("123456789")),
        "levels": up_to_two(one_of(shapes.MatterLevel)),
        "handling_type": st.none() | one_of(shapes.HandlingType),
        "handling_forms": up_to_two(one_of(shapes.HandlingForm)),
        "power_source": st.none() | one_of(shapes.PowerSource),
        "legal_bases": up_to_two(
            st.fixed_dictionaries(
                {
                    "statute": some(), "article": said(), "issuer": said(),
                    "level": st.none() | one_of(shapes.BasisLevel),
                }
            )
        ),
        "conditions": up_to_two(
            st.fixed_dictionaries({"text": some(), **BASED, "variants": SERIALS, "when": WHEN})
        ),
        "materials": up_to_two(
            st.fixed_dictionaries(
                {
                    "code": some(), "name": some(), "kind": one_of(shapes.MaterialKind),
                    "necessity": one_of(shapes.Necessity), "source": one_of(shapes.MaterialSource),
                    "copies": st.integers(0, 99), **BASED, "note": said(), "acceptance": said(),
                    "size": said(), "issued_by": said(), "commitment": st.booleans(),
                    "blank_form": FILE, "sample": FILE, "variants": SERIALS, "when": WHEN,
                }
            )
        ),
        "statutory_limit": LIMIT,
        "promised_limit": LIMIT,
        "fee": st.fixed_dictionaries(
            {
                "charged": st.booleans(),
                "items": up_to_two(
                    st.fixed_dictionaries(
                        {
                            "name": some(), "standard": said(), **BASED,
                            "amount": st.none()
                            | st.decimals(0, 10**6, places=2).map(str),
                        }
                    )
                ),
                "waivers": up_to_two(st.fixed_dictionaries({"text": some(), **BASED})),
            }
        ),
        "result": st.none() | st.fixed_dictionaries(
            {"name": some(), "kind": one_of(shapes.ResultKind), "sample": FILE}
        ),
        "online_depth": st.integers(1, 4),
        "visits": st.integers(0, 9),
        "life_events": up_to_two(some()),
        "joint_departments": up_to_two(some()),
        "preconditions": up_to_two(st.from_regex(r"\A[0-9]{12}\Z")),
        "steps": up_to_two(
            st.fixed_dictionaries(
                {
                    "name": some(), "kind": one_of(shapes.StepKind), "limit": LIMIT,
                    "standard": said(), "outcome": said(),
                }
            )
        ),
        "special_procedures": up_to_two(
            st.fixed_dictionaries(
                {"kind": one_of(shapes.ProcedureKind), "name": some(), "limit": LIMIT, **BASED}
            )
        ),
        "intermediary_services": up_to_two(st.fixed_dictionaries({"name": some(), **BASED})),
        "variants": up_to_two(
            st.fixed_dictionaries(
                {
                    "serial": st.from_regex(r"\A[0-9]{2}\Z"), "name": some(), "note": said(),
                    "promised_limit": LIMIT,
                }
            )
        ),
        "questions": up_to_two(
            st.fixed_dictionaries(
                {
                    "code": some(), "text": some(), "variants": SERIALS, "when": WHEN,
                    "options": up_to_two(
                        st.fixed_dictionaries({"code": some(), "text": some()})
                    ),
                }
            )
        ),
}  # fmt: skip
CONTENTS = st.fixed_dictionaries(TRIED).map(read_content)


def test_the_documentation_has_each_column():
    text = (Path(__file__).resolve().parents[2] / "docs" / "catalog.md").read_text("utf-8")
    for column in (*matter_table.COLUMNS, *offering_table.IDENTITY, *offering_table.TERMS):
        holds = column.holds.replace("|", "\\|")
        line = f"| {'、'.join(column.titles)} | `{column.key}` | {holds}"
        assert f"\n{line}" in text, line


def written(rows, file_format: FileFormat, kind: SourceKind = SourceKind.MATTERS) -> bytes:
    out = io.BytesIO()
    writer = writers.open_writer(out, file_format=file_format, kind=kind)
    for row in rows:
        writer.write(row)
    writer.close()
    return out.getvalue()


def test_every_element_is_tried():
    assert set(TRIED) == set(MatterContent.__dataclass_fields__)


@pytest.mark.parametrize("file_format", FileFormat)
@given(contents=st.lists(CONTENTS, min_size=1, max_size=2), local=said())
@settings(max_examples=40, deadline=None)
def test_contents_come_back_equal(file_format, contents, local):
    rows = [
        SourceRow(
            number, each, code=f"37011099{number:04d}", local_code=local, main_item=local,
            issuer_code="371400000000",
        )
        for number, each in enumerate(contents, start=1)
    ]  # fmt: skip
    source = sources.read(written(rows, file_format))
    assert source.faults == []
    assert [row.content.digest for row in source.rows] == [each.digest for each in contents]
    assert [(r.code, r.local_code, r.main_item, r.issuer_code) for r in source.rows] == [
        (r.code, r.local_code, r.main_item, r.issuer_code) for r in rows
    ]


LINES = st.text(LETTERS, max_size=12).map(
    lambda text: "".join(sign for sign in text if sign.isprintable()).strip()
)
TERMS = st.fixed_dictionaries(
    {
        **dict.fromkeys(LONGEST, LINES),
        "status": st.sampled_from(OfferingStatus),
        "credit_code": st.sampled_from(["", "11371400004511234D"]),
        "windows": st.lists(st.from_regex(r"\A[\w-]{1,20}\Z"), max_size=3, unique=True),
        "promised_limit": st.none()
        | st.builds(Limit, st.integers(1, 10_000), st.sampled_from(LimitUnit)),
        "scope": st.sampled_from(["", *"123456"]),
        "assisted_intake": st.booleans(),
        "on_the_spot": st.booleans(),
        "effective_from": st.dates(),
        "effective_to": st.none() | st.dates(),
    }
)  # fmt: skip


@pytest.mark.parametrize("file_format", FileFormat)
@given(
    terms=TERMS,
    content=CONTENTS,
    keys=st.sets(st.sampled_from(["name", "conditions", "materials", "statutory_limit", "fee"])),
)
@settings(max_examples=40, deadline=None)
def test_offerings_come_back_equal(file_format, terms, content, keys):
    plain = content.to_json()
    declared = declared_elements({key: plain[key] for key in keys}) if keys else None
    row = OfferingRow(1, "371402", "370110990001", "L-1", "371400000000", "", terms, declared)
    source = sources.read(written([row], file_format, SourceKind.OFFERINGS))
    assert source.faults == []
    (back,) = source.offerings
    stated = {name: term for name, term in terms.items() if name != "effective_to" or term}
    assert (back.terms, back.declared) == (stated, declared)
    assert (back.center_code, back.matter_code) == ("371402", "370110990001")


@pytest.mark.parametrize(
    ("field", "title"),
    [
        ("result", "结果名称"),
        ("promised_limit", "承诺时限"),
        ("promised_limit.unit", "承诺时限单位"),
        ("materials[2].basis", "申报材料"),
        ("name", "事项名称"),
        ("", ""),
    ],
)
def test_a_fault_is_told_by_the_column_that_stands_for_its_element(field, title):
    assert fault_table.title_of(field) == title
