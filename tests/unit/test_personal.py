"""Personal identifiers: checks, canonical forms and masks. All samples are synthetic."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from tongban.kernel import personal
from tongban.kernel.personal import IdentifierError, IdentifierReason, IdKind

TODAY = date(2026, 11, 24)


def examples(count: int) -> settings:
    """A busy machine is no reason to fail."""
    quiet = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, suppress_health_check=quiet)


def resident(division: str = "371722", born: str = "19900307", serial: str = "001") -> str:
    body = f"{division}{born}{serial}"
    return body + ric.calc_check_digit(body + "0")


def credit(body: str) -> str:
    return body + uscc.calc_check_digit(body + "0")


def reason_of(
    function: Callable[..., object], *arguments: object, **named: object
) -> IdentifierReason:
    with pytest.raises(IdentifierError) as caught:
        function(*arguments, **named)
    return caught.value.reason


def normalize(kind: IdKind, text: str) -> str:
    return personal.normalize_id(kind, text, today=TODAY)


# --- 居民身份证 -----------------------------------------------------------------------------------


def test_a_resident_id_is_brought_to_its_canonical_form() -> None:
    ids = (resident(serial=f"{serial:03d}") for serial in range(1, 100))
    with_x = next(number for number in ids if number.endswith("X"))
    grouped = f" {with_x[:6]} {with_x[6:14]}－{with_x[14:].lower()} "
    assert normalize(IdKind.RESIDENT_ID, grouped) == with_x
    wide = with_x.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    assert normalize(IdKind.RESIDENT_ID, wide) == with_x


def test_the_division_is_not_looked_up() -> None:
    # python-stdnum itself fails here: 371471 is a division of 2023 that it does not know.
    number = resident(division="371471")
    with pytest.raises(KeyError):
        ric.validate(number)
    assert normalize(IdKind.RESIDENT_ID, number) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", IdentifierReason.EMPTY),
        (" - ", IdentifierReason.EMPTY),
        (resident()[:-1], IdentifierReason.LENGTH),
        ("370722900307001", IdentifierReason.LENGTH),  # the first generation's 15 digits
        ("A" + resident()[1:], IdentifierReason.CHARACTER),
        ("0" + resident()[1:], IdentifierReason.CHARACTER),
        ("٣" + resident()[1:], IdentifierReason.CHARACTER),
        (resident(born="19900230"), IdentifierReason.BIRTH_DATE),
        (resident(born="20261125"), IdentifierReason.BIRTH_DATE_IN_FUTURE),
    ],
)
def test_bad_resident_ids_say_why(text: str, reason: IdentifierReason) -> None:
    assert reason_of(normalize, IdKind.RESIDENT_ID, text) is reason


def test_a_child_born_today_has_a_valid_id() -> None:
    number = resident(born="20261124")
    assert normalize(IdKind.RESIDENT_ID, number) == number


@examples(100)
@given(st.dates(date(1920, 1, 1), TODAY), st.integers(0, 999))
def test_every_wrong_character_of_a_resident_id_is_found(born: date, serial: int) -> None:
    number = resident(born=f"{born:%Y%m%d}", serial=f"{serial:03d}")
    assert personal.birth_date(number) == born
    for place in range(18):
        for character in "0123456789" if place < 17 else "0123456789X":
            if character != number[place]:
                wrong = number[:place] + character + number[place + 1 :]
                expected = {IdentifierReason.CHECK_DIGIT, IdentifierReason.CHARACTER}
                assert reason_of(normalize, IdKind.RESIDENT_ID, wrong) in expected


def test_errors_never_repeat_the_identifier() -> None:
    number = resident(born="19900230")
    with pytest.raises(IdentifierError) as caught:
        normalize(IdKind.RESIDENT_ID, number)
    assert "1990" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


# --- other kinds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        credit("91371722MA3C0X0A1"),
        credit("11371722004523456"),
        credit("N2371722MF0123456"),  # a village collective, which uscc.validate refuses
        "11440100007482575H",  # of a real published offering code
    ],
)
def test_credit_codes(code: str) -> None:
    assert normalize(IdKind.CREDIT_CODE, f" {code[:8].lower()} {code[8:]}") == code
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    assert reason_of(normalize, IdKind.CREDIT_CODE, wrong) is IdentifierReason.CHECK_DIGIT


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", IdentifierReason.EMPTY),
        ("91371722MA3C0X0A", IdentifierReason.LENGTH),
        ("91371722IA3C0X0A12", IdentifierReason.CHARACTER),
        ("9137172XMA3C0X0A12", IdentifierReason.CHARACTER),
        ("B1371722MA3C0X0A12", IdentifierReason.CHARACTER),
    ],
)
def test_bad_credit_codes_say_why(text: str, reason: IdentifierReason) -> None:
    assert reason_of(normalize, IdKind.CREDIT_CODE, text) is reason


def test_passports_and_others() -> None:
    assert normalize(IdKind.PASSPORT, " e 1234 5678") == "E12345678"
    assert reason_of(normalize, IdKind.PASSPORT, "E123_5678") is IdentifierReason.CHARACTER
    assert reason_of(normalize, IdKind.PASSPORT, "E123") is IdentifierReason.LENGTH
    assert normalize(IdKind.OTHER, "  军字第  2026—17号 ") == "军字第 2026-17号"
    assert reason_of(normalize, IdKind.OTHER, "x" * 65) is IdentifierReason.LENGTH
    assert reason_of(normalize, IdKind.OTHER, "a\x00b") is IdentifierReason.CHARACTER


# --- masks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        (IdKind.RESIDENT_ID, "37172219900307001x", "3****************X"),
        (IdKind.CREDIT_CODE, "91371722MA3C0X0A1T", "91************0A1T"),
        (IdKind.PASSPORT, "E12345678", "E*******8"),
        (IdKind.OTHER, "12345", "*****"),
        (IdKind.CREDIT_CODE, "123456", "12****"),
        (IdKind.OTHER, "", ""),
    ],
)
def test_mask_id(kind: IdKind, text: str, masked: str) -> None:
    assert personal.mask_id(kind, text) == masked


@examples(200)
@given(st.sampled_from(list(IdKind)), st.text(max_size=40))
def test_masks_never_fail_and_hide_at_least_four(kind: IdKind, text: str) -> None:
    masked = personal.mask_id(kind, text)
    visible = masked.replace("*", "")
    assert len(visible) <= max(len(masked) - 4, 0) or "*" in text or "＊" in text or not visible
    personal.mask_name(text)
    personal.mask_phone(text)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳修文", "欧阳**"),
        ("欧阳修", "欧阳*"),
        ("司马", "司*"),
        ("张王小明", "张***"),
        ("三", "*"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("John  Smith", "J*** S****"),
        (" 张 ", "*"),
        ("X", "*"),
        ("", ""),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    assert personal.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("+865342687123", "0534-*****23"),
        ("010-62345678", "010-******78"),
        ("12345", "*****"),
        ("+1 650 253 0000", "*********00"),
        ("4001234567", "********67"),
        ("none", ""),
        ("", ""),
    ],
)
def test_mask_phone(phone: str, masked: str) -> None:
    assert personal.mask_phone(phone) == masked


# --- phones ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("138 1234 5678", "+8613812345678"),
        ("+86 138–1234–5678", "+8613812345678"),
        ("0086 13812345678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("（0534）2687123", "+865342687123"),
        ("010-62345678", "+861062345678"),
    ],
)
def test_phones_become_e164(text: str, canonical: str) -> None:
    assert personal.normalize_phone(text) == canonical
    assert personal.normalize_phone(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", IdentifierReason.EMPTY),
        ("12345", IdentifierReason.PHONE_INVALID),
        ("1381234567", IdentifierReason.PHONE_INVALID),
        ("+", IdentifierReason.CHARACTER),
        ("王13812345678", IdentifierReason.CHARACTER),
        ("0534-2687123转801", IdentifierReason.PHONE_EXTENSION),
        ("0534-2687123 ext. 801", IdentifierReason.PHONE_EXTENSION),
        ("+852 2345 6789", IdentifierReason.PHONE_NOT_MAINLAND),
        ("400-123-4567", IdentifierReason.PHONE_NOT_MOBILE_OR_FIXED),
    ],
)
def test_bad_phones_say_why(text: str, reason: IdentifierReason) -> None:
    assert reason_of(personal.normalize_phone, text) is reason
