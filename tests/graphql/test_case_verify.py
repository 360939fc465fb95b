"""The public page that tells whether a paper is genuine."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from tenants.cases import models
from tests.graphql.office import Office, follow
from tongban.kernel import crypto, files
from tongban.kernel.context import SharedRole, center_context, shared_context

# Later than any onboarding of the test centers, whose keys are valid from then on.
NOW = datetime(2040, 1, 9, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(db):
    return Office(now=NOW)


@pytest.fixture
def receipt(office):
    return office.submit()["case"]["papers"][0]


def page(url):
    return Client().get("/" + url.split("/", 3)[3])


def change(office, **columns):
    with center_context(office.center):
        models.Paper.objects.update(**columns)


def statement(office):
    with center_context(office.center):
        return models.Paper.objects.get().statement


def test_a_genuine_receipt(office, receipt):
    response = page(receipt["verifyUrl"])
    text = response.content.decode()
    assert response.status_code == 200
    assert "收件回执真实" in text
    for shown in ("齐河县政务服务中心", receipt["number"], "赵*试", "出版物零售"):
        assert shown in text
    assert "赵测试" not in text
    assert "default-src 'none'" in response["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)'", response["Content-Security-Policy"])[1]
    assert f'<script nonce="{nonce}">' in text


def test_the_statement_verifies_offline(office, receipt):
    seen = office.case("applicant", receipt["number"].split("-")[0])["papers"][0]
    paper = follow(seen["link"], now=NOW).body
    assert paper.startswith(b"%PDF-")
    said = statement(office)
    assert crypto.sha256_hex(paper) == said["sha256"] == seen["sha256"]
    from tongban.registry.models import CenterKey

    with center_context(office.center):
        stored = models.Paper.objects.get()
        key = CenterKey.objects.get(key_id=stored.key_id)
        event = models.CaseEvent.objects.get()
    assert crypto.verify(
        bytes(key.public_key), crypto.canonical_json(said), bytes(stored.signature)
    )
    assert said["head_hash"] == bytes(event.hash).hex()
    assert page(receipt["verifyUrl"]).status_code == 200


@pytest.mark.parametrize("field", ["applicant", "matter", "case_number", "at", "sha256", "center"])
def test_a_changed_statement_fails(office, receipt, field):
    said = statement(office)
    change(office, statement={**said, field: "2026-01-01T00:00:00.000000Z"})
    response = page(receipt["verifyUrl"])
    assert "核验未通过" in response.content.decode()
    assert "赵*试" not in response.content.decode()


def test_a_statement_of_another_paper_fails(office, receipt):
    other = office.submit()["case"]["papers"][0]
    with center_context(office.center):
        first, second = models.Paper.objects.order_by("id")
        models.Paper.objects.filter(pk=first.pk).update(
            statement=second.statement, signature=bytes(second.signature)
        )
    assert "核验未通过" in page(receipt["verifyUrl"]).content.decode()
    assert "真实" in page(other["verifyUrl"]).content.decode()


def test_a_key_that_was_not_valid_then_fails(office, receipt):
    from tongban.registry.models import CenterKey

    with shared_context(SharedRole.PLATFORM):
        CenterKey.objects.filter(center_code=office.center).update(
            valid_to="2026-01-01T00:00:00Z", valid_from="2025-01-01T00:00:00Z"
        )
    assert "核验未通过" in page(receipt["verifyUrl"]).content.decode()


def test_a_pdf_that_changed_in_the_store_fails(office, receipt):
    said = statement(office)
    other = files.store(office.center, io.BytesIO(b"%PDF-1.4 other"))[0]
    change(office, sha256=other)
    assert "核验未通过" in page(receipt["verifyUrl"]).content.decode()
    change(office, sha256=said["sha256"])
    assert "真实" in page(receipt["verifyUrl"]).content.decode()


@pytest.mark.parametrize(
    "token",
    ["371425.nonsense", "nonsense", "999999.abc", "371425.", "371425." + "x" * 90, "371425.a%00"],
)
def test_what_was_never_issued_is_not_genuine(db, token):
    response = Client().get(f"/verify/{token}")
    assert response.status_code == 404
    assert "查无此文书" in response.content.decode()


def test_a_token_is_not_looked_for_in_another_center(office, receipt):
    moved = receipt["verifyUrl"].replace("/371425.", "/371722.")
    assert page(moved).status_code == 404
