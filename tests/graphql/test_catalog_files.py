"""Blank forms and samples: put to a draft by its editors, served to everybody once published."""

import hashlib
import io
import json
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from schema.catalog.links import Link
from tests import casework, people, publishing, revising
from tests.graphql.client import codes, execute, operation
from tests.graphql.office import follow
from tests.people import NOW
from tongban.catalog import errors, models
from tongban.catalog.operations import publish, review
from tongban.catalog.rules.attachments import AttachmentKind, AttachmentPlace
from tongban.identity.operations import administration
from tongban.kernel import actors, files
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

BOOKS = casework.BOOKS
PDF = b"%PDF-1.7\nblank form"
SHA = hashlib.sha256(PDF).hexdigest()
OPERATOR = actors.operator("tests")
ISSUER = "370000000000"


@pytest.fixture
def draft(db) -> int:
    """The number of a draft in work of 出版物零售经营许可."""
    with shared_context(SharedRole.CATALOG):
        was = publishing.standard(BOOKS)
        return publishing.drafted(replace(was, visits=was.visits + 1), code=BOOKS, now=NOW).number


def somebody(name: str, role: PlatformRole | None, division: str = ISSUER) -> str:
    person = people.account(name)
    if role is not None:
        people.grant(person, role, division)
    return people.token(person)


@pytest.fixture
def editor(db) -> str:
    return somebody("editor", PlatformRole.CATALOG_EDITOR)


def attach(token, content=PDF, *, filename="申请表.pdf", kind="BLANK_FORM", **said):
    variables = {"input": {"matter": BOOKS, "kind": kind, "file": None, **said}}
    if kind != "RESULT_SAMPLE":
        variables["input"].setdefault("material", "M01")
    uploads = None
    if content is not None:
        uploads = {"variables.input.file": SimpleUploadedFile(filename, content)}
    return execute(operation("AttachMaterialFile"), variables, token=token, files=uploads)


def attached(*arguments, **said):
    payload = attach(*arguments, **said)["data"]["attachMaterialFile"]
    assert payload["errors"] == [], payload
    return payload


def stored():
    with shared_context(SharedRole.CATALOG):
        return (
            list(models.MatterRevision.objects.filter(matter__code=BOOKS).order_by("id").values()),
            AuditEntry.objects.count(),
        )


def publish_draft(number, since=None):
    with shared_context(SharedRole.CATALOG):
        found = models.MatterRevision.objects.get(matter__code=BOOKS, number=number)
        reviewed = review.review_revision(
            actor=publishing.reviewer(),
            matter_code=BOOKS,
            number=number,
            expected_digest=found.content_hash,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
        publishing.published(reviewed, since=since, now=NOW)


def read_material(token=None, *, now=NOW):
    document = f"""{{ matter(code: "{BOOKS}") {{
        result {{ sample {{ name link }} }}
        materials {{ code blankForm {{ name mediaType size sha256 link }} sample {{ link }} }}
    }} }}"""
    return execute(document, token=token, now=now)["data"]["matter"]


# --- attaching -------------------------------------------------------------------------------


def test_a_form_of_a_draft_is_everybodys_once_it_is_published(draft, editor):
    payload = attached(editor, filename="../../出版物\x1b零售\\申请表.pdf")
    assert payload["file"] | {"link": ""} == {
        "name": "申请表.pdf",
        "mediaType": "application/pdf",
        "size": len(PDF),
        "sha256": SHA,
        "link": "",
    }
    assert payload["revisionNumber"] == draft
    attached(editor, kind="SAMPLE")
    attached(editor, kind="RESULT_SAMPLE", filename="许可证样本.pdf")
    assert read_material()["materials"][0]["blankForm"] is None
    publish_draft(draft)
    matter = read_material()
    form = matter["materials"][0]["blankForm"]
    assert (form["name"], form["sha256"]) == ("申请表.pdf", SHA)
    for link in (form["link"], matter["materials"][0]["sample"]["link"]):
        assert follow(link, now=NOW).status == 200
    assert matter["result"]["sample"]["name"] == "许可证样本.pdf"
    answer = follow(form["link"], now=NOW)
    assert answer.body == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_editor_is_one_of_the_drafts_writers_and_it_is_told(draft, editor):
    attached(editor)
    with shared_context(SharedRole.CATALOG):
        revision = models.MatterRevision.objects.get(matter__code=BOOKS, number=draft)
        told = AuditEntry.objects.order_by("-sequence")[0]
    assert told.actor["key"] in revision.editors
    assert len(revision.editors) == 2
    assert told.action == "revision.attach"
    assert told.data["sha256"] == SHA
    assert revision.content_hash == revision.read().digest


def test_the_same_file_again_changes_nothing_and_null_takes_it_away(draft, editor):
    first = attached(editor)
    before = stored()
    assert attached(editor)["digest"] == first["digest"]
    assert stored() == before
    gone = attached(editor, None)
    assert gone["file"] is None
    assert gone["digest"] != first["digest"]


def test_who_edits_beside_another_is_told(draft, editor):
    first = attached(editor)
    attached(editor, kind="SAMPLE")
    before = stored()
    answer = attach(editor, PDF + b"2", expectedDigest=first["digest"])
    assert refusals(answer) == ["STALE_VERSION"]
    assert stored() == before


def refusals(answer):
    payload = answer["data"]["attachMaterialFile"]
    assert payload["file"] is None
    return [error["code"] for error in payload["errors"]]


def archive(name):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        written.writestr(name, "<x/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\x00",
        b"#!/bin/sh\n",
        b"GIF89a",
        archive("word/vbaProject.bin"),
        b"\n%PDF-1.7",
    ],
    ids=["empty", "html", "svg", "exe", "script", "gif", "office", "pdf-after-a-line"],
)
@pytest.mark.parametrize("filename", ["申请表.pdf", "x.html"])
def test_hostile_files_are_refused_whatever_they_are_called(draft, editor, content, filename):
    before = stored()
    answer = attach(editor, content, filename=filename)
    assert refusals(answer) == ["CATALOG_FILE_INVALID"]
    assert stored() == before
    if content:
        assert not files.holds(files.CATALOG, hashlib.sha256(content).hexdigest())


