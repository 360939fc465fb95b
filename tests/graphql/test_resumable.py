"""Large files in parts (tus 1.0.0): what a client meets, and what a hostile one does."""

import base64
import io
import uuid

import pytest
from django.test import Client

from schema import rates
from schema.context import running_clock
from tenants.cases import models
from tenants.cases.operations import uploads
from tests import casework, handing, people, scanning
from tests.casework import holdings
from tests.graphql.client import execute, operation
from tests.graphql.office import COUNTY, NOW, Office, applicant, codes, follow
from tongban.exchange.operations import timers
from tongban.kernel import files
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry

AT = f"/c/{COUNTY}/uploads/"
LARGE = handing.PDF + bytes(2 * uploads.PART)
PART = "application/offset+octet-stream"


@pytest.fixture
def office(db):
    return Office()


def named(name):
    return f"filename {base64.b64encode(name.encode()).decode()}"


def tus(office, method, at, who="applicant", *, body=b"", now=NOW, **headers):
    """Send one request of the protocol; a header that is None is left out."""
    token = office.token(who)
    sent = {
        "Tus-Resumable": "1.0.0",
        "Authorization": token and f"Bearer {token}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    sent = {name: str(value) for name, value in sent.items() if value is not None}
    kind = sent.pop("Content-Type", "")
    with running_clock(lambda: now):
        return Client().generic(method, at, body, content_type=kind, headers=sent)


def begun(office, who="applicant", *, length=0, name="图纸.pdf"):
    """Begin an upload and return its path."""
    answer = tus(
        office, "POST", AT, who, Upload_Length=length or len(LARGE), Upload_Metadata=named(name)
    )
    assert answer.status_code == 201, answer.content
    return "/" + answer["Location"].split("/", 3)[3]


def patch(office, at, body, offset=0, who="applicant", **more):
    said = {"Content_Type": PART, "Upload_Offset": offset, **more}
    return tus(office, "PATCH", at, who, body=body, **said)


def come(office, at, who="applicant", **more):
    """Return how much has come, None where there is no such upload."""
    answer = tus(office, "HEAD", at, who, **more)
    return int(answer["Upload-Offset"]) if answer.status_code == 200 else None


def sent(office, content=LARGE, who="applicant", **said):
    """Send a whole file in two requests and return its id."""
    at = begun(office, who, length=len(content), **said)
    half = len(content) // 2
    assert patch(office, at, content[:half], who=who)["Upload-Offset"] == str(half)
    assert patch(office, at, content[half:], half, who=who).status_code == 204
    return at.rsplit("/", 1)[1]


def do(office, mutation, who="applicant", *, now=NOW, **said):
    """Send a shipped mutation with all its files in parts before, and return its payload."""
    said.setdefault("idempotencyKey", str(uuid.uuid4()))
    answer = execute(
        operation(mutation), {"input": said}, center=COUNTY, token=office.token(who), now=now
    )
    return answer["data"][mutation[0].lower() + mutation[1:]]


def add(office, number, upload, who="applicant", **said):
    said = {"number": number, "materialCode": "M01", "uploads": [upload], **said}
    return do(office, "AddMaterial", who, **said)


def newest(office, number):
    case = office.case("applicant", number)
    (material,) = [each for each in case["materials"] if each["code"] == "M01"]
    return material["files"][-1]


def test_the_server_says_what_it_speaks(office):
    answer = Client().options(AT)
    assert answer.status_code == 204
    assert answer["Tus-Extension"] == "creation,expiration,termination"
    assert int(answer["Tus-Max-Size"]) > 20 << 20


def test_a_file_that_came_in_parts_is_handed_in_once(office):
    number = office.submitted("applicant")
    upload = sent(office)
    key = str(uuid.uuid4())
    assert add(office, number, upload, idempotencyKey=key)["errors"] == []
    file = newest(office, number)
    assert (file["filename"], file["size"]) == ("图纸.pdf", len(LARGE))
    assert follow(file["link"]).body == LARGE
    again = add(office, number, upload, idempotencyKey=key)
    assert again["errors"] == []
    before = holdings(COUNTY)
    assert codes(add(office, number, upload)) == ["UPLOAD_USED"]
    assert holdings(COUNTY) == before
    assert come(office, AT + upload) is None


def test_who_began_sent_and_threw_an_upload_away_is_audited(office):
    upload = sent(office)
    assert tus(office, "DELETE", AT + upload).status_code == 204
    with center_context(COUNTY):
        rows = AuditEntry.objects.filter(object_type="upload").order_by("sequence")
        told = list(rows.values_list("action", "object_key"))
    steps = ("begin", "complete", "abandon")
    assert told == [(f"case.{step}_upload", upload) for step in steps]


def test_an_application_comes_with_large_files(office):
    materials = [
        {"materialCode": code, "uploads": [sent(office, LARGE + code.encode())]}
        for code in handing.required_materials(casework.BOOKS)
    ]
    said = {"matter": casework.BOOKS, "applicant": applicant(), "materials": materials}
    payload = do(office, "SubmitCase", **said)
    assert payload["errors"] == []
    assert newest(office, payload["case"]["number"])["size"] == len(LARGE) + 3


def test_a_notice_is_answered_with_a_large_file(office):
    number = office.submitted("applicant")
    defects = [{"materialCode": "M01", "text": "缺少签字"}]
    office.step("clerk", "IssueNotice", number, defects=defects)
    materials = [{"materialCode": "M01", "uploads": [sent(office)]}]
    payload = do(office, "AnswerNotice", number=number, answers=[], materials=materials)
    assert payload["errors"] == []
    assert newest(office, number)["size"] == len(LARGE)


def test_what_comes_in_parts_is_looked_into_as_every_file(office, settings, tmp_path):
    number = office.submitted("applicant")
    page = sent(office, b"<html>" + bytes(100))
    assert codes(add(office, number, page)) == ["FILE_TYPE_NOT_ALLOWED"]
    with scanning.running_scanner(settings, tmp_path) as scanner:
        scanner.limit = 10 << 20
        content = handing.PDF + bytes(uploads.PART) + scanning.EICAR
        assert add(office, number, sent(office, content))["errors"] == []
        scanning.scan(COUNTY, NOW)
        assert newest(office, number)["scanState"] == "INFECTED"


def test_a_line_that_breaks_costs_only_what_was_on_its_way(office, monkeypatch):
    at = begun(office)

    class Breaking(io.BytesIO):
        def read(self, size=-1):
            found = super().read(size)
            if not found:
                raise OSError("the line broke")
            return found

    came = LARGE[: uploads.PART + 10]
    monkeypatch.setattr("django.test.client.FakePayload", lambda _content: Breaking(came))
    patch(office, at, LARGE)
    monkeypatch.undo()
    assert come(office, at) == len(came)
    assert patch(office, at, LARGE[len(came) :], len(came)).status_code == 204
    number = office.submitted("applicant")
    assert add(office, number, at.rsplit("/", 1)[1])["errors"] == []
    assert follow(newest(office, number)["link"]).body == LARGE


HOSTILE = {
    "another version": ({"Tus_Resumable": "0.2.2"}, 412),
    "no version": ({"Tus_Resumable": None}, 412),
    "no token": ({"Authorization": None}, 401),
    "a wrong token": ({"Authorization": "Bearer x"}, 401),
    "nothing of a length": ({"Upload_Length": None}, 400),
    "a length below zero": ({"Upload_Length": -1}, 400),
    "a length of nothing": ({"Upload_Length": 0}, 413),
    "a length beyond the limit": ({"Upload_Length": 101 << 20}, 413),
    "a length beyond all numbers": ({"Upload_Length": "9" * 30}, 400),
    "an exotic digit": ({"Upload_Length": "²"}, 400),
    "no name": ({"Upload_Metadata": None}, 400),
    "a name that is no base64": ({"Upload_Metadata": "filename §"}, 400),
    "a name that is no text": ({"Upload_Metadata": "filename gICA"}, 400),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_beginning_is_refused_and_leaves_nothing(office, case):
    said, status = HOSTILE[case]
    headers = {"Upload_Length": 10, "Upload_Metadata": named("a.pdf"), **said}
    assert tus(office, "POST", AT, **headers).status_code == status
    with center_context(COUNTY):
        assert not models.Upload.objects.exists()


MISPLACED = (("POST", True), ("PATCH", False), ("HEAD", False), ("DELETE", False), ("GET", True))


@pytest.mark.parametrize(("method", "is_at_one"), MISPLACED)
def test_a_method_at_the_wrong_place_is_no_failure(office, method, is_at_one):
    at = begun(office) if is_at_one else AT
    assert tus(office, method, at).status_code == 405


def test_another_version_is_told_which_one_is_spoken(office):
    assert tus(office, "POST", AT, Tus_Resumable="0.2.2")["Tus-Version"] == "1.0.0"


def test_who_could_hand_nothing_in_sends_nothing(office):
    office.tokens["nobody"] = people.token(people.account("nobody", name="无名"), now=NOW)
    for who in ("nobody", "neighbour"):
        answer = tus(office, "POST", AT, who, Upload_Length=9, Upload_Metadata=named("a.pdf"))
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOAD_NOT_ALLOWED"
    with center_context(COUNTY):
        assert not models.Upload.objects.exists()
    begun(office, "clerk")


def test_what_waits_at_a_center_has_a_limit_together(office, settings):
    settings.RESUMABLE_ROOM = 25
    first, _second = begun(office, length=10), begun(office, "stranger", length=10)
    said = {"Upload_Length": 10, "Upload_Metadata": named("a.pdf")}
    answer = tus(office, "POST", AT, "clerk", **said)
    assert answer.status_code == 507
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOAD_ROOM"
    with center_context(COUNTY):
        assert models.Upload.objects.count() == 2
    assert tus(office, "DELETE", first).status_code == 204
    begun(office, "clerk", length=10)


def test_crumbs_without_end_are_refused(office, monkeypatch):
    monkeypatch.setattr(uploads, "SPARE_PARTS", 3)
    at = begun(office, length=10)
    for offset in range(3):
        assert patch(office, at, b"x", offset).status_code == 204
    answer = patch(office, at, b"x", 3)
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOAD_PARTS"
    assert come(office, at) == 3


def test_slow_lines_hold_a_few_threads_and_nobody_more_than_two(office, settings, monkeypatch):
    settings.LONG_BODIES = 3
    monkeypatch.setattr(rates, "HELD_BY_FRONT", 0)
    senders = iter(["applicant", "applicant", "stranger", "clerk"])
    places = {who: begun(office, who, length=10) for who in ("applicant", "stranger", "clerk")}
    answers = []

    class Slow(io.BytesIO):
        """While it is read, the next one comes."""

        def read(self, size=-1):
            while who := next(senders, None):
                answers.append((who, patch(office, places[who], b"x", who=who)))
            return super().read(size)

    monkeypatch.setattr("django.test.client.FakePayload", Slow)
    assert patch(office, places["applicant"], b"x").status_code == 409
    said = {(who, answer.status_code) for who, answer in answers}
    assert said == {("applicant", 204), ("applicant", 503), ("stranger", 204), ("clerk", 503)}
    assert {answer["Retry-After"] for _who, answer in answers if answer.status_code == 503} == {"5"}
    assert come(office, places["applicant"]) == 1
    assert patch(office, places["clerk"], b"x", who="clerk").status_code == 204


PATCHES = {
    "a gap": ({"Upload_Offset": 5}, b"x", 409),
    "no offset": ({"Upload_Offset": None}, b"x", 400),
    "another type": ({"Content_Type": "application/pdf"}, b"x", 415),
    "more than was said": ({}, bytes(11), 413),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_hostile_part_is_refused_and_changes_nothing(office, case):
    said, body, status = PATCHES[case]
    at = begun(office, length=10)
    assert patch(office, at, body, **said).status_code == status
    assert come(office, at) == 0


@pytest.mark.parametrize("who", ["stranger", "clerk", "neighbour"])
def test_an_upload_of_somebody_else_is_as_none(office, who):
    number = office.submitted("applicant")
    upload = sent(office)
    at = AT + upload
    assert come(office, at, who) is None
    assert patch(office, at, b"x", len(LARGE), who=who).status_code == 404
    assert tus(office, "DELETE", at, who).status_code == 404
    if who == "clerk":
        assert codes(add(office, number, upload, who)) == ["UPLOAD_NOT_FOUND"]
    assert come(office, at) == len(LARGE)


def test_what_has_not_come_whole_is_not_handed_in(office):
    number = office.submitted("applicant")
    at = begun(office)
    patch(office, at, LARGE[:100])
    assert codes(add(office, number, at.rsplit("/", 1)[1])) == ["UPLOAD_UNFINISHED"]
    assert codes(add(office, number, str(uuid.uuid4()))) == ["UPLOAD_NOT_FOUND"]


def test_a_name_leads_nowhere(office):
    number = office.submitted("applicant")
    upload = sent(office, handing.PDF + b"x", name="../../etc/c\x00ron.pdf")
    assert add(office, number, upload)["errors"] == []
    assert newest(office, number)["filename"] == "cron.pdf"


def test_a_person_has_a_few_slots_that_are_free_again(office):
    places = [begun(office) for _ in range(uploads.SLOTS)]
    refused = tus(office, "POST", AT, Upload_Length=9, Upload_Metadata=named("a.pdf"))
    assert refused.status_code == 429
    assert refused.json()["errors"][0]["extensions"]["code"] == "UPLOAD_SLOTS"
    begun(office, "stranger")
    assert tus(office, "DELETE", places[0]).status_code == 204
    assert come(office, places[0]) is None
    begun(office)


def test_what_is_not_handed_in_in_time_is_forgotten(office, django_capture_on_commit_callbacks):
    upload = sent(office)
    owner = f"{COUNTY}/uploads/{upload}"
    with center_context(COUNTY):
        parts = models.Upload.objects.get(pk=upload).parts
    assert all(files.holds(owner, part) for part in parts)
    later = NOW + uploads.LASTS
    number = office.submitted("applicant")
    office.go_on(later)
    assert come(office, AT + upload, now=later) is None
    payload = add(office, number, upload, now=later)
    assert codes(payload) == ["UPLOAD_NOT_FOUND"]
    with django_capture_on_commit_callbacks(execute=True):
        while timers.fire_timers(COUNTY, clock=lambda: later):
            pass
    with center_context(COUNTY):
        assert not models.Upload.objects.filter(pk=upload).exists()
    assert not any(files.holds(owner, part) for part in parts)


def test_a_browser_of_another_origin_may_send_parts(settings, office):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.cn"]
    asked = {
        "Origin": "https://app.example.cn",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,tus-resumable,upload-offset,content-type",
    }
    answer = Client().options(AT, headers=asked)
    assert "PATCH" in answer["Access-Control-Allow-Methods"]
    assert "upload-offset" in answer["Access-Control-Allow-Headers"]
