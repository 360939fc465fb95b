"""A demonstration's people; and that nobody is such a person where real people sign in."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tenants.cases import errors as case_errors
from tenants.cases.states import State
from tenants.staff import models, queries
from tenants.staff.operations import demonstrate
from tenants.staff.rules import CenterRole
from tenants.windows import queries as hall
from tests import casework, handing, people
from tests.database import CENTERS, PROJECT
from tests.graphql.client import execute, operation
from tongban.identity import models as identity_models
from tongban.identity import queries as identity
from tongban.identity.operations import demonstration, sign_in
from tongban.kernel import actors, personal
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.personal import IdKind

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
INTERNET_CAFE = "370111400102"
"""网吧设立, which the liable department, the police and the fire brigade review side by side."""


@pytest.fixture
def shown(db, settings):
    settings.DEMO = True
    demonstrate.demonstrate(
        actor=actors.operator("tests"), centers=CENTERS, now=NOW, report=lambda *_: None
    )


def enter(login_name):
    return Client().post(
        "/demo/sign-in",
        json.dumps({"login_name": login_name}),
        content_type="application/json",
    )


def test_everybody_signs_in_and_is_what_they_should_be(shown):
    for person in demonstrate.PEOPLE:
        answer = enter(person.login_name)
        assert answer.status_code == 200
        actor = identity.resolve_actor(answer.json()["access_token"], now=datetime.now(UTC))
        assert actor.display_name == person.name
        assert actor.real_name == bool(person.id_number)
        if person.platform_role:
            assert actor.platform_roles == {(person.platform_role, person.division)}
        for code, level in (("371400", "city"), ("371722", "county"), ("371722101", "township")):
            with center_context(code):
                membership = queries.membership_of(actor)
            roles = set() if membership is None else membership.roles
            is_here = level in person.levels and person.center in {"", code}
            assert roles == ({person.role} if is_here else set())


def test_a_second_run_changes_nothing(shown):
    def state():
        with shared_context(SharedRole.PLATFORM):
            shared = (
                identity_models.Account.objects.count(),
                identity_models.PlatformRole.objects.count(),
                identity_models.ClientApplication.objects.count(),
            )
        with center_context("371722"):
            return shared, list(models.Member.objects.order_by("pk").values())

    before = state()
    appointed = demonstrate.demonstrate(
        actor=actors.operator("tests"), centers=CENTERS, now=NOW, report=lambda *_: None
    )
    assert appointed == 0
    assert state() == before


def test_numbers_are_valid_and_nobody_holds_two_administrations():
    for person in demonstrate.PEOPLE:
        if person.id_number:
            assert personal.normalize_id(IdKind.RESIDENT_ID, person.id_number, today=NOW.date())
    roles = {person.role for person in demonstrate.PEOPLE}
    assert roles >= set(CenterRole) - {CenterRole.DEPARTMENT_MANAGER}


def test_the_password_opens_the_sign_in_page_too(shown):
    said = Client().get("/demo/people").json()
    assert len(said["people"]) == len(demonstrate.PEOPLE)
    with shared_context(SharedRole.SIGN_IN):
        account = sign_in.sign_in(
            identifier="citizen", password=said["password"], now=datetime.now(UTC)
        )
    assert account.login_name == "citizen"
    assert said["password"] == demonstration.password()


def test_only_these_people_are_signed_in_and_odd_requests_are_refused(shown):
    people.account("somebody")
    for login_name in ("somebody", "nobody", "", None, 7, ["citizen"]):
        answer = enter(login_name)
        assert answer.status_code == 404
        assert "access_token" not in answer.json()
    for body in (b"", b"[]", b"{}", b"\xff", b'"citizen"', b"null"):
        answer = Client().post("/demo/sign-in", body, content_type="application/json")
        assert answer.status_code == 400


def test_none_of_it_exists_where_real_people_sign_in(shown, settings):
    settings.DEMO = False
    assert enter("citizen").status_code == 404
    for path in ("/demo/people", "/demo/messages", "/demo/sign-in"):
        assert Client().get(path).status_code == 404
    with pytest.raises(CommandError, match="演示库"):
        call_command("demonstrate", *CENTERS)


@pytest.mark.parametrize("trial", ["TONGBAN_DEMO", "TONGBAN_DEBUG"])
def test_no_process_starts_for_trial_beside_a_real_database(trial):
    done = subprocess.run(
        [sys.executable, "-c", "import tongban.config.settings"],
        env={
            **os.environ,
            "PYTHONPATH": f"{PROJECT / 'platform'}:{PROJECT}",
            trial: "1",
            "TONGBAN_REAL_DATABASE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "never beside TONGBAN_REAL_DATABASE" in done.stderr


def test_departments_work_in_a_center_with_all_that_their_results_need(shown):
    with center_context("371402"):
        deeds = {(deed.department.name, deed.member.display_name) for deed in queries.deeds()}
        seals = {(seal.department.name, seal.keeper.display_name) for seal in queries.seals()}
        posted = models.Posting.objects.values_list("department__code", "member__display_name")
        assert deeds == {("民政局", "周伟"), ("文化和旅游局", "韩立")}
        assert seals == {("民政局", "刘芳"), ("文化和旅游局", "沈悦")}
        assert set(posted) == {
            (person.department, person.name) for person in demonstrate.PEOPLE if person.department
        }
    with center_context("371425"):
        assert not models.Department.objects.exists()


def person(login_name):
    with shared_context(SharedRole.PLATFORM):
        account = identity.find_account(login_name)
    return people.actor(account, now=NOW)


def desk_of(clerk, reviewer, chief):
    roles = (CenterRole.CLERK, CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE)
    staff = dict(zip(roles, map(person, (clerk, reviewer, chief)), strict=True))
    return casework.Desk(center="371402", now=NOW, staff=staff)


def test_its_chief_decides_and_its_clerk_seals(shown):
    desk = desk_of("clerk", "reviewer", "chief")
    number = desk.submit(request=casework.application(matter_code=handing.MARRIAGE)).case.number
    desk.accept(number)
    desk.start(number)
    desk.review(number)
    desk.verify(number)
    assert desk.decide(number).decision["authority"]["department_name"] == "民政局"
    with pytest.raises(case_errors.SealRequiredError):
        desk.issue(number)
    desk.seal(number, seal_code="MZJ-2")
    desk.issue(number)
    assert desk.complete(number).delivery["method"] == "counter"


def test_each_department_of_a_joint_review_has_people_for_it_and_only_they_speak_for_it(shown):
    desk = desk_of("clerk", "culture", "culture-chief")
    request = casework.application(matter_code=INTERNET_CAFE)
    number = desk.submit(request=request).case.number
    desk.accept(number)
    desk.start(number)
    for name, department in (("police", "公安局"), ("fire", "消防救援大队")):
        with pytest.raises(case_errors.CaseRecordReviewNotAllowedError):
            desk.review(number, department=department)
        desk.review(number, person(name))
        desk.verify(number, person(f"{name}-chief"))
    desk.review(number)
    desk.verify(number)
    assert desk.decide(number).decision["authority"]["department_name"] == "文化和旅游局"
    desk.seal(number, desk.reviewer, seal_code="WLJ-2")
    assert desk.issue(number).state == State.ISSUED


def test_it_is_furnished_also_where_staff_are_asked_for_a_second_factor(db, settings):
    settings.DEMO = settings.STAFF_SECOND_FACTOR = True
    demonstrate.demonstrate(
        actor=actors.operator("tests"), centers=CENTERS, now=NOW, report=lambda *_: None
    )
    call_command("furnish_hall")
    with center_context("371402"):
        assert queries.seals().count() == 2
        clerk = models.Member.objects.get(account_id=person("clerk").account_id)
        assert hall.window_of(clerk.pk).code == "01"


def test_a_clerk_sits_at_a_window_whose_work_is_followed(shown, settings):
    call_command("furnish_hall")
    call_command("furnish_hall")
    token = enter("clerk").json()["access_token"]
    answer = execute(operation("Windows"), token=token, center="371402")
    (window,) = (edge["node"] for edge in answer["data"]["windows"]["edges"])
    own = execute(operation("MyMembership"), token=token, center="371402")["data"]["myMembership"]
    assert [member["staffNumber"] for member in window["members"]] == [own["staffNumber"]]
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示库"):
        call_command("furnish_hall")