def test_a_file_over_the_limit_is_refused(draft, editor, settings):
    settings.FILE_SIZE_LIMIT = 1_000
    before = stored()
    answer = attach(editor, PDF + bytes(2_000))
    assert codes(answer) == ["BAD_REQUEST"]
    assert stored() == before


@pytest.mark.parametrize("said", [{"material": "M99"}, {"material": ""}, {"material": "\0"}])
def test_a_place_that_is_none_is_told(draft, editor, said):
    before = stored()
    assert refusals(attach(editor, **said)) == ["ATTACHMENT_PLACE_UNKNOWN"]
    assert stored() == before


@pytest.mark.parametrize("matter", ["379999999999", "370110100101", ""])
def test_where_nothing_is_in_work_there_is_nothing_to_attach_to(draft, editor, matter):
    before = stored()
    assert refusals(attach(editor, matter=matter)) == ["REVISION_NOT_FOUND"]
    assert stored() == before


@pytest.mark.parametrize(
    ("role", "division", "refusal"),
    [
        (None, ISSUER, "REVISION_NOT_FOUND"),
        (PlatformRole.OFFERING_EDITOR, ISSUER, "REVISION_NOT_FOUND"),
        (PlatformRole.CATALOG_EDITOR, "371400000000", "REVISION_NOT_FOUND"),
        (PlatformRole.CATALOG_EDITOR, "360000000000", "REVISION_NOT_FOUND"),
        (PlatformRole.CATALOG_REVIEWER, ISSUER, "MATTER_DRAFT_NOT_ALLOWED"),
        (PlatformRole.CATALOG_PUBLISHER, ISSUER, "MATTER_DRAFT_NOT_ALLOWED"),
    ],
)
def test_only_the_issuers_editors_attach(draft, role, division, refusal):
    token = somebody("other", role, division)
    before = stored()
    content = PDF + refusal.encode() + str(role).encode()
    assert refusals(attach(token, content)) == [refusal]
    assert stored() == before
    assert not files.holds(files.CATALOG, hashlib.sha256(content).hexdigest())


def test_nobody_attaches_without_signing_in(draft):
    assert codes(attach(None)) == ["UNAUTHENTICATED"]


# --- opening ---------------------------------------------------------------------------------


def test_a_drafts_file_is_opened_only_by_who_asked_and_only_for_ten_minutes(draft, editor):
    link = attached(editor)["file"]["link"]
    assert follow(link, now=NOW).status == 200
    assert follow(link, now=NOW).headers["Cache-Control"] == "private, no-store"
    assert follow(link, now=NOW + timedelta(minutes=11)).status == 404
    with shared_context(SharedRole.PLATFORM):
        administration.revoke_role(
            actor=OPERATOR,
            account=people.account("editor"),
            role=PlatformRole.CATALOG_EDITOR,
            division_code=ISSUER,
            now=NOW,
        )
    assert follow(link, now=NOW).status == 404


