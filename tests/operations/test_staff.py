"""Who works in a center, who may change that, and how the platform's index follows."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.staff import errors, models, queries
from tenants.staff.operations import members
from tenants.staff.rules import CenterRole
from tests import people
from tests.people import NOW
from tongban.identity import handlers
from tongban.identity import queries as identity
from tongban.kernel import ports
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import IdempotencyKeyReusedError, StaleVersionError
from tongban.kernel.models import AuditEntry, LogEntry, OutboxMessage

CENTER = "371722"
CLERK, REVIEWER = CenterRole.CLERK, CenterRole.REVIEWER
ADMINISTRATOR = CenterRole.SYSTEM_ADMINISTRATOR


def appoint(actor, account, *roles, number="", key=None):
    return members.appoint_member(
        actor=actor,
        account=account,
        staff_number=number,
        roles=roles,
        idempotency_key=key or uuid.uuid4(),
        now=NOW,
    )


@pytest.fixture
def boss(db):
    person = people.account("xitong", name="系统员")
    people.member(CENTER, person, CLERK)
    with center_context(CENTER):
        account_id = models.Member.objects.holding(ADMINISTRATOR).get().account_id
    return Actor(account_id=account_id, kind="person", display_name="系统管理员")


def written():
    return (models.Member.objects.count(), LogEntry.objects.count(), OutboxMessage.objects.count())


def test_an_appointment_leaves_member_log_audit_and_message(boss):
    person = people.account("zhang", name="张三丰")
    with center_context(CENTER):
        member = appoint(boss, person, CLERK, REVIEWER, number="C-007")
        assert (member.display_name, member.roles) == ("张三丰", ["clerk", "reviewer"])
        entry = LogEntry.objects.get(topic="member", subject=f"account:{person.account_id}")
        assert (entry.name, entry.data["version"]) == ("member.appointed", 1)
        audited = AuditEntry.objects.order_by("sequence").values_list("action", "object_key")
        assert list(audited)[-1] == ("member.appoint", str(member.pk))
        message = OutboxMessage.objects.get(key=f"member:{person.account_id}")
    assert (message.destination, message.kind) == ("platform", "membership.changed")
    assert message.payload == {
        "account_id": person.account_id,
        "roles": ["clerk", "reviewer"],
        "version": 1,
    }


def test_a_membership_is_one_statement_and_ends_at_the_center_s_border(boss):
    person = people.account("zhang", name="张三")
    people.member(CENTER, person, CLERK, REVIEWER, staff_number="9")
    actor = people.actor(person)
    with center_context(CENTER), CaptureQueriesContext(connection) as statements:
        membership = queries.membership_of(actor)
    assert len(statements) == 1
    assert membership is not None
    assert membership.roles == {CLERK, REVIEWER}
    assert membership.has(CLERK, ADMINISTRATOR)
    assert not membership.has(ADMINISTRATOR)
    assert (membership.staff_number, membership.version) == ("9", 1)
    with center_context("371425"):
        assert queries.membership_of(actor) is None


def test_a_machine_operates_the_station_of_its_center_only(db):
    machine = Actor(account_id=None, kind="machine", client_id="s", center_code="371722101")
    with center_context("371722101"):
        membership = queries.membership_of(machine)
        assert membership is not None
        assert membership.roles == {CenterRole.STATION_OPERATOR}
    with center_context(CENTER):
        assert queries.membership_of(machine) is None


@pytest.mark.parametrize("role", [r for r in CenterRole if r != ADMINISTRATOR])
def test_no_other_role_may_appoint(boss, role):
    person = people.account("li", name="李四")
    people.member(CENTER, person, role)
    candidate = people.account("wang", name="王五")
    actor = people.actor(person)
    with center_context(CENTER):
        before = written()
        with pytest.raises(errors.AppointNotAllowedError):
            appoint(actor, candidate, CLERK)
        # Whether the account exists makes no difference to who may not ask.
        with pytest.raises(errors.AppointNotAllowedError):
            appoint(actor, None, CLERK)
        assert written() == before


def test_an_administrator_of_a_neighbour_is_an_outsider(boss):
    person = people.account("li", name="李四")
    with center_context("371425"):
        before = written()
        with pytest.raises(errors.AppointNotAllowedError):
            appoint(boss, person, CLERK)
        assert written() == before


def test_a_registrar_appoints_the_first_administrator_and_no_one_after(db):
    person = people.account("dengji", name="登记员")
    people.grant(person, PlatformRole.REGISTRAR, "371700000000")
    registrar = people.actor(person)
    first, second = people.account("first"), people.account("second")
    with center_context("371425"), pytest.raises(errors.AppointNotAllowedError):
        appoint(registrar, first, ADMINISTRATOR)
    with center_context(CENTER):
        appoint(registrar, first, ADMINISTRATOR)
        with pytest.raises(errors.AppointNotAllowedError):
            appoint(registrar, second, ADMINISTRATOR)


def test_three_administrations_are_three_people(boss):
    person = people.account("li")
    with center_context(CENTER):
        before = written()
        with pytest.raises(errors.SeparateRolesError) as refused:
            appoint(boss, person, CenterRole.AUDITOR, ADMINISTRATOR)
        assert refused.value.params["roles"] == ["auditor", "system_administrator"]
        assert written() == before
        member = appoint(boss, person, CenterRole.AUDITOR, CLERK)
        with pytest.raises(errors.SeparateRolesError):
            members.change_roles(
                actor=boss,
                staff_number=member.staff_number,
                roles=[CenterRole.AUDITOR, CenterRole.SECURITY_ADMINISTRATOR],
                expected_version=1,
                now=NOW,
            )


def test_nobody_changes_or_ends_their_own_membership(boss):
    with center_context(CENTER):
        own = models.Member.objects.get(account_id=boss.account_id)
        with pytest.raises(errors.ChangeRolesNotAllowedError):
            members.change_roles(
                actor=boss,
                staff_number=own.staff_number,
                roles=[CLERK],
                expected_version=1,
                now=NOW,
            )
        with pytest.raises(errors.EndMembershipNotAllowedError):
            members.end_membership(
                actor=boss, staff_number=own.staff_number, expected_version=1, now=NOW
            )
        own.refresh_from_db()
        assert own.roles == ["system_administrator"]


def test_changed_roles_raise_the_version_and_stale_writers_are_told(boss):
    person = people.account("li")
    member = people.member(CENTER, person, CLERK)
    with center_context(CENTER):
        changed = members.change_roles(
            actor=boss,
            staff_number=member.staff_number,
            roles=[REVIEWER],
            expected_version=1,
            now=NOW,
        )
        assert (changed.roles, changed.version) == (["reviewer"], 2)
        with pytest.raises(StaleVersionError) as stale:
            members.change_roles(
                actor=boss,
                staff_number=member.staff_number,
                roles=[CLERK],
                expected_version=1,
                now=NOW,
            )
    assert stale.value.params["current"] == 2


def test_an_ended_membership_is_gone_and_may_come_back(boss):
    person = people.account("li")
    member = people.member(CENTER, person, CLERK)
    actor = people.actor(person)
    with center_context(CENTER):
        members.end_membership(
            actor=boss, staff_number=member.staff_number, expected_version=1, now=NOW
        )
        assert queries.membership_of(actor) is None
        again = appoint(boss, person, REVIEWER)
        assert (again.pk, again.version, again.ended_at) == (member.pk, 3, None)
        with pytest.raises(errors.AlreadyMemberError):
            appoint(boss, person, CLERK)


def test_outsiders_and_clerks_find_no_member(boss):
    person = people.account("li")
    member = people.member(CENTER, person, CLERK)
    with center_context(CENTER):
        for actor in (people_actor(person), Actor(account_id=None, kind="anonymous")):
            with pytest.raises(errors.MemberNotFoundError):
                members.end_membership(
                    actor=actor, staff_number=member.staff_number, expected_version=1, now=NOW
                )


def people_actor(person):
    return Actor(account_id=person.account_id, kind="person", display_name=person.display_name)


def test_a_repeat_answers_with_the_same_member(boss):
    person, key = people.account("li"), uuid.uuid4()
    with center_context(CENTER):
        first = appoint(boss, person, CLERK, key=key)
        assert appoint(boss, person, CLERK, key=key) == first
        with pytest.raises(IdempotencyKeyReusedError):
            appoint(boss, person, REVIEWER, key=key)
        assert OutboxMessage.objects.filter(key=f"member:{person.account_id}").count() == 1


def test_a_staff_number_belongs_to_one(boss):
    one, other = people.account("li"), people.account("wang")
    with center_context(CENTER):
        appoint(boss, one, CLERK, number="A1")
        with pytest.raises(errors.StaffNumberTakenError):
            appoint(boss, other, CLERK, number="A1")
        with pytest.raises(errors.StaffNumberInvalidError):
            appoint(boss, other, CLERK, number="甲一")
        appoint(boss, other, CLERK)


def test_the_index_follows_by_version(db):
    person = people.account("li")
    handler = ports.inbox_handlers[handlers.MEMBERSHIP_CHANGED]

    def deliver(origin, roles, version):
        handler(
            ports.Message(
                message_id=uuid.uuid4(),
                origin=origin,
                destination="platform",
                kind=handlers.MEMBERSHIP_CHANGED,
                key="",
                payload={"account_id": person.account_id, "roles": roles, "version": version},
            ),
            NOW,
        )

    with shared_context(SharedRole.PLATFORM):
        deliver("371722", ["clerk"], 1)
        deliver("371722", ["reviewer"], 3)
        deliver("371722", ["clerk", "reviewer"], 2)
        deliver("371425", ["manager"], 1)
        memberships = identity.profile_of(person.account_id).memberships
        assert [(m.center_code, m.roles) for m in memberships] == [
            ("371425", ("manager",)),
            ("371722", ("reviewer",)),
        ]
        deliver("371722", [], 4)
        assert len(identity.profile_of(person.account_id).memberships) == 1
        # An account that this platform does not have makes no row and no failure.
        handler(
            ports.Message(
                message_id=uuid.uuid4(),
                origin="371722",
                destination="platform",
                kind=handlers.MEMBERSHIP_CHANGED,
                key="",
                payload={"account_id": 10**9, "roles": ["clerk"], "version": 1},
            ),
            NOW,
        )
        assert LogEntry.objects.filter(name="membership.indexed").count() == 4
