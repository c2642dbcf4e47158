from __future__ import annotations

from uuid import UUID

from verify_service.kit.crypto import Vault
from verify_service.verification.tokens import is_token_of, token_for

FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_a_token_opens_its_own_verification(vault: Vault) -> None:
    assert is_token_of(vault, token_for(vault, FIRST, 0), FIRST, 0)


def test_a_token_opens_no_other_verification(vault: Vault) -> None:
    assert not is_token_of(vault, token_for(vault, FIRST, 0), SECOND, 0)


def test_an_older_token_stops_working_when_the_verification_is_taken_up_again(vault: Vault) -> None:
    assert not is_token_of(vault, token_for(vault, FIRST, 0), FIRST, 1)


def test_a_token_that_is_not_even_ascii_opens_nothing(vault: Vault) -> None:
    assert not is_token_of(vault, "vt_五八三六", FIRST, 0)
