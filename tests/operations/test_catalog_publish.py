"""Publishing by people: drafted, reviewed and released by three, in force on its day."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tests import publishing
from tests.publishing import (
    CITY,
    DAY,
    NOW,
    PROVINCE,
    SET_UP,
    drafted,
    editor,
    person,
    published,
    publisher,
    reviewed,
    reviewer,
    standard,
)
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import draft, import_matters, offer, publish, review
from tongban.catalog.queries import OfferingFilter
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.catalog.states import RevisionStatus
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.errors import StaleVersionError
from tongban.kernel.models import AuditEntry, LogEntry, Timer

DAYS = LimitUnit.WORKING_DAY
LATER = DAY + timedelta(days=30)


@pytest.fixture
def catalog(db):
    with shared_context(SharedRole.CATALOG):
        yield


def written() -> tuple[int, ...]:
    """Return what must stay the same where something is refused."""
    return (
        AuditEntry.objects.count(),
        LogEntry.objects.count(),
        Timer.objects.count(),
        models.Release.objects.count(),
        models.MatterRevision.objects.filter(status="draft").count(),
        models.MatterRevision.objects.filter(status="reviewed").count(),
        models.MatterRevision.objects.filter(status="published").count(),
    )


# --- drafting and reviewing -------------------------------------------------------------------


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
        review.review_revision(
            actor=everything,
            matter_code=SET_UP,
            number=own.number,
            expected_digest=own.content_hash,
            idempotency_key=uuid.uuid4(),
            now=NOW,
        )
    assert written() == before
    review.review_revision(
        actor=reviewer(),
        matter_code=SET_UP,
        number=own.number,
        expected_digest=own.content_hash,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )
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
        _review(editor(), waiting)
    with pytest.raises(errors.PublishNotAllowedError):
        published(ready, by=editor())
    assert written() == before


def _review(actor, revision):
    return review.review_revision(
        actor=actor,
        matter_code=revision.matter_id,
        number=revision.number,
        expected_digest=revision.content_hash,
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )


def _attempts(actor, waiting, ready):
    yield lambda: _draft(standard(), by=actor, code=waiting.matter_id)
    yield lambda: _draft(standard(), by=actor, code="", issuer_code=PROVINCE, local_code="N-1")
    yield lambda: _review(actor, waiting)
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


# --- what can't be published ------------------------------------------------------------------


def broken_contents() -> list[tuple[object, type[errors.UnpublishableError]]]:
    def without_line(c):
        return replace(c, service_line=None)

    def without_basis(c):
        return replace(c, materials=(*c.materials[:-1], replace(c.materials[-1], basis=None)))

    def too_slow(c):
        return replace(c, promised_limit=Limit(c.statutory_limit.amount + 1, DAYS))

    def asking_too_much(c):
        return replace(c, materials=(replace(c.materials[0], name="验资报告"),))

    def with_tax_certificate(c):
        return replace(c, materials=(replace(c.materials[0], name="税务登记证"),))

    def with_superseded_certificate(c):
        return replace(c, materials=(replace(c.materials[0], name="餐饮服务许可证副本"),))

    def without_result(c):
        return replace(c, result=None)

    return [
        (without_line, errors.NoServiceLineError),
        (without_basis, errors.NoLegalBasisError),
        (too_slow, errors.PromiseOverStatutoryError),
        (asking_too_much, errors.ForbiddenElementError),
        (with_tax_certificate, errors.ForbiddenElementError),
        (with_superseded_certificate, errors.ForbiddenElementError),
        (without_result, errors.MatterIncompleteError),
    ]


@pytest.mark.parametrize(("spoil", "error"), broken_contents())
def test_a_faulty_revision_is_refused_at_review_and_nothing_changes(catalog, spoil, error):
    faulty = drafted(spoil(standard()), code=SET_UP)
    before = written()
    with pytest.raises(error) as caught:
        _review(reviewer(), faulty)
    assert caught.value.params["faults"][0]["code"] == caught.value.code == error.code
    assert "…" not in caught.value.message("zh-Hans")
    assert written() == before


def test_all_faults_are_told_with_their_places(catalog):
    content = standard()
    last = replace(content.materials[-1], basis=None)
    faulty = drafted(
        replace(content, materials=(*content.materials[:-1], last), department=""), code=SET_UP
    )
    with pytest.raises(errors.MatterIncompleteError) as caught:
        _review(reviewer(), faulty)
    assert caught.value.message("zh-Hans") == "缺少要素或要素重复：实施部门。"
    assert [(f["code"], f["field"]) for f in caught.value.params["faults"]] == [
        ("MATTER_INCOMPLETE", "department"),
        ("NO_LEGAL_BASIS", f"materials[{len(content.materials) - 1}].basis"),
    ]


def test_a_release_is_whole_or_nothing(catalog):
    good = reviewed(replace(standard(), visits=1), code=SET_UP)
    waiting = drafted(publishing.a_matter(), local_code="X-1")
    before = written()
    with pytest.raises(errors.RevisionNotPublishableError) as caught:
        published(good, waiting)
    assert caught.value.path == ("revisions", 1)
    assert written() == before
    for title, revisions in (("", [good]), ("调整", []), ("调整", [good, good])):
        with pytest.raises(errors.ReleaseInvalidError):
            published(*revisions, title=title)
    with pytest.raises(errors.ReleaseInvalidError):
        published(good, issuer=CITY, by=publisher(PROVINCE))
    assert written() == before


def test_what_is_published_or_unknown_is_not_published_again(catalog):
    out = models.MatterRevision.objects.get(matter__code=SET_UP, number=1)
    with pytest.raises(errors.RevisionNotPublishableError):
        published(out)
    for unknown in (
        models.MatterRevision(matter_id=SET_UP, number=99),
        models.MatterRevision(matter_id="379999999999", number=1),
    ):
        with pytest.raises(errors.RevisionNotFoundError):
            published(unknown)


def test_only_the_operator_publishes_what_he_brings_in(catalog):
    source = Source(rows=[SourceRow(1, replace(standard(), visits=1), code=SET_UP)])
    both = replace(editor(), platform_roles=editor().platform_roles | publisher().platform_roles)
    before = written()
    with pytest.raises(errors.PublishNotAllowedError):
        import_matters.import_matters(
            actor=both, issuer_code=PROVINCE, source=source, publish=True, now=NOW
        )
    assert written() == before
    report = import_matters.import_matters(
        actor=actors.operator("test"),
        issuer_code=PROVINCE,
        source=source,
        publish=True,
        now=NOW,
    )
    assert report.published == 1
    release = models.Release.objects.get(number=2)
    assert (release.kind, release.items.get().change) == ("import", "revised")


# --- from when on -----------------------------------------------------------------------------


def test_a_published_revision_takes_the_place_of_the_former(catalog):
    former = models.MatterRevision.objects.get(matter__code=SET_UP, status="published")
    new = reviewed(replace(standard(), name="企业开办登记", visits=1), code=SET_UP)
    release = published(new)
    former.refresh_from_db()
    new.refresh_from_db()
    assert (former.status, former.effective_to) == (RevisionStatus.SUPERSEDED, DAY)
    assert (new.status, new.effective_from, new.number) == ("published", DAY, former.number + 1)
    assert queries.published_revision(code=SET_UP, on=DAY - timedelta(days=1)) == former
    assert queries.published_revision(code=SET_UP, on=DAY) == new
    assert models.StandardMatter.objects.get(code=SET_UP).name == "企业开办登记"
    assert LogEntry.objects.filter(
        topic="catalog", subject=SET_UP, name="matter.published", data__release=release.number
    ).exists()
    item = release.items.get()
    assert (item.change, item.former_number, item.number) == ("revised", 1, 2)
    assert {d["field"]: (d["before"], d["after"]) for d in item.differences} == {
        "name": (former.content["name"], "企业开办登记"),
        "visits": (former.content["visits"], 1),
    }


def test_every_offering_follows_but_what_was_pinned_stays(catalog):
    pinned = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=DAY)
    content = standard()
    assert content.promised_limit == Limit(1, DAYS)
    published(reviewed(replace(content, promised_limit=Limit(3, DAYS)), code=SET_UP))
    for center, days in (("371402", 3), ("371425", 2)):
        offer.edit_offering(
            actor=actors.operator("test"),
            center_code=center,
            matter_code=SET_UP,
            terms=offer.OfferingTerms(promised_limit=Limit(days, DAYS)),
            now=NOW,
        )
    new = reviewed(
        replace(content, promised_limit=Limit(2, DAYS), assisted_intake=False), code=SET_UP
    )
    published(new)
    followed = list(queries.find_offerings(on=DAY, where=OfferingFilter(codes=[SET_UP])))
    assert {queries.standard_of(o).id for o in followed} == {new.id}
    assert not any(map(queries.is_assisted, followed))
    now_pinned = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=DAY)
    assert now_pinned.promised_limit == Limit(2, DAYS)
    own = models.Offering.objects.get(matter__code=SET_UP, center_code="371402")
    assert own.promised_amount == 3
    assert pinned.content == content


def test_a_scheduled_release_holds_from_its_day_without_any_job(catalog):
    former = standard()
    new = reviewed(replace(former, name="企业开办登记"), code=SET_UP)
    published(new, since=LATER)
    for day, name in ((DAY, former.name), (LATER, "企业开办登记")):
        assert queries.published_revision(code=SET_UP, on=day).content["name"] == name
        snapshot = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=day)
        assert snapshot.content.name == name
    # Lists go on by what is in force until the day has come; then a timer lets them follow.
    assert models.StandardMatter.objects.get(code=SET_UP).name == former.name
    timer = Timer.objects.get(kind="catalog.release.day")
    assert timer.fires_at.isoformat() == f"{LATER - timedelta(days=1)}T16:00:00+00:00"


def test_a_day_that_is_past_or_before_what_stands_is_refused(catalog):
    new = reviewed(replace(standard(), visits=1), code=SET_UP)
    before = written()
    with pytest.raises(errors.EffectiveDayError):
        published(new, since=DAY - timedelta(days=1))
    assert written() == before
    published(new, since=LATER)
    newer = reviewed(replace(standard(), visits=2), code=SET_UP)
    with pytest.raises(errors.EffectiveDayError) as caught:
        published(newer)
    assert caught.value.params["earliest"] == LATER.isoformat()


def test_a_key_publishes_once(catalog):
    new = reviewed(replace(standard(), visits=1), code=SET_UP)
    key = uuid.uuid4()
    request = publish.ReleaseRequest(PROVINCE, "调整", publishing.refs([new]))
    first, again = (
        publish.publish_release(actor=publisher(), request=request, idempotency_key=key, now=NOW)
        for _ in range(2)
    )
    assert first == again
    assert models.Release.objects.filter(kind="revisions").count() == 1


# --- calling back -----------------------------------------------------------------------------


def _withdraw(release, *, by=None, now=NOW):
    return publish.withdraw_release(
        actor=by or publisher(release.issuer_code),
        issuer_code=release.issuer_code,
        number=release.number,
        idempotency_key=uuid.uuid4(),
        now=now,
    )


def test_a_release_is_called_back_until_its_day(catalog):
    former = models.MatterRevision.objects.get(matter__code=SET_UP, status="published")
    content = replace(standard(), visits=1)
    new = reviewed(content, code=SET_UP)
    release = published(new, since=LATER)
    for refused in (
        lambda: _withdraw(release, by=editor()),
        lambda: _withdraw(release, now=NOW + timedelta(days=30)),
        lambda: _withdraw(models.Release(issuer_code=PROVINCE, number=99)),
    ):
        before = written()
        with pytest.raises(
            (
                errors.PublishNotAllowedError,
                errors.ReleaseWithdrawError,
                errors.ReleaseNotFoundError,
            )
        ):
            refused()
        assert written() == before
    assert _withdraw(release).status == "withdrawn"
    new.refresh_from_db()
    former.refresh_from_db()
    assert (new.status, new.effective_from, new.published_by) == ("reviewed", None, "")
    assert (former.status, former.effective_to) == ("published", None)
    assert queries.published_revision(code=SET_UP, on=LATER) == former
    assert not Timer.objects.filter(key=f"{PROVINCE}/{release.number}", fired_at=None).exists()
    with pytest.raises(errors.ReleaseWithdrawError):
        _withdraw(release)
    assert published(new).number == release.number + 1


def test_a_release_that_others_build_on_is_not_called_back(catalog):
    release = published(reviewed(replace(standard(), visits=1), code=SET_UP), since=LATER)
    later = drafted(replace(standard(), visits=2), code=SET_UP)
    for _step in range(2):
        with pytest.raises(errors.ReleaseWithdrawError) as caught:
            _withdraw(release)
        assert caught.value.params == {"reason": "BUILT_ON", "found": SET_UP}
        if later.status == "draft":
            later = _review(reviewer(), later)
            published(later, since=LATER)


# --- the walls --------------------------------------------------------------------------------


def test_the_database_keeps_one_standard_a_day(catalog):
    former = models.MatterRevision.objects.get(matter__code=SET_UP, status="published")
    number = drafted(replace(standard(), visits=1), code=SET_UP).number
    with pytest.raises(IntegrityError, match="one_published"), transaction.atomic():
        models.MatterRevision.objects.filter(matter__code=SET_UP, number=number).update(
            status=RevisionStatus.PUBLISHED, effective_from=DAY
        )
    with pytest.raises(IntegrityError, match="one_in_force"), transaction.atomic():
        models.MatterRevision.objects.filter(matter__code=SET_UP, number=number).update(
            status=RevisionStatus.SUPERSEDED, effective_from=DAY
        )
    assert read_content(former.content) == former.read()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE public.catalog_offering SET place = 'x'",
        "DELETE FROM public.catalog_matterrevision",
        "INSERT INTO public.catalog_standardmatter (code) VALUES ('370000000000')",
    ],
)
def test_no_center_and_no_reader_writes_the_catalog(db, statement):
    for entered in (center_context("371400"), shared_context(SharedRole.READER)):
        with (
            entered,
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
