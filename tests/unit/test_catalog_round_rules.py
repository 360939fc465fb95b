"""Who handles a matter after a decision, and which mergers can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.catalog.rules import rounds
from tongban.catalog.rules.content import MatterLevel
from tongban.catalog.rules.rounds import DOWNWARDS, Decided
from tongban.catalog.states import RoundDecision

KEEP, CANCEL, DELEGATE, TAKE_OVER, MERGE = RoundDecision
CITY, COUNTY, TOWNSHIP = DOWNWARDS


@pytest.mark.parametrize(
    ("decision", "target", "before", "after"),
    [
        (DELEGATE, COUNTY, (CITY,), (COUNTY,)),
        (DELEGATE, COUNTY, (CITY, COUNTY), (COUNTY,)),
        (DELEGATE, COUNTY, (CITY, TOWNSHIP), (COUNTY, TOWNSHIP)),
        (DELEGATE, TOWNSHIP, (CITY, COUNTY), (TOWNSHIP,)),
        (DELEGATE, COUNTY, (COUNTY, TOWNSHIP), None),
        (TAKE_OVER, CITY, (COUNTY,), (CITY, COUNTY)),
        (TAKE_OVER, CITY, (CITY,), None),
        (KEEP, "", (CITY, COUNTY), (CITY, COUNTY)),
        (CANCEL, "", (CITY,), ()),
        (MERGE, "370199900002", (CITY,), ()),
    ],
)
def test_who_handles_it_afterwards(decision, target, before, after):
    assert rounds.levels_after(Decided(decision, target), before) == after


@given(st.sets(st.sampled_from(DOWNWARDS), min_size=1), st.sampled_from(DOWNWARDS))
def test_nobody_above_handles_what_is_delegated(levels, target):
    after = rounds.levels_after(Decided(DELEGATE, target), levels)
    if after is not None:
        assert after[0] == target
        assert set(after) - {target} <= levels


@given(
    st.dictionaries(
        st.sampled_from("abcde"),
        st.builds(Decided, st.sampled_from([KEEP, CANCEL, MERGE]), st.sampled_from("abcde")),
    )
)
def test_mergers_that_are_all_right_end_at_a_matter_that_stays(decisions):
    merged = {code: d.target for code, d in decisions.items() if d.decision == MERGE}
    faults = [
        rounds.merge_fault(code, target, decisions, is_standing=True)
        for code, target in merged.items()
    ]
    if not any(faults):
        ending = {code for code, d in decisions.items() if d.decision in rounds.ENDING}
        assert not ending & set(merged.values())


def test_every_level_of_a_center_is_in_the_order():
    assert set(DOWNWARDS) == set(MatterLevel)
