"""The commitment that binds a credential to the ID number of the person it was issued to, without holding the number.

scrypt (RFC 7914) over the number with 16 random bytes of salt, written in the PHC string format. It binds: nobody finds a
second number that fits. It hides only so far: ID numbers can be tried one by one, at the price of one scrypt each. What
that buys is said in docs/offline-validation.md.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from verify_service.kit.randomness import Randomness

# 2^15 blocks of 8 × 128 bytes: 32 MiB and about 0.1 s on one core (measured, see docs/offline-validation.md).
LOG2_COST = 15
BLOCK_SIZE = 8
PARALLELISM = 1
SALT_BYTES = 16
# 128 bits: no second ID number fits, and the QR code stays small.
HASH_BYTES = 16
# A validator refuses cheaper commitments, and dearer ones that would eat its memory.
LOG2_COSTS_READ = range(14, 18)

FORM = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=8,p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{22})")


class CommitmentUnreadable(ValueError):
    def __init__(self) -> None:
        super().__init__("this is no commitment: $scrypt$ln=15,r=8,p=1$<salt>$<hash> is expected")


@dataclass(frozen=True)
class Commitment:
    """A salted slow hash of an ID number."""

    log2_cost: int
    salt: bytes
    digest: bytes

    @classmethod
    def parse(cls, text: str) -> Commitment:
        """Raises CommitmentUnreadable, also for a cost outside of 2^14 to 2^17."""
        found = FORM.fullmatch(text)
        if not found or int(found[1]) not in LOG2_COSTS_READ:
            raise CommitmentUnreadable
        try:
            return cls(int(found[1]), _bytes_of(found[2]), _bytes_of(found[3]))
        except binascii.Error as error:
            raise CommitmentUnreadable from error

    def __str__(self) -> str:
        return (
            f"$scrypt$ln={self.log2_cost},r={BLOCK_SIZE},p={PARALLELISM}${_text_of(self.salt)}${_text_of(self.digest)}"
        )

    def is_to(self, id_number: str) -> bool:
        """Whether this is the commitment to this ID number. Takes one scrypt."""
        return hmac.compare_digest(self.digest, _digest(id_number, self.salt, self.log2_cost))


def commit(id_number: str, randomness: Randomness) -> Commitment:
    salt = randomness.bytes(SALT_BYTES)
    return Commitment(LOG2_COST, salt, _digest(id_number, salt, LOG2_COST))


def one_spelling(id_number: str) -> str:
    """18 plain characters, X as a capital: full-width digits, spaces and a small x are read as meant."""
    return "".join(unicodedata.normalize("NFKC", id_number).split()).upper()


def _digest(id_number: str, salt: bytes, log2_cost: int) -> bytes:
    scrypt = Scrypt(salt=salt, length=HASH_BYTES, n=1 << log2_cost, r=BLOCK_SIZE, p=PARALLELISM)
    return scrypt.derive(one_spelling(id_number).encode())


def _text_of(content: bytes) -> str:
    return base64.b64encode(content).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    return base64.b64decode(text + "==", validate=True)
