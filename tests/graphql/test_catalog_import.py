"""Lists that editors send: reported row by row, within their roles, published by nobody's file."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import people
from tests.graphql.client import execute, operation
from tests.people import NOW
from tongban.catalog import models
from tongban.catalog.adapters.writers import FileFormat
from tongban.catalog.operations import export_list
from tongban.catalog.states import RevisionStatus
from tongban.kernel import calendar
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry

COUNTY, DIVISION = "371402", "371402000000"
MATTERS = "事项名称,地方编码,事项类型\n学生资助政策咨询,511C,20\n=坏的,,20\n无类型,L3,\n".encode()


def editor(role: PlatformRole | None, division: str = DIVISION) -> str:
    person = people.account("editor-of-lists")
    if role is not None:
        people.grant(person, role, division)
    return people.token(person)


def send(token, content=MATTERS, *, kind="MATTERS", key=None, name="目录.csv", **said):
    key = str(key or uuid.uuid4())
    variables = {"input": {"file": None, "kind": kind, "idempotencyKey": key, **said}}
    uploads = {"variables.input.file": SimpleUploadedFile(name, content)}
    answer = execute(operation("ImportCatalog"), variables, token=token, files=uploads)
    return answer["data"]["importCatalog"] if answer.get("data") else answer


def codes(payload) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def written() -> tuple[int, int, int, int]:
    with shared_context(SharedRole.CATALOG):
        return (
            models.StandardMatter.objects.count(),
            models.MatterRevision.objects.count(),
            models.Offering.objects.count(),
            AuditEntry.objects.count(),
        )


def test_an_editors_matters_become_drafts_once(db):
    token, key = editor(PlatformRole.CATALOG_EDITOR), uuid.uuid4()
    before = written()
    trial = send(token, issuer=DIVISION, dryRun=True)["report"]
    assert (trial["created"], trial["written"]) == (1, False)
    assert written() == before
    payload = send(token, issuer=DIVISION, key=key)
    report = payload["report"]
    assert payload["errors"] == []
    assert (report["kind"], report["rows"], report["created"]) == ("MATTERS", 3, 1)
    assert (report["written"], report["faultyRows"], report["faultCount"]) == (True, 2, 2)
    assert [(f["row"], f["column"], f["code"], f["reason"]) for f in report["faults"]] == [
        (4, "事项类型", "MISSING", "必须填写"),
        (3, "基本编码", "MISSING", "必须填写"),
    ]
    after = written()
    assert send(token, issuer=DIVISION, key=key) == payload
    assert written() == after
    assert send(token, issuer=DIVISION)["report"]["unchanged"] == 1
    with shared_context(SharedRole.CATALOG):
        (draft,) = models.MatterRevision.objects.filter(matter__local_code="511C")
    assert draft.status == RevisionStatus.DRAFT
    assert codes(send(token, MATTERS + b"\n", issuer=DIVISION, key=key)) == [
        "IDEMPOTENCY_KEY_REUSED"
    ]


def test_an_editors_offerings_are_opened_and_deviations_told(db):
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(center_code=COUNTY).delete()
        revision = models.MatterRevision.objects.filter(
            status="published", content__levels__contains="county"
        ).first()
    text = f"中心代码,基本编码,事项名称,办理地点\n{COUNTY},{revision.matter_id},别的名称,一楼\n"
    token = editor(PlatformRole.OFFERING_EDITOR)
    report = send(token, text.encode(), kind="OFFERINGS")["report"]
    assert (report["created"], report["remarkCount"], report["faults"]) == (1, 1, [])
    remark = report["remarks"][0]
    assert (remark["row"], remark["field"], remark["code"]) == (2, "name", "DEVIATES")
    out = io.BytesIO()
    with shared_context(SharedRole.CATALOG):
        export_list.export_offerings(
            center_codes=[COUNTY],
            file_format=FileFormat.XLSX,
            out=out,
            on=calendar.local_day(NOW),
        )
    assert send(token, out.getvalue(), kind="OFFERINGS")["report"]["unchanged"] == 1


@pytest.mark.parametrize(
    ("role", "division", "kind"),
    [
        (None, "", "MATTERS"),
        (None, "", "OFFERINGS"),
        (PlatformRole.OFFERING_EDITOR, DIVISION, "MATTERS"),
        (PlatformRole.CATALOG_EDITOR, DIVISION, "OFFERINGS"),
        (PlatformRole.CATALOG_REVIEWER, DIVISION, "MATTERS"),
        (PlatformRole.CATALOG_EDITOR, "371700000000", "MATTERS"),
        (PlatformRole.OFFERING_EDITOR, "371700000000", "OFFERINGS"),
    ],
)
def test_others_send_nothing(db, role, division, kind):
    token = editor(role, division)
    before = written()
    with shared_context(SharedRole.CATALOG):
        matter = models.MatterRevision.objects.filter(status="published").first()
    offerings = f"中心代码,基本编码\n{COUNTY},{matter.matter_id}\n".encode()
    content = MATTERS if kind == "MATTERS" else offerings
    said = {"issuer": DIVISION} if kind == "MATTERS" else {}
    payload = send(token, content, kind=kind, **said)
    expected = "MATTERS_IMPORT_NOT_ALLOWED" if kind == "MATTERS" else "OFFERING_OPEN_NOT_ALLOWED"
    assert codes(payload) == [expected]
    assert payload["report"] is None
    assert written() == before


def test_what_is_no_list_is_refused(db):
    token = editor(PlatformRole.CATALOG_EDITOR)
    before = written()
    assert codes(send(token, b"%PDF-1.7\n")) == ["SOURCE_UNREADABLE"]
    assert codes(send(token, f"中心代码,基本编码\n{COUNTY},3\n".encode())) == ["SOURCE_MISPLACED"]
    assert codes(send(token, issuer="37")) == ["ISSUER_UNKNOWN"]
    assert written() == before


def test_the_first_hundred_faults_are_told_and_all_counted(db):
    token, key = editor(PlatformRole.CATALOG_EDITOR), uuid.uuid4()
    content = ("name,matter_type\n" + "甲,99x\n" * 250).encode()
    payload = send(token, content, key=key, issuer=DIVISION)
    report = payload["report"]
    assert (report["faultyRows"], report["faultCount"], len(report["faults"])) == (250, 250, 100)
    assert send(token, content, key=key, issuer=DIVISION) == payload
