"""What the manifest's input tables say, read strictly: a typo must stop the start, not ruin a net in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from verify_service.biometrics.inference.manifest import Asset, ManifestError

Chosen = TypeVar("Chosen")

# Of an OpenCV picture's last axis, which runs blue, green, red.
COLOURS: Mapping[str, slice] = {"BGR": slice(None), "RGB": slice(None, None, -1)}


class InputUnusable(ManifestError):
    def __init__(self, role: str, key: str, value: object) -> None:
        self.role, self.key, self.value = role, key, value
        super().__init__(f"[{role}] in the manifest: input.{key} is {value!r}, which the service cannot feed its net")


def choice(asset: Asset, key: str, choices: Mapping[str, Chosen], default: str | None = None) -> Chosen:
    """One of `choices`. Raises InputUnusable for another value, and for none where there is no default."""
    value = asset.input.get(key, default)
    if value not in choices:
        raise InputUnusable(asset.role, key, value)
    return choices[value]


def positive(asset: Asset, key: str, default: float | None = None) -> float:
    """A number above 0. Raises InputUnusable for anything else, and for none where there is no default."""
    value = asset.input.get(key, default)
    if not isinstance(value, int | float) or value <= 0:
        raise InputUnusable(asset.role, key, value)
    return float(value)
