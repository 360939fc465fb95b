"""Drafting and reviewing: three people change a matter, none of them alone."""

import uuid
from dataclasses import replace

import pytest

from tests import publishing
from tests.publishing import (
    CITY,
    DAY,
    NOW,
    PROVINCE,
    SET_UP,
    checked,
    drafted,
    editor,
    person,
    published,
    publisher,
    reviewed,
    reviewer,
    standard,
    written,
)
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import draft, review
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.models import AuditEntry


def test_three_people_change_a_matter(catalog):
    content = replace(standard(), visits=1)
    written_by_editor = drafted(content, code=SET_UP)
    assert (written_by_editor.number, written_by_editor.status) == (2, "draft")
    assert written_by_editor.editors == [editor().key]
    assert standard() != content
    found_right = review.review_revision(
        actor=reviewer(),
        matter_code=SET_UP,
        number=2,
        expected_digest=content.digest,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
    assert found_right.status == "reviewed"
    release = published(found_right)
    assert standard() == content
    assert (release.number, release.kind, release.effective_from) == (2, "revisions", DAY)
    actions = AuditEntry.objects.order_by("sequence").values_list("action", "actor__key")
    assert list(actions)[-4:] == [
        ("revision.draft", editor().key),
        ("revision.review", reviewer().key),
        ("matter.publish", publisher().key),
        ("release.publish", publisher().key),
    ]


def test_a_new_matter_gets_a_code_and_is_seen_when_it_is_out(catalog):
    revision = drafted(publishing.a_matter("德州示例"), issuer=CITY, local_code="DZ-1")
    code = revision.matter.code
    assert (code[:4], len(code)) == ("3701", 12)
    assert (
        drafted(
            publishing.a_matter("德州示例二"), issuer=CITY, local_code="DZ-1", code=code
        ).matter.code
        == code
    )
    assert queries.published_revision(code=code, on=DAY) is None
    published(reviewed(publishing.a_matter("德州示例"), issuer=CITY, code=code), issuer=CITY)
    assert queries.published_revision(code=code, on=DAY).content["name"] == "德州示例"


def test_a_draft_is_not_written_over_unseen(catalog):
    first = drafted(replace(standard(), visits=1), code=SET_UP)
    for digest in ("", "0" * 64):
        before = written()
        with pytest.raises(StaleVersionError) as caught:
            _draft(replace(standard(), visits=2), expected_digest=digest)
        assert caught.value.params["current"] == first.content_hash
        assert written() == before
    second = _draft(replace(standard(), visits=2), expected_digest=first.content_hash)
    assert (second.id, second.number) == (first.id, first.number)
    with pytest.raises(StaleVersionError):
        review.review_revision(
            actor=reviewer(),
            matter_code=SET_UP,
            number=second.number,
            expected_digest=first.content_hash,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )


def _draft(content, *, by=None, **named):
    return draft.draft_revision(
        actor=by or editor(),
        request=draft.DraftRequest(**{"content": content.to_json(), "code": SET_UP, **named}),
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )


def test_the_first_wrong_element_of_a_draft_is_named(catalog):
    content = standard().to_json()
    content["materials"][1]["copies"] = "two"
    before = written()
    with pytest.raises(errors.ContentInvalidError) as caught:
        draft.draft_revision(
            actor=editor(),
            request=draft.DraftRequest(content=content, code=SET_UP),
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    assert caught.value.path == ("content", "materials", 1, "copies")
    assert "“申报材料第2项的份数”应为整数" in caught.value.message("zh-Hans")
    assert "materials[1].copies: it must" in caught.value.message("en")
    assert "…" not in caught.value.message("zh-Hans")
    assert written() == before


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ({"code": "370210100199"}, "MISMATCH"),
        ({"code": "510110100199"}, "MISMATCH"),
        ({"code": ""}, "MISSING"),
    ],
)
def test_a_code_that_can_not_be_is_refused(catalog, named, reason):
    before = written()
    with pytest.raises(errors.MatterCodeError) as caught:
        _draft(standard(), issuer_code=PROVINCE, **named)
    assert caught.value.params["reason"] == reason
    assert written() == before


