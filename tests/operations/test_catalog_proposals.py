"""Proposals: a county asks its city for a change, and sees what became of it."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import issuing, publishing
from tests.issuing import CITY, FIRST, issue
from tests.publishing import editor, person, publisher, reviewer
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import draft, proposals, publish, review
from tongban.catalog.queries import proposals as proposal_queries
from tongban.catalog.rules.content import Limit, MatterLevel
from tongban.catalog.states import ProposalStatus
from tongban.kernel.actors import ANONYMOUS, Actor, PlatformRole
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import IdempotencyKeyReusedError
from tongban.kernel.models import AuditEntry, LogEntry

MATTER, COUNTY, NEIGHBOUR = "370199900001", "371402", "371425"
QUICKER = {"promised_limit": {"amount": 10, "unit": "WORKING_DAY"}}


def offerer(center: str = COUNTY, account: int = 201) -> Actor:
    return person(account, PlatformRole.OFFERING_EDITOR, center.ljust(12, "0"))


@pytest.fixture
def catalog(db):
    with shared_context(SharedRole.CATALOG):
        issue(MATTER, levels=(MatterLevel.CITY, MatterLevel.COUNTY))
        yield


def propose(**said: Any) -> models.ChangeProposal:
    return proposals.propose_change(
        **{
            "actor": offerer(),
            "center_code": COUNTY,
            "matter_code": MATTER,
            "elements": QUICKER,
            "reason": "区级已实行十日办结",
            "basis": "德政办发〔2026〕3号",
            "idempotency_key": uuid.uuid4(),
            "now": issuing.at(FIRST),
            **said,
        }
    )


def answer(proposal: models.ChangeProposal, *, accept: bool = True, **said: Any):
    return proposals.answer_proposal(
        **{
            "actor": editor(CITY),
            "proposal_id": proposal.id,
            "accept": accept,
            "answer": "同意",
            "idempotency_key": uuid.uuid4(),
            "now": issuing.at(FIRST),
            **said,
        }
    )


def withdraw(proposal: models.ChangeProposal, **said: Any) -> models.ChangeProposal:
    return proposals.withdraw_proposal(
        **{
            "actor": offerer(),
            "proposal_id": proposal.id,
            "idempotency_key": uuid.uuid4(),
            "now": issuing.at(FIRST),
            **said,
        }
    )


def seen(proposal: models.ChangeProposal, actor: Actor, on: date = FIRST):
    return proposal_queries.access_proposal(actor=actor, proposal_id=proposal.id, on=on)


def reviewed(number: int) -> models.MatterRevision:
    revision = models.MatterRevision.objects.get(matter__code=MATTER, number=number)
    return review.review_revision(
        actor=reviewer(CITY),
        matter_code=MATTER,
        number=number,
        expected_digest=revision.content_hash,
        idempotency_key=uuid.uuid4(),
        now=issuing.at(FIRST),
    )


def put_out(number: int, since: date | None = None) -> models.Release:
    return publishing.published(reviewed(number), issuer=CITY, since=since, now=issuing.at(FIRST))


def written() -> tuple[Any, ...]:
    return (
        AuditEntry.objects.count(),
        LogEntry.objects.count(),
        list(models.ChangeProposal.objects.order_by("id").values()),
        list(models.MatterRevision.objects.order_by("id").values()),
    )


# --- proposing --------------------------------------------------------------------------------


def test_a_county_proposes_and_the_city_sees_what_would_change(catalog):
    key = uuid.uuid4()
    proposal = propose(idempotency_key=key)
    assert propose(idempotency_key=key).id == proposal.id
    with pytest.raises(IdempotencyKeyReusedError):
        propose(idempotency_key=key, reason="另一理由")
    shown = seen(proposal, editor(CITY))
    assert (shown.status, shown.issuer_code, shown.center_code) == ("open", CITY, COUNTY)
    assert [d.to_json() for d in proposal_queries.proposed_differences(shown)] == [
        {
            "field": "promised_limit",
            "before": {"amount": 20, "unit": "WORKING_DAY"},
            "after": {"amount": 10, "unit": "WORKING_DAY"},
        }
    ]
    assert models.ChangeProposal.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "error", "path"),
    [
        ({"reason": " "}, errors.ProposalTextError, ("reason",)),
        ({"basis": "\0"}, errors.ProposalTextError, ("basis",)),
        ({"reason": "由" * 2001}, errors.ProposalTextError, ("reason",)),
        ({"matter_code": "379999999999"}, errors.MatterNotFoundError, ("matter",)),
        ({"elements": {}}, errors.ProposalEmptyError, ("elements",)),
        (
            {"elements": {"promised_limit": {"amount": 20, "unit": "WORKING_DAY"}}},
            errors.ProposalEmptyError,
            ("elements",),
        ),
        ({"elements": {"price": 1}}, errors.ProposalElementError, ("elements", "price")),
        (
            {"elements": {"materials": [{"code": "M01"}]}},
            errors.ProposalElementError,
            ("elements", "materials", 0, "name"),
        ),
        ({"elements": {"name": None}}, errors.ProposalElementError, ("elements", "name")),
        ({"center_code": "371499"}, errors.ProposalNotAllowedError, ()),
        ({"center_code": NEIGHBOUR}, errors.ProposalNotAllowedError, ()),
        ({"actor": editor(CITY)}, errors.ProposalNotAllowedError, ()),
        ({"actor": ANONYMOUS}, errors.ProposalNotAllowedError, ()),
    ],
)
def test_what_is_no_proposal_is_refused(catalog, said, error, path):
    before = written()
    with pytest.raises(error) as caught:
        propose(**said)
    assert caught.value.path == path
    assert "…" not in caught.value.message("zh-Hans")
    assert written() == before


def test_nothing_is_proposed_to_the_city_next_door(catalog):
    with pytest.raises(errors.MatterNotFoundError):
        propose(actor=offerer("371722"), center_code="371722")
    assert not models.ChangeProposal.objects.exists()


# --- what becomes of it -----------------------------------------------------------------------


def test_accepted_it_is_a_draft_and_published_with_it(catalog):
    proposal = answer(propose())
    assert (proposal.status, proposal.revision_number) == (ProposalStatus.ACCEPTED, 2)
    drafted = models.MatterRevision.objects.get(matter__code=MATTER, number=2)
    assert (drafted.status, drafted.editors) == ("draft", [editor(CITY).key, offerer().key])
    assert drafted.read() == replace(
        publishing.standard(MATTER), promised_limit=Limit(10, LimitUnit.WORKING_DAY)
    )
    found_right = reviewed(2)
    with pytest.raises(errors.SamePersonError):  # who accepted it wrote it
        publishing.published(
            found_right,
            issuer=CITY,
            by=person(101, PlatformRole.CATALOG_PUBLISHER, CITY),
            now=issuing.at(FIRST),
        )
    publishing.published(found_right, issuer=CITY, now=issuing.at(FIRST))
    shown = seen(proposal, offerer())
    assert (shown.status, shown.answer) == (ProposalStatus.PUBLISHED, "同意")
    assert (shown.revision_number, shown.effective_from) == (2, FIRST)
    assert proposal_queries.proposed_differences(shown) == ()
    assert queries.published_revision(code=MATTER, on=FIRST).promised_days == 10


def test_who_proposed_the_words_does_not_review_or_publish_them(catalog):
    """One person may hold a role at the county and another at the city."""
    proposed = propose(actor=offerer(account=102))
    accepted = answer(proposed)
    revision = models.MatterRevision.objects.get(matter__code=MATTER, number=2)
    assert set(revision.editors) == {proposed.proposed_by, accepted.answered_by}
    assert proposed.proposed_by == reviewer(CITY).key
    before = written()
    with pytest.raises(errors.SamePersonError):
        reviewed(2)
    assert written() == before


def test_two_accepted_ones_come_together_in_one_draft(catalog):
    quicker = answer(propose())
    named = propose(actor=offerer(NEIGHBOUR, 202), center_code=NEIGHBOUR, elements={"visits": 0})
    other = answer(named)
    assert quicker.revision_number == other.revision_number == 2
    content = models.MatterRevision.objects.get(matter__code=MATTER, number=2).read()
    assert (content.visits, content.promised_limit) == (0, Limit(10, LimitUnit.WORKING_DAY))
    put_out(2)
    assert set(models.ChangeProposal.objects.values_list("status", flat=True)) == {"published"}


def test_what_is_put_out_for_a_day_to_come_is_not_undone(catalog):
    issue(MATTER, visits=0, since=FIRST + timedelta(days=30))
    accepted = answer(propose())
    drafted = models.MatterRevision.objects.get(
        matter__code=MATTER, number=accepted.revision_number
    ).read()
    assert (drafted.visits, drafted.promised_limit) == (0, Limit(10, LimitUnit.WORKING_DAY))


def test_a_release_that_is_called_back_calls_it_back(catalog):
    proposal = answer(propose())
    later = FIRST + timedelta(days=30)
    release = put_out(2, since=later)
    assert seen(proposal, offerer()).status == ProposalStatus.PUBLISHED
    publish.withdraw_release(
        actor=publisher(CITY),
        issuer_code=CITY,
        number=release.number,
        idempotency_key=uuid.uuid4(),
        now=issuing.at(FIRST),
    )
    assert seen(proposal, offerer()).status == ProposalStatus.ACCEPTED


def test_a_draft_thrown_away_leaves_it_open(catalog):
    proposal = answer(propose())
    drafted = models.MatterRevision.objects.get(matter__code=MATTER, number=2)
    draft.discard_draft(
        actor=editor(CITY),
        matter_code=MATTER,
        number=2,
        expected_digest=drafted.content_hash,
        idempotency_key=uuid.uuid4(),
        now=issuing.at(FIRST),
    )
    shown = seen(proposal, offerer())
    assert (shown.status, shown.revision_number) == (ProposalStatus.OPEN, None)
    assert answer(proposal).status == ProposalStatus.ACCEPTED


def test_a_reviewed_draft_is_not_written_over(catalog):
    first = answer(propose())
    reviewed(2)
    second = propose(elements={"visits": 0})
    before = written()
    with pytest.raises(errors.RevisionNotEditableError):
        answer(second)
    assert written() == before
    assert seen(first, offerer()).status == ProposalStatus.ACCEPTED


def test_declining_says_why(catalog):
    proposal = propose()
    before = written()
    with pytest.raises(errors.ProposalTextError):
        answer(proposal, accept=False, answer="")
    assert written() == before
    answer(proposal, accept=False, answer="法定检验需十五日")
    shown = seen(proposal, offerer())
    assert (shown.status, shown.answer, shown.revision_number) == (
        ProposalStatus.DECLINED,
        "法定检验需十五日",
        None,
    )
    assert not models.MatterRevision.objects.filter(matter__code=MATTER, status="draft").exists()


def test_what_is_answered_or_withdrawn_stays(catalog):
    declined, withdrawn = propose(), propose()
    key = uuid.uuid4()
    answer(declined, accept=False, idempotency_key=key)
    assert withdraw(withdrawn).status == ProposalStatus.WITHDRAWN
    before = written()
    assert answer(declined, accept=False, idempotency_key=key).status == ProposalStatus.DECLINED
    for act in (
        lambda: answer(declined),
        lambda: withdraw(declined),
        lambda: answer(withdrawn),
        lambda: withdraw(withdrawn),
    ):
        with pytest.raises(errors.ProposalAnsweredError) as caught:
            act()
        assert "…" not in caught.value.message("zh-Hans")
    assert written() == before


def test_what_is_no_more_in_force_is_not_drafted(catalog):
    proposal = propose()
    models.MatterRevision.objects.filter(matter__code=MATTER).update(
        status="superseded", effective_to=FIRST + timedelta(days=1)
    )
    with pytest.raises(errors.MatterNotFoundError):
        answer(proposal, now=issuing.at(FIRST + timedelta(days=1)))


# --- who sees and does what -------------------------------------------------------------------


def test_it_is_between_the_center_and_its_issuer(catalog):
    proposal = propose()
    for actor in (offerer(), offerer("3714"), *(r(CITY) for r in (editor, reviewer, publisher))):
        assert seen(proposal, actor)
    strangers = (
        offerer(NEIGHBOUR),
        offerer("371722"),
        editor(publishing.OTHER_CITY),
        editor("371402000000"),
        person(7, PlatformRole.REGISTRAR, CITY),
        ANONYMOUS,
    )
    before = written()
    for actor in strangers:
        assert seen(proposal, actor) is None
        assert not proposal_queries.list_proposals(actor=actor, on=FIRST).exists()
        for act in (answer, withdraw):
            with pytest.raises(errors.ProposalNotFoundError):
                act(proposal, actor=actor)
    with pytest.raises(errors.ProposalNotAllowedError):
        answer(proposal, actor=offerer())
    with pytest.raises(errors.ProposalNotAllowedError):
        answer(proposal, actor=publisher(CITY))
    with pytest.raises(errors.ProposalNotAllowedError):
        withdraw(proposal, actor=editor(CITY))
    assert written() == before


def test_no_centers_role_reads_the_table(catalog):
    propose()
    for entered in (
        center_context(COUNTY),
        center_context(NEIGHBOUR),
        shared_context(SharedRole.READER),
    ):
        with (
            entered,
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            models.ChangeProposal.objects.count()


def test_any_number_is_listed_by_one_query(catalog):
    counted = []
    for size in (2, 20):
        while models.ChangeProposal.objects.count() < size:
            propose()
        with CaptureQueriesContext(connection) as captured:
            listed = list(proposal_queries.list_proposals(actor=editor(CITY), on=FIRST))
            assert all(proposal_queries.proposed_differences(one) for one in listed)
            assert len({one.matter.name for one in listed}) == 1
        assert len(listed) == size
        counted.append(len(captured))
    assert counted == [1, 1]
