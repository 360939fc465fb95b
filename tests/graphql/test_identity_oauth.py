"""OAuth 2 from end to end, as a native app, a browser and a station's machine go through it."""

import base64
import hashlib
import re
import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import people
from tongban.identity import models, queries
from tongban.identity.operations import administration
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import UnauthenticatedError
from tongban.kernel.models import LogEntry

PASSWORD = "Tongban-2026"
HASHED = make_password(PASSWORD)
REDIRECT = "http://127.0.0.1:51004/callback"
APP = "pocket"


@pytest.fixture
def person(db):
    with shared_context(SharedRole.PLATFORM):
        administration.register_app(
            actor=people.OPERATOR,
            client_id=APP,
            name="掌上通办",
            redirect_uris=("http://127.0.0.1/callback", "tongban://callback"),
            now=timezone.now(),
        )
    return people.account("wang", name="王小明", password_hash=HASHED)


def browser():
    return Client(enforce_csrf_checks=True)


def submit(client, url, page, **fields):
    """Send a page's form as a browser does, with its hidden fields."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    hidden = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
    return client.post(url, hidden | fields)


def signed_in(person, client=None, path="/o/sign-in"):
    client = client or browser()
    form = client.get(path)
    answer = submit(
        client,
        "/o/sign-in",
        form.content.decode(),
        identifier=person.login_name,
        password=PASSWORD,
    )
    assert answer.status_code == 302, answer.content.decode()
    return client


class Proof:
    """A PKCE pair (RFC 7636)."""

    def __init__(self):
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")


def authorize_url(proof, **changes):
    asked = {
        "client_id": APP,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
        "state": "s-1",
        **changes,
    }
    return "/o/authorize/?" + urlencode({k: v for k, v in asked.items() if v is not None})


def code_for(client, proof, **changes):
    url = authorize_url(proof, **changes)
    page = client.get(url)
    if page.status_code == 200:
        assert "掌上通办" in page.content.decode()
        page = submit(client, url, page.content.decode(), allow="true")
    assert page.status_code == 302, page.content.decode()
    answer = parse_qs(urlsplit(page["Location"]).query)
    assert answer["state"] == ["s-1"]
    assert answer["iss"] == ["http://localhost:8000"]
    return answer


def exchange(client, **fields):
    return client.post("/o/token/", {"client_id": APP, **fields})


def tokens_for(client, proof=None):
    proof = proof or Proof()
    code = code_for(client, proof)["code"][0]
    answer = exchange(
        client,
        grant_type="authorization_code",
        code=code,
        redirect_uri=REDIRECT,
        code_verifier=proof.verifier,
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def refresh(client, token):
    return exchange(client, grant_type="refresh_token", refresh_token=token)


def resolve(token):
    return queries.resolve_actor(token, now=timezone.now())


def test_a_native_app_signs_a_person_in_and_no_column_holds_a_token(person):
    client, proof = browser(), Proof()
    url = authorize_url(proof)
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/o/sign-in?next=/o/authorize/")
    signed_in(person, client, answer["Location"])
    issued = tokens_for(client, proof)
    assert issued["token_type"] == "Bearer"
    assert issued["expires_in"] == 3600
    actor = resolve(issued["access_token"])
    assert (actor.account_id, actor.client_id) == (person.account_id, APP)
    for secret in (issued["access_token"], issued["refresh_token"]):
        assert columns_holding(secret) == []


def columns_holding(text):
    """Search every text column of the shared schema, as the role that may read them all."""
    found = []
    with shared_context(SharedRole.PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN"
            " ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
        )
        columns = cursor.fetchall()
        assert len(columns) > 50
        for table, column in columns:
            cursor.execute(
                f'SELECT count(*) FROM public."{table}"'
                f' WHERE "{column}"::text LIKE %s OR "{column}"::text LIKE %s',
                [f"%{text}%", f"%{text.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def test_the_scan_for_raw_tokens_would_find_one(person):
    with shared_context(SharedRole.SIGN_IN):
        models.LocalMessage.objects.create(
            recipient_masked="", text="x-raw-token-y", sent_at=timezone.now()
        )
    assert columns_holding("raw-token") == ["identity_localmessage.text"]


@pytest.mark.parametrize(
    "redirect",
    ["http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback", "tongban://callback"],
)
def test_native_redirects_follow_rfc_8252(person, redirect):
    client = signed_in(person)
    assert code_for(client, Proof(), redirect_uri=redirect)["code"]


@pytest.mark.parametrize(
    "redirect",
    [
        "http://127.0.0.1:1/other",
        "http://evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://user@127.0.0.1/callback",
        "https://127.0.0.1/callback",
        "tongban://other",
        "javascript:alert(1)",
    ],
)
def test_foreign_redirects_are_refused_without_following_them(person, redirect):
    client = signed_in(person)
    answer = client.get(authorize_url(Proof(), redirect_uri=redirect))
    assert answer.status_code == 400
    assert "无法授权" in answer.content.decode()
    assert "Location" not in answer


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
    ],
)
def test_weaker_requests_are_refused(person, changes, error):
    client = signed_in(person)
    answer = client.get(authorize_url(Proof(), **changes))
    if answer.status_code == 200:
        answer = submit(
            client, authorize_url(Proof(), **changes), answer.content.decode(), allow="true"
        )
    assert answer.status_code == 302
    assert f"error={error}" in answer["Location"]
    assert "code=" not in answer["Location"].replace("code_", "")


def test_refusing_consent_gives_no_code(person):
    client, proof = signed_in(person), Proof()
    url = authorize_url(proof)
    answer = submit(client, url, client.get(url).content.decode())
    assert "error=access_denied" in answer["Location"]


def test_a_wrong_verifier_gets_nothing(person):
    client, proof = signed_in(person), Proof()
    code = code_for(client, proof)["code"][0]
    for verifier in (Proof().verifier, "", proof.challenge):
        answer = exchange(
            client,
            grant_type="authorization_code",
            code=code,
            redirect_uri=REDIRECT,
            code_verifier=verifier,
        )
        assert answer.status_code == 400
        assert "access_token" not in answer.json()


def test_a_code_is_good_once(person):
    client, proof = signed_in(person), Proof()
    fields = {
        "grant_type": "authorization_code",
        "code": code_for(client, proof)["code"][0],
        "redirect_uri": REDIRECT,
        "code_verifier": proof.verifier,
    }
    assert exchange(client, **fields).status_code == 200
    assert exchange(client, **fields).json()["error"] == "invalid_grant"


def test_refresh_tokens_rotate_and_reuse_ends_the_family(person):
    client = signed_in(person)
    first = tokens_for(client)
    second = refresh(client, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    with pytest.raises(UnauthenticatedError):
        resolve(first["access_token"])
    assert resolve(second["access_token"]).account_id == person.account_id
    stolen = refresh(client, first["refresh_token"])
    assert stolen.json()["error"] == "invalid_grant"
    with pytest.raises(UnauthenticatedError):
        resolve(second["access_token"])
    assert refresh(client, second["refresh_token"]).status_code == 400
    with shared_context(SharedRole.PLATFORM):
        assert LogEntry.objects.filter(
            subject=f"account:{person.account_id}", name="token.revoked"
        ).exists()


def test_a_revoked_token_is_refused_at_once_and_heard_of(person):
    client = signed_in(person)
    issued = tokens_for(client)
    actor = resolve(issued["access_token"])
    # Another app can't end it.
    with shared_context(SharedRole.PLATFORM):
        administration.register_app(
            actor=people.OPERATOR,
            client_id="other",
            name="他",
            redirect_uris=(),
            now=timezone.now(),
        )
    revoke = {"token": issued["access_token"], "token_type_hint": "access_token"}
    client.post("/o/revoke_token/", {"client_id": "other", **revoke})
    assert resolve(issued["access_token"]) == actor
    answer = client.post("/o/revoke_token/", {"client_id": APP, **revoke})
    assert answer.status_code == 200
    with pytest.raises(UnauthenticatedError):
        resolve(issued["access_token"])
    assert queries.valid_tokens([actor.token_id], now=timezone.now()) == frozenset()
    assert refresh(client, issued["refresh_token"]).status_code == 400
    with shared_context(SharedRole.PLATFORM):
        entry = LogEntry.objects.filter(topic="identity", name="token.revoked").latest("position")
    assert entry.subject == f"account:{person.account_id}"


def test_a_locked_account_can_neither_refresh_nor_use_its_session(person):
    client = signed_in(person)
    issued = tokens_for(client)
    with shared_context(SharedRole.PLATFORM):
        administration.set_account_lock(
            actor=people.OPERATOR,
            account_id=person.account_id,
            locked=True,
            reason="",
            now=timezone.now(),
        )
    assert refresh(client, issued["refresh_token"]).status_code == 400
    assert client.get(authorize_url(Proof()))["Location"].startswith("/o/sign-in")


def machine(code="371425001"):
    with shared_context(SharedRole.PLATFORM):
        return administration.register_machine(
            actor=people.OPERATOR, center_code=code, name="一体机", now=timezone.now()
        )


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def test_a_station_machine_gets_a_token_for_its_center(db):
    application, secret = machine()
    answer = Client().post(
        "/o/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": basic(application.client_id, secret)},
    )
    assert answer.status_code == 200, answer.content
    issued = answer.json()
    assert "refresh_token" not in issued
    actor = resolve(issued["access_token"])
    assert (actor.kind, actor.center_code) == ("machine", "371425001")
    assert columns_holding(issued["access_token"]) == []


def test_a_machine_needs_its_secret_and_may_do_nothing_else(db):
    application, secret = machine()
    wrong = Client().post(
        "/o/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": basic(application.client_id, secret[:-1])},
    )
    assert wrong.status_code == 401
    for grant in ("password", "implicit", "urn:ietf:params:oauth:grant-type:device_code"):
        answer = Client().post(
            "/o/token/",
            {"grant_type": grant, "username": "wang", "password": PASSWORD, "device_code": "x"},
            headers={"Authorization": basic(application.client_id, secret)},
        )
        assert answer.status_code in {400, 404}, grant


@pytest.mark.parametrize(
    "path",
    ["/o/introspect/", "/o/applications/", "/o/device/", "/o/register/", "/o/authorized_tokens/"],
)
def test_what_is_not_needed_is_not_served(db, path):
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


def test_metadata_says_what_is_served(db):
    said = Client().get("/.well-known/oauth-authorization-server").json()
    assert said["grant_types_supported"] == [
        "authorization_code",
        "client_credentials",
        "refresh_token",
    ]
    assert said["response_types_supported"] == ["code"]
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["issuer"] == "http://localhost:8000"
    assert said["authorization_endpoint"] == "http://localhost:8000/o/authorize/"
    assert "introspection_endpoint" not in said


def test_pages_are_chinese_framed_by_nobody_and_cookies_are_careful(person):
    client = browser()
    page = client.get("/o/sign-in")
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    text = page.content.decode()
    assert 'lang="zh-Hans"' in text
    assert "登录名或手机号" in text
    assert "http" not in re.sub(r'href="data:,"', "", text)
    signed_in(person, client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_forms_without_our_token_do_nothing(person):
    client = browser()
    answer = client.post("/o/sign-in", {"identifier": "wang", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:1", "evil"]
)
def test_signing_in_leads_nowhere_else(person, wanted):
    client = browser()
    form = client.get("/o/sign-in?" + urlencode({"next": wanted}))
    answer = submit(
        client, "/o/sign-in", form.content.decode(), identifier="wang", password=PASSWORD
    )
    assert answer["Location"] == "/o/signed-in"


def test_signing_out_ends_the_session(person):
    client = signed_in(person)
    page = client.get("/o/sign-out?next=/o/sign-in")
    assert client.get("/o/signed-in").status_code == 200
    assert submit(client, "/o/sign-out", page.content.decode())["Location"] == "/o/sign-in"
    assert client.get("/o/signed-in").status_code == 302


def attempt(client, identifier, password):
    form = client.get("/o/sign-in").content.decode()
    return submit(client, "/o/sign-in", form, identifier=identifier, password=password)


def test_five_failures_lock_for_half_an_hour_alike_for_names_nobody_has(person):
    answers = {}
    for name in ("wang", "nobody-has-this"):
        client = browser()
        answers[name] = [
            re.findall(r'role="alert">([^<]+)', attempt(client, name, "wrong").content.decode())[0]
            for _ in range(6)
        ]
    assert answers["wang"] == answers["nobody-has-this"]
    assert "密码不符" in answers["wang"][4]
    assert "30 分钟" in answers["wang"][5]
    # The right password is of no use now; half an hour later it is.
    assert attempt(browser(), "wang", PASSWORD).status_code == 400
    with shared_context(SharedRole.SIGN_IN):
        row = models.Throttle.objects.get(key=f"sign_in:{person.account_id}")
        assert row.locked_until
        assert row.locked_until - row.last_at == timedelta(minutes=30)
        models.Throttle.objects.update(
            last_at=row.last_at - timedelta(minutes=31),
            locked_until=row.locked_until - timedelta(minutes=31),
        )
    assert attempt(browser(), "wang", PASSWORD).status_code == 302


def test_a_success_forgets_failures(person):
    for _ in range(2):
        for _ in range(4):
            attempt(browser(), "wang", "wrong")
        assert attempt(browser(), "wang", PASSWORD).status_code == 302


def test_one_address_can_not_make_us_check_passwords_without_end(person, settings):
    settings.RATE_SIGN_IN = "0.001/3"
    answers = [attempt(browser(), f"nobody-{n}", "wrong") for n in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    application, secret = machine()
    answer = Client().post(
        "/o/token/",
        {"grant_type": "client_credentials"},
        headers={"Authorization": basic(application.client_id, secret)},
    )
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
