"""Guesses that come all at once get no more tries than one after the other."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections

from tests import people
from tests.graphql.test_second_factor import shown_by
from tests.people import NOW
from tongban.identity import errors, models
from tongban.identity.operations import accounts, phone_codes, second_factors, sign_in, throttle
from tongban.identity.rules import CodePurpose
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError

PASSWORD = "Dezhou-2026"


def at_once(work, arguments):
    """Run ``work`` for each argument in threads of their own and return codes or results."""

    def run(argument):
        try:
            with shared_context(SharedRole.SIGN_IN):
                return work(argument)
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


def test_wrong_passwords_at_once(committed_db):
    people.account("citizen", password_hash=make_password(PASSWORD))
    answers = at_once(
        lambda _: sign_in.sign_in(identifier="citizen", password="wrong", now=NOW), range(12)
    )
    assert answers.count("SIGN_IN_FAILED") == 5
    assert answers.count("TOO_MANY_ATTEMPTS") == 7
    with shared_context(SharedRole.SIGN_IN), pytest.raises(errors.TooManyAttemptsError):
        sign_in.sign_in(identifier="citizen", password=PASSWORD, now=NOW)


def test_codes_tried_at_once_and_one_registration_for_one_key(committed_db, settings):
    settings.DEMO = True
    key = uuid.uuid4()

    def register(code):
        return accounts.register_account(
            phone="13805345678",
            code=code,
            password=PASSWORD,
            display_name="小明",
            login_name="xiaoming",
            idempotency_key=key if code == right else uuid.uuid4(),
            now=NOW,
        ).pk

    with shared_context(SharedRole.SIGN_IN):
        phone_codes.request_phone_code(phone="13805345678", purpose=CodePurpose.REGISTER, now=NOW)
        right = models.LocalMessage.objects.get().text.split()[1][:6]
    made = at_once(register, [right] * 6)
    assert len(set(made)) == 1
    with shared_context(SharedRole.SIGN_IN):
        assert models.Account.objects.filter(login_name="xiaoming").count() == 1
        models.PhoneCode.objects.update(attempts=0, used_at=None)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert set(at_once(register, [wrong] * 10)) == {"PHONE_CODE_INVALID"}
    with shared_context(SharedRole.SIGN_IN):
        assert models.PhoneCode.objects.get().attempts == 5


def test_one_code_of_the_second_factor_at_once_lets_one_in(committed_db):
    someone = people.account("citizen", password_hash=make_password(PASSWORD))
    actor = people.actor(someone)
    with shared_context(SharedRole.SIGN_IN):
        started = second_factors.start_second_factor(
            actor=actor, password=PASSWORD, code="", now=NOW
        )
        code = shown_by(started.secret, at=NOW)
        recovery = second_factors.confirm_second_factor(actor=actor, code=code, now=NOW)
    later = NOW + timedelta(minutes=2)

    def prove(code):
        second_factors.prove_code(account_id=someone.account_id, code=code, now=later)

    for code in (shown_by(started.secret, at=later), recovery[0]):
        answers = at_once(prove, [code] * 4)
        assert sorted(map(str, answers)) == ["None", *["SECOND_FACTOR_INVALID"] * 3]
        with shared_context(SharedRole.SIGN_IN):
            models.Throttle.objects.all().delete()


def test_one_first_code_at_once_confirms_once(committed_db):
    actor = people.actor(people.account("citizen", password_hash=make_password(PASSWORD)))
    with shared_context(SharedRole.SIGN_IN):
        started = second_factors.start_second_factor(
            actor=actor, password=PASSWORD, code="", now=NOW
        )
    code = shown_by(started.secret, at=NOW)
    answers = at_once(
        lambda _: second_factors.confirm_second_factor(actor=actor, code=code, now=NOW), range(4)
    )
    assert answers.count("SECOND_FACTOR_NOT_STARTED") == 3
    with shared_context(SharedRole.SIGN_IN):
        hashes = models.SecondFactor.objects.get().recovery_hashes
    (codes,) = [answer for answer in answers if isinstance(answer, list)]
    assert len(hashes) == len(codes) == 10


def test_what_is_had_at_a_rate_is_had_no_more_often_by_all_at_once(committed_db):
    def take(_=0, *, now=NOW, key="reveal:account:1"):
        return throttle.take(key, per_second=0.05, burst=6, now=now)

    assert at_once(take, range(16)).count(True) == 6
    with shared_context(SharedRole.SIGN_IN):
        assert take(key="reveal:account:2")
        assert [take(now=NOW + timedelta(seconds=left)) for left in (19, 20, 39, 60, 60, 60)] == [
            *(False, True, False, True, True, False)
        ]
        rested = [take(now=NOW + timedelta(hours=1)) for _ in range(7)]
    assert rested == [*[True] * 6, False]
