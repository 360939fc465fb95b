"""刚性标准、初审确认: what speaks against an application is coded, and confirmed points bind."""

from datetime import timedelta
from functools import partial

import pytest

from tenants.cases import errors, models, rules
from tenants.cases.states import State
from tests import handing, revising, stationing
from tests.casework import ACCEPTED_AT, Desk
from tests.operations.test_case_rebase import move, stricter
from tests.operations.test_joint_review import Chain
from tongban.kernel.context import center_context

LIABLE, POLICE = stationing.CULTURE, "公安局"
REJECT = {"decision": rules.Decision.REJECT, "ground_code": "CONDITIONS_NOT_MET"}
AGAINST = {"is_favourable": False, "opinion": "不符合"}


def ground(material="", condition="", code="CONDITIONS_NOT_MET"):
    return rules.Ground(code, material, condition, "面积不足")


@pytest.fixture
def desk(db):
    return Desk()


def refused(desk, error, call, *args, **said):
    """The call is refused with this error, and nothing is written."""
    before = desk.holdings()
    with pytest.raises(error) as raised:
        call(*args, **said)
    assert desk.holdings() == before
    return raised.value.params


def findings(desk, number):
    return [
        (found["code"], found["department"], found["subjects"])
        for found in desk.case(number).findings
    ]


def kept(desk):
    with center_context(desk.center):
        return list(models.Finding.objects.values_list("code", "department_name"))


@pytest.mark.parametrize(
    ("grounds", "error"),
    [
        ((), errors.GroundRequiredError),
        ((ground("M01"),) * 51, errors.GroundRequiredError),
        ((ground("M01", code="DISLIKED"),), errors.GroundUnknownError),
        ((ground(),), errors.GroundSubjectRequiredError),
        ((ground(code="FALSE_MATERIALS"),), errors.GroundSubjectRequiredError),
        ((ground(code="INSPECTION_FAILED"),), errors.GroundSubjectRequiredError),
        ((ground("M99"),), errors.MaterialUnknownError),
        ((ground("M01", "C01"),), errors.ConditionUnknownError),
        ((ground(condition="C99"),), errors.ConditionUnknownError),
    ],
)
def test_who_speaks_against_an_application_says_on_what_ground_and_of_what(desk, grounds, error):
    number = desk.in_review()
    refused(desk, error, desk.review, number, **AGAINST, grounds=grounds)
    desk.review(number)
    refused(desk, error, desk.verify, number, **AGAINST, grounds=grounds)


def test_what_speaks_for_it_has_no_ground_against_it(desk):
    number = desk.in_review()
    refused(desk, errors.GroundContradictsError, desk.review, number, grounds=[ground("M01")])


def test_some_grounds_lie_outside_the_application(desk):
    number = desk.in_review()
    full = rules.Ground("QUANTITY_EXHAUSTED")
    desk.review(number, **AGAINST, grounds=[full])
    desk.verify(number, **AGAINST, grounds=())
    case = desk.decide(number, **{**REJECT, "ground_code": "QUANTITY_EXHAUSTED"})
    assert case.decision["subjects"] == []


def test_a_rejection_goes_by_what_its_reviews_say_and_its_paper_tells_it(desk):
    number = desk.in_review()
    desk.review(number, **AGAINST, grounds=[ground(condition="C01"), ground("M01")])
    desk.verify(number, **AGAINST, grounds=())
    desk.decide(number, **REJECT)
    said = desk.case(number).decision["subjects"]
    assert [(each["material"], each["condition"]) for each in said] == [("", "C01"), ("M01", "")]
    assert all(each["about"] for each in said)
    assert findings(desk, number) == []


def test_a_rejection_that_no_review_speaks_for_names_its_subject(desk):
    number = desk.in_review()
    desk.review(number, **AGAINST, grounds=[ground("M01", code="FALSE_MATERIALS")])
    desk.verify(number, **AGAINST, grounds=())
    refused(desk, errors.GroundSubjectRequiredError, desk.decide, number, **REJECT)
    unknown = {**REJECT, "subjects": [("M99", "")]}
    refused(desk, errors.MaterialUnknownError, desk.decide, number, **unknown)
    case = desk.decide(number, **REJECT, subjects=[("", "C01")])
    assert case.state == State.REJECTED


