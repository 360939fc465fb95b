"""What goes wrong, as clients see it and as it is logged."""

import json
import logging
from collections import defaultdict
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from schema import errors, payloads, root
from schema.context import RequestContext
from tests.graphql.client import codes, send
from tests.graphql.trial import answered, ask
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.registry import errors as registry_errors


def test_what_was_not_foreseen_is_masked_and_logged_once(db, caplog):
    with caplog.at_level(logging.INFO):
        response = ask("{ broken }")
    [error] = response.answer["errors"]
    assert error["extensions"] == {
        "code": "INTERNAL",
        "traceId": error["extensions"]["traceId"],
    }
    trace_id = error["extensions"]["traceId"]
    assert trace_id in error["message"]
    assert "LookupError" not in json.dumps(response.answer)
    [record] = caplog.records
    logged = record.msg
    assert logged["event"] == "unforeseen"
    assert logged["trace_id"] == trace_id
    assert "LookupError: no such thing" in logged["exception"]
    assert "a value that no log may show" not in str(logged)


def test_each_failure_has_a_trace_of_its_own(db):
    first, second = (ask("{ broken }").answer["errors"][0]["extensions"] for _ in range(2))
    assert first["traceId"] != second["traceId"]


def test_a_statement_that_takes_too_long(committed_db):
    response = ask("{ trunk { name } slow }")
    [error] = response.answer["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("TIMEOUT", ["slow"])
    with shared_context(SharedRole.READER), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_database_that_is_away_is_a_fault_of_ours(committed_db, settings):
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "nothing"
    try:
        response = send({"query": '{ center(code: "371400") { name } }'})
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
    assert response.status_code == 500
    assert codes(response.json()) == ["INTERNAL"]


def test_a_refusal_in_a_payload(db):
    response = ask("mutation { refuse { digests errors { code message path params } } }")
    assert response.answer["data"]["refuse"] == {
        "digests": [],
        "errors": [
            {
                "code": "DIVISION_NOT_FOUND",
                "message": "2021-12-31 没有代码为“1”的行政区划。",
                "path": ["asOf", "3"],
                "params": {"asOf": "2021-12-31", "code": "1"},
            }
        ],
    }
    assert "errors" not in response.answer


def test_a_refusal_outside_a_payload_keeps_its_code():
    refusal = registry_errors.UnknownDivisionError(as_of="2021-12-31", code="1")
    shown = errors.rendered(refusal, RequestContext(language="en")).formatted
    assert shown == {
        "message": "There was no division 1 on 2021-12-31.",
        "extensions": {"code": "DIVISION_NOT_FOUND", "params": {"asOf": "2021-12-31", "code": "1"}},
    }


def test_every_error_of_a_feature_is_in_its_enum():
    kind: Any = root.schema._schema.type_map["RegistryErrorCode"]
    declared = {error.code for error in payloads.declared_errors(registry_errors)}
    assert declared
    assert set(kind.values) == declared | {"IDEMPOTENCY_KEY_REUSED", "STALE_VERSION"}
    for name, value in kind.values.items():
        assert " / " in value.description, name


def all_errors(base: type[DomainError] = DomainError):
    for error in base.__subclasses__():
        yield error
        yield from all_errors(error)


@pytest.mark.parametrize("error", sorted(set(all_errors()), key=str), ids=lambda e: e.__name__)
def test_every_error_has_a_code_and_both_texts(error):
    if not hasattr(error, "code"):
        return  # a base of others
    assert error.code == error.code.upper()
    for text in (error.message_zh, error.message_en):
        assert text.strip() == text != ""
        assert text.format_map(defaultdict(str))


def test_an_answer_says_what_languages_it_knows(db):
    for accepted, text in (
        ("", "请先登录"),
        ("zh", "请先登录"),
        ("en", "Sign in"),
        ("de", "请先登录"),
        ("de,en-US;q=0.7,zh;q=0.3", "Sign in"),
        ("en;q=0", "请先登录"),
        ("en;q=x", "请先登录"),
        (",,;q=;=" * 90, "请先登录"),
    ):
        request = RequestFactory().post(
            "/graphql",
            "{}",
            "application/json",
            headers={"Accept-Language": accepted, "Authorization": "x"},
        )
        assert text in answered(request).answer["errors"][0]["message"]
