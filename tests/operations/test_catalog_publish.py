"""Publishing: refused with the fault named, or in force at once for every center."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tests.searching import found_matters
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import import_matters, offer, publish
from tongban.catalog.queries import OfferingFilter
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.reading import read_content
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.catalog.states import RevisionStatus
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry, LogEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
OPERATOR = actors.operator("test")
SET_UP = "370110100101"
DAYS = LimitUnit.WORKING_DAY


@pytest.fixture
def catalog(db):
    with shared_context(SharedRole.CATALOG):
        yield


def standard() -> MatterContent:
    revision = queries.published_revision(code=SET_UP, on=DAY)
    assert revision
    return revision.read()


def draft(content: MatterContent) -> int:
    """Put a draft beside the published revision and return its number."""
    source = Source(rows=[SourceRow(1, content, code=SET_UP)])
    report = import_matters.import_matters(
        actor=OPERATOR, issuer_code="370000000000", source=source, now=NOW
    )
    assert report.faults == []
    return models.MatterRevision.objects.get(matter__code=SET_UP, status="draft").number


def put_out(number: int, **options) -> models.MatterRevision:
    return publish.publish_revision(
        **{"actor": OPERATOR, "matter_code": SET_UP, "number": number, "now": NOW, **options}
    )


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

    def without_result(c):
        return replace(c, result=None)

    return [
        (without_line, errors.NoServiceLineError),
        (without_basis, errors.NoLegalBasisError),
        (too_slow, errors.PromiseOverStatutoryError),
        (asking_too_much, errors.ForbiddenElementError),
        (with_tax_certificate, errors.ForbiddenElementError),
        (without_result, errors.MatterIncompleteError),
    ]


@pytest.mark.parametrize(("spoil", "error"), broken_contents())
def test_a_faulty_revision_is_refused_and_nothing_changes(catalog, spoil, error):
    content = standard()
    number = draft(spoil(content))
    before = (AuditEntry.objects.count(), LogEntry.objects.count())
    with pytest.raises(error) as caught:
        put_out(number)
    assert caught.value.params["faults"][0]["code"] == caught.value.code == error.code
    assert "…" not in caught.value.message("zh-Hans")
    assert (
        models.MatterRevision.objects.get(matter__code=SET_UP, number=number).status
        == RevisionStatus.DRAFT
    )
    assert standard() == content
    assert (AuditEntry.objects.count(), LogEntry.objects.count()) == before


def test_the_material_without_basis_is_named(catalog):
    content = standard()
    last = replace(content.materials[-1], basis=None)
    with pytest.raises(errors.NoLegalBasisError) as caught:
        put_out(draft(replace(content, materials=(*content.materials[:-1], last))))
    assert caught.value.path == ("materials", len(content.materials) - 1, "basis")
    assert last.name in caught.value.message("zh-Hans")


def test_a_published_revision_takes_the_place_of_the_former(catalog):
    former = models.MatterRevision.objects.get(matter__code=SET_UP, status="published")
    new = put_out(draft(replace(standard(), name="企业开办登记", visits=1)))
    former.refresh_from_db()
    assert (former.status, former.effective_to) == (RevisionStatus.SUPERSEDED, DAY)
    assert (new.status, new.effective_from, new.number) == ("published", DAY, former.number + 1)
    assert queries.published_revision(code=SET_UP, on=date(2026, 3, 1)) == former
    assert queries.published_revision(code=SET_UP, on=DAY) == new
    matter = models.StandardMatter.objects.get(code=SET_UP)
    assert matter.name == "企业开办登记"
    assert found_matters("企业开办") == [SET_UP]
    assert LogEntry.objects.filter(
        topic="catalog", subject=SET_UP, name="matter.published"
    ).exists()


def test_every_offering_follows_but_what_was_pinned_stays(catalog):
    pinned = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=DAY)
    content = standard()
    assert content.promised_limit == Limit(1, DAYS)
    slower = put_out(draft(replace(content, promised_limit=Limit(3, DAYS))))
    for center, days in (("371402", 3), ("371425", 2)):
        offer.edit_offering(
            actor=OPERATOR,
            center_code=center,
            matter_code=SET_UP,
            terms=offer.OfferingTerms(promised_limit=Limit(days, DAYS)),
            now=NOW,
        )
    new = put_out(draft(replace(content, promised_limit=Limit(2, DAYS), assisted_intake=False)))
    offerings = models.Offering.objects.filter(matter__code=SET_UP)
    followed = list(queries.find_offerings(on=DAY, where=OfferingFilter(codes=[SET_UP])))
    assert {queries.standard_of(o).id for o in followed} == {new.id} != {slower.id}
    assert not any(map(queries.is_assisted, followed))
    now_pinned = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=DAY)
    assert now_pinned.promised_limit == Limit(2, DAYS)
    assert offerings.get(center_code="371402").promised_amount == 3
    put_out(draft(replace(content, promised_limit=Limit(3, DAYS))))
    again = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=DAY)
    assert again.promised_limit == Limit(3, DAYS)
    assert pinned.content == content


def test_only_publishers_of_the_issuing_division_publish(catalog):
    number = draft(replace(standard(), visits=1))
    for roles in (
        frozenset(),
        frozenset({(PlatformRole.CATALOG_PUBLISHER, "371400000000")}),
        frozenset({(PlatformRole.CATALOG_EDITOR, "370000000000")}),
    ):
        with pytest.raises(errors.PublishNotAllowedError):
            put_out(number, actor=Actor(account_id=1, kind="person", platform_roles=roles))
    assert models.MatterRevision.objects.get(matter__code=SET_UP, number=number).status == "draft"
    province = frozenset({(PlatformRole.CATALOG_PUBLISHER, "370000000000")})
    assert put_out(number, actor=Actor(account_id=1, kind="person", platform_roles=province))


def test_what_is_published_or_unknown_is_not_published_again(catalog):
    with pytest.raises(errors.RevisionNotPublishableError):
        put_out(1)
    with pytest.raises(errors.MatterNotFoundError):
        put_out(99)
    with pytest.raises(errors.MatterNotFoundError):
        put_out(1, matter_code="379999999999")


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2019, 12, 31)])
def test_a_day_to_come_or_before_the_former_revision_is_refused(catalog, day):
    number = draft(replace(standard(), visits=1))
    with pytest.raises(errors.EffectiveDayError):
        put_out(number, effective_from=day)


def test_the_database_keeps_one_standard_a_day(catalog):
    former = models.MatterRevision.objects.get(matter__code=SET_UP, status="published")
    number = draft(replace(standard(), visits=1))
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
