"""The registers of a center over the API: kept by its management office, shown to whom they may."""

import uuid

import pytest

from tenants.staff.rules import CenterRole
from tests import people
from tests.graphql.client import codes, execute, operation

CENTER = "371402"
NEIGHBOUR = "371722"


@pytest.fixture
def office(db):
    """The token of the center's management office."""
    manager = people.account("guanli", name="管理办")
    people.member(CENTER, manager, CenterRole.MANAGER)
    for number, role in (("W1", CenterRole.CLERK), ("C1", CenterRole.CHIEF_REPRESENTATIVE)):
        people.member(CENTER, people.account(number.lower()), role, staff_number=number)
    return people.token(manager)


def run(document, token, center=CENTER, /, *, keyed=False, **fields):
    if keyed:
        fields["idempotencyKey"] = str(uuid.uuid4())
    answer = execute(operation(document), {"input": fields}, token=token, center=center)
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return payload


def faults(payload):
    return [error["code"] for error in payload["errors"]]


@pytest.fixture
def hall(office):
    """A department with its people, seal, deed and window."""
    run("OpenDepartment", office, keyed=True, code="SPJ", name="行政审批服务局",
        sectionName="审批服务股")  # fmt: skip
    run("PostMember", office, keyed=True, staffNumber="W1", department="SPJ")
    run("PostMember", office, keyed=True, staffNumber="C1", department="SPJ",
        kind="CHIEF_REPRESENTATIVE")  # fmt: skip
    run("GrantDeed", office, keyed=True, number="〔2026〕1号", department="SPJ", staffNumber="C1",
        matters=[], validFrom="2026-11-24")  # fmt: skip
    run("RegisterSeal", office, keyed=True, code="2H", name="审批专用章（2）", department="SPJ",
        keeper="W1")  # fmt: skip
    run("OpenServiceArea", office, keyed=True, code="A", name="企业服务区", floor="二楼")
    run("OpenWindow", office, keyed=True, code="03", name="企业登记", kind="DEPARTMENT", area="A",
        department="SPJ")  # fmt: skip
    seated = run("SeatMember", office, window="03", staffNumber="W1")["window"]
    assert seated["members"] == [{"staffNumber": "W1"}]
    return office


def board(token=None, center=CENTER):
    answer = execute(operation("Windows"), token=token, center=center)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["windows"]["edges"]]


def registers(token, center=CENTER):
    data = execute(operation("Organizations"), token=token, center=center)["data"]
    return {name: len(found["edges"]) for name, found in data.items()}


def test_everybody_reads_the_board_but_only_its_people_who_sits_there(hall):
    (window,) = board()
    assert (window["code"], window["department"]["name"]) == ("03", "行政审批服务局")
    assert window["members"] is None
    stranger = people.token(people.account("fremd"))
    assert board(stranger)[0]["members"] is None
    clerk = people.token(people.account("w1"))
    assert [member["staffNumber"] for member in board(clerk)[0]["members"]] == ["W1"]
    assert board(center=NEIGHBOUR) == []


def test_registers_show_to_their_keepers_and_one_s_own_to_oneself(hall):
    everything = {"organizations": 1, "postings": 2, "authorizationDeeds": 1, "seals": 1}
    assert registers(hall) == everything
    chief = registers(people.token(people.account("c1")))
    assert chief == {"organizations": 1, "postings": 0, "authorizationDeeds": 1, "seals": 0}
    keeper = registers(people.token(people.account("w1")))
    assert keeper == {"organizations": 1, "postings": 0, "authorizationDeeds": 0, "seals": 1}
    stranger = registers(people.token(people.account("fremd")))
    assert stranger == {"organizations": 1, "postings": 0, "authorizationDeeds": 0, "seals": 0}
    other = people.account("anderswo")
    people.member(NEIGHBOUR, other, CenterRole.MANAGER)
    assert registers(people.token(other)) == stranger
    assert set(registers(people.token(other), NEIGHBOUR).values()) == {0}
    anonymous = execute(operation("Organizations"), center=CENTER)
    assert set(codes(anonymous)) == {"UNAUTHENTICATED"}
    assert set(codes(execute(operation("Windows")))) == {"CENTER_REQUIRED"}


def test_a_member_reads_who_posts_them_and_nobody_else_is_told(hall):
    def department(token, center=CENTER):
        answer = execute(operation("MyDepartment"), token=token, center=center)
        return answer["data"]["myDepartment"]

    clerk, chief = (people.token(people.account(name)) for name in ("w1", "c1"))
    assert department(clerk) == department(chief) == {"code": "SPJ", "name": "行政审批服务局"}
    assert department(hall) is None  # posted by nobody
    assert department(clerk, NEIGHBOUR) is None  # no member there
    end = 'mutation { endPosting(input: {staffNumber: "W1"}) { errors { code } } }'
    assert execute(end, token=hall, center=CENTER)["data"]["endPosting"]["errors"] == []
    assert department(clerk) is None
    assert department(chief) is not None


def test_what_is_refused_names_the_rule(hall):
    assert faults(run("RevokeDeed", hall, number="没有", reason="x")) == ["DEED_NOT_FOUND"]
    revoked = run("RevokeDeed", hall, number="〔2026〕1号", reason="换人")
    assert revoked["deed"]["revokedAt"]
    second = run("PostMember", hall, keyed=True, staffNumber="C1", department="SPJ")
    assert faults(second) == ["ALREADY_POSTED"]
    clerk = people.token(people.account("w1"))
    refused = run("OpenServiceArea", clerk, keyed=True, code="B", name="x")
    assert faults(refused) == ["REGISTER_EDIT_NOT_ALLOWED"]
    assert refused["area"] is None
