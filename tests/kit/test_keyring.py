from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from verify_service.kit.keyring import (
    FILE,
    KeyringError,
    KeyringExists,
    KeyringInvalid,
    KeyringMissing,
    create_vault_keys,
    load_vault,
)
from verify_service.kit.randomness import SeededRandomness, SystemRandomness


def test_what_was_sealed_before_a_restart_is_opened_after_it(tmp_path: Path) -> None:
    create_vault_keys(tmp_path / "keys", "demo-1", SystemRandomness())
    _, wrapped = load_vault(tmp_path / "keys", SystemRandomness()).new_data_key()

    again = load_vault(tmp_path / "keys", SystemRandomness())

    assert again.unwrap(wrapped)
    assert wrapped.startswith("demo-1:")


def test_only_the_owner_may_read_the_keys(tmp_path: Path) -> None:
    create_vault_keys(tmp_path / "keys", "demo-1", SystemRandomness())

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()] == [0o600]


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    create_vault_keys(tmp_path, "demo-1", SeededRandomness(1))
    before = (tmp_path / FILE).read_bytes()

    with pytest.raises(KeyringExists):
        create_vault_keys(tmp_path, "demo-2", SeededRandomness(2))

    assert (tmp_path / FILE).read_bytes() == before


def test_of_many_that_make_keys_at_once_one_does(tmp_path: Path) -> None:
    def make(seed: int) -> bool:
        try:
            create_vault_keys(tmp_path, f"demo-{seed}", SeededRandomness(seed))
        except KeyringExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(8))) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_missing_keys_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(KeyringMissing, match="create-keys"):
        load_vault(tmp_path, SystemRandomness())


def test_keys_that_others_may_read_are_not_used(tmp_path: Path) -> None:
    create_vault_keys(tmp_path, "demo-1", SystemRandomness())
    (tmp_path / FILE).chmod(0o640)

    with pytest.raises(KeyringInvalid, match="chmod 600"):
        load_vault(tmp_path, SystemRandomness())


Change = Callable[[dict[str, object]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda keys: keys.pop("current"),
        lambda keys: keys.pop("lookup_secret"),
        lambda keys: keys.update(current="other"),
        lambda keys: keys.update(lookup_secret="abcd"),
        lambda keys: keys.update(lookup_secret="no hex"),
        lambda keys: keys.update(key_encryption_keys={"demo-1": "00"}),
        lambda keys: keys.update(key_encryption_keys=[]),
    ],
)
def test_keys_that_are_not_well_formed_are_refused_without_a_word_of_them(tmp_path: Path, change: Change) -> None:
    create_vault_keys(tmp_path, "demo-1", SeededRandomness(1))
    keys = json.loads((tmp_path / FILE).read_text())
    secret = keys["key_encryption_keys"]["demo-1"]
    change(keys)
    (tmp_path / FILE).write_text(json.dumps(keys))

    with pytest.raises(KeyringError) as refused:
        load_vault(tmp_path, SystemRandomness())

    assert secret not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_older_key_still_opens_after_a_newer_one_has_taken_over(tmp_path: Path) -> None:
    create_vault_keys(tmp_path, "demo-1", SystemRandomness())
    _, wrapped = load_vault(tmp_path, SystemRandomness()).new_data_key()
    keys = json.loads((tmp_path / FILE).read_text())
    keys["key_encryption_keys"]["demo-2"] = "ab" * 32
    keys["current"] = "demo-2"
    (tmp_path / FILE).write_text(json.dumps(keys))

    vault = load_vault(tmp_path, SystemRandomness())

    assert vault.unwrap(wrapped)
    assert vault.new_data_key()[1].startswith("demo-2:")
