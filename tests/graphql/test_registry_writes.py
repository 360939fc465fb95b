"""Onboarding, suspending and resuming centers: registrars alone, and nothing written otherwise."""

import uuid

import pytest

from tests import people
from tests.graphql.client import codes, execute, operation
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.models import AuditEntry, LogEntry
from tongban.registry import models
from tongban.registry.models import CenterStatus

ONBOARD = operation("OnboardCenters")
FOLLOW = operation("Onboarding")
RETRY = operation("RetryOnboarding")
SUSPEND = operation("SuspendCenter")
RESUME = operation("ResumeCenter")


@pytest.fixture
def registrar(db):
    """The token of a registrar over 德州."""
    person = people.account("registrar")
    people.grant(person, PlatformRole.REGISTRAR, "371400000000")
    return people.token(person)


@pytest.fixture
def citizen(db):
    return people.token(people.account("citizen"))


def wanted(**changes):
    fields = {
        "roots": ["371422"],
        "asOf": "2021-12-31",
        "withTownships": False,
        "idempotencyKey": str(uuid.uuid4()),
    }
    return {"input": fields | changes}


def written():
    """Count every row that a refused request must not have left."""
    with shared_context(SharedRole.PLATFORM):
        return (
            models.Center.objects.count(),
            models.Onboarding.objects.count(),
            models.OnboardingStep.objects.count(),
            models.RegistryVersion.objects.get().number,
            AuditEntry.objects.count(),
            LogEntry.objects.filter(topic="centers").count(),
            tuple(models.Center.objects.order_by("code").values_list("status", flat=True)),
        )


def test_onboarding_a_county_with_its_townships(registrar):
    answer = execute(ONBOARD, wanted(withTownships=True), token=registrar)
    payload = answer["data"]["onboardCenters"]
    assert payload["errors"] == []
    county, *townships = payload["centers"]
    assert county["code"] == "371422"
    assert county["parentCode"] == "371400"
    assert townships
    assert {center["parentCode"] for center in townships} == {"371422"}
    onboarding = payload["onboarding"]
    assert onboarding["state"] == "QUEUED"
    assert onboarding["stepsDone"] == 0
    assert [c["center"]["code"] for c in onboarding["centers"]] == [
        c["code"] for c in payload["centers"]
    ]
    seen = execute(FOLLOW, {"id": onboarding["id"]}, token=registrar)
    assert seen["data"]["onboarding"]["state"] == "QUEUED"
    listed = execute('{ center(code: "371422") { status onboardedAt parent { code } } }')
    assert listed["data"]["center"] == {
        "status": "ONBOARDING",
        "onboardedAt": None,
        "parent": {"code": "371400"},
    }
    assert codes(execute("{ __typename }", center="371422")) == ["CENTER_UNKNOWN"]


