"""What centers offer of the catalog, and what a case pins of it."""

import json
from datetime import UTC, date, datetime

import pytest

from tongban.catalog import errors, queries
from tongban.catalog.rules.snapshot import read_snapshot
from tongban.kernel.context import center_context

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SET_UP, MARRIAGE = "370110100101", "370710300101"


def test_a_center_pins_what_it_offers(db):
    with center_context("371400"):
        pinned = queries.pinned_offering(center_code="371400", matter_code=SET_UP, on=DAY)
    assert pinned.matter_name == "企业设立登记"
    assert pinned.materials
    assert all(m.basis is not None for m in pinned.materials)
    assert read_snapshot(json.loads(json.dumps(pinned.to_json()))) == pinned


def test_what_is_not_on_the_list_is_refused(db):
    with center_context("371402001"), pytest.raises(errors.NotOnListError):
        queries.pinned_offering(center_code="371402001", matter_code=MARRIAGE, on=DAY)
