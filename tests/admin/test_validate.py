"""The command, as people and scripts use it: files in, one line of JSON and an exit code out. No database is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from verify_service.__main__ import app
from verify_service.confirmation import credential as credentials
from verify_service.confirmation import status_list as status_lists
from verify_service.confirmation.credential import Credential, StatusPlace
from verify_service.confirmation.holder import commit
from verify_service.confirmation.key_files import create_key
from verify_service.confirmation.keys import Ed25519Signer, load_signer
from verify_service.confirmation.states import Method
from verify_service.confirmation.status_list import Status
from verify_service.kit.clock import SystemClock
from verify_service.kit.office import Environment
from verify_service.kit.randomness import SeededRandomness

ID_NUMBER = "440304194910010024"
ISSUER = "https://verify.example"
LIST = f"{ISSUER}/v1/status-lists/1"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """A counter with a folder: what it was shown, the keys, the status list."""

    folder: Path
    signer: Ed25519Signer
    credential: Credential

    @classmethod
    def in_folder(cls, folder: Path, environment: Environment) -> Desk:
        create_key(folder / "keys", environment, SystemClock(), SeededRandomness(1))
        signer = load_signer(folder / "keys", environment, ISSUER)
        (folder / "jwks.json").write_text(json.dumps(signer.jwks()))
        desk = cls(folder, signer, _credential(is_demo=environment != "production"))
        desk.is_shown(desk.credential)
        return desk

    def is_shown(self, credential: Credential) -> None:
        (self.folder / "shown").write_text(self.signer.sign_jwt(credential.claims(), credentials.TYPE) + "\n")

    def has_list(self, statuses: dict[int, Status], issued_at: datetime = NOW) -> None:
        claims = status_lists.claims_of(
            issuer=ISSUER, uri=LIST, packed=status_lists.pack(statuses), revoked_kids=frozenset(), now=issued_at
        )
        (self.folder / "list").write_text(self.signer.sign_jwt(claims, status_lists.TYPE))

    def validate(self, *more: str, id_number: str = ID_NUMBER, **options: Any) -> tuple[int, dict[str, Any]]:
        """Exit code and what was printed."""
        arguments = ["admin", "validate", str(self.folder / "shown"), "--id-number", id_number]
        result = CliRunner().invoke(app, [*arguments, "--jwks", str(self.folder / "jwks.json"), *more], **options)
        return result.exit_code, json.loads(result.stdout)

    def validate_with_list(self) -> tuple[int, dict[str, Any]]:
        return self.validate("--status-list", str(self.folder / "list"))


def _credential(*, is_demo: bool) -> Credential:
    return Credential(
        issuer=ISSUER,
        confirmation_id=UUID("3f6b1c1e-7f0b-4c1e-9d4e-5f6a7b8c9d0e"),
        issued_at=NOW,
        valid_from=NOW - timedelta(days=1),
        expires_at=datetime(NOW.year + 1, 3, 31, 16, tzinfo=UTC),
        year=NOW.year,
        purpose="old-age-allowance",
        method=Method.CLIP,
        holder=commit(ID_NUMBER, SeededRandomness(2)),
        status=StatusPlace(LIST, 7),
        is_demo=is_demo,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path, "production")


@pytest.fixture
def demo_desk(tmp_path: Path) -> Desk:
    return Desk.in_folder(tmp_path, "demo")


def test_a_credential_that_stands_is_told_with_exit_code_0(desk: Desk) -> None:
    desk.has_list({6: Status.REVOKED, 8: Status.REVOKED})

    code, told = desk.validate_with_list()

    assert code == 0
    assert told == {
        "stands": True,
        "matches_person": True,
        "reason": None,
        "message": None,
        "credential": {
            "id": "3f6b1c1e-7f0b-4c1e-9d4e-5f6a7b8c9d0e",
            "issuer": ISSUER,
            "purpose": "old-age-allowance",
            "year": NOW.year,
            "method": "clip",
            "valid_until": f"{NOW.year + 1}-03-31",
            "demo": False,
            "status_list": LIST,
        },
        "status": "valid",
    }


def test_without_a_status_list_it_stands_and_says_that_revocation_was_not_checked(desk: Desk) -> None:
    code, told = desk.validate()

    assert (code, told["stands"], told["status"]) == (0, True, "not_checked")
    assert "not checked" in told["message"]


def test_another_persons_number_is_told_nothing_else_with_exit_code_1(desk: Desk) -> None:
    code, told = desk.validate(id_number="440304193801150015")

    assert code == 1
    assert told == {
        "stands": False,
        "matches_person": False,
        "reason": "other_person",
        "message": "the credential was not issued to the holder of this ID number",
        "credential": None,
        "status": None,
    }


def test_the_number_can_come_from_standard_input_so_that_no_list_of_processes_shows_it(desk: Desk) -> None:
    assert desk.validate(id_number="-", input=f"{ID_NUMBER}\n")[0] == 0
    assert desk.validate(id_number="-", input="440304193801150015\n")[0] == 1
    assert desk.validate(id_number="-", input="")[1]["reason"] == "other_person"


@pytest.mark.parametrize("status", [Status.REVOKED, Status.SUSPENDED, Status.SUPERSEDED])
def test_what_the_status_list_names_does_not_stand(status: Status, desk: Desk) -> None:
    desk.has_list({7: status})

    code, told = desk.validate_with_list()

    assert (code, told["stands"], told["matches_person"]) == (1, False, True)
    assert told["reason"] == status.name.lower()


def test_an_old_status_list_is_not_relied_on(desk: Desk) -> None:
    desk.has_list({}, issued_at=NOW - timedelta(days=2))

    assert desk.validate_with_list()[1]["reason"] == "status_list_stale"


def test_a_credential_that_has_ended_does_not_stand(desk: Desk) -> None:
    desk.is_shown(replace(desk.credential, expires_at=NOW))

    assert desk.validate()[1]["reason"] == "expired"


def test_another_purpose_does_not_stand(desk: Desk) -> None:
    code, told = desk.validate("--purpose", "elder-transit-card")

    assert (code, told["reason"]) == (1, "other_purpose")


def test_a_changed_credential_does_not_stand(desk: Desk) -> None:
    shown = (desk.folder / "shown").read_text().strip()
    (desk.folder / "shown").write_text(shown[:-1] + ("A" if shown[-1] != "A" else "Q"))

    assert desk.validate()[1]["reason"] == "wrong_signature"


def test_a_demo_credential_is_refused(demo_desk: Desk) -> None:
    code, told = demo_desk.validate()

    assert (code, told["stands"], told["reason"]) == (1, False, "demo_credential")


def test_unless_demonstrations_are_accepted_and_then_the_answer_says_so(demo_desk: Desk) -> None:
    code, told = demo_desk.validate("--accept-demo")

    assert (code, told["stands"], told["credential"]["demo"]) == (0, True, True)


def test_the_services_own_json_can_be_given_as_it_is(desk: Desk) -> None:
    text = (desk.folder / "shown").read_text().strip()
    (desk.folder / "shown").write_text(json.dumps({"id": "…", "credential": text}))

    assert desk.validate()[0] == 0


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"nothing", b"{", b"{}", b'{"credential": 1}', b"[1]", b"a.b.c"]
)
def test_what_cannot_be_read_as_a_credential_has_exit_code_2(content: bytes, desk: Desk) -> None:
    (desk.folder / "shown").write_bytes(content)

    code, told = desk.validate()

    assert (code, told["stands"], told["reason"]) == (2, False, "unreadable")


@pytest.mark.parametrize("missing", ["shown", "jwks.json", "list"])
def test_a_file_that_is_not_there_has_exit_code_2(missing: str, desk: Desk) -> None:
    desk.has_list({})
    (desk.folder / missing).unlink()

    code, told = desk.validate_with_list()

    assert (code, told["stands"], told["reason"]) == (2, False, "unreadable")
    assert "No such file" in told["message"]


def test_keys_that_are_none_have_exit_code_2(desk: Desk) -> None:
    (desk.folder / "jwks.json").write_text("{}")

    assert desk.validate()[0] == 2


def test_the_command_works_where_there_is_no_database_and_no_folder_to_write_to(desk: Desk) -> None:
    environment = {"PATH": os.environ["PATH"], "VERIFY_DATABASE_URL": "postgresql://nowhere.invalid/x"}
    arguments = ["admin", "validate", "shown", "--id-number", ID_NUMBER, "--jwks", "jwks.json"]

    done = subprocess.run(
        [sys.executable, "-m", "verify_service", *arguments],
        cwd=desk.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stands"] is True
    assert ID_NUMBER not in done.stdout + done.stderr
    assert sorted(path.name for path in desk.folder.iterdir()) == ["jwks.json", "keys", "shown"]
