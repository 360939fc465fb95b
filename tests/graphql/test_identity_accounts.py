"""Making an account on a phone, getting back into it, raising it to a real name."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from tests import people
from tests.graphql.client import codes, execute, operation
from tests.people import NOW
from tongban.identity import models, queries
from tongban.identity.operations import sign_in
from tongban.kernel import crypto
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import UnauthenticatedError

PHONE = "138 0534 5678"
PASSWORD = "Dezhou-2026"


@pytest.fixture
def demo(db, settings):
    """Where the embedded adapters stand in for the text message and the population register."""
    settings.DEMO = True


def sent_code():
    with shared_context(SharedRole.SIGN_IN):
        _, text, _ = queries.recent_messages(limit=1)[0]
    return re.findall(r"\d{6}", text)[0]


def request_code(phone=PHONE, purpose="REGISTER", now=NOW):
    answer = execute(
        operation("RequestPhoneCode"), {"input": {"phone": phone, "purpose": purpose}}, now=now
    )
    return answer["data"]["requestPhoneCode"]


def register(code, now=NOW, **changes):
    fields = {
        "phone": PHONE,
        "code": code,
        "password": PASSWORD,
        "displayName": "小明",
        "loginName": "xiaoming",
        "idempotencyKey": str(uuid.uuid4()),
    }
    answer = execute(operation("RegisterAccount"), {"input": fields | changes}, now=now)
    return answer["data"]["registerAccount"]


def faults(payload):
    return [error["code"] for error in payload["errors"]]


def count(model=models.Account):
    with shared_context(SharedRole.SIGN_IN):
        return model.objects.count()


def test_an_account_is_made_with_phone_and_code(demo):
    sent = request_code()["sent"]
    assert sent["phoneMasked"] == "138****5678"
    payload = register(sent_code())
    assert payload["errors"] == []
    account = payload["account"]
    assert (account["loginName"], account["phoneMasked"]) == ("xiaoming", "138****5678")
    assert account["realName"] is None
    with shared_context(SharedRole.SIGN_IN):
        row = models.Account.objects.get()
        for identifier in ("xiaoming", "XiaoMing", "13805345678", "+86 138-0534-5678"):
            assert sign_in.sign_in(identifier=identifier, password=PASSWORD, now=NOW) == row
        assert row.phone_sealed
        opened = crypto.open_sealed(
            crypto.Keyring.from_text(django_settings.KEY_ENCRYPTION_KEYS),
            bytes(row.phone_sealed),
            context=f"phone:{row.pk}".encode(),
        )
    assert opened == b"+8613805345678"
    assert b"5345678" not in bytes(row.phone_sealed)


def test_a_repeat_makes_no_second_account_and_tells_nothing_to_others(demo):
    request_code()
    code, key = sent_code(), str(uuid.uuid4())
    first = register(code, idempotencyKey=key)
    assert register(code, idempotencyKey=key) == first
    assert count() == 1
    # Whoever saw the key but not the code gets no account shown.
    other = register("000000", idempotencyKey=key)
    assert (faults(other), other["account"]) == (["IDEMPOTENCY_KEY_REUSED"], None)


def test_a_code_is_good_once_for_one_phone_one_purpose_and_ten_minutes(demo):
    request_code()
    code = sent_code()
    assert faults(register(code, phone="13905345678")) == ["PHONE_CODE_INVALID"]
    assert faults(register(code, now=NOW + timedelta(minutes=11))) == ["PHONE_CODE_INVALID"]
    reset = execute(
        operation("ResetPassword"),
        {"input": {"phone": PHONE, "code": code, "password": PASSWORD}},
    )
    assert faults(reset["data"]["resetPassword"]) == ["PHONE_CODE_INVALID"]
    assert count() == 0
    assert register(code)["account"]
    assert faults(register(code, loginName="other")) == ["PHONE_CODE_INVALID"]
    assert count() == 1


def test_the_sixth_attempt_is_refused_even_with_the_right_code(demo):
    request_code()
    code = sent_code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert faults(register(wrong)) == ["PHONE_CODE_INVALID"]
    assert faults(register(code)) == ["PHONE_CODE_INVALID"]
    assert count() == 0


def test_codes_are_sent_seldom_and_alike_for_phones_with_an_account(demo):
    request_code()
    register(sent_code())
    later = NOW + timedelta(minutes=2)
    known, unknown = request_code(now=later), request_code("13905345678", now=later)
    assert known["sent"].keys() == unknown["sent"].keys()
    assert known["sent"]["expiresAt"] == unknown["sent"]["expiresAt"]
    again = request_code(now=later + timedelta(seconds=59))
    assert faults(again) == ["PHONE_CODE_TOO_SOON"]
    assert again["errors"][0]["params"] == {"retryAfterSeconds": 2}
    for minute in range(2, 10):
        assert request_code(now=later + timedelta(minutes=minute))["sent"]
    assert faults(request_code(now=later + timedelta(minutes=30))) == ["TOO_MANY_ATTEMPTS"]


def test_a_phone_and_a_login_name_belong_to_one_account(demo):
    request_code()
    register(sent_code())
    later = NOW + timedelta(minutes=2)
    request_code(now=later)
    assert faults(register(sent_code(), loginName="other", now=later)) == ["PHONE_TAKEN"]
    request_code("13905345678", now=later)
    taken = register(sent_code(), phone="13905345678", now=later)
    assert faults(taken) == ["LOGIN_NAME_TAKEN"]
    assert count() == 1


def weak(*reasons):
    return {"reasons": list(reasons), "shortest": 8, "kinds": 3, "history": 5}


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({"phone": "12345"}, "PHONE_INVALID", {"reason": "PHONE_INVALID"}),
        ({"phone": "0534-2345678"}, "PHONE_INVALID", {"reason": "NOT_MOBILE"}),
        ({"loginName": "13805345678"}, "LOGIN_NAME_INVALID", {}),
        ({"loginName": "a b"}, "LOGIN_NAME_INVALID", {}),
        ({"displayName": " "}, "DISPLAY_NAME_INVALID", {}),
        ({"displayName": "a\u202eb"}, "DISPLAY_NAME_INVALID", {}),
        ({"password": "Ab1!"}, "PASSWORD_WEAK", weak("TOO_SHORT")),
        ({"password": "abcdefgh"}, "PASSWORD_WEAK", weak("TOO_FEW_KINDS", "COMMON")),
        ({"password": "Xiaoming1!"}, "PASSWORD_WEAK", weak("CONTAINS_PERSONAL")),
        ({"password": "Aa-13805345678"}, "PASSWORD_WEAK", weak("CONTAINS_PERSONAL")),
        (
            {"password": "Wangxiaoer-1", "displayName": "王小二"},
            "PASSWORD_WEAK",
            weak("CONTAINS_PERSONAL"),
        ),
        ({"password": "小明-Abcd1"}, "PASSWORD_WEAK", weak("CONTAINS_PERSONAL")),
    ],
)
def test_what_is_wrong_is_told_before_the_code_is_tried(demo, changes, code, params):
    request_code()
    payload = register(sent_code(), **changes)
    assert faults(payload) == [code]
    assert payload["errors"][0]["params"] == params
    with shared_context(SharedRole.SIGN_IN):
        assert models.PhoneCode.objects.get().attempts == 0
    assert count() == 0


def test_without_a_sender_no_code_is_made(db):
    assert faults(request_code()) == ["MESSAGES_UNAVAILABLE"]
    assert count(models.PhoneCode) == count(models.LocalMessage) == 0


@pytest.mark.parametrize("field", ["RequestPhoneCode", "RegisterAccount", "ResetPassword"])
def test_one_address_can_not_send_or_guess_without_end(demo, settings, field):
    settings.RATE_SENSITIVE = "0.001/2"
    fields = {"phone": PHONE}
    if field != "RequestPhoneCode":
        fields |= {"code": "000000", "password": PASSWORD}
    if field == "RegisterAccount":
        fields |= {"displayName": "小明", "idempotencyKey": str(uuid.uuid4())}
    answers = [codes(execute(operation(field), {"input": fields})) for _ in range(3)]
    assert answers == [[], [], ["RATE_LIMITED"]]


def test_a_reset_password_ends_every_token(demo):
    request_code()
    register(sent_code())
    with shared_context(SharedRole.SIGN_IN):
        person = queries.find_account("xiaoming")
    assert person
    token = people.token(person)
    later = NOW + timedelta(minutes=2)
    request_code(purpose="RESET_PASSWORD", now=later)
    answer = execute(
        operation("ResetPassword"),
        {"input": {"phone": PHONE, "code": sent_code(), "password": "Another-2026"}},
        now=later,
    )["data"]["resetPassword"]
    assert answer["account"]["loginName"] == "xiaoming"
    with pytest.raises(UnauthenticatedError):
        queries.resolve_actor(token, now=later)
    with shared_context(SharedRole.SIGN_IN):
        assert sign_in.sign_in(identifier="xiaoming", password="Another-2026", now=later)


def test_a_reset_for_a_phone_without_account_fails_like_a_wrong_code(demo):
    request_code(purpose="RESET_PASSWORD")
    answer = execute(
        operation("ResetPassword"),
        {"input": {"phone": PHONE, "code": sent_code(), "password": PASSWORD}},
    )["data"]["resetPassword"]
    assert faults(answer) == ["PHONE_CODE_INVALID"]


def verify(token, now=NOW, **changes):
    fields = {
        "name": "王小明",
        "idNumber": people.id_number(),
        "idempotencyKey": str(uuid.uuid4()),
    }
    return execute(operation("VerifyIdentity"), {"input": fields | changes}, token=token, now=now)


def test_a_real_name_is_kept_sealed_and_found_by_hash(demo):
    token, key = people.token(people.account("citizen")), str(uuid.uuid4())
    payload = verify(token, idempotencyKey=key)["data"]["verifyIdentity"]
    assert payload["errors"] == []
    shown = payload["account"]["realName"]
    assert shown["nameMasked"] == "王*明"
    assert shown["numberMasked"] == "3" + "*" * 16 + people.id_number()[-1]
    assert verify(token, idempotencyKey=key)["data"]["verifyIdentity"] == payload
    actor = queries.resolve_actor(token, now=NOW)
    assert actor.applicant_hash == queries.number_hash(people.id_number())
    with shared_context(SharedRole.SIGN_IN):
        row = models.RealName.objects.get()
    for column in (row.number_sealed, row.name_sealed, row.number_hash):
        assert people.id_number().encode() not in bytes(column)
    assert faults(verify(token)["data"]["verifyIdentity"]) == ["ALREADY_VERIFIED"]


def test_one_identity_number_is_one_account_and_whose_is_not_told(demo):
    people.account("first", name="王小明", id_number=people.id_number())
    second = people.token(people.account("second"))
    payload = verify(second)["data"]["verifyIdentity"]
    assert faults(payload) == ["IDENTITY_TAKEN"]
    assert payload["errors"][0]["params"] == {}
    assert "first" not in payload["errors"][0]["message"]
    assert count(models.RealName) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"idNumber": "371400199003070011"}, "IDENTITY_NUMBER_INVALID"),
        ({"idNumber": people.id_number(born="20990101")}, "IDENTITY_NUMBER_INVALID"),
        ({"name": "王"}, "NAME_INVALID"),
        ({"name": "王小明1"}, "NAME_INVALID"),
    ],
)
def test_what_can_not_be_a_person_is_refused(demo, changes, code):
    token = people.token(people.account("citizen"))
    answer = verify(token, **changes)["data"]["verifyIdentity"]
    assert faults(answer) == [code]
    assert people.id_number()[6:14] not in str(answer)
    assert count(models.RealName) == 0


def test_identity_numbers_can_not_be_tried_out(demo):
    token = people.token(people.account("citizen"))
    for _ in range(5):
        verify(token, idNumber="371400199003070011")
    answer = verify(token)["data"]["verifyIdentity"]
    assert faults(answer) == ["TOO_MANY_ATTEMPTS"]
    later = NOW + timedelta(minutes=31)
    assert verify(token, now=later)["data"]["verifyIdentity"]["account"]["realName"]


def test_nobody_is_verified_by_a_check_digit_where_real_people_sign_in(db):
    token = people.token(people.account("citizen"))
    answer = verify(token)["data"]["verifyIdentity"]
    assert faults(answer) == ["VERIFICATION_UNAVAILABLE"]
    assert count(models.RealName) == 0


def test_verifying_needs_a_person(demo):
    assert codes(verify(None)) == ["UNAUTHENTICATED"]
    assert count(models.RealName) == 0


def test_me_with_and_without_a_center(db):
    person = people.account("citizen", id_number=people.id_number())
    people.grant(person, PlatformRole.REGISTRAR, "371400000000")
    with shared_context(SharedRole.PLATFORM):
        for code, roles in (("371722", ["clerk", "reviewer"]), ("371425", [])):
            models.MembershipIndexRow.objects.create(
                account_id=person.account_id, center_code=code, roles=roles, version=1
            )
    token = people.token(person)
    assert execute(operation("Me"))["data"]["me"] is None
    mine = execute(operation("Me"), token=token)["data"]["me"]
    assert mine["loginName"] == "citizen"
    assert mine["realName"]["nameMasked"] == "王*明"
    assert mine["memberships"] == [
        {
            "center": {"code": "371722", "name": "单县政务服务中心", "level": "COUNTY"},
            "roles": ["CLERK", "REVIEWER"],
        }
    ]
    assert mine["platformRoles"] == [{"role": "REGISTRAR", "divisionCode": "371400000000"}]
    assert execute(operation("Me"), token=token, center="371425")["data"]["me"] == mine
    assert execute(operation("Me"), token="wrong")["errors"][0]["extensions"]["code"] == (
        "UNAUTHENTICATED"
    )


def grant(token, name="GrantPlatformRole", **changes):
    fields = {"account": "lisi", "role": "CATALOG_EDITOR", "divisionCode": "371400000000"}
    return execute(operation(name), {"input": fields | changes}, token=token)


def test_platform_roles_are_granted_within_the_division(db):
    operator = people.account("yunying")
    people.grant(operator, PlatformRole.PLATFORM_OPERATOR, "370000000000")
    people.account("lisi")
    token = people.token(operator)
    held = grant(token)["data"]["grantPlatformRole"]["held"]
    assert held == {"role": "CATALOG_EDITOR", "divisionCode": "371400000000"}
    for division, code in (
        ("000000000000", "PLATFORM_ROLE_GRANT_NOT_ALLOWED"),
        ("410000000000", "PLATFORM_ROLE_GRANT_NOT_ALLOWED"),
        ("3714", "DIVISION_CODE_INVALID"),
    ):
        answer = grant(token, divisionCode=division)["data"]["grantPlatformRole"]
        assert faults(answer) == [code]
    assert faults(grant(token, account="nobody")["data"]["grantPlatformRole"]) == [
        "ACCOUNT_NOT_FOUND"
    ]
    assert count(models.PlatformRole) == 2
    revoked = [
        grant(token, "RevokePlatformRole")["data"]["revokePlatformRole"]["revoked"]
        for _ in range(2)
    ]
    assert revoked == [True, False]
    assert count(models.PlatformRole) == 1


@pytest.mark.parametrize("role", [r for r in PlatformRole if r != "platform_operator"])
def test_no_other_platform_role_grants(db, role):
    person = people.account("lisi")
    people.grant(person, role)
    token = people.token(person)
    for name, field in (
        ("GrantPlatformRole", "grantPlatformRole"),
        ("RevokePlatformRole", "revokePlatformRole"),
    ):
        for account in ("lisi", "nobody"):
            answer = grant(token, name, account=account, role=role.name)["data"][field]
            assert faults(answer) == ["PLATFORM_ROLE_GRANT_NOT_ALLOWED"]
    assert count(models.PlatformRole) == 1
