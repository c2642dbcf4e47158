"""The manifest of weights and media: what may be loaded, from where it came, and the hash it must have.

`models/manifest.toml` is the one place that names a file of weights. A deployer swaps a model by editing it alone.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["model", "voice", "media"]
KINDS: tuple[Kind, ...] = ("model", "voice", "media")


class ManifestError(Exception):
    """The manifest, or a file that it names, cannot be used."""


class AssetUnknown(ManifestError):
    def __init__(self, role: str, manifest: Path) -> None:
        self.role = role
        super().__init__(f"no entry [{role}] in {manifest}")


class AssetMissing(ManifestError):
    def __init__(self, role: str, path: Path) -> None:
        self.role, self.path = role, path
        super().__init__(f"the file of [{role}], {path}, is not there: run `make setup` (scripts/fetch_models.py)")


class WrongHash(ManifestError):
    def __init__(self, role: str, path: Path, expected: str, found: str) -> None:
        self.role, self.path, self.expected, self.found = role, path, expected, found
        super().__init__(
            f"[{role}] {path} has sha256 {found}, but the manifest pins {expected}: "
            "the file was changed or damaged; delete it and run `make setup`, or correct models/manifest.toml"
        )


@dataclass(frozen=True)
class Asset:
    """One entry of the manifest. `sha256` is of the file as it is loaded (after conversion), `source` tells its origin."""

    role: str
    kind: Kind
    file: Path
    sha256: str
    licence: str
    source: Mapping[str, Any]
    input: Mapping[str, Any] = field(default_factory=dict)
    fusion: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Manifest:
    """The entries by role. `verified` hashes the file each time it is asked: call it when loading, not per clip."""

    def __init__(self, path: Path, assets: Mapping[str, Asset]) -> None:
        self.path = path
        self._assets = dict(assets)

    @classmethod
    def load(cls, path: Path, cache: Path | None = None) -> Manifest:
        """Read a manifest; files lie in `cache` (default: `cache/` beside it) unless an entry names a path of its own."""
        if not path.is_file():
            raise ManifestError(f"no manifest at {path}")
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ManifestError(f"{path} is not valid TOML: {error}") from error
        cache = cache or path.parent / "cache"
        return cls(path, {role: _asset(role, entry, path, cache) for role, entry in table.items()})

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._assets.values())

    def __contains__(self, role: object) -> bool:
        return role in self._assets

    def asset(self, role: str) -> Asset:
        if role not in self._assets:
            raise AssetUnknown(role, self.path)
        return self._assets[role]

    def verified(self, role: str) -> Path:
        """The path of a role's file after its sha256 has been checked.

        Raises AssetUnknown, AssetMissing or WrongHash.
        """
        asset = self.asset(role)
        if not asset.file.is_file():
            raise AssetMissing(role, asset.file)
        found = file_sha256(asset.file)
        if found != asset.sha256:
            raise WrongHash(role, asset.file, asset.sha256, found)
        return asset.file


def _asset(role: str, entry: Mapping[str, Any], manifest: Path, cache: Path) -> Asset:
    missing = [key for key in ("kind", "file", "sha256", "licence", "source") if key not in entry]
    if missing:
        raise ManifestError(f"[{role}] in {manifest} lacks {', '.join(missing)}")
    if entry["kind"] not in KINDS:
        raise ManifestError(f"[{role}] in {manifest}: kind is {entry['kind']!r}, not one of {', '.join(KINDS)}")
    source = entry["source"]
    # A deployer's own file is used where it lies: relative to the manifest, or absolute.
    file = (manifest.parent / source["local"]).resolve() if "local" in source else cache / entry["file"]
    return Asset(
        role=role,
        kind=entry["kind"],
        file=file,
        sha256=entry["sha256"],
        licence=entry["licence"],
        source=source,
        input=entry.get("input", {}),
        fusion=entry.get("fusion", {}),
        figures=entry.get("figures", {}),
        note=entry.get("note", ""),
    )
