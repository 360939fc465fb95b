"""The second factor (两步验证): enrolled, asked for where a center wants it, proven, taken away."""

import base64
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import segno
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.utils import timezone

from tenants.staff.models import SignInTerms
from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes, execute, operation
from tests.graphql.test_identity_oauth import (
    PASSWORD,
    REDIRECT,
    Proof,
    authorize_url,
    browser,
    code_for,
    exchange,
    person,
    refresh,
    resolve,
    signed_in,
    submit,
    tokens_for,
)
from tests.people import NOW
from tongban.exchange.operations import relay
from tongban.identity import models, queries
from tongban.identity.operations import second_factors
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry

CENTER, OTHER = "371722", "371425"
HASHED = make_password(PASSWORD)
LATER = NOW + timedelta(minutes=2)

__all__ = ["person"]


def run(name, token, *, center=None, now=NOW, **fields):
    answer = execute(operation(name), {"input": fields}, token=token, center=center, now=now)
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


def faults(payload):
    return [error["code"] for error in payload["errors"]]


def shown_by(secret, *, at=NOW):
    """Return what an authenticator app shows."""
    made = TOTP(base64.b32decode(secret), 6, hashes.SHA1(), 30)  # noqa: S303 # RFC 6238
    return made.generate(at.timestamp()).decode()


def enrolled(token, *, now=NOW):
    """Enrol an authenticator app; return its secret and the recovery codes."""
    started = run("StartSecondFactor", token, password=PASSWORD, now=now)["enrolment"]
    confirmed = run("ConfirmSecondFactor", token, code=shown_by(started["secret"], at=now), now=now)
    assert confirmed["errors"] == []
    return started["secret"], confirmed["recoveryCodes"]


def worker(name, *roles, center=CENTER):
    someone = people.account(name, name="工作员", password_hash=HASHED)
    people.member(center, someone, *roles, staff_number=name)
    return someone


def asked(center=CENTER):
    """Let a center ask its staff for a second factor, as its security administrator does."""
    token = people.token(
        worker(f"security-{center}", CenterRole.SECURITY_ADMINISTRATOR, center=center)
    )
    enrolled(token)
    set_terms = run("SetSignInTerms", token, center=center, secondFactor=True, expectedVersion=0)
    assert set_terms["terms"] == {"secondFactor": True, "version": 1}
    return token


def membership(token, center=CENTER, now=NOW):
    return execute(operation("MyMembership"), token=token, center=center, now=now)


def own(token, now=NOW):
    return execute(operation("Me"), token=token, now=now)["data"]["me"]["secondFactor"]


def test_an_enrolled_app_proves_who_one_is_and_its_secret_is_kept_sealed(db):
    token = people.token(people.account("wang", password_hash=HASHED))
    started = run("StartSecondFactor", token, password=PASSWORD)["enrolment"]
    secret = started["secret"]
    assert started["uri"].startswith("otpauth://totp/")
    assert f"secret={secret}" in started["uri"]
    assert own(token) is None
    confirmed = run("ConfirmSecondFactor", token, code=shown_by(secret))
    assert len(set(confirmed["recoveryCodes"])) == 10
    assert confirmed["account"]["secondFactor"]["isProven"]
    assert own(token) == {
        "confirmedAt": NOW.isoformat(), "recoveryCodesLeft": 10, "isProven": True,
    }  # fmt: skip
    with shared_context(SharedRole.SIGN_IN):
        row = models.SecondFactor.objects.get()
    assert secret.encode() not in bytes(row.secret_sealed)
    assert base64.b32decode(secret) not in bytes(row.secret_sealed)
    assert not set(confirmed["recoveryCodes"]) & set(row.recovery_hashes)


def drawn(picture):
    """Return the modules, row by row, that an SVG of a white ground and one path of lines shows."""
    ground, lines = ET.fromstring(picture)  # noqa: S314 # our own
    size = int(re.fullmatch(r"M0 0h(\d+)v\1h-\1z", ground.get("d"))[1])
    assert (ground.get("fill"), lines.get("stroke")) == ("#fff", "#000")
    rows = [bytearray(size) for _ in range(size)]
    column, middle = 0, 0.0
    for command, right, down in re.findall(r"([Mmh])(-?\d+)(?: (-?[\d.]+))?", lines.get("d")):
        if command == "h":
            rows[int(middle)][column : column + int(right)] = b"\x01" * int(right)
        column += int(right)
        middle += float(down or 0)
    return rows


