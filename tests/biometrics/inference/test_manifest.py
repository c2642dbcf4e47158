from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from verify_service.biometrics.inference.manifest import (
    AssetMissing,
    AssetUnknown,
    Manifest,
    ManifestError,
    WrongHash,
)

CONTENT = b"weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def written(folder: Path, *, sha256: str = SHA256, source: str = '{ registry = "pypi" }', extra: str = "") -> Manifest:
    path = folder / "manifest.toml"
    path.write_text(
        f'[net]\nkind = "model"\nfile = "net.onnx"\nsha256 = "{sha256}"\nlicence = "MIT"\nsource = {source}\n{extra}',
        "utf-8",
    )
    return Manifest.load(path)


def in_cache(folder: Path, content: bytes = CONTENT) -> Path:
    (folder / "cache").mkdir(exist_ok=True)
    path = folder / "cache" / "net.onnx"
    path.write_bytes(content)
    return path


def test_a_file_with_the_pinned_hash_is_given_out(tmp_path: Path) -> None:
    path = in_cache(tmp_path)

    assert written(tmp_path).verified("net") == path


def test_one_changed_byte_stops_the_program_with_both_hashes(tmp_path: Path) -> None:
    in_cache(tmp_path, b"Weights")

    with pytest.raises(WrongHash) as stopped:
        written(tmp_path).verified("net")

    assert SHA256 in str(stopped.value)
    assert hashlib.sha256(b"Weights").hexdigest() in str(stopped.value)


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match="make setup"):
        written(tmp_path).verified("net")


def test_a_role_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetUnknown, match=r"\[other\]"):
        written(tmp_path).verified("other")


def test_a_deployers_own_file_is_used_where_it_lies(tmp_path: Path) -> None:
    own = tmp_path / "own.onnx"
    own.write_bytes(CONTENT)

    assert written(tmp_path, source='{ local = "own.onnx" }').verified("net") == own


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[net", "not valid TOML"),
        ('[net]\nkind = "model"', "lacks file, sha256, licence, source"),
        ('[net]\nkind = "toy"\nfile = "a"\nsha256 = "b"\nlicence = "c"\nsource = {}', "kind is 'toy'"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(ManifestError, match=complaint):
        Manifest.load(path)


def test_the_shipped_manifest_tells_licence_source_and_hash_of_every_file(manifest: Manifest) -> None:
    for asset in manifest:
        assert len(asset.sha256) == 64, asset.role
        assert asset.licence, asset.role
        assert asset.source, asset.role
