"""同城办理: a city handles its districts' set-ups; marriages and other counties stay."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from tests.database import SET_UP
from tongban.kernel import actors
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.models import AuditEntry
from tongban.registry import errors, models, queries
from tongban.registry.operations import delegate

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPERATOR = actors.operator("test")
MARRIAGE, FOOD = "370710300101", "370110100401"


@pytest.fixture
def platform(db):
    with shared_context(SharedRole.PLATFORM):
        yield


def hand_up(**options) -> delegate.DelegationReport:
    return delegate.delegate_jurisdiction(
        **{
            "actor": OPERATOR,
            "city_code": "371400",
            "district_codes": ["371402"],
            "matter_codes": [SET_UP, FOOD],
            "basis": "德政发〔2016〕1号",
            "valid_from": DAY,
            "now": NOW,
            **options,
        }
    )


def handled_by(district: str, matter: str, day: date = DAY) -> str | None:
    found = queries.delegation_for(district=district, matter_code=matter, day=day)
    return found.city_code if found else None


def test_the_city_handles_set_ups_of_its_district_only(db):
    with center_context("371402001"):
        assert handled_by("371402", SET_UP) == "371400"
        assert handled_by("371402", SET_UP, date(2019, 12, 31)) is None
        assert handled_by("371402", MARRIAGE) is None
        assert handled_by("371425", SET_UP) is None


def test_delegating_again_adds_only_what_is_missing(platform):
    assert hand_up() == delegate.DelegationReport(created=1, standing=1)
    before = AuditEntry.objects.count()
    assert hand_up() == delegate.DelegationReport(created=0, standing=2)
    assert AuditEntry.objects.count() == before
    assert handled_by("371402", FOOD) == "371400"


def test_only_registrars_delegate_and_only_to_the_own_city(platform):
    rows, audit = models.JurisdictionDelegation.objects.count(), AuditEntry.objects.count()
    roles = frozenset({(PlatformRole.REGISTRAR, "371700000000")})
    with pytest.raises(errors.DelegateNotAllowedError):
        hand_up(actor=Actor(account_id=1, kind="person", platform_roles=roles))
    with pytest.raises(errors.DistrictNotBelowError):
        hand_up(district_codes=["371402", "371722"])
    with pytest.raises(errors.DistrictNotBelowError):
        hand_up(district_codes=["371402001"])
    with pytest.raises(errors.CenterNotFoundError):
        hand_up(district_codes=["371499"])
    assert models.JurisdictionDelegation.objects.count() == rows
    assert AuditEntry.objects.count() == audit


def test_what_another_city_handles_is_not_taken(platform):
    models.JurisdictionDelegation.objects.filter(district_code="371402").update(city_code="371700")
    with pytest.raises(errors.DelegatedElsewhereError):
        hand_up()
    assert handled_by("371402", FOOD) is None


def test_the_command_delegates(db, capsys):
    call_command(
        "delegate", "371425", "--to", "371400", "--matters", SET_UP, "--since", "2026-03-02"
    )
    assert "新增 1 条" in capsys.readouterr().out
    with shared_context(SharedRole.READER):
        assert handled_by("371425", SET_UP) == "371400"