def test_the_picture_shows_an_authenticator_app_the_address_with_a_margin_around(db):
    token = people.token(people.account("wang", password_hash=HASHED))
    started = run("StartSecondFactor", token, password=PASSWORD)["enrolment"]
    rows = drawn(started["qrCode"])
    wanted = segno.make_qr(started["uri"], error="m").matrix
    assert [row[4:-4] for row in rows[4:-4]] == list(wanted)
    assert not any(map(any, [*rows[:4], *rows[-4:]]))
    assert not any(any(row[:4]) or any(row[-4:]) for row in rows)


def test_without_the_password_or_the_first_code_in_time_nothing_is_enrolled(db):
    token = people.token(people.account("wang", password_hash=HASHED))
    assert faults(run("StartSecondFactor", token, password="wrong")) == ["PASSWORD_WRONG"]
    assert faults(run("ConfirmSecondFactor", token, code="000000")) == ["SECOND_FACTOR_NOT_STARTED"]
    secret = run("StartSecondFactor", token, password=PASSWORD)["enrolment"]["secret"]
    late = NOW + timedelta(minutes=16)
    over = run("ConfirmSecondFactor", token, code=shown_by(secret, at=late), now=late)
    assert faults(over) == ["SECOND_FACTOR_NOT_STARTED"]
    assert faults(run("ProveSecondFactor", token, code="000000")) == ["SECOND_FACTOR_MISSING"]
    assert own(token) is None


def test_a_center_that_asks_lets_no_member_work_without_and_says_what_to_do(db):
    clerk, citizen = worker("clerk", CenterRole.CLERK), people.account("citizen")
    token = people.token(clerk)
    assert membership(token)["data"]["myMembership"]["staffNumber"] == "clerk"
    asked()
    for name in ("MyMembership", "Cases", "SignInTerms"):
        answer = execute(operation(name), token=token, center=CENTER)
        assert codes(answer) == ["SECOND_FACTOR_REQUIRED"], name
        assert answer["errors"][0]["extensions"]["params"] == {"isEnrolled": False}
    enrolled(token)
    assert membership(token)["data"]["myMembership"]["staffNumber"] == "clerk"
    # Another token of the same person has nothing proven until a code comes.
    second = people.token(clerk)
    assert membership(second)["errors"][0]["extensions"]["params"] == {"isEnrolled": True}
    # Applicants are asked for nothing, nor is who works elsewhere.
    assert membership(people.token(citizen))["data"] == {"myMembership": None}
    elsewhere = people.token(worker("elsewhere", CenterRole.CLERK, center=OTHER))
    assert membership(elsewhere, OTHER)["data"]["myMembership"]["staffNumber"] == "elsewhere"


def test_a_code_is_taken_once_and_recovery_codes_are_too(db):
    clerk = people.account("wang", password_hash=HASHED)
    secret, recovery = enrolled(people.token(clerk))
    token = people.token(clerk)
    again = run("ProveSecondFactor", token, code=shown_by(secret))
    assert faults(again) == ["SECOND_FACTOR_INVALID"]
    assert not own(token)["isProven"]
    code = shown_by(secret, at=LATER)
    assert run("ProveSecondFactor", token, code=code, now=LATER)["account"]["secondFactor"][
        "isProven"
    ]
    other = people.token(clerk)
    assert faults(run("ProveSecondFactor", other, code=code, now=LATER)) == [
        "SECOND_FACTOR_INVALID"
    ]
    proven = run("ProveSecondFactor", other, code=recovery[3].upper(), now=LATER)
    assert proven["account"]["secondFactor"]["recoveryCodesLeft"] == 9
    third = people.token(clerk)
    used = run("ProveSecondFactor", third, code=recovery[3], now=LATER)
    assert faults(used) == ["SECOND_FACTOR_INVALID"]
    renewed = run("RenewRecoveryCodes", third, code=recovery[4], now=LATER)["recoveryCodes"]
    assert faults(run("ProveSecondFactor", third, code=recovery[5], now=LATER)) == [
        "SECOND_FACTOR_INVALID"
    ]
    assert run("ProveSecondFactor", third, code=renewed[0], now=LATER)["errors"] == []


