"""Case numbers: composing, reading what people type, and what the check digit finds."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from tongban.kernel import numbers
from tongban.kernel.numbers import CaseNumber, CaseNumberError, CaseNumberReason

DAY = date(2026, 11, 24)
FULL_WIDTH = str.maketrans("0123456789- ", "０１２３４５６７８９－\u3000")

six_digits = st.integers(100000, 999999).map(str)
nine_digits = st.integers(100000001, 999999999).map(str).filter(lambda code: code[6:] != "000")
case_numbers = st.builds(
    CaseNumber,
    center_code=six_digits | nine_digits,
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    serial=st.integers(1, numbers.MAX_SERIAL),
    part=st.none() | st.integers(1, numbers.MAX_PART),
)


def examples(count: int) -> settings:
    """A busy machine is no reason to fail."""
    quiet = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, suppress_health_check=quiet)


def reason_of(text: str) -> CaseNumberReason:
    with pytest.raises(CaseNumberError) as caught:
        numbers.parse(text)
    assert caught.value.reason == str(caught.value.reason)
    return caught.value.reason


def test_compose_a_county_case() -> None:
    text = numbers.compose("371722", DAY, 17)
    assert text[:20] == "37172200026112400017"
    assert len(text) == 21
    assert mod_11_10.is_valid(text)


def test_compose_a_township_case_and_its_part() -> None:
    whole = numbers.compose("371722103", DAY, 17)
    assert numbers.compose("371722103", DAY, 17, part=1) == f"{whole}-01"
    assert numbers.compose("371722103", DAY, 17, part=99) == f"{whole}-99"
    assert numbers.parse(f"{whole}-99") == CaseNumber("371722103", DAY, 17, 99)


def test_display_groups_can_be_read_out_and_read_back() -> None:
    whole = numbers.compose("371722103", DAY, 17)
    assert numbers.display(whole) == f"371722-103-261124-00017-{whole[-1]}"
    assert numbers.display(f"{whole}-02") == f"371722-103-261124-00017-{whole[-1]}-02"
    assert numbers.canonical(numbers.display(f"{whole}-02")) == f"{whole}-02"


@pytest.mark.parametrize(
    ("code", "division"),
    [
        ("371722", "371722000"),
        ("371400", "371400000"),
        ("370000", "370000000"),
        ("371722103", "371722103"),
        ("371400100", "371400100"),
    ],
)
def test_center_of_gives_the_code_back(code: str, division: str) -> None:
    text = numbers.compose(code, DAY, 1)
    assert text.startswith(division)
    assert numbers.center_of(text) == code


@examples(200)
@given(case_numbers)
def test_canonical_and_shown_forms_read_back(number: CaseNumber) -> None:
    text = str(number)
    assert numbers.parse(text) == number
    assert numbers.canonical(text) == text
    shown = numbers.display(text)
    assert numbers.parse(shown) == number
    assert numbers.parse(shown.translate(FULL_WIDTH)) == number
    assert numbers.parse(f"  {shown.replace('-', ' ')}\n") == number
    assert numbers.parse(shown.replace("-", " · ")) == number


@examples(60)
@given(case_numbers)
def test_every_wrong_digit_is_found(number: CaseNumber) -> None:
    text = str(number)
    for place in range(21):
        for digit in "0123456789":
            if digit != text[place]:
                wrong = text[:place] + digit + text[place + 1 :]
                assert reason_of(wrong) is CaseNumberReason.CHECK_DIGIT


# By the standard one pair of neighbours per intermediate remainder escapes: 10 of 450.
@examples(100)
@given(case_numbers)
def test_swapped_neighbours_are_found_as_far_as_iso_7064_goes(number: CaseNumber) -> None:
    text = str(number)
    for place in range(20):
        first, second = text[place], text[place + 1]
        if first == second:
            continue
        swapped = text[:place] + second + first + text[place + 2 :]
        remainder = (mod_11_10.checksum(text[:place]) or 10) * 2 % 11
        if {int(first), int(second)} != escaping_pair(remainder):
            assert reason_of(swapped) is CaseNumberReason.CHECK_DIGIT


def escaping_pair(remainder: int) -> set[int]:
    return {1: {4, 5}, 2: {3, 4}, 3: {2, 3}, 4: {1, 2}, 5: {0, 1},
            6: {0, 9}, 7: {8, 9}, 8: {7, 8}, 9: {6, 7}, 10: {5, 6}}[remainder]  # fmt: skip


def with_check(body: str) -> str:
    return body + mod_11_10.calc_check_digit(body)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", CaseNumberReason.EMPTY),
        (" - ", CaseNumberReason.EMPTY),
        ("37172200026112400017X", CaseNumberReason.CHARACTER),
        ("3717220002611240001٧4", CaseNumberReason.CHARACTER),  # an Arabic-Indic digit
        ("①71722000261124000174", CaseNumberReason.CHARACTER),
        ("37172200026112400017", CaseNumberReason.LENGTH),
        (with_check("37172200026112400017") + "1", CaseNumberReason.LENGTH),
        (with_check("37172200026112400017") + "-00", CaseNumberReason.PART),
        (with_check("37172200026132400017"), CaseNumberReason.DATE),
        (with_check("37172200026022900017"), CaseNumberReason.DATE),
        (with_check("37172200026112400000"), CaseNumberReason.SERIAL),
        (with_check("07172200026112400017"), CaseNumberReason.CENTER),
    ],
)
def test_parse_says_why_it_refuses(text: str, reason: CaseNumberReason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (("37172", DAY, 1), CaseNumberReason.CENTER),
        (("3717220", DAY, 1), CaseNumberReason.CENTER),
        (("371722000", DAY, 1), CaseNumberReason.CENTER),
        (("371722103000", DAY, 1), CaseNumberReason.CENTER),
        (("03717２", DAY, 1), CaseNumberReason.CENTER),
        (("371722", date(1999, 12, 31), 1), CaseNumberReason.DATE),
        (("371722", date(2100, 1, 1), 1), CaseNumberReason.DATE),
        (("371722", datetime(2026, 11, 24, 17, tzinfo=UTC), 1), CaseNumberReason.DATE),
        (("371722", DAY, 0), CaseNumberReason.SERIAL),
        (("371722", DAY, 100_000), CaseNumberReason.SERIAL),
        (("371722", DAY, 1, 0), CaseNumberReason.PART),
        (("371722", DAY, 1, 100), CaseNumberReason.PART),
    ],
)
def test_compose_refuses_values_out_of_range(
    values: tuple[Any, ...], reason: CaseNumberReason
) -> None:
    with pytest.raises(CaseNumberError) as caught:
        numbers.compose(*values)
    assert caught.value.reason is reason


def test_query_codes_are_unambiguous_and_different() -> None:
    codes = {numbers.query_code() for _ in range(500)}
    assert len(codes) > 490
    assert all(len(code) == 6 for code in codes)
    assert set("".join(codes)) == set(numbers.QUERY_CODE_ALPHABET)
    assert not set(numbers.QUERY_CODE_ALPHABET) & set("0O1IL")
    assert len(set(numbers.QUERY_CODE_ALPHABET)) == len(numbers.QUERY_CODE_ALPHABET) == 25