def test_a_draft_is_discarded_with_the_matter_that_has_nothing_else(catalog):
    new = drafted(publishing.a_matter(), local_code="X-1")
    next_one = drafted(replace(standard(), visits=1), code=SET_UP)
    for revision in (new, next_one):
        draft.discard_draft(
            actor=editor(),
            matter_code=revision.matter_id,
            number=revision.number,
            expected_digest=revision.content_hash,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    assert not models.StandardMatter.objects.filter(code=new.matter_id).exists()
    assert standard()


def test_a_key_drafts_once_and_not_again_what_was_thrown_away(catalog):
    key, request = uuid.uuid4(), draft.DraftRequest(standard().to_json(), code=SET_UP)

    def write() -> models.MatterRevision:
        return draft.draft_revision(actor=editor(), request=request, idempotency_key=key, now=NOW)

    first = write()
    assert write() == first
    draft.discard_draft(
        actor=editor(),
        matter_code=SET_UP,
        number=first.number,
        expected_digest=first.content_hash,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
    with pytest.raises(errors.RevisionNotFoundError):
        write()


def test_who_wrote_does_not_review_and_who_wrote_or_reviewed_does_not_publish(catalog):
    everything = Actor(
        account_id=7,
        kind="person",
        platform_roles=frozenset(
            (role, PROVINCE)
            for role in (
                PlatformRole.CATALOG_EDITOR,
                PlatformRole.CATALOG_REVIEWER,
                PlatformRole.CATALOG_PUBLISHER,
            )
        ),
    )
    own = drafted(replace(standard(), visits=1), code=SET_UP, by=everything)
    before = written()
    with pytest.raises(errors.SamePersonError):
        checked(everything, own)
    assert written() == before
    checked(reviewer(), own)
    reviewing_publisher = replace(
        reviewer(), platform_roles=reviewer().platform_roles | publisher().platform_roles
    )
    before = written()
    for same in (everything, reviewing_publisher):
        with pytest.raises(errors.SamePersonError):
            published(own, by=same)
    assert written() == before


def test_a_revision_is_returned_with_a_reason_and_edited_again(catalog):
    revision = reviewed(replace(standard(), visits=1), code=SET_UP)
    with pytest.raises(errors.RevisionNotEditableError):
        _draft(standard(), expected_digest=revision.content_hash)
    with pytest.raises(errors.ReasonMissingError):
        _return(revision, " ")
    returned = _return(revision, "材料依据不明")
    assert (returned.status, returned.reviewed_by) == ("draft", "")
    assert returned.returned_for == "材料依据不明"
    assert drafted(replace(standard(), visits=2), code=SET_UP).status == "draft"


def _return(revision, reason, by=None):
    return review.return_revision(
        actor=by or reviewer(),
        matter_code=revision.matter_id,
        number=revision.number,
        reason=reason,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )


def test_nobody_without_the_role_over_the_issuer_changes_anything(catalog):
    waiting = drafted(publishing.a_matter(), local_code="X-1")
    ready = reviewed(replace(standard(), visits=1), code=SET_UP)
    strangers = [
        Actor(account_id=9, kind="person"),
        editor(CITY), reviewer(CITY), publisher(CITY),
        person(9, PlatformRole.OFFERING_EDITOR, PROVINCE),
    ]  # fmt: skip
    before = written()
    for actor in strangers:
        for refused in _attempts(actor, waiting, ready):
            with pytest.raises(
                (
                    errors.DraftNotAllowedError,
                    errors.MatterNotFoundError,
                    errors.ReviewNotAllowedError,
                    errors.PublishNotAllowedError,
                    errors.RevisionNotFoundError,
                )
            ):
                refused()
    for actor in (reviewer(), publisher()):
        with pytest.raises(errors.DraftNotAllowedError):
            _draft(standard(), by=actor, code=waiting.matter_id)
    with pytest.raises(errors.ReviewNotAllowedError):
        checked(editor(), waiting)
    with pytest.raises(errors.PublishNotAllowedError):
        published(ready, by=editor())
    assert written() == before


def _attempts(actor, waiting, ready):
    yield lambda: _draft(standard(), by=actor, code=waiting.matter_id)
    yield lambda: _draft(standard(), by=actor, code="", issuer_code=PROVINCE, local_code="N-1")
    yield lambda: checked(actor, waiting)
    yield lambda: _return(ready, "不合适", by=actor)
    yield lambda: published(ready, by=actor)
    yield lambda: draft.discard_draft(
        actor=actor,
        matter_code=waiting.matter_id,
        number=waiting.number,
        expected_digest=waiting.content_hash,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )


def test_drafts_of_others_answer_as_if_they_were_not_there(catalog):
    hidden = drafted(publishing.a_matter(), local_code="X-1")
    for code, number in ((hidden.matter_id, 1), ("379999999999", 1)):
        with pytest.raises(errors.RevisionNotFoundError) as caught:
            review.review_revision(
                actor=reviewer(CITY),
                matter_code=code,
                number=number,
                expected_digest="",
                idempotency_key=uuid.uuid4(),
                now=NOW,
            )
        assert caught.value.params == {"matter": code}
