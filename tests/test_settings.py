from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from verify_service.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VERIFY_{name.upper()}", raising=False)


def test_without_any_variable_it_is_a_development_machine_of_its_own() -> None:
    settings = Settings()

    assert (settings.environment, settings.database_url, settings.workers >= 1) == ("development", None, True)
    assert settings.keys == Path("var/keys")


def test_a_variable_sets_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_CLIP_BYTES_MAX", "5")
    monkeypatch.setenv("VERIFY_KEY_DIR", "/secrets")

    assert (Settings().clip_bytes_max, Settings().keys) == (5, Path("/secrets"))


@pytest.mark.parametrize(
    ("name", "value"), [("ENVIRONMENT", "prod"), ("PORT", "70000"), ("WORKERS", "0"), ("QUEUE_LIMIT", "x")]
)
def test_a_value_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"VERIFY_{name}", value)

    with pytest.raises(ValidationError):
        Settings()


def test_only_production_demands_the_sandbox() -> None:
    assert Settings(environment="production").sandbox_required
    assert not Settings(environment="demo").sandbox_required


def test_every_setting_is_explained() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
