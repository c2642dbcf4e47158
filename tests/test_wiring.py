from __future__ import annotations

from pathlib import Path

import pytest

from verify_service import wiring
from verify_service.confirmation.errors import KeyOfOtherEnvironment, SigningKeyError
from verify_service.kit.keyring import KeyringMissing
from verify_service.kit.office import Environment
from verify_service.settings import Settings


def settings(folder: Path, environment: Environment) -> Settings:
    return Settings(environment=environment, var_dir=folder)


@pytest.mark.parametrize("environment", ["development", "demo"])
def test_outside_production_the_first_keys_make_themselves_and_stay(tmp_path: Path, environment: Environment) -> None:
    first = wiring.vault_for(settings(tmp_path, environment))
    again = wiring.vault_for(settings(tmp_path, environment))

    assert first.current == again.current
    assert first.current.startswith("demo-")
    assert wiring.signer_for(settings(tmp_path, environment)).kid.startswith("demo-")


def test_in_production_a_person_makes_the_keys(tmp_path: Path) -> None:
    with pytest.raises(KeyringMissing):
        wiring.vault_for(settings(tmp_path, "production"))
    with pytest.raises(SigningKeyError):
        wiring.signer_for(settings(tmp_path, "production"))
    assert not (tmp_path / "keys").exists()

    wiring.create_keys(tmp_path / "keys", "production")

    assert not wiring.vault_for(settings(tmp_path, "production")).current.startswith("demo-")


@pytest.mark.parametrize("made_in", ["development", "demo"])
def test_production_refuses_the_keys_of_a_demonstration(tmp_path: Path, made_in: Environment) -> None:
    wiring.vault_for(settings(tmp_path, made_in))
    wiring.signer_for(settings(tmp_path, made_in))

    with pytest.raises(wiring.VaultOfOtherEnvironment):
        wiring.vault_for(settings(tmp_path, "production"))
    with pytest.raises(KeyOfOtherEnvironment):
        wiring.signer_for(settings(tmp_path, "production"))


@pytest.mark.parametrize("environment", ["development", "demo"])
def test_a_demonstration_refuses_the_keys_of_production(tmp_path: Path, environment: Environment) -> None:
    wiring.create_keys(tmp_path / "keys", "production")

    with pytest.raises(wiring.VaultOfOtherEnvironment):
        wiring.vault_for(settings(tmp_path, environment))


def test_api_and_worker_need_a_database(tmp_path: Path) -> None:
    with pytest.raises(wiring.NoDatabase):
        wiring.office_for(settings(tmp_path, "development"))


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(wiring.NoManifest, match="nowhere"):
        wiring.manifest_for(Settings(manifest=tmp_path / "nowhere.toml"))


def test_an_office_seals_looks_up_stores_and_enqueues(tmp_path: Path, database_url: str) -> None:
    office = wiring.office_for(Settings(var_dir=tmp_path, database_url=database_url))

    office.blobs.put("a", b"b")
    with office.transaction() as session:
        job = office.queue.enqueue(session, "x", queue="clips", attempt_id="1")

    assert (tmp_path / "blobs" / "a").read_bytes() == b"b"
    assert job > 0
