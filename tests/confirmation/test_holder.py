from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify_service.confirmation.holder import Commitment, CommitmentUnreadable, commit
from verify_service.kit.randomness import SeededRandomness

ID_NUMBER = "44030419491001002X"


def test_a_commitment_is_to_one_number_only() -> None:
    commitment = commit(ID_NUMBER, SeededRandomness(1))

    assert commitment.is_to(ID_NUMBER)
    assert not commitment.is_to("440304194910010017")
    assert not commitment.is_to("")


def test_spaces_a_small_x_and_full_width_digits_are_the_same_number() -> None:
    commitment = commit(ID_NUMBER, SeededRandomness(1))

    assert commitment.is_to(" 440304 19491001 002x\n")
    assert commitment.is_to("４４０３０４１９４９１００１００２Ｘ")


def test_two_commitments_to_one_number_share_nothing() -> None:
    randomness = SeededRandomness(1)

    first, second = commit(ID_NUMBER, randomness), commit(ID_NUMBER, randomness)

    assert first.salt != second.salt
    assert first.digest != second.digest


def test_the_text_is_what_any_scrypt_makes_of_it() -> None:
    commitment = commit(ID_NUMBER, SeededRandomness(1))

    again = hashlib.scrypt(ID_NUMBER.encode(), salt=commitment.salt, n=32768, r=8, p=1, maxmem=2**26, dklen=16)

    assert commitment.digest == again
    assert str(commitment).startswith("$scrypt$ln=15,r=8,p=1$")
    assert ID_NUMBER not in str(commitment)


@settings(max_examples=50)
@given(st.integers(14, 17), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_an_encoded_commitment_decodes_to_itself(cost: int, salt: bytes, digest: bytes) -> None:
    commitment = Commitment(cost, salt, digest)

    assert Commitment.parse(str(commitment)) == commitment


SALT, DIGEST = "A" * 22, "B" * 21 + "A"


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"$scrypt$ln=13,r=8,p=1${SALT}${DIGEST}",  # too cheap
        f"$scrypt$ln=18,r=8,p=1${SALT}${DIGEST}",  # would take 256 MiB
        f"$scrypt$ln=15,r=8,p=2${SALT}${DIGEST}",
        f"$scrypt$ln=15,r=8,p=1${SALT}",
        f"$scrypt$ln=15,r=8,p=1${SALT}${DIGEST}A",
        f"$scrypt$ln=15,r=8,p=1${SALT}${DIGEST}\n",
        f"$argon2id$ln=15,r=8,p=1${SALT}${DIGEST}",
    ],
)
def test_another_form_or_cost_is_refused(text: str) -> None:
    with pytest.raises(CommitmentUnreadable):
        Commitment.parse(text)
