"""Closing an account (注销) deletes what it knows of a person, for people who work nowhere."""

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from tests import people
from tests.graphql.client import codes, execute, operation
from tests.graphql.test_identity_accounts import PASSWORD, demo, register, request_code, sent_code
from tongban.identity import models, queries
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import UnauthenticatedError

__all__ = ["demo"]


def close(token, password=PASSWORD):
    answer = execute(operation("CloseAccount"), {"input": {"password": password}}, token=token)
    payload = answer["data"]["closeAccount"]
    return payload["isClosed"], [error["code"] for error in payload["errors"]]


def rows():
    """Return everything that identity keeps, as text."""
    names = [
        model._meta.db_table
        for model in (models.Account, models.RealName, models.PhoneCode, models.FormerPassword)
    ]
    with shared_context(SharedRole.SIGN_IN), connection.cursor() as cursor:
        kept = ""
        for name in names:
            cursor.execute(f"SELECT coalesce(jsonb_agg(to_jsonb(t))::text, '') FROM {name} AS t")
            kept += cursor.fetchone()[0]
    return kept


def test_nothing_of_the_person_stays_and_phone_and_identity_are_free_again(demo):
    request_code()
    register(sent_code(), displayName="欧阳小明")
    with shared_context(SharedRole.SIGN_IN):
        person = queries.find_account("xiaoming")
    token = people.token(person)
    said = {"name": "欧阳小明", "idNumber": people.id_number(), "idempotencyKey": NEW_KEY}
    verified = execute(operation("VerifyIdentity"), {"input": said}, token=token)
    assert verified["data"]["verifyIdentity"]["errors"] == []
    with shared_context(SharedRole.SIGN_IN):
        row = models.Account.objects.get(pk=person.account_id)
        telling = [row.phone_hash.hex(), queries.number_hash(people.id_number()).hex()]
    telling += ["xiaoming", "欧阳", "138****5678"]
    assert [text for text in telling if text not in rows()] == []
    assert close(token) == (True, [])
    assert [text for text in telling if text in rows()] == []
    assert codes(execute(operation("Me"), token=token)) == ["UNAUTHENTICATED"]
    with pytest.raises(UnauthenticatedError):
        queries.resolve_actor(token, now=people.NOW)
    people.account("again", name="欧阳小明", id_number=people.id_number())


NEW_KEY = "7b0c1c1e-0000-4000-8000-000000000001"


def test_a_wrong_password_and_who_still_works_close_nothing(db):
    person = people.account("wang", password_hash=make_password(PASSWORD))
    token = people.token(person)
    before = rows()
    assert close(token, "wrong") == (None, ["PASSWORD_WRONG"])
    with shared_context(SharedRole.PLATFORM):
        index = models.MembershipIndexRow.objects.create(
            account_id=person.account_id, center_code="371722", roles=["clerk"], version=1
        )
    assert close(token) == (None, ["ACCOUNT_IN_USE"])
    with shared_context(SharedRole.PLATFORM):
        index.delete()
    people.grant(person, PlatformRole.REGISTRAR)
    assert close(token) == (None, ["ACCOUNT_IN_USE"])
    assert rows() == before
