from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from verify_service.biometrics.inference.inputs import COLOURS, InputUnusable, choice, positive
from verify_service.biometrics.inference.manifest import Asset


def asset(table: Mapping[str, Any]) -> Asset:
    return Asset("a_net", "model", Path("net.onnx"), "00", "MIT", {}, table)


def test_a_named_choice_and_a_number_are_read() -> None:
    assert choice(asset({"colour": "BGR"}), "colour", COLOURS) == slice(None)
    assert positive(asset({"size": 80}), "size") == 80.0


def test_what_is_not_told_has_its_default_if_there_is_one() -> None:
    assert choice(asset({}), "colour", COLOURS, "RGB") == slice(None, None, -1)
    assert positive(asset({}), "scale", 1.0) == 1.0


@pytest.mark.parametrize("table", [{}, {"colour": "bgr"}, {"colour": "GBR"}])
def test_a_colour_that_is_missing_or_misspelt_is_refused(table: dict[str, str]) -> None:
    with pytest.raises(InputUnusable, match=r"input\.colour"):
        choice(asset(table), "colour", COLOURS)


@pytest.mark.parametrize("value", [None, 0, -1, "80"])
def test_a_size_that_is_no_number_above_nought_is_refused(value: object) -> None:
    with pytest.raises(InputUnusable, match=r"input\.size"):
        positive(asset({} if value is None else {"size": value}), "size")
