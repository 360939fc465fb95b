"""What centers offer of the catalog, and what a case pins of it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.database import CENTERS, SET_UP
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import offer
from tongban.catalog.queries import MatterFilter, OfferingFilter
from tongban.catalog.rules.content import Limit
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.catalog.states import OfferingStatus
from tongban.kernel import actors, ports
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry
from tongban.registry import errors as registry_errors
from tongban.registry import queries as registry_queries

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPERATOR = actors.operator("test")
MARRIAGE, MINIMUM_LIVING = "370710300101", "370510300201"


def edit(center: str, matter: str = SET_UP, **terms) -> models.Offering:
    return offer.edit_offering(
        actor=OPERATOR,
        center_code=center,
        matter_code=matter,
        terms=offer.OfferingTerms(**terms),
        now=NOW,
    )


def test_a_center_pins_what_it_offers(db):
    with center_context("371400"):
        pinned = queries.pinned_offering(center_code="371400", matter_code=SET_UP, on=DAY)
    assert pinned.matter_name == "企业设立登记"
    assert pinned.offering_code == f"3714000003{SET_UP}"
    assert pinned.materials
    assert all(m.basis is not None for m in pinned.materials)
    assert pinned.department == "市场监督管理局"
    assert pinned.on_the_spot
    assert read_snapshot(json.loads(json.dumps(pinned.to_json()))) == pinned


def test_each_level_offers_its_own_matters(catalog):
    def codes(center: str) -> set[str]:
        where = OfferingFilter(center_codes=[center])
        return {o.matter_id for o in queries.find_offerings(on=DAY, where=where)}

    assert SET_UP in codes("371400") & codes("371402") & codes("371425")
    assert MARRIAGE not in codes("371400")
    assert MARRIAGE in codes("371402") & codes("371425")
    assert MINIMUM_LIVING in codes("371722101") & codes("371722")
    assert SET_UP not in codes("371722101")


@pytest.mark.parametrize(
    ("center", "matter"), [("371402001", MARRIAGE), ("371400", "379999999999")]
)
def test_outside_the_list_nothing_is_handled(db, center, matter):
    with center_context(center), pytest.raises(errors.NotOnListError) as caught:
        queries.pinned_offering(center_code=center, matter_code=matter, on=DAY)
    assert caught.value.code == "NOT_ON_LIST"


@pytest.mark.parametrize("status", [OfferingStatus.PAUSED, OfferingStatus.CANCELLED])
def test_what_is_paused_or_cancelled_is_off_the_list(catalog, status):
    edit("371402", status=status)
    assert queries.offering_for(center_code="371402", matter_code=SET_UP, on=DAY) is None
    assert queries.offering_for(center_code="371425", matter_code=SET_UP, on=DAY)
    edit("371402", status=OfferingStatus.IN_USE)
    assert queries.offering_for(center_code="371402", matter_code=SET_UP, on=DAY)


def test_an_offering_begins_on_its_day(catalog):
    assert (
        queries.offering_for(center_code="371402", matter_code=SET_UP, on=date(2019, 12, 31))
        is None
    )
    models.Offering.objects.filter(center_code="371402").update(effective_to=DAY)
    assert queries.offering_for(center_code="371402", matter_code=SET_UP, on=DAY) is None
    assert queries.offering_for(
        center_code="371402", matter_code=SET_UP, on=DAY - timedelta(days=1)
    )


def test_opening_again_adds_only_what_is_missing(catalog):
    edit("371402", place="三楼企业设立专区", hours="9:00–17:00")
    models.Offering.objects.filter(center_code="371425").delete()
    assert registry_queries.find_center("371425")  # the map of centers is read once a process
    with CaptureQueriesContext(connection) as one:
        opened = offer.open_default_offerings(actor=OPERATOR, center_codes=["371425"], now=NOW)
    assert opened["371425"] > 60
    models.Offering.objects.filter(center_code__in=["371425", "371722", "371700"]).delete()
    with CaptureQueriesContext(connection) as many:
        opened = offer.open_default_offerings(actor=OPERATOR, center_codes=CENTERS, now=NOW)
    assert len(one) == len(many)
    assert {code for code, number in opened.items() if number} == {"371425", "371722", "371700"}
    assert models.Offering.objects.get(center_code="371402", matter__code=SET_UP).place
    assert not any(
        offer.open_default_offerings(actor=OPERATOR, center_codes=CENTERS, now=NOW).values()
    )


def test_a_countys_own_matter_is_opened_only_there(catalog):
    matter = models.StandardMatter.objects.get(code=SET_UP)
    models.StandardMatter.objects.filter(id=matter.id).update(issuer_code="371402000000")
    models.Offering.objects.filter(matter__code=SET_UP).delete()
    opened = offer.open_default_offerings(actor=OPERATOR, center_codes=CENTERS, now=NOW)
    assert {code for code, number in opened.items() if number} == {"371402"}


def test_only_offering_editors_of_the_division_open_and_edit(catalog):
    roles = frozenset({(PlatformRole.OFFERING_EDITOR, "371700000000")})
    stranger = Actor(account_id=1, kind="person", platform_roles=roles)
    before = AuditEntry.objects.count()
    models.Offering.objects.filter(center_code="371402", matter__code=MARRIAGE).delete()
    with pytest.raises(errors.OfferNotAllowedError):
        offer.open_default_offerings(actor=stranger, center_codes=["371722", "371402"], now=NOW)
    with pytest.raises(errors.OfferNotAllowedError):
        offer.edit_offering(
            actor=stranger,
            center_code="371402",
            matter_code=SET_UP,
            terms=offer.OfferingTerms(place="x"),
            now=NOW,
        )
    with pytest.raises(registry_errors.CenterNotFoundError):
        offer.open_default_offerings(actor=OPERATOR, center_codes=["371499"], now=NOW)
    with pytest.raises(errors.OfferingNotFoundError):
        edit("371402", MARRIAGE, place="x")
    assert not models.Offering.objects.filter(center_code="371402", matter__code=MARRIAGE).exists()
    assert models.Offering.objects.get(center_code="371402", matter__code=SET_UP).place == ""
    assert AuditEntry.objects.count() == before


def test_a_center_promises_no_more_time_than_the_standard(catalog):
    with pytest.raises(errors.PromiseOverStandardError):
        edit("371402", promised_limit=Limit(2, LimitUnit.WORKING_DAY))
    edit("371402", promised_limit=Limit(4, LimitUnit.WORKING_HOUR))
    pinned = queries.pinned_offering(center_code="371402", matter_code=SET_UP, on=DAY)
    assert pinned.promised_limit == Limit(4, LimitUnit.WORKING_HOUR)
    with pytest.raises(errors.AssistedIntakeNotOpenError):
        edit("371402", MARRIAGE, assisted_intake=True)


def test_the_implementing_body_makes_the_code_national(catalog):
    body = "11440100007482575H"
    assert edit("371402", credit_code=body).code == f"{body}4{SET_UP}"
    with pytest.raises(errors.OfferingTermError):
        edit("371425", credit_code=body)
    with pytest.raises(errors.OfferingTermError):
        edit("371425", credit_code="11440100007482575X")
    assert edit("371402", credit_code="").code == f"3714020004{SET_UP}"


def test_an_edit_that_changes_nothing_leaves_no_trace(catalog):
    edit("371402", place="三楼")
    before = AuditEntry.objects.count()
    edit("371402", place="三楼")
    assert AuditEntry.objects.count() == before


def test_routing_asks_once_who_offers_a_matter(db):
    with center_context("371402001"), CaptureQueriesContext(connection) as captured:
        found = queries.offerings_among(matter_code=MARRIAGE, center_codes=CENTERS, on=DAY)
        scopes = {code: offering.scope for code, offering in found.items()}
    assert len(captured) == 1
    assert scopes == {"371402": "", "371425": "", "371722": ""}


def test_filters_narrow_both_lists(db):
    with shared_context(SharedRole.READER):
        trading = queries.find_matters(on=DAY, where=MatterFilter(service_line="trading"))
        assert {r.read().service_line for r in trading} == {"trading"}
        assert trading.count() < queries.find_matters(on=DAY).count()
        township = queries.find_matters(on=DAY, where=MatterFilter(level="township"))
        assert all("township" in r.matter.levels for r in township)
        where = OfferingFilter(center_codes=["371402001"], assisted_intake=True)
        assisted = queries.find_offerings(on=DAY, where=where)
        assert assisted
        assert {o.center_code for o in assisted} == {"371402001"}
        one = OfferingFilter(codes=[SET_UP], service_object="2", department="市场监督管理局")
        centers = [o.center_code for o in queries.find_offerings(on=DAY, where=one)]
        assert sorted(centers) == ["371400", "371402", "371425", "371700", "371722"]


def test_lists_take_one_query_for_any_number_of_rows(db):
    with shared_context(SharedRole.READER):
        for listed in (queries.find_matters(on=DAY), queries.find_offerings(on=DAY)):
            for size in (2, 20):
                with CaptureQueriesContext(connection) as captured:
                    rows = [(row.matter.name, row) for row in listed[:size]]
                assert (len(rows), len(captured)) == (size, 1)


def test_a_center_that_is_onboarded_offers_what_the_catalog_has_for_its_level(db):
    step = ports.onboarding_steps["offerings"]
    with shared_context(step.role):
        models.Offering.objects.filter(center_code="371425").delete()
        step.run("371425", NOW)
        offered = models.Offering.objects.filter(center_code="371425")
        assert offered.filter(matter=SET_UP).exists()
        assert all("county" in row.matter.levels for row in offered.select_related("matter"))
