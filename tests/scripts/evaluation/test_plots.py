from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest

from scripts.evaluation import plots
from verify_service.evaluation import curves
from verify_service.evaluation.intervals import Rate

RNG = np.random.default_rng(1)
GENUINE, IMPOSTOR = RNG.normal(4, 1, 200), RNG.normal(0, 1, 2000)
PAIRS = np.stack([np.arange(2000) % 50, np.arange(2000) % 49 + 51], 1)


def band() -> curves.Band:
    rng = np.random.default_rng(2)
    return curves.fnmr_by_fmr_band(GENUINE, np.arange(200) % 100, IMPOSTOR, PAIRS, [1e-3, 1e-2], rng, rounds=5)


DRAWN: dict[str, Callable[[], str]] = {
    "det": lambda: plots.det({"single": curves.det(GENUINE, IMPOSTOR)}, goal=(1e-3, 0.01)),
    "fnmr_by_fmr": lambda: plots.fnmr_by_fmr({"single": band()}, goal=(1e-3, 0.01)),
    "histogram": lambda: plots.histogram(GENUINE, IMPOSTOR, {"limit in force": 2.5}),
    "lines": lambda: plots.lines(
        {"heard": ([0, 5, 10], [0.5, 0.8, 1.0])},
        x_label="noise, dB",
        y_label="heard",
        bands={"heard": ([0.4, 0.7, 0.9], [0.6, 0.9, 1.0])},
        limits={"limit": 5},
        heights={"goal": 0.95},
        shares=True,
    ),
    "bars": lambda: plots.bars({"photo": Rate.of(0, 150), "screen": Rate.of(9, 150)}, x_label="confirmed", limit=0.07),
    "stacked": lambda: plots.stacked({"decode": [1, 2], "landmarks": [3, 4]}, ["demo", "grid"], x_label="CPU s"),
}
WORDS = {
    "det": ["single", "goal: FNMR 0.01 at 0.001"],
    "fnmr_by_fmr": ["single", "genuine refused, % (FNMR)"],
    "histogram": ["same person (200)", "two people (2,000)", "limit in force: 2.5"],
    "lines": ["heard, %", "limit: 5", "goal"],
    "bars": ["photo", "0 of 150", "limit: 7 %"],
    "stacked": ["decode", "landmarks", "grid"],
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_plot_is_one_svg_whose_words_stay_words(kind: str) -> None:
    svg = DRAWN[kind]()

    root = ET.fromstring(svg)
    texts = {"".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert [word for word in WORDS[kind] if word not in texts] == []


@pytest.mark.parametrize("kind", DRAWN)
def test_the_same_numbers_give_the_same_picture(kind: str) -> None:
    assert DRAWN[kind]() == DRAWN[kind]()


@pytest.mark.parametrize(("names", "inside"), [(4, True), (5, False)])
def test_a_few_names_stand_within_the_plot_and_many_below_it(names: int, inside: bool) -> None:
    svg = plots.lines({f"name {i}": ([0, 1], [i, i]) for i in range(names)}, x_label="x", y_label="y")

    axes = ET.fromstring(svg).find('.//*[@id="axes_1"]')
    assert axes is not None
    assert (axes.find('.//*[@id="legend_1"]') is not None) is inside
    assert all(f"name {i}" in svg for i in range(names))
