"""What is in work is told to nobody else: not by the difference between two refusals either."""

import uuid
from typing import Any

import pytest

from tests.publishing import (
    CITY,
    NOW,
    OTHER_CITY,
    SET_UP,
    a_matter,
    drafted,
    editor,
    person,
    published,
    publisher,
    reviewed,
    reviewer,
)
from tongban.catalog import errors, models
from tongban.catalog.operations import draft, import_matters, preconditions, publish, review
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError
from tongban.kernel.models import AuditEntry

HIDDEN, FREE = "370199918001", "370199918002"
LOCAL = "HZ-保密-1"
STRANGERS = {
    "nobody in particular": Actor(account_id=7, kind="person", display_name="x"),
    "the neighbour's editor": editor(CITY),
    "the neighbour's publisher": publisher(CITY),
    "an offering editor there": person(8, PlatformRole.OFFERING_EDITOR, OTHER_CITY),
}


@pytest.fixture
def hidden(db):
    """The draft of a matter that 菏泽 has never published."""
    with shared_context(SharedRole.CATALOG):
        content = a_matter("保密事项", matter_type="01")
        yield drafted(content, issuer=OTHER_CITY, code=HIDDEN, local_code=LOCAL)


def written() -> tuple[int, int, int]:
    return (
        AuditEntry.objects.count(),
        models.StandardMatter.objects.count(),
        models.MatterRevision.objects.count(),
    )


def refusal(act: Any) -> tuple[Any, ...]:
    """Return all that a refused call tells, but the code that the caller named."""
    before = written()
    with pytest.raises(DomainError) as raised:
        act()
    assert written() == before
    told = raised.value
    text = repr((type(told), told.path, told.params)).replace(HIDDEN, "C").replace(FREE, "C")
    return (text.replace(LOCAL, "L").replace("HZ-无", "L"),)


def draft_as(actor: Actor, key: uuid.UUID | None = None, **named: str) -> models.MatterRevision:
    request = draft.DraftRequest(content=a_matter("甲", matter_type="01").to_json(), **named)
    return draft.draft_revision(
        actor=actor, request=request, idempotency_key=key or uuid.uuid4(), now=NOW
    )


@pytest.mark.parametrize("actor", STRANGERS.values(), ids=list(STRANGERS))
def test_a_hidden_draft_answers_as_if_it_were_not_there(hidden, actor):
    def both(act: Any) -> None:
        assert refusal(lambda: act(HIDDEN, LOCAL)) == refusal(lambda: act(FREE, "HZ-无"))

    more = {"idempotency_key": uuid.uuid4(), "now": NOW}
    both(lambda code, _: draft_as(actor, code=code))
    both(lambda code, _: draft_as(actor, code=code, issuer_code=OTHER_CITY))
    both(lambda _, local: draft_as(actor, local_code=local, issuer_code=OTHER_CITY))
    one = {"actor": actor, "number": 1, **more}
    both(lambda code, _: draft.discard_draft(matter_code=code, expected_digest="", **one))
    both(lambda code, _: review.review_revision(matter_code=code, expected_digest="", **one))
    both(lambda code, _: review.return_revision(matter_code=code, reason="x", **one))


def test_a_taken_code_is_refused_without_saying_whose_it_is(hidden):
    with pytest.raises(errors.MatterCodeError) as raised:
        draft_as(editor(CITY), code=HIDDEN, issuer_code=CITY)
    assert (raised.value.params["reason"], raised.value.path) == ("TAKEN", ("matter",))
    row = SourceRow(1, a_matter("甲", matter_type="01"), code=HIDDEN)
    report = import_matters.import_matters(
        actor=editor(CITY), issuer_code=CITY, source=Source(rows=[row]), now=NOW
    )
    assert [(f.code, f.reason) for f in report.faults] == [("MATTER_CODE_TAKEN", HIDDEN)]
    assert OTHER_CITY not in repr(report)


def test_the_place_of_a_refusal_tells_nothing(hidden):
    """Of several that can't be found the first is named, whether it is hidden or not there."""

    def act(code: str) -> None:
        publish.publish_release(
            actor=publisher(CITY),
            request=publish.ReleaseRequest(
                issuer_code=CITY,
                title="试探",
                revisions=[publish.RevisionRef(code, 1), publish.RevisionRef("370199918009", 1)],
            ),
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )

    assert refusal(lambda: act(HIDDEN)) == refusal(lambda: act(FREE))


def test_a_key_opens_nothing_to_whoever_has_lost_the_role(hidden):
    """What one's request wrote is shown again as it stands now: to those who may still see it."""
    wrote, found = editor(CITY), reviewer(CITY)
    keys = [uuid.uuid4() for _ in range(3)]
    content = a_matter("德州事项", matter_type="01")
    request = draft.DraftRequest(content=content.to_json(), issuer_code=CITY, code="370199918003")
    again = {"matter_code": "370199918003", "number": 1, "now": NOW}

    def drafting(actor: Actor) -> models.MatterRevision:
        return draft.draft_revision(actor=actor, request=request, idempotency_key=keys[0], now=NOW)

    def reviewing(actor: Actor) -> models.MatterRevision:
        return review.review_revision(
            actor=actor, expected_digest=content.digest, idempotency_key=keys[1], **again
        )

    def returning(actor: Actor) -> models.MatterRevision:
        return review.return_revision(actor=actor, reason="再议", idempotency_key=keys[2], **again)

    for actor, act in ((wrote, drafting), (found, reviewing), (found, returning)):
        act(actor)
        assert act(actor).number == 1
    for actor, act in ((wrote, drafting), (found, reviewing), (found, returning)):
        former = Actor(account_id=actor.account_id, kind="person", display_name="x")
        assert former.key == actor.key
        with pytest.raises(errors.RevisionNotFoundError):
            act(former)
    draft.discard_draft(
        actor=wrote, expected_digest=content.digest, idempotency_key=uuid.uuid4(), **again
    )
    for actor, act in ((wrote, drafting), (found, reviewing), (found, returning)):
        with pytest.raises(errors.RevisionNotFoundError):
            act(actor)


@pytest.mark.parametrize("code", ["3701abcdefgh", "3701", "370199918003 "])
def test_a_code_of_no_form_is_refused(hidden, code):
    refused = refusal(lambda: draft_as(editor(CITY), code=code, issuer_code=CITY))
    assert "MISMATCH" in refused[0]


@pytest.mark.parametrize("issuer", ["3714", "3714zz", "371400000000\x00", f"3714{'0' * 400}"])
def test_what_only_begins_like_ones_division_is_none(hidden, issuer):
    """A role reaches what lies below its division, not whatever begins with the same digits."""
    standing = reviewed(a_matter("德州甲", matter_type="01"), issuer=CITY, code="370199918004")
    published(standing, issuer=CITY)

    def cancel() -> None:
        preconditions.cancel_precondition(
            actor=publisher(CITY),
            issuer_code=issuer,
            matter_code="370199918004",
            precondition_code=SET_UP,
            basis="国发〔2015〕58号",
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )

    assert "IssuerUnknownError" in refusal(cancel)[0]