def test_a_published_files_link_holds_to_the_end_of_the_next_day(draft, editor):
    attached(editor)
    publish_draft(draft)
    links = {
        read_material(token, now=now)["materials"][0]["blankForm"]["link"]
        for token in (None, editor)
        for now in (NOW, NOW + timedelta(hours=6))
    }
    assert len(links) == 1, "what is kept all day stays the same"
    (link,) = links
    assert follow(link, now=NOW + timedelta(days=1)).status == 200
    assert follow(link, now=NOW + timedelta(days=3)).status == 404
    assert follow(link, now=NOW).headers["Cache-Control"].startswith("public")


def test_a_link_does_not_outlive_a_release_that_is_called_back(draft, editor):
    attached(editor)
    publish_draft(draft, since=(NOW + timedelta(days=5)).date())
    place = AttachmentPlace(BOOKS, draft, AttachmentKind.BLANK_FORM, "M01")
    link = Link(place, 0, int((NOW + timedelta(days=1)).timestamp()))
    address = f"{settings.PUBLIC_URL}/files/{link.sign()}"
    assert follow(address, now=NOW).status == 200
    with shared_context(SharedRole.CATALOG):
        out = models.Release.objects.get(items__matter=BOOKS, items__number=draft)
        publish.withdraw_release(
            actor=publishing.publisher(),
            issuer_code=out.issuer_code,
            number=out.number,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    assert follow(address, now=NOW).status == 404


def test_a_former_revisions_file_stays_open(draft, editor):
    attached(editor)
    publish_draft(draft)
    link = read_material()["materials"][0]["blankForm"]["link"]
    revising.revise(now=NOW + timedelta(days=1), visits=5)
    assert follow(link, now=NOW + timedelta(hours=26)).status == 200


def test_a_token_opens_what_it_was_made_for_and_nothing_else(draft, editor):
    link = attached(editor)["file"]["link"]
    token = link.rsplit("/", 1)[1]
    payload, _, signature = token.rpartition(":")
    for forged in (
        token[:-1],
        token + "x",
        payload,
        f"{payload}:{signature[::-1]}",
        f"{payload[:-2]}AA:{signature}",
        "x",
        ":",
        "x" * 5_000,
    ):
        assert follow(f"{settings.PUBLIC_URL}/files/{forged}", now=NOW).status == 404


def test_a_catalog_link_is_no_link_to_a_cases_file(draft, editor):
    """Each feature signs under a salt of its own."""
    from schema.cases.links import Link as CaseLink
    from schema.catalog.links import Link

    case = CaseLink("371402", "material", "1", 1, int(NOW.timestamp()) + 600).sign()
    with pytest.raises(Exception, match="not match"):
        Link.read(case, now=NOW)
    own = attached(editor)["file"]["link"].rsplit("/", 1)[1]
    with pytest.raises(Exception, match="not match"):
        CaseLink.read(own, now=NOW)


def test_what_is_handed_out_is_named_by_what_it_is(draft, editor):
    """A draft's JSON may say any type; the bytes decide."""
    attached(editor)
    with shared_context(SharedRole.CATALOG):
        revision = models.MatterRevision.objects.get(matter__code=BOOKS, number=draft)
        text = json.dumps(revision.content).replace("application/pdf", "text/html")
        models.MatterRevision.objects.filter(id=revision.id).update(content=json.loads(text))
    publish_draft(draft)
    form = read_material()["materials"][0]["blankForm"]
    assert form["mediaType"] == "text/html"
    assert follow(form["link"], now=NOW).headers["Content-Type"] == "application/pdf"


def test_a_file_that_was_never_uploaded_is_not_published(draft, editor):
    attached(editor)
    with shared_context(SharedRole.CATALOG):
        was = models.MatterRevision.objects.get(matter__code=BOOKS, number=draft).read()
        claimed = replace(was.materials[0].blank_form, name="没有的.pdf", sha256="0" * 64)
        materials = (replace(was.materials[0], blank_form=claimed), *was.materials[1:])
        publishing.drafted(replace(was, materials=materials), code=BOOKS, now=NOW)
    before = stored()
    with pytest.raises(errors.AttachmentMissingError) as refused:
        publish_draft(draft)
    assert refused.value.path[-3:] == ("materials", 0, "blank_form")
    assert "没有的.pdf" in refused.value.message("zh-Hans")
    assert stored()[0][0] == before[0][0], "what is in force is what it was"


def test_a_published_file_whose_bytes_are_lost_is_gone(draft, editor):
    attached(editor)
    publish_draft(draft)
    with shared_context(SharedRole.CATALOG):
        revision = models.MatterRevision.objects.get(matter__code=BOOKS, number=draft)
        text = json.dumps(revision.content).replace(SHA, "0" * 64)
        models.MatterRevision.objects.filter(id=revision.id).update(content=json.loads(text))
    assert follow(read_material()["materials"][0]["blankForm"]["link"], now=NOW).status == 404
