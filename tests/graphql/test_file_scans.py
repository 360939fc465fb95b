"""What is handed in is looked into, through the shipped documents: until then nobody gets it."""

import hashlib
from datetime import timedelta

import pytest

from tests import casework, handing, scanning
from tests.graphql.client import execute
from tests.graphql.office import COUNTY, NOW, Office, codes, follow, pdf
from tests.handing import PDF
from tongban.kernel import scans

EVENTS = "query ($number: String!) { case(number: $number) { events { name data } } }"
INFECTED = PDF + scanning.EICAR


@pytest.fixture
def scanner(settings, tmp_path):
    with scanning.running_scanner(settings, tmp_path) as served:
        yield served


@pytest.fixture
def office(db):
    return Office()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def file_of(case, code):
    """Return the latest file of a material, as a case shows it."""
    (material,) = [each for each in case["materials"] if each["code"] == code]
    return material["files"][-1]


def infect(office, number, code="M01"):
    return office.step(
        "clerk", "AddMaterial", number, materialCode=code, files=[None],
        uploads={"variables.input.files.0": pdf("x.pdf", scanning.EICAR)},
    )  # fmt: skip


def why_not_accept(case):
    """Return the code for which the acceptance would be refused, None where it would not be."""
    (accepting,) = [row for row in case["availableActions"] if row["action"] == "ACCEPT_CASE"]
    return accepting["code"]


def states(case):
    return {file["scanState"] for item in case["materials"] for file in item["files"]}


def test_without_a_scanner_files_say_so_and_are_opened(office):
    case = office.case("clerk", office.submitted())
    assert states(case) == {"NOT_SCANNED"}
    assert follow(file_of(case, "M01")["link"]).status == 200


def test_a_file_waits_for_the_scanner_and_nobody_gets_it_before(office, scanner):
    number = office.submitted("applicant")
    for who in ("applicant", "clerk"):
        case = office.case(who, number)
        assert states(case) == {"PENDING"}
        assert {file["link"] for item in case["materials"] for file in item["files"]} == {None}
    content = PDF + b"M01"
    assert scanning.lies_in(COUNTY, sha256(content)) == ["quarantine"]
    payload = office.do("clerk", "AcceptCase", number=number)
    assert codes(payload) == ["FILE_PENDING"]
    assert "M01" in payload["errors"][0]["params"]["materials"]
    assert why_not_accept(office.case("clerk", number)) == "FILE_PENDING"
    assert scanning.scan(COUNTY, NOW) == len(scanner.scanned) > 1
    case = office.case("applicant", number)
    assert states(case) == {"CLEAN"}
    assert follow(file_of(case, "M01")["link"]).body == content
    assert "released" in scanning.lies_in(COUNTY, sha256(content))
    assert why_not_accept(office.case("clerk", number)) is None
    office.step("clerk", "AcceptCase", number)


def test_a_link_from_before_the_scanner_opens_nothing_once_the_content_waits_again(
    office, scanner, settings
):
    address, settings.SCANNER = settings.SCANNER, ""
    number = office.submitted()
    link = file_of(office.case("clerk", number), "M01")["link"]
    assert follow(link).status == 200
    settings.SCANNER = address
    office.submitted()
    assert follow(link).status == 404


def test_an_infected_file_is_kept_from_everybody_and_counts_as_missing(office, scanner):
    others = [code for code in handing.required_materials(casework.BOOKS) if code != "M01"]
    number = office.submitted("clerk", codes=others, holdForReview=True)
    infect(office, number)
    scanning.scan(COUNTY, NOW)
    staff, applicant = (office.case(who, number) for who in ("clerk", "applicant"))
    assert file_of(staff, "M01")["scanState"] == "INFECTED"
    assert file_of(staff, "M01")["scanSignature"] == scanning.SIGNATURE
    assert file_of(applicant, "M01")["scanSignature"] is None
    assert file_of(staff, "M01")["link"] is None
    assert scanning.lies_in(COUNTY, sha256(INFECTED)) == ["quarantine"]
    payload = office.do("clerk", "AcceptCase", number=number)
    assert codes(payload) == ["MATERIAL_MISSING"]
    assert payload["errors"][0]["params"]["materials"] == ["M01"]
    assert why_not_accept(staff) == "MATERIAL_MISSING"
    office.step(
        "clerk", "AddMaterial", number, materialCode="M01", files=[None],
        uploads={"variables.input.files.0": pdf("anew.pdf", b"anew")},
    )  # fmt: skip
    scanning.scan(COUNTY, NOW)
    office.step("clerk", "AcceptCase", number)


def test_staff_see_the_finding_in_the_log_and_the_applicant_is_told(office, scanner):
    number = office.submitted("applicant")
    infect(office, number)
    scanning.scan(COUNTY, NOW)
    for who, shown in (("clerk", scanning.SIGNATURE), ("applicant", None)):
        answer = execute(
            EVENTS, {"number": number}, center=COUNTY, token=office.token(who), now=NOW
        )
        events = answer["data"]["case"]["events"]
        (event,) = [each for each in events if each["name"] == "case.file_infected"]
        assert event["data"]["file"]["filename"] == "x.pdf"
        assert event["data"].get("signature") == shown
    told = office.ask("applicant", "MyMessages")["data"]["myMessages"]["edges"]
    assert [edge["node"]["kind"] for edge in told].count("FILE") == 1


def test_a_content_that_is_known_as_infected_is_not_taken_in_again(office, scanner):
    number = office.submitted()
    infect(office, number)
    scanning.scan(COUNTY, NOW)
    before = office.case("clerk", number)
    payload = office.do(
        "clerk", "AddMaterial", number=number, materialCode="M02", files=[None],
        uploads={"variables.input.files.0": pdf("other.pdf", scanning.EICAR)},
    )  # fmt: skip
    assert codes(payload) == ["FILE_INFECTED"]
    again = office.case("clerk", number)
    assert (again["version"], states(again)) == (before["version"], states(before))


def test_a_file_that_the_scanner_can_not_look_into_is_tried_again(office, scanner):
    scanner.answer = b"stream: Can't allocate memory ERROR\0"
    number = office.submitted()
    assert scanning.scan(COUNTY, NOW) == 0
    tried = len(scanner.scanned)
    assert tried > 1
    assert scanning.scan(COUNTY, NOW) == 0
    assert len(scanner.scanned) == tried  # not before its pause is over
    assert states(office.case("clerk", number)) == {"PENDING"}
    scanner.kill()
    scanner.answer = None
    assert scanning.scan(COUNTY, NOW + timedelta(minutes=1)) == 0
    scanner.start()
    assert scanning.scan(COUNTY, NOW + scans.LEASE + timedelta(minutes=1)) == tried
    assert states(office.case("clerk", number)) == {"CLEAN"}


def test_an_approval_waits_for_the_scanner_too(office, scanner):
    number = office.submitted()
    scanning.scan(COUNTY, NOW)
    office.step("clerk", "AcceptCase", number)
    office.step("reviewer", "StartReview", number)
    for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
        office.step(who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合")
    office.step(
        "clerk", "AddMaterial", number, materialCode="M01", files=[None],
        uploads={"variables.input.files.0": pdf("late.pdf", b"late")},
    )  # fmt: skip
    assert codes(office.do("chief", "DecideCase", number=number, decision="APPROVE")) == [
        "FILE_PENDING"
    ]
    scanning.scan(COUNTY, NOW)
    assert office.step("chief", "DecideCase", number, decision="APPROVE")["state"] == "APPROVED"