def test_a_confirmed_point_is_not_judged_against_again_without_a_reason(desk):
    number = desk.verified()
    against = partial(desk.review, number, **AGAINST, grounds=[ground("M01"), ground("", "C01")])
    told = refused(desk, errors.PointConfirmedError, against)
    assert told["points"] == ["M01", "C01"]
    verified_anew = partial(desk.verify, number, **AGAINST, grounds=[ground("M01")])
    refused(desk, errors.PointConfirmedError, verified_anew)
    desk.review(number)  # a new favourable review does not take the confirmation away
    refused(desk, errors.PointConfirmedError, against, override_reason=" ")
    against(override_reason="许可机关接到举报")
    assert findings(desk, number) == [("CONFIRMED_POINT_REJECTED", LIABLE, ["M01", "C01"])]
    assert kept(desk) == [("CONFIRMED_POINT_REJECTED", LIABLE)]
    event = desk.events(number)[-1]
    assert event.data["override"] == {"points": ["M01", "C01"], "reason": "许可机关接到举报"}
    assert "override" not in rules.shown_data(event.data, to_staff=False)
    desk.verify(number, **AGAINST, grounds=())
    assert desk.decide(number, **REJECT).state == State.REJECTED
    assert len(findings(desk, number)) == 1, "what was judged against with a reason is settled"


def test_a_rejection_against_what_every_review_confirmed_needs_the_reason_too(desk):
    number = desk.verified()
    said = {**REJECT, "subjects": [("M01", "")]}
    told = refused(desk, errors.PointConfirmedError, desk.decide, number, **said)
    assert told["points"] == ["M01"]
    case = desk.decide(number, **said, override_reason="补充调查发现新事实")
    assert case.state == State.REJECTED
    assert findings(desk, number) == [("CONFIRMED_POINT_REJECTED", LIABLE, ["M01"])]


def test_what_changed_since_or_was_never_verified_binds_nobody(desk):
    number = desk.in_review()
    desk.review(number)
    desk.review(number, **AGAINST, grounds=[ground("M01")])
    desk.review(number)
    desk.verify(number)
    desk.now += timedelta(hours=1)
    desk.add(number)
    refused(
        desk, errors.PointConfirmedError, desk.review, number, **AGAINST, grounds=[ground("M02")]
    )
    desk.review(number, **AGAINST, grounds=[ground("M01")])
    assert findings(desk, number) == []


def test_a_rebase_that_changes_what_is_asked_confirms_nothing(desk):
    number = desk.verified()
    stricter()
    move(desk, number)
    desk.review(number, **AGAINST, grounds=[ground("M01")])
    assert findings(desk, number) == []


def test_a_department_is_bound_by_what_it_confirmed_itself(desk):
    revising.revise(now=ACCEPTED_AT, joint_departments=(POLICE,))
    number = desk.in_review()
    desk.review(number, department=LIABLE)
    desk.verify(number, department=LIABLE)
    desk.review(number, department=POLICE, **AGAINST, grounds=[ground("M01")])
    desk.verify(number, department=POLICE, **AGAINST, grounds=())
    assert findings(desk, number) == []
    told = refused(
        desk, errors.PointConfirmedError, desk.decide, number, **REJECT, subjects=[("M02", "")]
    )
    assert told["points"] == ["M02"]
    assert desk.decide(number, **REJECT).state == State.REJECTED, "the police speak against it"


def test_the_finding_lies_with_the_department_that_judges_otherwise(desk):
    revising.revise(now=ACCEPTED_AT, joint_departments=(POLICE,))
    number = desk.in_review()
    desk.review(number, department=POLICE)
    desk.verify(number, department=POLICE)
    desk.review(
        number, department=POLICE, **AGAINST, grounds=[ground("M01")], override_reason="新证据"
    )
    assert kept(desk) == [("CONFIRMED_POINT_REJECTED", POLICE)]


def test_mirrors_have_grounds_and_confirmations_too(db):
    chain = Chain()
    county, number = chain.county, chain.number
    county.review(number, department=POLICE)
    county.verify(number, department=POLICE)
    county.review(number, department=LIABLE, **AGAINST, grounds=[ground("M01")])
    handing.relay_all()

    def said(center):
        with center_context(center):
            rows = models.ReviewTask.objects.filter(case__number=number).order_by(
                "department", "kind"
            )
            return list(rows.values_list("department", "kind", "grounds", "confirmed_at"))

    assert said(handing.STATION) == said(handing.COUNTY)
    assert any(confirmed for *_whose, confirmed in said(handing.STATION))
    assert any(grounds for _department, _kind, grounds, _confirmed in said(handing.STATION))
