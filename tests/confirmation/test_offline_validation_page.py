"""docs/offline-validation.md promises that anyone can write the procedure again: its own program does, and agrees with ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.confirmation.examples import ID_NUMBER, ISSUER, OTHER_ID_NUMBER, PURPOSE
from tests.confirmation.forgery import hmac_with_the_public_key, opened, signed, unsigned
from verify_service.confirmation import credential as credentials
from verify_service.confirmation import refusals
from verify_service.confirmation import status_list as status_lists
from verify_service.confirmation.credential import Credential
from verify_service.confirmation.key_files import create_key
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.refusals import CredentialRefused
from verify_service.confirmation.states import Method
from verify_service.confirmation.status_list import Status
from verify_service.confirmation.validation import Trust, validate
from verify_service.departments.service import UNKNOWN
from verify_service.kit.clock import HeldClock
from verify_service.kit.randomness import SeededRandomness

PAGE = Path(__file__).resolve().parents[2] / "docs" / "offline-validation.md"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
Program = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def program(page: str) -> Program:
    """The page's own program, as somebody would copy it."""
    (source,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(source, str(PAGE), "exec"), names)
    found: Program = names["validate"]
    return found


def listed(signer: Ed25519Signer, statuses: dict[int, Status], **changed: Any) -> str:
    claims = status_lists.claims_of(
        issuer=ISSUER,
        uri=f"{ISSUER}/v1/status-lists/1",
        packed=status_lists.pack(statuses),
        revoked_kids=frozenset(),
        now=NOW,
    )
    return signer.sign_jwt(claims | changed, status_lists.TYPE)


def cases(signer: Ed25519Signer, thief: Ed25519Signer, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and what is different from a credential that stands; the first one is not different."""
    header, claims = opened(text)
    yield "stands", {}
    yield "other person", {"id_number": OTHER_ID_NUMBER}
    yield "other purpose", {"purpose": "elder-transit-card"}
    yield "ended", {"now": NOW + timedelta(days=400)}
    yield "too early", {"now": NOW - timedelta(days=400)}
    yield "demo", {"text": signer.sign_jwt(claims | {"demo": True}, credentials.TYPE)}
    yield "unsigned", {"text": unsigned(text)}
    yield "hmac", {"text": hmac_with_the_public_key(text, signer.jwks()["keys"][0])[0]}
    yield "own key", {"text": signed(header, claims, thief)}
    yield "own key and id", {"text": signed(header | {"kid": thief.kid}, claims, thief)}
    yield "other type", {"text": signed(header | {"typ": "JWT"}, claims, signer)}
    yield "more header", {"text": signed(header | {"jku": ISSUER}, claims, signer)}
    yield "no holder", {"text": signer.sign_jwt({k: v for k, v in claims.items() if k != "holder"}, credentials.TYPE)}
    yield "other spelling", {"text": text[:-1] + chr(ord(text[-1]) + 1)}
    yield "nonsense", {"text": "nonsense"}
    for status in (Status.REVOKED, Status.SUSPENDED, Status.SUPERSEDED):
        yield status.name, {"status_list": listed(signer, {70_001: status})}
    yield "neighbour revoked", {"status_list": listed(signer, {70_000: Status.REVOKED, 70_002: Status.REVOKED})}
    yield "other list", {"status_list": listed(signer, {}, sub="x")}
    yield "stale list", {"status_list": listed(signer, {}, exp=int(NOW.timestamp()))}
    yield "key revoked", {"status_list": listed(signer, {}, revoked_kids=[signer.kid])}


def test_the_pages_program_says_the_same_as_ours(
    program: Program, text: str, trust: Trust, production_signer: Ed25519Signer, tmp_path: Path, clock: HeldClock
) -> None:
    thief = Ed25519Signer([create_key(tmp_path / "thief", "production", clock, SeededRandomness(666))], ISSUER)
    usual: dict[str, Any] = {
        "text": text,
        "id_number": ID_NUMBER,
        "purpose": PURPOSE,
        "now": NOW,
        "status_list": listed(production_signer, {}),
    }

    reasons = {}
    for name, different in cases(production_signer, thief, text):
        given = usual | different
        reasons[name] = (reason_of_ours(given, trust), reason_of_theirs(given, program, production_signer))

    assert {name for name, pair in reasons.items() if None in pair} == {"stands", "neighbour revoked"}
    assert {name: pair for name, pair in reasons.items() if pair[0] != pair[1]} == {
        # The program is short: both are refused, and less is told of why.
        "other spelling": ("wrong_signature", "unreadable"),
        "demo": ("claims_invalid", "demo_credential"),
    }
    assert reasons["stands"] == reasons["neighbour revoked"] == (None, None)


def reason_of_ours(given: dict[str, Any], trust: Trust) -> str | None:
    try:
        validate(**given, trust=trust)
    except CredentialRefused as refused:
        return refused.reason
    return None


def reason_of_theirs(given: dict[str, Any], program: Program, signer: Ed25519Signer) -> str | None:
    try:
        program(
            given["text"],
            given["id_number"],
            given["purpose"],
            signer.jwks(),
            given["status_list"],
            given["now"].timestamp(),
        )
    except ValueError as refused:
        return str(refused)
    return None


def test_the_pages_program_lets_no_changed_byte_through(
    program: Program, text: str, production_signer: Ed25519Signer
) -> None:
    statuses, jwks = listed(production_signer, {}), production_signer.jwks()

    for position in range(len(text)):
        changed = text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]
        with pytest.raises(ValueError):  # noqa: PT011 - whatever the reason, as long as it is refused
            program(changed, ID_NUMBER, PURPOSE, jwks, statuses, NOW.timestamp())


def test_the_page_names_every_claim_and_every_way_to_be_found_alive(page: str, credential: Credential) -> None:
    for claim in replace(credential, is_demo=True).claims():
        assert f"| `{claim}` |" in page
    for method in Method:
        assert f"`{method.value}`" in page


def test_the_page_names_every_reason_and_no_other(page: str) -> None:
    ours = {each.reason for each in vars(refusals).values() if isinstance(each, type) and hasattr(each, "reason")}
    named = set(re.findall(r"^\| `([a-z_]+)` \| (?:\d|online)", page, re.MULTILINE))

    assert named == ours | {UNKNOWN}
