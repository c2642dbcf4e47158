"""Encryption at rest: data keys wrapped by a key-encryption key that lies outside the database, sealed values, keyed hashes.

AES-256-GCM (NIST SP 800-38D) for values, AES key wrap (RFC 3394) for data keys, HMAC-SHA-256 for what is looked up by value.
The associated data of a sealed value is its place, so that two ciphertexts cannot be swapped.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from verify_service.kit.randomness import Randomness

NONCE_BYTES = 12
STREAM_PREFIX_BYTES = 7
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


class CryptoError(Exception):
    """Something sealed cannot be opened."""


class CannotOpen(CryptoError):
    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(f"what lies at {place} was not sealed there with this key, or was changed since")


class KeyUnknown(CryptoError):
    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__(f"the key-encryption key {key_id} is not in the keyring")


@dataclass(frozen=True)
class DataKey:
    """32 secret bytes that seal one resident's data of one kind; destroying its wrapped form erases all of it."""

    secret: bytes = field(repr=False)
    randomness: Randomness = field(repr=False)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Seal `plain` for its `place` ("references/<id>/photo"): nonce, ciphertext and tag."""
        nonce = self.randomness.bytes(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The plain bytes. Raises CannotOpen if key, place or a single bit differs."""
        try:
            return AESGCM(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(place) from error

    def sealer(self, place: str) -> StreamSealer:
        return StreamSealer(self, place)

    def open_stream(self, sealed: bytes, place: str) -> bytes:
        """The plain bytes of what a StreamSealer made. Raises CannotOpen, also for a stream that was cut short."""
        prefix, body = sealed[:STREAM_PREFIX_BYTES], sealed[STREAM_PREFIX_BYTES:]
        step = CHUNK_BYTES + TAG_BYTES
        chunks = [body[i : i + step] for i in range(0, len(body), step)] or [b""]
        cipher = AESGCM(self.secret)
        try:
            return b"".join(
                cipher.decrypt(_chunk_nonce(prefix, i, i == len(chunks) - 1), chunk, place.encode())
                for i, chunk in enumerate(chunks)
            )
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(place) from error


class StreamSealer:
    """Seals a body while it arrives, in chunks of 64 KiB: memory stays flat and nothing plain touches the disk.

    The STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015): the nonce holds the chunk's number and
    whether it is the last, so that chunks can be neither moved nor cut off.
    """

    def __init__(self, key: DataKey, place: str) -> None:
        self._cipher, self._place = AESGCM(key.secret), place.encode()
        self._prefix = key.randomness.bytes(STREAM_PREFIX_BYTES)
        self._pending, self._count, self._begun = bytearray(), 0, False

    def update(self, chunk: bytes) -> Iterator[bytes]:
        """What can be sealed so far. At least one byte is held back, since the last chunk is sealed differently."""
        self._pending += chunk
        if not self._begun:
            self._begun = True
            yield self._prefix
        while len(self._pending) > CHUNK_BYTES:
            yield self._seal(bytes(self._pending[:CHUNK_BYTES]), last=False)
            del self._pending[:CHUNK_BYTES]

    def finish(self) -> Iterator[bytes]:
        yield from self.update(b"")
        yield self._seal(bytes(self._pending), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        nonce = _chunk_nonce(self._prefix, self._count, last)
        self._count += 1
        return self._cipher.encrypt(nonce, chunk, self._place)


def _chunk_nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


@dataclass(frozen=True)
class Vault:
    """The keyring: key-encryption keys by id (the current one wraps, older ones still unwrap), and the look-up key."""

    key_encryption_keys: Mapping[str, bytes] = field(repr=False)
    current: str
    lookup_secret: bytes = field(repr=False)
    randomness: Randomness = field(repr=False)

    def new_data_key(self) -> tuple[DataKey, str]:
        """A fresh data key and its wrapped form, "<key id>:<hex>", to be stored in the database."""
        secret = self.randomness.bytes(32)
        wrapped = aes_key_wrap(self.key_encryption_keys[self.current], secret)
        return DataKey(secret, self.randomness), f"{self.current}:{wrapped.hex()}"

    def unwrap(self, wrapped: str) -> DataKey:
        """The data key of a wrapped form. Raises KeyUnknown or CannotOpen."""
        key_id, _, body = wrapped.partition(":")
        if key_id not in self.key_encryption_keys:
            raise KeyUnknown(key_id)
        try:
            return DataKey(aes_key_unwrap(self.key_encryption_keys[key_id], bytes.fromhex(body)), self.randomness)
        except (InvalidUnwrap, ValueError) as error:
            raise CannotOpen("a wrapped data key") from error

    def lookup_digest(self, domain: str, value: bytes | str) -> bytes:
        """Keyed hash by which a value (an ID number, a clip's digest, a token) is found without being stored."""
        content = value.encode() if isinstance(value, str) else value
        return hmac.new(self.lookup_secret, domain.encode() + b"\0" + content, hashlib.sha256).digest()
