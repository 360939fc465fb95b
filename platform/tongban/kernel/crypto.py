"""Keys, sealing, keyed hashes, the hash chain of logs, signatures, and one-time passwords.

Sealed values are SM4-GCM (GB/T 32907, GB/T 36624), digests SM3 (GB/T 32905), matching values
HMAC-SM3, signatures Ed25519. The keys come from outside the database; nothing here stores one,
and no error message repeats a key or a plaintext.
"""

import base64
import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ED25519 = "Ed25519"
"""The name of the signature algorithm, as stored beside keys and signatures."""

GENESIS = bytes(32)
"""What stands for the previous hash before the first link of a chain."""

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""A value that JSON can hold."""

_KEY_SIZE = 16
_HASH_KEY_SIZE = 16
_NONCE_SIZE = 12
_TAG_SIZE = 16
_DIGEST_SIZE = 32
_VERSION = 1
_TOTP_DIGITS = 6
_TOTP_SECONDS = 30
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class CryptoError(ValueError):
    """Something is wrong with a key or with what was to be protected."""


class KeyringError(CryptoError):
    """The key-encryption keys are not usable as configured."""


class SealReason(StrEnum):
    """Why a sealed value can't be opened."""

    MALFORMED = "MALFORMED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    TAMPERED = "TAMPERED"


