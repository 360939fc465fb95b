"""A center words its papers around what the law wants said, and sees them beforehand."""

import base64

import pytest

from tenants.cases.rules import PaperKind
from tests.graphql.office import Office, codes, follow
from tests.papers import characters_on

OPENING = (
    "尊敬的{name}（{number}）：{organ}就您{submitted}申请的“{matter}”答复：{text}"
    "请注意{department}通知。"
)
NOTES = ["可在{organ}兖州大厅查询{matter}。", "{number}办理期间请保持电话畅通，{name}。"]


@pytest.fixture
def office(db):
    return Office()


def word(office, who="manager", kind="REFUSAL", version=0, **said):
    return office.do(who, "EditPaperWording", kind=kind, expectedVersion=version, **said)


def wordings(office, who):
    return office.ask(who, "PaperWordings")["data"]["paperWordings"]


def of_kind(office, kind):
    return next(found for found in wordings(office, "manager") if found["kind"] == kind)


def stored(office, number):
    papers = office.case("reviewer", number)["papers"]
    return characters_on(follow(papers[-1]["link"]).body)


def test_a_center_s_words_stand_around_the_law_s(office):
    shipped = of_kind(office, "REFUSAL")
    assert shipped["defaultOpening"] == "{name}：您于{submitted}提交的“{matter}”申请，{text}"
    assert (shipped["opening"], shipped["notes"], shipped["version"]) == ("", [], 0)
    said = word(office, opening=OPENING, notes=NOTES)
    assert said["errors"] == []
    assert said["specimen"] is None
    kept = {"kind": "REFUSAL", "opening": OPENING, "notes": NOTES, "version": 1}
    assert said["wording"] == kept
    assert of_kind(office, "REFUSAL").items() >= kept.items()
    number = office.submitted()
    before = stored(office, number)
    office.step("clerk", "RefuseCase", number, groundCode="NOT_COMPETENT")
    found = stored(office, number)
    assert set("尊敬兖州畅赵") <= set(found)
    assert set("决定不予受理六十日内申请行政复议") <= set(found)
    assert not set("尊敬兖畅") & set(before)


def test_a_specimen_is_shown_and_nothing_is_kept(office):
    said = word(office, opening=OPENING, notes=NOTES, dryRun=True)
    assert said["errors"] == []
    assert said["specimen"]["opening"].startswith("尊敬的（申请人）（")
    assert "（文书依法要说明的内容）请注意（办理部门）通知" in said["specimen"]["opening"]
    assert said["specimen"]["notes"][1] == "可在齐河县政务服务中心兖州大厅查询（事项名称）。"
    pdf = base64.b64decode(said["specimen"]["pdf"])
    assert pdf.startswith(b"%PDF-")
    assert set("样张尊敬兖州") <= set(characters_on(pdf))
    assert of_kind(office, "REFUSAL")["version"] == 0


@pytest.mark.parametrize(
    ("kind", "said", "reason", "path"),
    [
        ("REFUSAL", {"opening": "决定如下：{name}"}, "TEXT_ONCE", ["opening"]),
        ("REFUSAL", {"opening": "{text}{text}"}, "TEXT_ONCE", ["opening"]),
        ("REFUSAL", {"opening": "{{text}}{text"}, "BRACES", ["opening"]),
        ("REFUSAL", {"opening": "{{text}}"}, "TEXT_ONCE", ["opening"]),
        ("REFUSAL", {"opening": "{text}{name.__class__}"}, "PLACEHOLDER", ["opening"]),
        ("REFUSAL", {"opening": "{text}{name!r}"}, "PLACEHOLDER", ["opening"]),
        ("REFUSAL", {"opening": "{text}{name:>99999999}"}, "PLACEHOLDER", ["opening"]),
        ("REFUSAL", {"opening": "{text}{}"}, "PLACEHOLDER", ["opening"]),
        ("REFUSAL", {"opening": "{text}{phone}"}, "PLACEHOLDER", ["opening"]),
        ("REFUSAL", {"opening": "{text}" + "字" * 295}, "LENGTH", ["opening"]),
        ("REFUSAL", {"notes": ["一", "{text}"]}, "PLACEHOLDER", ["notes", "1"]),
        ("REFUSAL", {"notes": ["一\n二"]}, "CHARACTER", ["notes", "0"]),
        ("REFUSAL", {"notes": [" "]}, "LENGTH", ["notes", "0"]),
        ("REFUSAL", {"notes": ["注"] * 6}, "NOTES", ["notes"]),
        ("INTAKE_RECEIPT", {"opening": "{text}"}, "NO_OPENING", ["opening"]),
    ],
)
def test_what_can_t_stand_on_a_paper_is_refused(office, kind, said, reason, path):
    refused = word(office, kind=kind, **said)
    assert codes(refused) == ["PAPER_WORDING_INVALID"]
    (error,) = refused["errors"]
    assert (error["params"]["reason"], error["path"]) == (reason, path)
    assert of_kind(office, kind)["version"] == 0


def test_what_would_break_markup_is_text(office):
    word(office, opening='<font size="90>{text}</b> &<para', notes=["<img src='/etc/passwd'>&#0;"])
    number = office.submitted()
    office.step("clerk", "RefuseCase", number, groundCode="NOT_COMPETENT")
    assert "决" in stored(office, number)


def test_only_the_management_office_words_and_over_what_it_has_read(office):
    for who in ("clerk", "chief", "supervisor", "applicant", "neighbour"):
        assert codes(word(office, who, notes=["注"])) == ["REGISTER_EDIT_NOT_ALLOWED"]
    assert wordings(office, "applicant") == wordings(office, "neighbour") == []
    assert len(wordings(office, "clerk")) == len(PaperKind)
    assert word(office, notes=["注"])["wording"]["version"] == 1
    assert codes(word(office, notes=["注"])) == ["STALE_VERSION"]
    # Kinds have versions of their own.
    assert word(office, kind="RESULT", notes=["注"])["wording"]["version"] == 1
    assert word(office, version=1)["wording"] == {
        "kind": "REFUSAL",
        "opening": "",
        "notes": [],
        "version": 2,
    }
