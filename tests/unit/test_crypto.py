"""Keys, sealing, keyed hashes, canonical JSON, the hash chain and signatures."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.kernel import crypto
from tongban.kernel.crypto import CryptoError, Keyring, KeyringError, SealError, SealReason

OLD_KEY, NEW_KEY = bytes(range(16)), bytes(range(16, 32))
RING = Keyring({"k1": OLD_KEY}, "k1")
ROTATED = Keyring({"k2": NEW_KEY, "k1": OLD_KEY}, "k2")
PLAINTEXT = b"37172219900307001X"
CONTEXT = b"identity.person:id_number:7"


def examples(count: int) -> settings:
    """A busy machine is no reason to fail."""
    quiet = [HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, suppress_health_check=quiet)


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def refusal(ring: Keyring, blob: bytes, context: bytes = CONTEXT) -> SealReason:
    with pytest.raises(SealError) as caught:
        crypto.open_sealed(ring, blob, context=context)
    return caught.value.reason


def flipped(blob: bytes) -> Iterator[bytes]:
    for place in range(len(blob)):
        for bit in range(8):
            changed = bytearray(blob)
            changed[place] ^= 1 << bit
            yield bytes(changed)


# --- keyrings ----------------------------------------------------------------------------------


def test_a_generated_keyring_reads_back() -> None:
    ring = Keyring.from_text(Keyring.generate())
    assert ring.current == "k1"
    assert len(ring.keys["k1"]) == 16
    assert Keyring.generate() != Keyring.generate()
    assert Keyring.from_text(Keyring.generate("2026-11")).current == "2026-11"
    with pytest.raises(KeyringError):
        Keyring.generate("a:b")


def test_the_first_key_of_the_text_is_current() -> None:
    text = f" k2:{text_of(NEW_KEY)},\n k1:{text_of(OLD_KEY)} "
    assert Keyring.from_text(text) == ROTATED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "entry 1"),
        ("k1", "entry 1"),
        (f"k1:{text_of(OLD_KEY)},", "entry 2"),
        (f"k1:{text_of(OLD_KEY)},k1:{text_of(NEW_KEY)}", "repeats"),
        ("k1:no!base64", "not base64"),
        ("k1:钥匙", "not base64"),
        (f"k1:{text_of(OLD_KEY * 2)}", "16 bytes"),
        (f"{text_of(OLD_KEY)}:k1", "entry 1"),
        (f"{'x' * 33}:{text_of(OLD_KEY)}", "entry 1"),
    ],
)
def test_bad_keyrings_are_named_but_never_repeated(text: str, said: str) -> None:
    with pytest.raises(KeyringError) as caught:
        Keyring.from_text(text)
    assert said in str(caught.value)
    assert text_of(OLD_KEY) not in str(caught.value)


def test_a_keyring_is_checked_and_does_not_show_its_keys() -> None:
    with pytest.raises(KeyringError):
        Keyring({"k1": OLD_KEY}, "k2")
    with pytest.raises(KeyringError):
        Keyring({"k1": OLD_KEY[:15]}, "k1")
    with pytest.raises(KeyringError):
        Keyring({"": OLD_KEY}, "")
    assert "x0f" not in repr(RING)


# --- sealing -----------------------------------------------------------------------------------


@examples(100)
@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_is_sealed_opens(plaintext: bytes, context: bytes) -> None:
    blob = crypto.seal(RING, plaintext, context=context)
    assert len(blob) == len(plaintext) + 32
    assert crypto.open_sealed(RING, blob, context=context) == plaintext
    assert blob != crypto.seal(RING, plaintext, context=context)


def test_the_form_is_the_documented_one() -> None:
    blob = crypto.seal(RING, PLAINTEXT, context=CONTEXT)
    header, nonce, body, tag = blob[:4], blob[4:16], blob[16:-16], blob[-16:]
    assert header == b"\x01\x02k1"
    decryptor = Cipher(algorithms.SM4(OLD_KEY), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(header + CONTEXT)
    assert decryptor.update(body) + decryptor.finalize() == PLAINTEXT
    assert PLAINTEXT not in blob


def test_every_flipped_bit_is_refused() -> None:
    blob = crypto.seal(RING, PLAINTEXT, context=CONTEXT)
    reasons = [refusal(RING, changed) for changed in flipped(blob)]
    assert len(reasons) == len(blob) * 8
    assert set(reasons) == set(SealReason)


def test_every_flipped_bit_is_refused_by_a_keyring_that_has_the_neighbouring_keys() -> None:
    # k1 with its lowest bits flipped is k0, k3 …: the same key under another id must not open it.
    ring = Keyring({f"k{digit}": OLD_KEY for digit in range(10)}, "k1")
    blob = crypto.seal(ring, PLAINTEXT, context=CONTEXT)
    for changed in flipped(blob):
        refusal(ring, changed)


def test_every_shortened_or_lengthened_blob_is_refused() -> None:
    blob = crypto.seal(RING, PLAINTEXT, context=CONTEXT)
    for length in range(len(blob)):
        assert refusal(RING, blob[:length]) in {SealReason.MALFORMED, SealReason.TAMPERED}
    assert refusal(RING, blob + b"\x00") is SealReason.TAMPERED


def test_another_context_or_key_does_not_open_it() -> None:
    blob = crypto.seal(RING, PLAINTEXT, context=CONTEXT)
    assert refusal(RING, blob, context=b"identity.person:id_number:8") is SealReason.TAMPERED
    assert refusal(RING, blob, context=b"") is SealReason.TAMPERED
    assert refusal(Keyring({"k1": NEW_KEY}, "k1"), blob) is SealReason.TAMPERED
    assert refusal(Keyring({"k2": OLD_KEY}, "k2"), blob) is SealReason.UNKNOWN_KEY


def test_rotation() -> None:
    old = crypto.seal(RING, PLAINTEXT, context=CONTEXT)
    assert not crypto.needs_reseal(RING, old)
    assert crypto.needs_reseal(ROTATED, old)
    plaintext = crypto.open_sealed(ROTATED, old, context=CONTEXT)
    new = crypto.seal(ROTATED, plaintext, context=CONTEXT)
    assert not crypto.needs_reseal(ROTATED, new)
    with pytest.raises(SealError):
        crypto.needs_reseal(ROTATED, b"")


def test_the_library_does_sm4_gcm_as_rfc_8998_a_1_says() -> None:
    blocks = "".join(letter * 16 for letter in "ABCDEFEA")
    cipher = Cipher(
        algorithms.SM4(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")),
        modes.GCM(bytes.fromhex("00001234567800000000ABCD")),
    )
    encryptor = cipher.encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEF" * 2 + "ABADDAD2"))
    ciphertext = encryptor.update(bytes.fromhex(blocks)) + encryptor.finalize()
    assert ciphertext.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


# --- digests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "digest"),
    [  # GB/T 32905-2016, appendix A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_vectors(message: bytes, digest: str) -> None:
    assert crypto.sm3(message).hex() == digest


def test_keyed_hash_is_hmac_sm3() -> None:
    key, text = bytes(range(1, 33)), "37172219900307001X"
    padded = key.ljust(64, b"\x00")
    inner = crypto.sm3(bytes(byte ^ 0x36 for byte in padded) + text.encode())
    assert crypto.keyed_hash(key, text) == crypto.sm3(bytes(b ^ 0x5C for b in padded) + inner)


def test_keyed_hash_normalizes_the_identifier() -> None:
    key = bytes(16)
    expected = crypto.keyed_hash(key, "E12345678X")
    assert len(expected) == 32
    for text in (" e12345678x ", "Ｅ１２３４５６７８ｘ", "\u3000E12345678X\n"):
        assert crypto.keyed_hash(key, text) == expected
    assert crypto.keyed_hash(key, "E12345678Y") != expected
    assert crypto.keyed_hash(bytes(15) + b"\x01", "E12345678X") != expected


def test_keyed_hash_refuses_a_short_key_and_an_empty_identifier() -> None:
    with pytest.raises(CryptoError):
        crypto.keyed_hash(bytes(15), "E12345678")
    for text in ("", " \u3000"):
        with pytest.raises(CryptoError):
            crypto.keyed_hash(bytes(16), text)


def test_token_digest() -> None:
    assert crypto.token_digest("令牌") == hashlib.sha256("令牌".encode()).hexdigest()
    assert crypto.sha256_hex(b"") == hashlib.sha256(b"").hexdigest()


# --- canonical JSON and the chain --------------------------------------------------------------


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    COUNTY = 4


def test_canonical_json_of_every_type() -> None:
    eight = timezone(timedelta(hours=8))
    value = {
        "z": [1, 1.5, True, None, ("a", "b")],
        "办件": "“受理”\n",
        "at": datetime(2026, 11, 24, 9, 30, tzinfo=eight),
        "on": date(2026, 11, 24),
        "fee": Decimal("10.50"),
        "id": UUID("0199a000-0000-7000-8000-000000000001"),
        "hash": b"\x00\xff",
        "lamp": Colour.RED,
        "level": Level.COUNTY,
        Colour.RED: {"b": 1, "a": 2},
    }
    assert crypto.canonical_json(value).decode() == (
        '{"at":"2026-11-24T01:30:00.000000Z","fee":"10.50","hash":"00ff",'
        '"id":"0199a000-0000-7000-8000-000000000001","lamp":"red","level":4,"on":"2026-11-24",'
        '"red":{"a":2,"b":1},"z":[1,1.5,true,null,["a","b"]],"办件":"“受理”\\n"}'
    )


def test_an_instant_has_one_form_in_every_zone() -> None:
    instant = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    local = instant.astimezone(timezone(timedelta(hours=8)))
    assert crypto.canonical_json(instant) == crypto.canonical_json(local)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 24, 9, 30),  # noqa: DTZ001 - the naive one is the case
        time(9),
        {1, 2},
        {1: "a"},
        {None: "a"},
        {Level.COUNTY: "a"},
        object(),
        [1, [2, 1j]],
        bytearray(b"a"),
    ],
)
def test_what_has_no_canonical_form_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        crypto.canonical_json(value)


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), "\ud800"],
)
def test_what_is_no_number_or_no_text_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical|surrogate"):
        crypto.canonical_json({"a": value})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.uuids() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@examples(150)
@given(json_values)
def test_what_was_stored_hashes_as_what_was_meant(value: object) -> None:
    written = crypto.canonical_json(value)
    assert crypto.canonical_json(json.loads(written)) == written
    assert crypto.canonical_json(crypto.plain_json(value)) == written
    assert json.loads(written) == crypto.plain_json(value)


@examples(50)
@given(st.dictionaries(st.text(), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert crypto.canonical_json(backwards) == crypto.canonical_json(value)


def test_a_chain_shows_a_changed_a_dropped_and_a_moved_link() -> None:
    events: list[dict[str, object]] = [
        {"sequence": 1, "to": "SUBMITTED"},
        {"sequence": 2, "to": "ACCEPTED"},
    ]

    def head(payloads: list[dict[str, object]]) -> bytes:
        link = crypto.GENESIS
        for payload in payloads:
            link = crypto.chain_hash(link, payload)
        return link

    expected = crypto.sm3(
        crypto.sm3(bytes(32) + b'{"sequence":1,"to":"SUBMITTED"}')
        + b'{"sequence":2,"to":"ACCEPTED"}'
    )
    assert head(events) == expected
    heads = {head(events), head(events[::-1]), head(events[1:]), head([events[0], {}])}
    assert len(heads) == 4
    with pytest.raises(CryptoError):
        crypto.chain_hash(b"", {})


# --- signatures --------------------------------------------------------------------------------


def test_signatures() -> None:
    private, public = crypto.generate_signing_key()
    assert len(private) == len(public) == 32
    message = "收件回执 371722".encode()
    signature = crypto.sign(private, message)
    assert crypto.verify(public, message, signature)
    assert not crypto.verify(public, message + b".", signature)
    assert not any(crypto.verify(public, message, changed) for changed in flipped(signature))
    assert not crypto.verify(crypto.generate_signing_key()[1], message, signature)
    assert not crypto.verify(public[:31], message, signature)
    assert not crypto.verify(public, message, b"")
    with pytest.raises(CryptoError):
        crypto.sign(private[:31], message)


def test_ed25519_vector_of_rfc_8032() -> None:
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = crypto.sign(private, b"")
    assert signature.hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert crypto.verify(public, b"", signature)
    assert crypto.ED25519 == "Ed25519"
