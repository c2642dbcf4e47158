from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from verify_service import logs, wiring
from verify_service.__main__ import app
from verify_service.access.service import find_holder
from verify_service.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`verify-service admin …` over a database and keys of this test's own."""
    monkeypatch.setenv("VERIFY_DATABASE_URL", database_url)
    monkeypatch.setenv("VERIFY_VAR_DIR", str(tmp_path))
    # The command would take over the logs and the hooks of this whole process.
    monkeypatch.setattr(logs, "configure", lambda _: None)
    monkeypatch.setattr(logs, "catch_unhandled", lambda: None)

    def call(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["admin", *arguments])
        assert result.exit_code == code, (result.output, result.stderr, result.exception)
        return result

    return call


def scopes_of(token: str) -> list[str]:
    office = wiring.office_for(Settings())
    with office.transaction() as session:
        client = find_holder(session, office, token).client
        assert client is not None
        return client.scopes


def prefix(token: str) -> str:
    return token.split("_")[1]


@pytest.mark.parametrize("scopes", [("--scopes", "mobile,registry"), ("--scopes", "mobile", "--scopes", "registry")])
def test_a_client_is_made_and_its_token_printed_once(run: Run, scopes: tuple[str, ...]) -> None:
    token = run("create-client", "the app", *scopes).stdout.strip()

    assert re.fullmatch(r"vs_[0-9a-f]{8}_[\w-]{43}", token)
    assert scopes_of(token) == ["mobile", "registry"]


def test_staff_are_made_by_name_role_and_district(run: Run) -> None:
    token = run("create-staff", "Wang Li", "--role", "clerk", "--district", "440304").stdout.strip()

    office = wiring.office_for(Settings())
    with office.transaction() as session:
        staff = find_holder(session, office, token).staff
        assert staff is not None
        assert (staff.name, staff.role, staff.districts) == ("Wang Li", "clerk", ["440304"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create-client", "the app", "--scopes", "everything"), "'everything' is no scope; there are mobile"),
        (("revoke-token", "00000000"), "no token with the prefix 00000000"),
        (("rotate-token", "00000000"), "no token with the prefix 00000000"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments, code=1)

    assert result.stderr.startswith("verify-service: ")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_name_is_given_once(run: Run) -> None:
    run("create-client", "the app", "--scopes", "mobile")

    assert "there already is" in run("create-client", "the app", "--scopes", "mobile", code=1).stderr


def test_a_token_is_rotated_and_then_revoked(run: Run) -> None:
    old = run("create-client", "the app", "--scopes", "mobile").stdout.strip()

    new = run("rotate-token", prefix(old)).stdout.strip()
    run("revoke-token", prefix(old))

    assert scopes_of(new) == ["mobile"]
    assert new != old


def test_production_keys_are_made_once_and_never_overwritten(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_ENVIRONMENT", "production")

    assert "Keep a copy" in run("create-keys").stdout
    before = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}
    assert "there already are keys" in run("create-keys", code=1).stderr

    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == before
    assert not json.loads((tmp_path / "keys" / "vault.json").read_text())["current"].startswith("demo-")


def test_a_migration_names_the_revision(run: Run) -> None:
    assert run("migrate").stdout == "the database is at 0002\n"


def test_a_whole_audit_log_is_called_so_and_its_head_shown(run: Run) -> None:
    run("create-client", "the app", "--scopes", "mobile")

    shown = run("audit", "verify").stdout

    found = re.fullmatch(r"whole: 2 entries, head (2:[0-9a-f]{64})\n", shown)
    assert found
    run("create-client", "another", "--scopes", "mobile")
    assert run("audit", "verify", "--head", found.group(1)).stdout.startswith("whole: 4 entries")


def test_an_audit_log_that_was_changed_is_an_exit_code(run: Run, engine: Engine) -> None:
    run("create-client", "the app", "--scopes", "mobile")
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update audit_entries set event = 'x' where sequence = 1"))

    shown = run("audit", "verify", code=1).stdout

    assert "entry 1: this entry is not what was written" in shown
    assert "NOT WHOLE" in shown


def test_a_head_that_is_none_is_refused(run: Run) -> None:
    run("audit", "verify", "--head", "nonsense", code=2)


def test_a_wrong_setting_is_named_without_its_value(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_PORT", "secret")

    stderr = run("migrate", code=1).stderr

    assert "VERIFY_PORT" in stderr
    assert "secret" not in stderr