def test_a_repeat_answers_with_the_same_onboarding(registrar):
    variables = wanted()
    first = execute(ONBOARD, variables, token=registrar)
    after = written()
    assert execute(ONBOARD, variables, token=registrar)["data"] == first["data"]
    assert written() == after
    variables["input"]["roots"] = ["371423"]
    reused = execute(ONBOARD, variables, token=registrar)["data"]["onboardCenters"]
    assert [error["code"] for error in reused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert reused["errors"][0]["path"] == ["idempotencyKey"]
    assert written() == after


def test_a_dry_run_tells_and_writes_nothing(registrar):
    before = written()
    answer = execute(ONBOARD, wanted(dryRun=True, withTownships=True), token=registrar)
    payload = answer["data"]["onboardCenters"]
    assert payload["onboarding"] is None
    assert payload["centers"][0]["code"] == "371422"
    assert len(payload["centers"]) > 5
    assert written() == before


@pytest.mark.parametrize(
    ("roots", "code"),
    [
        (["371722"], "CENTERS_ONBOARD_NOT_ALLOWED"),
        (["371422", "110101"], "CENTERS_ONBOARD_NOT_ALLOWED"),
        (["371499"], "DIVISION_NOT_FOUND"),
        (["3714"], "DIVISION_NOT_FOUND"),
        (["371422000000"], "DIVISION_NOT_FOUND"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_roots_that_are_refused(registrar, roots, code, dry_run):
    before = written()
    answer = execute(ONBOARD, wanted(roots=roots, dryRun=dry_run), token=registrar)
    payload = answer["data"]["onboardCenters"]
    assert payload["onboarding"] is None
    assert [error["code"] for error in payload["errors"]] == [code]
    assert written() == before


def test_texts_of_a_refusal_in_both_languages(registrar):
    def refusal(language):
        answer = execute(ONBOARD, wanted(roots=["371499"]), token=registrar, language=language)
        return answer["data"]["onboardCenters"]["errors"][0]

    assert refusal(None)["message"] == "2021-12-31 没有代码为“371499”的行政区划。"
    assert refusal("zh-CN,en;q=0.5")["message"] == refusal(None)["message"]
    assert refusal("en-GB")["message"] == "There was no division 371499 on 2021-12-31."
    assert refusal("fr, en;q=0.3")["message"] == refusal("en")["message"]
    assert refusal(None)["path"] == ["roots"]
    assert refusal(None)["params"] == {"code": "371499", "asOf": "2021-12-31"}


def test_too_many_at_once(db):
    person = people.account("national")
    people.grant(person, PlatformRole.REGISTRAR)
    token = people.token(person)
    before = written()
    variables = wanted(roots=["371400", "371700", "370100", "370200", "371300"])
    variables["input"] |= {"withCounties": True, "withTownships": True}
    answer = execute(ONBOARD, variables, token=token)
    [error] = answer["data"]["onboardCenters"]["errors"]
    assert (error["code"], error["params"]) == ("TOO_MANY_CENTERS", {"limit": 500})
    assert written() == before


def test_an_onboarding_is_its_registrars_alone(registrar, citizen):
    made = execute(ONBOARD, wanted(), token=registrar)["data"]["onboardCenters"]
    key = {"id": made["onboarding"]["id"]}
    assert execute(FOLLOW, key, token=citizen)["data"] == {"onboarding": None}
    assert codes(execute(FOLLOW, key)) == ["UNAUTHENTICATED"]
    before = written()
    retried = execute(RETRY, {"input": key}, token=citizen)["data"]["retryOnboarding"]
    assert [error["code"] for error in retried["errors"]] == ["ONBOARDING_NOT_FOUND"]
    assert codes(execute(RETRY, {"input": key})) == ["UNAUTHENTICATED"]
    assert written() == before
    other = people.account("colleague")
    people.grant(other, PlatformRole.REGISTRAR, "370000000000")
    seen = execute(FOLLOW, key, token=people.token(other))
    assert seen["data"]["onboarding"]["id"] == made["onboarding"]["id"]


@pytest.mark.parametrize("key", ["", "x", str(uuid.UUID(int=7))])
def test_an_onboarding_that_is_not_there(registrar, key):
    assert execute(FOLLOW, {"id": key}, token=registrar)["data"] == {"onboarding": None}
    payload = execute(RETRY, {"input": {"id": key}}, token=registrar)["data"]["retryOnboarding"]
    assert [error["code"] for error in payload["errors"]] == ["ONBOARDING_NOT_FOUND"]


def test_a_failed_step_is_shown_and_retried(registrar):
    made = execute(ONBOARD, wanted(), token=registrar)["data"]["onboardCenters"]["onboarding"]
    with shared_context(SharedRole.PLATFORM):
        step = models.OnboardingStep.objects.filter(onboarding_id=made["id"]).earliest("position")
        models.OnboardingStep.objects.filter(id=step.id).update(error="disk full")
    key = {"id": made["id"]}
    seen = execute(FOLLOW, key, token=registrar)["data"]["onboarding"]
    assert seen["state"] == "FAILED"
    assert seen["centers"][0]["failure"] == "disk full"
    retried = execute(RETRY, {"input": key}, token=registrar)["data"]["retryOnboarding"]
    assert retried == {"onboarding": {"id": made["id"], "state": "QUEUED"}, "errors": []}


def test_suspending_and_resuming(registrar):
    variables = {"input": {"code": "371425", "reason": "搬迁"}}
    for document, status, name in (
        (SUSPEND, "SUSPENDED", "center.suspended"),
        (RESUME, "ACTIVE", "center.resumed"),
    ):
        payload = next(iter(execute(document, variables, token=registrar)["data"].values()))
        assert payload == {"center": {"code": "371425", "status": status}, "errors": []}
        shown = execute('{ center(code: "371425") { status } }')["data"]["center"]
        assert shown == {"status": status}
        with shared_context(SharedRole.PLATFORM):
            entry = LogEntry.objects.filter(topic="centers").latest("position")
            audited = AuditEntry.objects.latest("sequence")
        assert (entry.name, entry.subject, entry.data) == (name, "371425", {"reason": "搬迁"})
        assert (audited.action, audited.object_key) == (name, "371425")
        assert audited.data == {"reason": "搬迁"}


def test_a_suspended_center_still_reads(registrar):
    execute(SUSPEND, {"input": {"code": "371425", "reason": "搬迁"}}, token=registrar)
    answer = execute('{ center(code: "371425") { status } }', center="371425")
    assert answer["data"] == {"center": {"status": "SUSPENDED"}}


def test_suspending_twice_changes_nothing_more(registrar):
    execute(SUSPEND, {"input": {"code": "371425", "reason": "搬迁"}}, token=registrar)
    after = written()
    again = execute(SUSPEND, {"input": {"code": "371425", "reason": "又一次"}}, token=registrar)
    assert again["data"]["suspendCenter"]["center"]["status"] == "SUSPENDED"
    assert written() == after


@pytest.mark.parametrize("document", [SUSPEND, RESUME])
@pytest.mark.parametrize(
    ("variables", "refusal", "path"),
    [
        ({"code": "371722", "reason": "搬迁"}, "CENTER_SUSPEND_NOT_ALLOWED", []),
        ({"code": "999999", "reason": "搬迁"}, "CENTER_NOT_FOUND", ["code"]),
        ({"code": "371422", "reason": "搬迁"}, "CENTER_NOT_READY", ["code"]),
        ({"code": "371425", "reason": "  "}, "REASON_REQUIRED", ["reason"]),
    ],
)
def test_what_can_not_be_suspended(registrar, document, variables, refusal, path):
    execute(ONBOARD, wanted(), token=registrar)
    before = written()
    answer = execute(document, {"input": variables}, token=registrar)
    payload = next(iter(answer["data"].values()))
    assert payload["center"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(refusal, path)]
    assert written() == before


@pytest.mark.parametrize("document", [SUSPEND, RESUME])
@pytest.mark.parametrize("center", [None, "371425"])
def test_suspending_without_being_a_registrar(citizen, document, center):
    variables = {"input": {"code": "371425", "reason": "搬迁"}}
    before = written()
    answer = execute(document, variables, token=citizen, center=center)
    payload = next(iter(answer["data"].values()))
    assert [error["code"] for error in payload["errors"]] == ["CENTER_SUSPEND_NOT_ALLOWED"]
    assert codes(execute(document, variables, center=center)) == ["UNAUTHENTICATED"]
    assert written() == before
    with shared_context(SharedRole.PLATFORM):
        assert models.Center.objects.get(code="371425").status == CenterStatus.ACTIVE
