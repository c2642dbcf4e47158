"""Reads the weights out of a CTranslate2 `model.bin`, so that the decoder's layers can be run one prefix at a time."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# CTranslate2 python/ctranslate2/specs/model_spec.py, `Model._serialize`: version 6 of its file.
BINARY_VERSION = 6
_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)


class SpeechModelError(Exception):
    """The speech model's files cannot be used."""


class UnknownLayout(SpeechModelError):
    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(f"{path} is not a Whisper model of CTranslate2's binary version {BINARY_VERSION}: {found}")


class _Reader:
    def __init__(self, path: Path) -> None:
        # Mapped, not read: of 145 MB only the decoder's part is ever touched.
        self._bytes = np.memmap(path, np.uint8, "r")
        self._at = 0

    def number(self, layout: str) -> int:
        (value,) = struct.unpack_from(layout, self._bytes.data, self._at)
        self._at += struct.calcsize(layout)
        return int(value)

    def text(self) -> str:
        length = self.number("<H")
        text = bytes(self._bytes[self._at : self._at + length - 1]).decode()  # it ends in a zero byte
        self._at += length
        return text

    def array(self) -> NDArray[Any]:
        shape = tuple(self.number("<I") for _ in range(self.number("<B")))
        dtype = np.dtype(_TYPES[self.number("<B")])
        size = self.number("<I")
        array: NDArray[Any] = np.frombuffer(self._bytes, dtype, size // dtype.itemsize, self._at).reshape(shape)
        self._at += size
        return array


def read_weights(path: Path) -> Mapping[str, NDArray[Any]]:
    """Every variable by name, mapped from the file and read-only. Raises UnknownLayout for any other kind of file."""
    reader = _Reader(path)
    try:
        version = reader.number("<I")
        if version != BINARY_VERSION:
            raise UnknownLayout(path, f"version {version}")
        name, _revision = reader.text(), reader.number("<I")
        if name != "WhisperSpec":
            raise UnknownLayout(path, f"a {name}")
        weights = {reader.text(): reader.array() for _ in range(reader.number("<I"))}
    except (struct.error, ValueError, IndexError, UnicodeDecodeError) as error:
        raise UnknownLayout(path, f"damaged ({error})") from error
    if any(name.endswith("/weight_scale") for name in weights):
        raise UnknownLayout(path, "its weights are quantised; bring the float16 or float32 conversion")
    return weights
