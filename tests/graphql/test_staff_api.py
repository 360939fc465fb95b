"""A center's staff over the API: appointing, roles, endings, and who may read the list."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.staff import models
from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes, execute, operation
from tongban.exchange.operations import relay
from tongban.identity.operations import administration
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context

CENTER = "371722"


@pytest.fixture
def head(db):
    """The token of the center's system administrator."""
    person = people.account("xitong", name="系统员")
    people.member(CENTER, person, CenterRole.SYSTEM_ADMINISTRATOR)
    return people.token(person)


def run(name, token, center=CENTER, **fields):
    answer = execute(operation(name), {"input": fields}, token=token, center=center)
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


def appoint(token, account="zhang", roles=("CLERK",), **fields):
    key = str(uuid.uuid4())
    fields = {"account": account, "roles": list(roles), "idempotencyKey": key} | fields
    return run("AppointMember", token, **fields)


def faults(payload):
    return [error["code"] for error in payload["errors"]]


def test_the_life_of_a_membership(head):
    person = people.account("zhang", name="张三")
    token = people.token(person)
    member = appoint(head, staffNumber="C-01")["member"]
    assert (member["displayName"], member["roles"]) == ("张三", ["CLERK"])
    own = execute(operation("MyMembership"), token=token, center=CENTER)["data"]["myMembership"]
    assert (own["staffNumber"], own["version"]) == ("C-01", 1)
    changed = run(
        "ChangeMemberRoles", head, staffNumber="C-01", roles=["REVIEWER"], expectedVersion=1
    )["member"]
    assert (changed["roles"], changed["version"]) == (["REVIEWER"], 2)
    stale = run("ChangeMemberRoles", head, staffNumber="C-01", roles=["CLERK"], expectedVersion=1)
    assert stale["errors"][0]["params"] == {"current": 2}
    ended = run("EndMembership", head, staffNumber="C-01", expectedVersion=2)["member"]
    assert (ended["isActive"], ended["roles"]) == (False, [])
    gone = execute(operation("MyMembership"), token=token, center=CENTER)
    assert gone["data"] == {"myMembership": None}
    assert faults(run("EndMembership", head, staffNumber="C-01", expectedVersion=3)) == [
        "MEMBER_NOT_FOUND"
    ]


def test_the_person_s_own_list_of_centers_follows(head):
    token = people.token(people.account("zhang", name="张三"))

    def mine():
        relay.relay_outbox(CENTER, clock=lambda: people.NOW)
        memberships = execute(operation("Me"), token=token)["data"]["me"]["memberships"]
        return {m["center"]["code"]: m["roles"] for m in memberships}

    assert mine() == {}
    number = appoint(head)["member"]["staffNumber"]
    assert mine() == {CENTER: ["CLERK"]}
    run(
        "ChangeMemberRoles",
        head,
        staffNumber=number,
        roles=["REVIEWER", "CASHIER"],
        expectedVersion=1,
    )
    assert mine() == {CENTER: ["CASHIER", "REVIEWER"]}
    run("EndMembership", head, staffNumber=number, expectedVersion=2)
    assert mine() == {}


def test_refusals_carry_chinese_texts_and_places(head):
    people.account("zhang", name="张三")
    payload = appoint(head, roles=["AUDITOR", "SECURITY_ADMINISTRATOR"])
    (fault,) = payload["errors"]
    assert fault == {
        "code": "ROLES_MUST_BE_SEPARATE",
        "message": "系统管理员、安全管理员、审计员须由不同人员担任。",
        "path": ["roles"],
        "params": {"roles": ["auditor", "security_administrator"]},
    }
    assert faults(appoint(head, account="nobody")) == ["ACCOUNT_NOT_FOUND"]
    assert faults(appoint(head, roles=[])) == ["ROLES_REQUIRED"]
    with center_context(CENTER):
        assert models.Member.objects.filter(display_name="张三").count() == 0


def listed(token, center=CENTER, **variables):
    answer = execute(operation("Staff"), {"first": 20, **variables}, token=token, center=center)
    assert "errors" not in answer, answer
    staff = answer["data"]["staff"]
    return staff["totalCount"], [edge["node"]["displayName"] for edge in staff["edges"]]


def test_the_list_is_for_the_administration(head):
    people.member(CENTER, people.account("a", name="甲"), CenterRole.CLERK)
    people.member(CENTER, people.account("b", name="乙"), CenterRole.CLERK, CenterRole.REVIEWER)
    total, names = listed(head)
    assert total == len(names) == 4
    assert listed(head, role="REVIEWER") == (1, ["乙"])
    assert listed(head, isActive=False) == (0, [])
    assert listed(head, center="371425") == (0, [])


@pytest.mark.parametrize("role", list(CenterRole))
def test_who_sees_the_list(head, role):
    person = people.account("li", name="李四")
    people.member(CENTER, person, role)
    total, _ = listed(people.token(person))
    assert (total > 0) == (role in {"manager", "supervisor", "system_administrator"})


def test_outsiders_nobody_and_machines(head):
    people.account("zhang")
    outsider = people.token(people.account("outsider"))
    assert listed(outsider) == (0, [])
    assert codes(execute(operation("Staff"), {"first": 1}, center=CENTER)) == ["UNAUTHENTICATED"]
    assert codes(execute(operation("Staff"), {"first": 1}, token=head)) == ["CENTER_REQUIRED"]
    assert faults(appoint(outsider)) == ["MEMBER_APPOINT_NOT_ALLOWED"]
    assert faults(run("EndMembership", outsider, staffNumber="S00001", expectedVersion=1)) == [
        "MEMBER_NOT_FOUND"
    ]
    with shared_context(SharedRole.PLATFORM):
        client, _ = administration.register_machine(
            actor=people.OPERATOR, center_code=CENTER, name="一体机", now=people.NOW
        )
    machine = people.machine_token(client)
    assert listed(machine) == (0, [])
    answer = execute(operation("Staff"), {"first": 1}, token=machine, center="371425")
    assert codes(answer) == ["FORBIDDEN"]


def test_a_registrar_brings_the_first_administrator(db):
    registrar = people.account("dengji")
    people.grant(registrar, PlatformRole.REGISTRAR, "371700000000")
    people.account("zhang", name="张三")
    token = people.token(registrar)
    member = appoint(token, roles=["SYSTEM_ADMINISTRATOR"])["member"]
    assert member["staffNumber"] == "S00001"
    people.account("lisi")
    assert faults(appoint(token, account="lisi")) == ["MEMBER_APPOINT_NOT_ALLOWED"]


def test_queries_do_not_grow_with_the_staff(head):
    listed(head)  # the map of centers is read once
    counts = []
    for size in (2, 15):
        for number in range(size):
            people.member(CENTER, people.account(f"p{size}-{number}"), CenterRole.CLERK)
        with CaptureQueriesContext(connection) as statements:
            total, names = listed(head)
        assert total == len(names) > size
        tables = [re.findall(r'FROM "?(\w+)', statement["sql"])[-1] for statement in statements]
        counts.append([table for table in tables if table != "registry_registryversion"])
    assert counts[0] == counts[1]
    assert counts[0] == ["oauth2_provider_accesstoken", *["staff_member"] * 3]
