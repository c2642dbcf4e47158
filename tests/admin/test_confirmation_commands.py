"""Signing keys are made and revoked, and departments are told their purposes, by command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from verify_service import logs, wiring
from verify_service.__main__ import app
from verify_service.access.records import ClientRecord
from verify_service.confirmation.key_files import load_keys
from verify_service.confirmation.keys import load_signer
from verify_service.departments.records import DepartmentPurposeRecord
from verify_service.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("VERIFY_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("VERIFY_KEY_DIR", str(tmp_path / "keys"))
    # The command would take over the logs and the hooks of this whole process.
    monkeypatch.setattr(logs, "configure", lambda _: None)
    monkeypatch.setattr(logs, "catch_unhandled", lambda: None)

    def call(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["admin", *arguments])
        assert result.exit_code == code, (result.output, result.stderr, result.exception)
        return result

    return call


def test_a_newer_signing_key_signs_and_the_older_one_stays(run: Run, tmp_path: Path) -> None:
    first = run("create-signing-key").stdout.split()[0]
    second = run("create-signing-key").stdout.split()[0]

    signer = load_signer(tmp_path / "keys", "development", "https://verify.example")
    assert signer.kid == second
    assert {key["kid"] for key in signer.jwks()["keys"]} == {first, second}


def test_a_revoked_signing_key_is_named_as_such(run: Run, tmp_path: Path) -> None:
    stolen = run("create-signing-key").stdout.split()[0]
    fresh = run("create-signing-key").stdout.split()[0]

    run("revoke-signing-key", stolen)

    signer = load_signer(tmp_path / "keys", "development", "https://verify.example")
    assert (signer.kid, signer.revoked_kids) == (fresh, frozenset({stolen}))


def test_a_key_that_is_not_there_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    assert "there is no signing key x" in run("revoke-signing-key", "x", code=1).stderr
    assert load_keys(tmp_path / "keys") == ()


@pytest.mark.parametrize(
    "purposes",
    [
        ("--purposes", "old-age-allowance,elder-transit-card"),
        ("--purposes", "elder-transit-card", "--purposes", "old-age-allowance"),
    ],
)
def test_a_department_is_made_with_its_purposes(
    purposes: tuple[str, ...], run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_DATABASE_URL", database_url)

    run("create-client", "Civil Affairs", "--scopes", "validate", *purposes)

    with wiring.office_for(Settings()).transaction() as session:
        allowed = session.scalars(
            select(DepartmentPurposeRecord.purpose)
            .join(ClientRecord, ClientRecord.id == DepartmentPurposeRecord.client_id)
            .where(ClientRecord.name == "Civil Affairs")
        )
        assert sorted(allowed) == ["elder-transit-card", "old-age-allowance"]


def test_a_department_without_a_purpose_is_not_made(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_DATABASE_URL", database_url)

    assert "--purposes" in run("create-client", "Civil Affairs", "--scopes", "validate", code=2).output

    with wiring.office_for(Settings()).transaction() as session:
        assert session.scalars(select(ClientRecord)).all() == []
