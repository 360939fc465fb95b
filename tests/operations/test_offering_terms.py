"""What a center sets of its own, and what the issuer has locked (统一标准)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import revising
from tests.database import SET_UP
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import offer
from tongban.catalog.rules import labels, locking
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.locking import ClearableTerm
from tongban.catalog.rules.terms import LONGEST
from tongban.catalog.states import OfferingStatus
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.calendar import LimitUnit
from tongban.kernel.errors import DomainError
from tongban.kernel.models import AuditEntry

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
OPERATOR = actors.operator("test")
CENTER, FOOD = "371402", "370110100401"
"""食品经营许可: 20 working days by law, fewer by the standard."""
DAYS = LimitUnit.WORKING_DAY


def edit(matter: str = SET_UP, actor: Actor = OPERATOR, **terms) -> models.Offering:
    return offer.edit_offering(
        actor=actor,
        center_code=CENTER,
        matter_code=matter,
        terms=offer.OfferingTerms(**terms),
        now=NOW,
    )


def standard(matter: str = SET_UP) -> MatterContent:
    return revising.content_of(matter, now=NOW)


def stored():
    return [
        *models.Offering.objects.order_by("id").values(),
        {"audit": AuditEntry.objects.count()},
    ]


def refused(error: type[DomainError], matter: str = SET_UP, **terms) -> DomainError:
    """Return the refusal, after making sure that it changed nothing."""
    before = stored()
    with pytest.raises(error) as caught:
        edit(matter, **terms)
    assert stored() == before
    return caught.value


def test_a_center_sets_all_its_own_terms(catalog):
    terms = {
        "place": "三楼企业设立专区",
        "hours": "周一至周五 9:00–12:00、13:30–17:00",
        "contact": "0534-2687001",
        "complaints": "0534-12345",
        "windows": ("A01", "A02", "A01"),
        "department": "行政审批服务局",
        "body_kind": "法定机关",
        "local_code": "511A0138000000-511602000000-000-115113010833722043-1-00",
        "scope": "3",
        "on_the_spot": False,
        "assisted_intake": False,
        "promised_limit": Limit(4, LimitUnit.WORKING_HOUR),
        "status": OfferingStatus.PAUSED,
        "effective_to": TODAY + timedelta(days=90),
    }
    row = edit(**terms)
    row.refresh_from_db()
    for name, value in terms.items():
        if name == "windows":
            assert row.windows == ["A01", "A02"]
        elif name != "promised_limit":
            assert getattr(row, name) == value, name
    assert (row.promised_amount, row.promised_unit) == (4, "WORKING_HOUR")
    said = AuditEntry.objects.order_by("-sequence")[0]
    assert said.action == "offering.edit"
    assert said.data["place"] == "三楼企业设立专区"


def test_a_term_can_be_taken_back(catalog):
    edit(FOOD, promised_limit=Limit(1, DAYS), effective_to=TODAY)
    row = edit(FOOD, cleared=tuple(ClearableTerm))
    assert (row.promised_amount, row.promised_unit, row.effective_to) == (None, "", None)
    assert queries.promise_of(row, standard(FOOD)) == standard(FOOD).promised_limit


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        *(({name: "长" * (longest + 1)}, (name,)) for name, longest in LONGEST.items()),
        *(({name: text}, (name,)) for name in LONGEST for text in ("\0", "a\ud800", "\x1b[2J")),
        ({"windows": ("A 1",)}, ("windows", 0)),
        ({"windows": ("A1", "")}, ("windows", 1)),
        ({"windows": ("长" * 21,)}, ("windows", 0)),
        ({"windows": tuple(f"A{n}" for n in range(101))}, ("windows",)),
        ({"scope": "7"}, ("scope",)),
        ({"credit_code": "11440100007482575X"}, ("credit_code",)),
        ({"promised_limit": Limit(0, DAYS)}, ("promised_limit", "amount")),
        ({"promised_limit": Limit(-1, DAYS)}, ("promised_limit", "amount")),
        ({"promised_limit": Limit(10**9, DAYS)}, ("promised_limit", "amount")),
        ({"effective_to": TODAY - timedelta(days=1)}, ("effective_to",)),
        ({"effective_from": TODAY - timedelta(days=1)}, ("effective_from",)),
        ({"effective_from": TODAY + timedelta(days=1)}, ("effective_from",)),
    ],
)
def test_a_term_that_can_not_be_is_refused(catalog, terms, path):
    error = refused(errors.OfferingTermError, **terms)
    assert error.path == path
    assert error.message("zh-Hans").startswith(f"“{labels.TERMS[path[0]]}”")
    error.message("zh-Hans").encode()


def test_a_planned_offering_can_be_moved_until_it_begins(catalog):
    later, sooner = TODAY + timedelta(days=30), TODAY + timedelta(days=10)
    models.Offering.objects.filter(center_code=CENTER, matter=SET_UP).update(effective_from=later)
    assert edit(effective_from=sooner, effective_to=later).effective_from == sooner
    refused(errors.OfferingTermError, effective_from=TODAY - timedelta(days=1))
    refused(errors.OfferingTermError, effective_to=sooner)
    refused(errors.OfferingTermError, effective_from=later, effective_to=later)
    refused(errors.OfferingTermError, effective_from=later)


def test_a_promise_keeps_to_law_and_standard_and_says_so_in_words(catalog):
    content = standard(FOOD)
    assert content.statutory_limit.amount > content.promised_limit.amount > 1
    over_law = refused(
        errors.PromiseOverStatutoryError,
        FOOD,
        promised_limit=Limit(content.statutory_limit.amount + 1, DAYS),
    )
    assert over_law.path == ("promised_limit",)
    assert f"{content.statutory_limit.amount} 个工作日" in over_law.message("zh-Hans")
    over_standard = refused(
        errors.PromiseOverStandardError,
        FOOD,
        promised_limit=Limit(content.promised_limit.amount + 1, DAYS),
    )
    assert f"{content.promised_limit.amount} 个工作日" in over_standard.message("zh-Hans")
    assert f"{content.promised_limit.amount} working days" in over_standard.message("en")
    for error in (over_law, over_standard):
        for language in ("zh-Hans", "en"):
            assert "WORKING" not in error.message(language)
            assert "…" not in error.message(language)


LOCKED = {
    "name": "企业开办",
    "matter_type": "07",
    "service_line": "convenience",
    "service_objects": ["1"],
    "levels": ["county"],
    "handling_type": "2",
    "legal_bases": [],
    "conditions": [],
    "materials": [],
    "statutory_limit": {"amount": 30, "unit": "WORKING_DAY"},
    "statutory_limit_note": "另有规定",
    "fee": {"charged": True, "items": [{"name": "工本费", "amount": "10.00"}]},
    "result": {"name": "批文", "kind": "approval"},
    "online_depth": 1,
    "visits": 3,
    "steps": [{"name": "会签", "kind": "review"}],
    "variants": [{"serial": "01", "name": "公司"}],
    "preconditions": [FOOD],
    "special_procedures": [{"name": "听证", "kind": "2"}],
    "intermediary_services": [{"name": "验资"}],
    "quantity_limit": "10 家",
}


@pytest.mark.parametrize("element", sorted(LOCKED))
def test_every_element_of_the_standard_is_locked(catalog, element):
    error = refused(errors.LockedByCityError, elements={element: LOCKED[element]}, place="一楼")
    assert error.code == "LOCKED_BY_CITY"
    assert error.path[0] == "elements"
    assert error.params["element"] == element
    assert error.params["field"].startswith(element)
    assert f"“{labels.ELEMENTS[element]}”由山东省统一制定" in error.message("zh-Hans")


def test_the_place_of_what_is_locked_is_exact(catalog):
    materials = standard().to_json()["materials"]
    materials[2] = {**materials[2], "copies": 9}
    error = refused(errors.LockedByCityError, elements={"materials": materials})
    assert error.params["field"] == "materials[M03].copies"


@pytest.mark.parametrize(
    ("issuer", "name"),
    [("371400000000", "德州市"), ("371402000000", "德城区"), ("000000000000", "国家")],
)
def test_whoever_issued_it_is_named(catalog, issuer, name):
    models.StandardMatter.objects.filter(code=SET_UP).update(issuer_code=issuer)
    error = refused(errors.LockedByCityError, elements={"visits": 9})
    assert f"由{name}统一制定" in error.message("zh-Hans")


def test_a_whole_offering_as_it_is_passes_and_sets_what_is_the_centers(catalog):
    whole = standard(FOOD).to_json()
    before = stored()
    edit(FOOD, elements=whole)
    assert stored() == before
    whole |= {
        "department": "行政审批服务局",
        "promised_limit": {"amount": 2, "unit": "WORKING_DAY"},
    }
    row = edit(FOOD, elements=whole, place="一楼")
    assert (row.department, row.promised_amount, row.place) == ("行政审批服务局", 2, "一楼")
    row = edit(FOOD, elements=whole, promised_limit=Limit(1, DAYS))
    assert row.promised_amount == 1, "what is said by name is said more clearly"
    over = {**whole, "promised_limit": {"amount": 10_000, "unit": "WORKING_DAY"}}
    refused(errors.PromiseOverStatutoryError, FOOD, elements=over)


@pytest.mark.parametrize(
    ("elements", "path"),
    [
        ({"colour": "red"}, "colour"),
        ({"": "x"}, ""),
        ({"materials": "all"}, "materials"),
        ({"materials": [{"name": "x"}]}, "materials[0].code"),
        ({"visits": "three"}, "visits"),
        ({"name": "\0"}, "name"),
        ({"name": None}, "name"),
        ({"promised_limit": None}, "promised_limit"),
        ({"promised_limit": {"amount": 0, "unit": "WORKING_DAY"}}, "promised_limit.amount"),
    ],
)
def test_elements_that_are_none_are_told_as_terms(catalog, elements, path):
    error = refused(errors.OfferingTermError, elements=elements)
    assert error.path == ("elements", path)


def test_who_may_not_edit_is_not_told_what_is_locked(catalog):
    roles = frozenset({(PlatformRole.OFFERING_EDITOR, "371700000000")})
    stranger = Actor(account_id=1, kind="person", platform_roles=roles)
    before = stored()
    with pytest.raises(errors.OfferNotAllowedError):
        edit(actor=stranger, elements={"visits": 9})
    assert stored() == before


def test_every_element_and_term_has_a_name_for_people():
    assert set(labels.ELEMENTS) == locking.ELEMENTS
    assert set(LONGEST) <= set(labels.TERMS)
