"""What may be done to each case of a list: a number of statements that no length changes."""

import pytest

from tenants.cases import rules
from tenants.staff.rules import CenterRole
from tests import casework, revising, stationing
from tests.graphql.client import execute
from tests.graphql.office import NOW, Office
from tongban.identity import queries as identity

POLICE = "公安局"
ACTIONS = """
{ cases(first: 50) { edges { node {
  number availableActions { action isAvailable code reason }
} } } }
"""


@pytest.fixture
def office(db):
    office = Office()
    revising.revise(now=NOW, joint_departments=(POLICE,))
    return office


@pytest.fixture
def desk(office):
    """The people who look at the lists, posted by a department that lets one of them decide."""
    desk = casework.Desk(center=office.center, now=NOW)
    for who, role in (
        ("clerk", CenterRole.CLERK),
        ("reviewer", CenterRole.REVIEWER),
        ("chief", CenterRole.CHIEF_REPRESENTATIVE),
    ):
        desk.staff[role] = identity.resolve_actor(office.token(who) or "", now=NOW)
    stationing.settle(desk)
    return desk


def submitted(desk):
    """Let the applicant who looks at the list hand something in at the counter."""
    request = casework.application(applicant=casework.applicant(701, name="王小明"))
    return desk.submit(request=request).case.number


def in_review(desk):
    number = submitted(desk)
    desk.accept(number)
    desk.start(number)
    return number


def reviewed(desk, *, favourable=True):
    number = in_review(desk)
    for department in (stationing.CULTURE, POLICE):
        said = {"department": department, "is_favourable": favourable}
        desk.review(number, **said)
        desk.verify(number, **said)
    return number


def decided(desk):
    number = reviewed(desk)
    desk.decide(number)
    return number


def issued(desk):
    number = decided(desk)
    desk.seal(number, seal_code=stationing.SEAL)
    desk.issue(number)
    return number


def one_of_each(desk):
    """Let one case stand in each state that the people at hand can bring it to."""
    submitted(desk)
    desk.notify(submitted(desk))
    desk.refuse(submitted(desk))
    desk.accept(submitted(desk))
    in_review(desk)
    reviewed(desk)
    desk.suspend(in_review(desk))
    decided(desk)
    rejected = reviewed(desk, favourable=False)
    desk.decide(rejected, decision=rules.Decision.REJECT, ground_code="CONDITIONS_NOT_MET")
    issued(desk)
    desk.complete(issued(desk))
    desk.withdraw(submitted(desk))
    desk.terminate(in_review(desk))


def asked(office, who):
    """Return what the list tells a person, and how many statements it took."""
    answers = []

    def ask():
        answers.append(execute(ACTIONS, {}, center=office.center, token=token, now=NOW))

    token = office.token(who)
    cost = casework.statements(ask)
    assert "errors" not in answers[0], answers[0]
    nodes = [edge["node"] for edge in answers[0]["data"]["cases"]["edges"]]
    return {node["number"]: node["availableActions"] for node in nodes}, cost


def test_what_may_be_done_to_each_case_of_a_list_takes_no_more_statements_for_more(office, desk):
    viewers = ("clerk", "reviewer", "chief", "supervisor", "applicant", "neighbour", "stranger")
    for who in viewers:
        office.token(who)
    one_of_each(desk)
    few = {who: asked(office, who) for who in viewers}
    one_of_each(desk)
    many = {who: asked(office, who) for who in viewers}
    for who in viewers:
        is_seen = who not in {"neighbour", "stranger"}
        assert (len(few[who][0]), len(many[who][0])) == ((13, 26) if is_seen else (0, 0)), who
        assert few[who][1] == many[who][1] <= 12, (who, few[who][1], many[who][1])
    # A list tells of each case what the case itself does.
    for who in ("clerk", "reviewer", "chief", "applicant"):
        for number in list(many[who][0])[:13]:
            alone = office.case(who, number)
            assert alone["availableActions"] == many[who][0][number], (who, number)
    chief = [
        {each["action"] for each in row if each["isAvailable"]} for row in many["chief"][0].values()
    ]
    assert sum("DECIDE_CASE" in actions for actions in chief) == 2
    assert sum("RECORD_REVIEW" in actions for actions in chief) == 4
