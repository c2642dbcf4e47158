"""`verify-service admin validate`: does a credential stand for the person who shows it? Without a database or a network.

The same pure steps that docs/offline-validation.md describes; this file only reads files and prints what came out.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from verify_service.confirmation.public_keys import JWKSUnreadable, PublicKeys
from verify_service.confirmation.refusals import CredentialRefused, Unreadable
from verify_service.confirmation.validation import (
    Authentic,
    RevocationNotChecked,
    Trust,
    identify,
    require_standing,
)
from verify_service.kit.clock import Clock, SystemClock

STANDS, STANDS_NOT, UNREADABLE = 0, 1, 2


class InputUnreadable(Exception):
    def __init__(self, what: str, fault: str) -> None:
        self.what, self.fault = what, fault
        super().__init__(f"{what} cannot be read: {fault}")


@dataclass(frozen=True)
class Verdict:
    """What is printed. `credential` is told only where the person is the right one."""

    stands: bool
    matches_person: bool
    reason: str | None
    message: str | None
    credential: dict[str, Any] | None = None
    status: str | None = None


def run(
    file: Path, id_number: str, jwks: Path, status_list: Path | None, *, purpose: str, accept_demo: bool = False
) -> int:
    """Read the files, print the verdict as one line of JSON, return the exit code.

    `id_number` of "-" is read from standard input, so that it stands in no list of processes and no history.
    """
    try:
        number = sys.stdin.readline().strip() if id_number == "-" else id_number
        trust = Trust(_keys(jwks), accepts_demo=accept_demo)
        statuses = RevocationNotChecked() if status_list is None else _text(status_list, "the status list")
        verdict = judge(_credential(file), number, purpose, trust, statuses, SystemClock())
    except InputUnreadable as error:
        verdict = Verdict(stands=False, matches_person=False, reason=Unreadable.reason, message=str(error))
    print(json.dumps(asdict(verdict), ensure_ascii=False))
    if verdict.reason == Unreadable.reason:
        return UNREADABLE
    return STANDS if verdict.stands else STANDS_NOT


def judge(
    text: str, id_number: str, purpose: str, trust: Trust, status_list: str | RevocationNotChecked, clock: Clock
) -> Verdict:
    """The verdict on a credential's text."""
    try:
        found = identify(text, id_number, trust)
    except CredentialRefused as refused:
        return Verdict(stands=False, matches_person=False, reason=refused.reason, message=str(refused))
    try:
        status = require_standing(found, purpose=purpose, trust=trust, status_list=status_list, now=clock.now())
    except CredentialRefused as refused:
        return Verdict(False, True, refused.reason, str(refused), _told(found))
    message = "revocation was not checked: no status list was given" if status == "not_checked" else None
    return Verdict(True, True, None, message, _told(found), status)


def _told(found: Authentic) -> dict[str, Any]:
    credential = found.credential
    return {
        "id": str(credential.confirmation_id),
        "issuer": credential.issuer,
        "purpose": credential.purpose,
        "year": credential.year,
        "method": credential.method.value,
        "valid_until": credential.valid_until.isoformat(),
        "demo": credential.is_demo,
        "status_list": credential.status.uri,
    }


def _keys(path: Path) -> PublicKeys:
    try:
        return PublicKeys.from_json(_text(path, "the set of public keys"))
    except JWKSUnreadable as error:
        raise InputUnreadable("the set of public keys", error.fault) from error


def _credential(path: Path) -> str:
    text = _text(path, "the credential")
    if not text.lstrip().startswith("{"):
        return text
    try:
        return str(json.loads(text)["credential"])
    except (ValueError, KeyError) as error:
        raise InputUnreadable("the credential", "it is JSON, but no confirmation as the service gives it") from error


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputUnreadable(what, "it is not text") from error
    except OSError as error:
        raise InputUnreadable(what, error.strerror or type(error).__name__) from error
