"""What was computed once: arrays and small JSON values by a key that names everything they depend on. Survives a kill."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Cache:
    """Files under `folder`, two levels deep. A value is written beside its place and moved there, so none is ever half."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def arrays(self, key: tuple[str, ...], make: Callable[[], dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        """The arrays of `key`; made and kept where they are not there yet."""
        path = self._path(key, "npz")
        if path.is_file():
            with np.load(path, allow_pickle=False) as kept:
                return {name: kept[name] for name in kept.files}
        made = make()
        content = io.BytesIO()
        np.savez(content, **made)  # type: ignore[arg-type]
        _write(path, content.getvalue())
        return made

    def value(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        """A JSON value of `key`; made and kept where it is not there yet."""
        path = self._path(key, "json")
        if path.is_file():
            return json.loads(path.read_text("utf-8"))
        made = make()
        _write(path, json.dumps(made, ensure_ascii=False).encode())
        return made

    def content(self, key: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        """Bytes of `key`, such as a made clip; made and kept where they are not there yet."""
        path = self._path(key, "bin")
        if path.is_file():
            return path.read_bytes()
        made = make()
        _write(path, made)
        return made

    def _path(self, key: tuple[str, ...], kind: str) -> Path:
        name = hashlib.sha256("\0".join(key).encode()).hexdigest()
        return self._folder / name[:2] / f"{name[2:40]}.{kind}"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
