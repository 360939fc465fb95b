"""One table of states: guard, constraint, rights and refusals agree with it."""

import re
from typing import Any

import pytest
from django.db.models import CheckConstraint, Q

from tenants.cases import errors, models, policies, rules, states
from tenants.cases.states import Custody, State
from tenants.staff.rules import CenterRole, Membership
from tongban.kernel.errors import DomainError


def constraint(name):
    found = next(c for c in models.Case._meta.constraints if c.name == name)
    assert isinstance(found, CheckConstraint)
    assert isinstance(found.condition, Q)
    condition: Any = found.condition.children[0]
    return set(condition[1])


def test_the_database_knows_the_same_states():
    assert constraint("cases_case_state") == {state.value for state in State}
    assert constraint("cases_case_custody") == {custody.value for custody in Custody}


def test_every_state_has_a_text_and_is_reached():
    assert set(states.STATE_TEXTS) == set(State)
    reached = {t.target for t in states.TRANSITIONS} | {State.DRAFT}
    assert reached == set(State)
    for state in State:
        has_way_out = any(state in t.sources for t in states.TRANSITIONS)
        assert has_way_out or state in states.FINAL


def test_a_rejection_is_never_undone_and_an_approval_only_revoked():
    outcomes = {
        decided: {t.target for t in states.TRANSITIONS if decided in t.sources}
        for decided in (State.APPROVED, State.REJECTED)
    }
    assert outcomes == {
        State.APPROVED: {State.ISSUED, State.REVOKED},
        State.REJECTED: {State.ISSUED},
    }


def test_every_action_has_rights_and_a_refusal():
    assert set(policies.ROLES) == set(errors.NOT_ALLOWED)
    assert set(policies.ROLES) == (
        set(states.BY_ACTION) - {"approve_case", "reject_case"} - states.BY_CLOCK
        | set(states.WITHIN)
    )
    for action, refusal in errors.NOT_ALLOWED.items():
        assert refusal.code == f"CASE_{action.removesuffix('_case').upper()}_NOT_ALLOWED"


@pytest.mark.parametrize("action", sorted(policies.ROLES))
@pytest.mark.parametrize("state", list(State))
def test_permits_follows_the_table(action, state):
    transition = states.BY_ACTION.get(action)
    expected = states.WITHIN[action] if transition is None else transition.sources
    assert states.permits(state, action) == (state in expected)


def test_an_unknown_action_is_a_fault():
    with pytest.raises(KeyError):
        states.permits(State.DRAFT, "approve_everything")


def test_the_diagram_is_drawn_from_the_table():
    drawn = set(re.findall(r"(\w+) --> (\w+): (\w+)", states.mermaid()))
    assert drawn == {
        (source.value, t.target.value, t.action) for t in states.TRANSITIONS for source in t.sources
    }


def membership(*roles):
    return Membership(1, 1, frozenset(roles), "甲", "", 1)


@pytest.mark.parametrize("role", list(CenterRole))
def test_only_those_who_review_decide(role):
    may = policies.why_not("decide_case", membership(role), is_applicant=False) == ""
    assert may == (role in {CenterRole.REVIEWER, CenterRole.CHIEF_REPRESENTATIVE})


def test_applicants_do_what_is_theirs():
    for action in policies.ROLES:
        reason = policies.why_not(action, membership(*CenterRole), is_applicant=True)
        assert (reason == "") == (action in policies.BY_APPLICANT)
    assert policies.why_not("add_material", None, is_applicant=False) == "ROLE"
    assert not policies.may_read_cases(None)


def test_every_refusal_speaks_both_languages():
    for refusal in errors.NOT_ALLOWED.values():
        for reason, (chinese, english) in errors.BECAUSE.items():
            error = refusal(reason=reason, state="submitted", state_text="已收件", owner="371425")
            assert isinstance(error, DomainError)
            assert "{" not in error.message("zh-Hans") + error.message("en")
            for language, text in (("zh-Hans", chinese), ("en", english)):
                said = max(re.split(r"\{\w+\}", text), key=len)
                assert said in error.message(language)


def test_every_event_has_texts():
    for name, (chinese, english) in rules.EVENTS.items():
        assert re.fullmatch(r"case\.[a-z_]+", name)
        assert chinese
        assert english


def test_grounds_are_coded_with_texts():
    for grounds in (rules.REFUSAL_GROUNDS, rules.REJECTION_GROUNDS):
        assert all(re.fullmatch(r"[A-Z_]+", code) for code in grounds)
        assert all(len(texts) == 2 for texts in grounds.values())