def test_the_fifth_wrong_code_locks_for_half_an_hour(db):
    clerk = people.account("wang", password_hash=HASHED)
    secret, _ = enrolled(people.token(clerk))
    token = people.token(clerk)
    for _ in range(5):
        assert faults(run("ProveSecondFactor", token, code="12345x", now=LATER)) == [
            "SECOND_FACTOR_INVALID"
        ]
    right = run("ProveSecondFactor", token, code=shown_by(secret, at=LATER), now=LATER)
    assert faults(right) == ["TOO_MANY_ATTEMPTS"]
    free = LATER + timedelta(minutes=31)
    assert run("ProveSecondFactor", token, code=shown_by(secret, at=free), now=free)["errors"] == []
    with shared_context(SharedRole.PLATFORM):
        assert AuditEntry.objects.filter(action="second_factor.lock_out").count() == 1


def test_another_app_takes_a_code_of_the_present_one(db):
    clerk = people.account("wang", password_hash=HASHED)
    token = people.token(clerk)
    secret, _ = enrolled(token)
    refused = run("StartSecondFactor", token, password=PASSWORD, now=LATER)
    assert faults(refused) == ["SECOND_FACTOR_INVALID"]
    code = shown_by(secret, at=LATER)
    new = run("StartSecondFactor", token, password=PASSWORD, code=code, now=LATER)["enrolment"]
    later = LATER + timedelta(minutes=1)
    # Until its first code came, the former is good.
    former = run("ProveSecondFactor", token, code=shown_by(secret, at=later), now=later)
    assert former["errors"] == []
    confirmed = shown_by(new["secret"], at=later)
    assert run("ConfirmSecondFactor", token, code=confirmed, now=later)["errors"] == []
    last = later + timedelta(minutes=1)
    gone = run("ProveSecondFactor", token, code=shown_by(secret, at=last), now=last)
    assert faults(gone) == ["SECOND_FACTOR_INVALID"]


def test_only_the_security_administrator_settles_it_and_only_with_a_factor_of_their_own(db):
    for role in CenterRole:
        token = people.token(worker(f"w-{role}".replace("_", "-")[:20], role))
        answer = run("SetSignInTerms", token, center=CENTER, secondFactor=True, expectedVersion=0)
        is_security = role is CenterRole.SECURITY_ADMINISTRATOR
        assert faults(answer) == ["OWN_FACTOR_FIRST" if is_security else "SECURE_NOT_ALLOWED"], role
    with center_context(CENTER):
        assert not SignInTerms.objects.exists()


def test_a_lost_device_is_reset_by_the_security_administrator_of_others_alone(db):
    security = asked()
    clerk = worker("clerk", CenterRole.CLERK)
    token = people.token(clerk)
    enrolled(token)
    system = people.token(worker("system", CenterRole.SYSTEM_ADMINISTRATOR))
    enrolled(system)
    for who, number in ((system, "clerk"), (token, "clerk"), (security, f"security-{CENTER}")):
        refused = run("ResetSecondFactor", who, center=CENTER, staffNumber=number, reason="丢失")
        assert faults(refused) == ["SECURE_NOT_ALLOWED"]
    relay.relay_outbox(CENTER, clock=lambda: NOW)
    assert membership(token)["data"]["myMembership"]
    reset = run(
        "ResetSecondFactor", security, center=CENTER, staffNumber="clerk", reason="手机丢失"
    )
    assert reset["member"]["staffNumber"] == "clerk"
    relay.relay_outbox(CENTER, clock=lambda: NOW)
    assert codes(membership(token)) == ["UNAUTHENTICATED"]
    assert codes(membership(people.token(clerk))) == ["SECOND_FACTOR_REQUIRED"]
    with shared_context(SharedRole.PLATFORM):
        entry = AuditEntry.objects.get(action="second_factor.reset")
    assert entry.data["center"] == CENTER
    with center_context(CENTER):
        assert AuditEntry.objects.get(action="second_factor.reset").data == {"reason": "手机丢失"}


