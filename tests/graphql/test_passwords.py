"""What a password must be wherever it is set, how old staff's may be, and how often it is tried."""

import itertools
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password

from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes, execute, operation
from tests.graphql.test_identity_accounts import (
    PHONE,
    demo,
    faults,
    register,
    request_code,
    sent_code,
)
from tests.people import NOW
from tongban.config import environment
from tongban.config.environment import EnvironmentVariableError
from tongban.identity import errors, models
from tongban.identity.operations import sign_in
from tongban.kernel.context import SharedRole, shared_context

PASSWORD = "Dezhou-2026"
CENTER = "371722"

__all__ = ["demo"]


def change(token, current, password, *, language=None, now=NOW):
    answer = execute(
        operation("ChangePassword"),
        {"input": {"currentPassword": current, "password": password}},
        token=token, now=now, language=language,
    )  # fmt: skip
    return answer["data"]["changePassword"]


def worker(name="wang", role=CenterRole.CLERK):
    someone = people.account(name, name="王小明", password_hash=make_password(PASSWORD))
    people.member(CENTER, someone, role, staff_number=name)
    return someone


def test_one_s_own_password_is_changed_by_who_knows_it_and_every_token_ends(db):
    someone = worker()
    token, other = people.token(someone), people.token(someone)
    assert faults(change(token, "Dezhou-2025", "Another-2026")) == ["PASSWORD_WRONG"]
    assert change(token, PASSWORD, "Another-2026")["account"]["loginName"] == "wang"
    for ended in (token, other):
        assert codes(execute(operation("Me"), token=ended)) == ["UNAUTHENTICATED"]
    with shared_context(SharedRole.SIGN_IN):
        assert sign_in.sign_in(identifier="wang", password="Another-2026", now=NOW)
        with pytest.raises(errors.SignInFailedError):
            sign_in.sign_in(identifier="wang", password=PASSWORD, now=NOW)


def test_the_present_password_can_not_be_guessed_here_either(db):
    token = people.token(worker())
    for _ in range(5):
        assert faults(change(token, "wrong", "Another-2026")) == ["PASSWORD_WRONG"]
    assert faults(change(token, PASSWORD, "Another-2026")) == ["TOO_MANY_ATTEMPTS"]


def test_none_of_the_last_five_comes_again_and_no_more_are_kept(db):
    someone = worker()
    used = [PASSWORD, *(f"Another-20{n}" for n in range(10, 15))]
    for before, after in itertools.pairwise(used):
        assert change(people.token(someone), before, after)["errors"] == []
    token = people.token(someone)
    for old in used[1:]:
        refused = change(token, used[-1], old)
        assert (faults(refused), refused["errors"][0]["params"]["reasons"]) == (
            ["PASSWORD_WEAK"],
            ["USED_BEFORE"],
        )
    with shared_context(SharedRole.SIGN_IN):
        assert models.FormerPassword.objects.count() == 4
    assert change(token, used[-1], used[0])["errors"] == []


def test_each_fault_is_named_in_words(db, settings):
    token = people.token(worker())
    settings.PASSWORD_LENGTH = 10
    said = change(token, PASSWORD, "abcdefgh")["errors"][0]["message"]
    kinds = "须含大写字母、小写字母、数字、符号中的至少 3 类"
    assert said == f"密码不符合要求：至少 10 位；{kinds}；属于常见密码。"
    english = change(token, PASSWORD, "Wangxiaoming-1", language="en")["errors"][0]["message"]
    assert "the person's name" in english


def test_a_reset_looks_at_name_and_former_passwords_and_the_code_stays_good(demo):
    request_code()
    register(sent_code(), displayName="王小二")
    later = NOW + timedelta(minutes=2)
    request_code(purpose="RESET_PASSWORD", now=later)
    code = sent_code()

    def reset(password):
        fields = {"phone": PHONE, "code": code, "password": password}
        answer = execute(operation("ResetPassword"), {"input": fields}, now=later)
        return answer["data"]["resetPassword"]

    for password, reason in (
        ("Xiaoming-77", "CONTAINS_PERSONAL"),
        ("Wangxiaoer-77", "CONTAINS_PERSONAL"),
        (PASSWORD, "USED_BEFORE"),
    ):
        refused = reset(password)
        assert refused["errors"][0]["params"]["reasons"] == [reason], password
    assert reset("Another-2026")["errors"] == []


def test_staff_with_an_old_password_may_only_change_it_where_that_is_set(db, settings):
    someone = worker()
    old = NOW + timedelta(days=91)

    def own(token):
        return execute(operation("MyMembership"), token=token, center=CENTER, now=old)

    assert own(people.token(someone, now=old))["data"]["myMembership"]
    settings.STAFF_PASSWORD_DAYS = 90
    token = people.token(someone, now=old)
    answer = own(token)
    assert codes(answer) == ["PASSWORD_EXPIRED"]
    assert answer["errors"][0]["extensions"]["params"] == {"days": 90}
    # As an applicant one goes on.
    assert execute(operation("Me"), token=token, now=old)["data"]["me"]["loginName"] == "wang"
    assert change(token, PASSWORD, "Another-2026", now=old)["errors"] == []
    assert own(people.token(someone, now=old))["data"]["myMembership"]


def test_one_address_gets_only_so_many_wrong_passwords_whoever_is_tried(db, settings):
    settings.SIGN_IN_ADDRESS_FAILURES = 3
    worker()

    def tried(identifier, password, address="10.1.1.1", now=NOW):
        with shared_context(SharedRole.SIGN_IN):
            try:
                sign_in.sign_in(identifier=identifier, password=password, address=address, now=now)
            except errors.DomainError as error:
                return error.code
            return "OK"

    # A right one counts for nothing.
    assert [tried("wang", PASSWORD) for _ in range(4)] == ["OK"] * 4
    assert [tried(f"nobody-{n}", "x") for n in range(4)] == [
        *["SIGN_IN_FAILED"] * 3,
        "TOO_MANY_ATTEMPTS",
    ]
    assert tried("wang", PASSWORD) == "TOO_MANY_ATTEMPTS"
    assert tried("wang", PASSWORD, address="10.1.1.2") == "OK"
    assert tried("wang", PASSWORD, now=NOW + timedelta(minutes=30)) == "OK"
    with shared_context(SharedRole.SIGN_IN):
        assert not models.Throttle.objects.filter(key__contains="10.1.1").exists()


@pytest.mark.parametrize(
    ("name", "bounds", "text"),
    [("TONGBAN_PASSWORD_LENGTH", (8, 64), "6"), ("TONGBAN_PASSWORD_KINDS", (3, 4), "2")],
)
def test_settings_weaker_than_the_standard_stop_the_start(monkeypatch, name, bounds, text):
    monkeypatch.setenv(name, text)
    with pytest.raises(EnvironmentVariableError, match=name):
        environment.whole_number(name, bounds[0], least=bounds[0], most=bounds[1])