class SealError(CryptoError):
    """A sealed value that can't be opened; `reason` says why to a program."""

    def __init__(self, reason: SealReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class Keyring:
    """The key-encryption keys by their id; `current` is the one that seals.

    The others only open what was sealed before a rotation. Raises: KeyringError unless every key
    is 16 bytes, every id is 1–32 of `A-Za-z0-9_.-`, and `current` is one of them.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def __post_init__(self) -> None:
        for key_id, key in self.keys.items():
            if not _KEY_ID.fullmatch(key_id):
                raise KeyringError("a key id is 1-32 of A-Z a-z 0-9 _ . -")
            if len(key) != _KEY_SIZE:
                raise KeyringError(f"a key has {len(key)} bytes instead of {_KEY_SIZE}")
        if self.current not in self.keys:
            raise KeyringError(f"the current key {self.current!r} is not in the keyring")

    @classmethod
    def from_text(cls, text: str) -> "Keyring":
        """Read a keyring as `id:base64,id:base64`, the current key first (spaces are ignored).

        To rotate, put the new key in front and keep the old ones until `needs_reseal` is false
        for all that is stored.

        Raises: KeyringError that names the entry, never its content.
        """
        keys: dict[str, bytes] = {}
        for place, entry in enumerate("".join(text.split()).split(","), start=1):
            key_id, colon, encoded = entry.partition(":")
            if not colon or not _KEY_ID.fullmatch(key_id):
                raise KeyringError(f"entry {place} of the keyring is not of the form id:base64")
            if key_id in keys:
                raise KeyringError(f"entry {place} of the keyring repeats a key id")
            try:
                keys[key_id] = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise KeyringError(f"entry {place} of the keyring is not base64") from None
            if len(keys[key_id]) != _KEY_SIZE:
                raise KeyringError(f"entry {place} of the keyring is not {_KEY_SIZE} bytes long")
        return cls(keys=keys, current=next(iter(keys)))

    @staticmethod
    def generate(key_id: str = "k1") -> str:
        """Return the text of a keyring with one new random key, for `from_text`.

        Raises: KeyringError for a key id that `from_text` would refuse.
        """
        key = secrets.token_bytes(_KEY_SIZE)
        Keyring(keys={key_id: key}, current=key_id)
        return f"{key_id}:{base64.b64encode(key).decode()}"


def seal(keyring: Keyring, plaintext: bytes, *, context: bytes) -> bytes:
    """Return the plaintext encrypted with the keyring's current key by SM4-GCM.

    The result is: version 1 byte, length of the key id 1 byte, key id, nonce 12 bytes,
    ciphertext, tag 16 bytes. `context` (for example the table, column and row) is not stored but
    authenticated: the value opens only where it was sealed. It is 31 to 62 bytes longer than the
    plaintext. A nonce is random, so a key should be rotated before 2^32 values.
    """
    key_id = keyring.current.encode("ascii")
    header = bytes((_VERSION, len(key_id))) + key_id
    nonce = secrets.token_bytes(_NONCE_SIZE)
    encryptor = Cipher(algorithms.SM4(keyring.keys[keyring.current]), modes.GCM(nonce)).encryptor()
    # The header describes its own length, so header and context can't be shifted against another.
    encryptor.authenticate_additional_data(header + context)
    ciphertext = encryptor.update(plaintext) + encryptor.finalize()
    return header + nonce + ciphertext + encryptor.tag


def open_sealed(keyring: Keyring, blob: bytes, *, context: bytes) -> bytes:
    """Return the plaintext of a sealed value.

    Raises: SealError with reason TAMPERED when a bit of it, its key or its context is not what
    it was, UNKNOWN_KEY when the keyring lacks its key, MALFORMED when it has not the form that
    `seal` gives.
    """
    key_id, header, body = _split(blob)
    key = keyring.keys.get(key_id)
    if key is None:
        raise SealError(SealReason.UNKNOWN_KEY, f"the keyring has no key {key_id}")
    nonce, ciphertext, tag = body[:_NONCE_SIZE], body[_NONCE_SIZE:-_TAG_SIZE], body[-_TAG_SIZE:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(header + context)
    try:
        return decryptor.update(ciphertext) + decryptor.finalize()
    except InvalidTag:
        raise SealError(SealReason.TAMPERED, "the sealed value does not open here") from None


def needs_reseal(keyring: Keyring, blob: bytes) -> bool:
    """Tell whether a value was sealed with another key than the keyring's current one.

    Raises: SealError with reason MALFORMED when it is no sealed value.
    """
    key_id, _, _ = _split(blob)
    return key_id != keyring.current


def _split(blob: bytes) -> tuple[str, bytes, bytes]:
    malformed = SealError(SealReason.MALFORMED, "this is no sealed value")
    start = 2
    if len(blob) < start or blob[0] != _VERSION:
        raise malformed
    end = start + blob[1]
    if len(blob) < end + _NONCE_SIZE + _TAG_SIZE:
        raise malformed
    key_id = blob[start:end].decode("latin-1")
    if not _KEY_ID.fullmatch(key_id):
        raise malformed
    return key_id, blob[:end], blob[end:]


def keyed_hash(key: bytes, text: str) -> bytes:
    """Return the HMAC-SM3 (32 bytes) by which an identifier is matched without being stored.

    The text is normalized first: NFKC (full-width forms become plain), upper case, no white
    space around it. One key serves the whole platform, so centers can match; it never changes.

    Raises: CryptoError for a key under 16 bytes, and for an empty text, which would match all
    that have none.
    """
    if len(key) < _HASH_KEY_SIZE:
        raise CryptoError(f"a key for keyed hashes has at least {_HASH_KEY_SIZE} bytes")
    # Upper-casing can decompose a letter again, hence the second pass.
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper()).strip()
    if not normal:
        raise CryptoError("an empty identifier has no keyed hash")
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(normal.encode())
    return mac.finalize()


def sm3(data: bytes) -> bytes:
    """Return the SM3 digest of the data, 32 bytes (GB/T 32905)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest of the data as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def token_digest(token: str) -> str:
    """Return the form in which a random token is stored: the SHA-256 of its UTF-8, hexadecimal.

    A plain digest is enough for tokens that are long and random; never use it for what people
    choose.
    """
    return sha256_hex(token.encode())


_PLAIN = frozenset({str, int, bool, type(None)})


def plain_json(value: object) -> Json:
    """Return the value as the plain JSON that `canonical_json` writes; store this and hash this.

    Aware datetimes become UTC as `2026-11-24T01:02:03.000000Z`, dates ISO, Decimal and UUID
    text, bytes hexadecimal, enumerations their value, tuples lists. Floats pass, but a database
    may give them back differently: prefer Decimal.

    Raises: TypeError for anything else, a naive datetime and a key that is not text; ValueError
    for a number that is not finite and for two keys of the same text.
    """
    if type(value) in _PLAIN:  # most are, and none of these is an enumeration
        return value  # type: ignore[return-value]
    if isinstance(value, Enum):
        return plain_json(value.value)
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    return _plain_scalar(value)


def _plain_mapping(value: Mapping[object, object]) -> dict[str, Json]:
    plain: dict[str, Json] = {}
    for key, item in value.items():
        name = key.value if isinstance(key, Enum) else key
        if not isinstance(name, str):
            raise TypeError(f"a key of canonical JSON is text, not {type(name).__name__}")
        if name in plain:
            raise ValueError("two keys of canonical JSON are the same text")
        plain[name] = plain_json(item)
    return plain


def _plain_scalar(value: object) -> Json:
    if isinstance(value, int | str):  # of a class of its own
        return value
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise TypeError("a naive datetime has no canonical form")
        text = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{text}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        if not Decimal(value).is_finite():
            raise ValueError("a number that is not finite has no canonical form")
        return value if isinstance(value, float) else str(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_json(value: object) -> bytes:
    """Return the one UTF-8 JSON text of a value: sorted keys, no spaces, types as `plain_json`.

    Raises: TypeError and ValueError as `plain_json`; ValueError for text that is not Unicode.
    """
    return json.dumps(
        plain_json(value),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    ).encode()


def chain_hash(previous: bytes, payload: Mapping[str, object]) -> bytes:
    """Return the next link of a hash chain: SM3(previous ‖ canonical_json(payload)), 32 bytes.

    `previous` is the hash of the predecessor, `GENESIS` for the first.

    Raises: CryptoError when `previous` is not 32 bytes; as `canonical_json` for the payload.
    """
    if len(previous) != _DIGEST_SIZE:
        raise CryptoError(f"a previous hash has {_DIGEST_SIZE} bytes, not {len(previous)}")
    return sm3(previous + canonical_json(payload))


def generate_signing_key() -> tuple[bytes, bytes]:
    """Return a new Ed25519 key pair: the raw private and the raw public key, 32 bytes each.

    The private part is to be sealed at once.
    """
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def sign(private_raw: bytes, message: bytes) -> bytes:
    """Return the Ed25519 signature (64 bytes) of the message.

    Raises: CryptoError when the private key is not 32 bytes.
    """
    try:
        key = Ed25519PrivateKey.from_private_bytes(private_raw)
    except ValueError:
        raise CryptoError("a private Ed25519 key has 32 bytes") from None
    return key.sign(message)


def verify(public_raw: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature of the message was made with the private key to this public one.

    A signature or a public key of the wrong length verifies nothing: the answer is False.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def totp_step(secret: bytes, code: str, *, at: datetime, tolerance: int = 1) -> int | None:
    """Return the time step of which ``code`` is the one-time password (RFC 6238), or None.

    Six digits, 30 seconds, SHA-1, as all authenticator apps have it; ``tolerance`` steps before
    and after the present one are tried, for clocks that go wrong.
    """
    present = int(at.timestamp()) // _TOTP_SECONDS
    found = None
    for step in range(present - tolerance, present + tolerance + 1):
        expected = _totp(secret).generate(step * _TOTP_SECONDS)
        if constant_time.bytes_eq(expected, code.encode()):
            found = step
    return found


def totp_uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the ``otpauth://`` address by which an authenticator app takes a secret over."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _TOTP_DIGITS, hashes.SHA1(), _TOTP_SECONDS)  # noqa: S303 # RFC 6238
