"""Who decides a case, and over which centers it travels there."""

import pytest

from tongban.exchange.rules import HandoffKind, Hop, Offered, Place, RoutingFault, plan_route

PLACES = {
    place.code: place
    for place in (
        Place("371400", "city", None),
        Place("371402", "county", "371400"),
        Place("371402001", "township", "371402"),
        Place("371425", "county", "371400"),
        Place("371425001", "township", "371425"),
        Place("371700", "city", None),
        Place("371722", "county", "371700"),
    )
}
OPEN = Offered(assisted_intake=True, scope="")
PERSONAL = Offered(assisted_intake=False, scope="")


def route(start, competent, offers, delegated_to=None):
    return plan_route(
        start=PLACES[start],
        competent=PLACES[competent],
        places=PLACES,
        offers=offers,
        delegated_to=delegated_to,
    )


def test_a_station_forwards_to_its_county():
    found = route("371425001", "371425", {"371425": OPEN})
    assert found.owner_code == "371425"
    assert found.hops == (Hop(HandoffKind.ASSISTED_INTAKE, "371425"),)


def test_a_delegated_matter_goes_to_the_city_hop_by_hop():
    found = route("371402001", "371402", {"371402": OPEN, "371400": OPEN}, delegated_to="371400")
    assert [(hop.kind, hop.destination_code) for hop in found.hops] == [
        (HandoffKind.ASSISTED_INTAKE, "371402"),
        (HandoffKind.JOINT_CITY, "371400"),
    ]


def test_what_is_not_delegated_stays_in_the_district():
    found = route("371402", "371402", {"371402": PERSONAL, "371400": PERSONAL})
    assert (found.owner_code, found.hops) == ("371402", ())


def test_a_personal_matter_is_not_taken_at_a_station():
    found = route("371425001", "371425", {"371425": PERSONAL})
    assert found.fault is RoutingFault.NO_ASSISTED_INTAKE


def test_the_city_sends_down_what_the_county_decides():
    found = route("371400", "371425", {"371425": OPEN})
    assert found.hops == (Hop(HandoffKind.DOWNWARD, "371425"),)


def test_what_only_the_city_offers_goes_up():
    found = route("371425", "371425", {"371400": OPEN})
    assert found.hops == (Hop(HandoffKind.UPWARD, "371400"),)


@pytest.mark.parametrize(
    ("start", "competent", "scope", "is_open"),
    [
        ("371425001", "371402", "", False),
        ("371425001", "371402", "5", False),
        ("371425001", "371402", "4", True),
        ("371425001", "371722", "4", False),
        ("371425001", "371722", "3", True),
        ("371722", "371425", "1", True),
    ],
)
def test_another_tree_needs_the_scope_for_it(start, competent, scope, is_open):
    found = route(start, competent, {competent: Offered(assisted_intake=True, scope=scope)})
    assert (found.fault is None) == is_open
    if is_open:
        assert [hop.destination_code for hop in found.hops] == [competent]
    else:
        assert found.fault is RoutingFault.OUT_OF_SCOPE


def test_a_matter_nobody_offers_has_no_route():
    assert route("371425001", "371425", {}).fault is RoutingFault.NOT_OFFERED
