"""From a token to an actor, and what makes a token worth nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.people import NOW
from tongban.identity import models, policies, queries
from tongban.identity.operations import administration
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import UnauthenticatedError
from tongban.kernel.models import LogEntry


def test_a_token_becomes_an_actor_in_one_statement(db):
    citizen = people.account("citizen", id_number=people.id_number())
    people.grant(citizen, PlatformRole.REGISTRAR, "371400000000")
    token = people.token(citizen)
    with CaptureQueriesContext(connection) as statements:
        actor = queries.resolve_actor(token, now=NOW)
    assert len(statements) == 1
    assert actor.kind == "person"
    assert actor.account_id == citizen.account_id
    assert actor.applicant_hash == queries.number_hash(people.id_number())
    assert actor.real_name
    assert actor.scopes == {"api"}
    assert actor.platform_roles == {("registrar", "371400000000")}
    assert token not in repr(actor)


@pytest.mark.parametrize("token", ["", "no-such-token", "x" * 10_000, "令牌", "a\x00b"])
def test_an_unknown_token_is_nobody(db, token):
    with pytest.raises(UnauthenticatedError):
        queries.resolve_actor(token, now=NOW)


def test_an_expired_token_is_nobody(db):
    token = people.token(people.account("citizen"))
    with pytest.raises(UnauthenticatedError):
        queries.resolve_actor(token, now=NOW + timedelta(hours=9))


def test_a_locked_account_loses_its_tokens_at_once_and_listeners_hear_of_it(db):
    person = people.account("citizen")
    actor = people.actor(person)
    assert actor.token_id
    token = people.token(person)
    assert queries.valid_tokens([actor.token_id, 999], now=NOW) == {actor.token_id}
    with shared_context(SharedRole.PLATFORM):
        administration.set_account_lock(
            actor=people.OPERATOR, account_id=person.account_id, locked=True, reason="冒用", now=NOW
        )
        names = LogEntry.objects.filter(topic="identity", subject=f"account:{person.account_id}")
        assert list(names.order_by("position").values_list("name", flat=True)) == [
            "token.revoked",
            "account.locked",
        ]
    with pytest.raises(UnauthenticatedError):
        queries.resolve_actor(token, now=NOW)
    assert queries.valid_tokens([actor.token_id], now=NOW) == frozenset()


def test_an_unlocked_account_needs_new_tokens(db):
    person = people.account("citizen")
    token = people.token(person)
    with shared_context(SharedRole.PLATFORM):
        for locked in (True, False):
            administration.set_account_lock(
                actor=people.OPERATOR,
                account_id=person.account_id,
                locked=locked,
                reason="",
                now=NOW,
            )
    with pytest.raises(UnauthenticatedError):
        queries.resolve_actor(token, now=NOW)
    assert people.actor(person).account_id == person.account_id


def test_a_machine_may_enter_its_own_center_only(db):
    with shared_context(SharedRole.PLATFORM):
        client, secret = administration.register_machine(
            actor=people.OPERATOR, center_code="371425001", name="晏城街道一体机", now=NOW
        )
        kept = models.ClientApplication.objects.get(pk=client.pk)
    assert secret not in (kept.client_secret, kept.client_id)
    token = people.machine_token(client)
    actor = queries.resolve_actor(token, now=NOW)
    assert (actor.kind, actor.center_code) == ("machine", "371425001")
    assert policies.may_enter(actor, "371425001")
    assert not policies.may_enter(actor, "371425")


def test_the_database_refuses_a_machine_without_a_center(db):
    with (
        shared_context(SharedRole.PLATFORM),
        pytest.raises(IntegrityError, match="people_or_center"),
        transaction.atomic(),
    ):
        models.ClientApplication.objects.create(
            client_type="confidential", authorization_grant_type="client-credentials"
        )
