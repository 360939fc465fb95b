"""Publishing by people: a release is whole or nothing, and holds from its day on."""

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
    checked,
    drafted,
    editor,
    published,
    publisher,
    reviewed,
    reviewer,
    standard,
    written,
)
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import import_matters, offer, publish
from tongban.catalog.queries import OfferingFilter
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.catalog.states import RevisionStatus
from tongban.kernel import actors
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import LogEntry, Timer

DAYS = LimitUnit.WORKING_DAY
LATER = DAY + timedelta(days=30)


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
        checked(reviewer(), faulty)
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
        checked(reviewer(), faulty)
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
            later = checked(reviewer(), later)
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