def test_whoever_runs_the_server_helps_the_only_security_administrator(db, capsys):
    token = people.token(people.account("wang", password_hash=HASHED))
    enrolled(token)
    call_command("reset_second_factor", "wang", reason="设备损坏", stdout=None)
    with shared_context(SharedRole.SIGN_IN):
        assert not models.SecondFactor.objects.exists()


def test_the_platform_may_ask_all_staff_and_all_platform_roles(db, settings):
    clerk = worker("clerk", CenterRole.CLERK)
    people.grant(clerk, PlatformRole.REGISTRAR)
    settings.STAFF_SECOND_FACTOR = True
    token = people.token(clerk)
    assert codes(membership(token)) == ["SECOND_FACTOR_REQUIRED"]
    assert people.actor(clerk).platform_roles == frozenset()
    enrolled(token)
    assert membership(token)["data"]["myMembership"]
    held = queries.resolve_actor(token, now=NOW).platform_roles
    assert held == {("registrar", "0" * 12)}


def give_factor(someone):
    """Give an account a second factor that its pages will ask for, by the real clock."""
    now = timezone.now()
    token = people.token(someone, now=now)
    return enrolled(token, now=now)


def asked_for_code(client, answer):
    assert answer.status_code == 302
    assert answer["Location"].startswith("/o/second-factor")
    return client.get(answer["Location"]).content.decode()


def test_signing_in_asks_for_the_code_and_the_token_carries_it_through_refreshing(person):
    _, recovery = give_factor(person)
    client = browser()
    form = client.get("/o/sign-in").content.decode()
    answer = submit(client, "/o/sign-in", form, identifier="wang", password=PASSWORD)
    code_page = asked_for_code(client, answer)
    # The password alone signs nobody in.
    assert client.get("/o/signed-in").status_code == 302
    wrong = submit(client, "/o/second-factor", code_page, code="000000")
    assert "动态口令或恢复码不正确" in wrong.content.decode()
    done = submit(client, "/o/second-factor", code_page, code=recovery[0])
    assert done["Location"] == "/o/signed-in"
    issued = tokens_for(client)
    assert resolve(issued["access_token"]).is_two_factor
    renewed = refresh(client, issued["refresh_token"]).json()
    assert resolve(renewed["access_token"]).is_two_factor


def test_an_app_gets_no_second_factor_for_the_asking(person):
    client = signed_in(person)
    proof = Proof()
    code = code_for(client, proof, scope="api two_factor")["code"][0]
    issued = exchange(
        client, grant_type="authorization_code", code=code, redirect_uri=REDIRECT,
        code_verifier=proof.verifier,
    ).json()  # fmt: skip
    assert issued["scope"] == "api"
    assert not resolve(issued["access_token"]).is_two_factor
    wider = exchange(
        client, grant_type="refresh_token", refresh_token=issued["refresh_token"],
        scope="api two_factor",
    )  # fmt: skip
    assert wider.json()["error"] == "invalid_scope"


def test_a_session_from_before_the_factor_is_asked_for_it_too(person):
    client = signed_in(person)
    _, recovery = give_factor(person)
    proof = Proof()
    code_page = asked_for_code(client, client.get(authorize_url(proof)))
    assert re.search(r'name="next" value="/o/authorize/', code_page)
    submit(client, "/o/second-factor", code_page, code=recovery[0])
    issued = tokens_for(client, proof)
    assert resolve(issued["access_token"]).is_two_factor
    # The session that proved one factor has not proven another.
    with shared_context(SharedRole.PLATFORM):
        second_factors.reset_second_factor(
            account_id=person.account_id, actor=people.OPERATOR, data={}, now=timezone.now()
        )
    give_factor(person)
    asked_for_code(client, client.get(authorize_url(Proof())))
