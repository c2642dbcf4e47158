"""Plots that a person reads, as SVG text that stands in a page by itself. The same numbers give the same text, byte for byte.

plots.det({"single": curves.det(genuine, impostor), "template": …}, goal=(1e-4, 0.01))
plots.fnmr_by_fmr({"single": curves.fnmr_by_fmr_band(…), …})
plots.histogram(genuine, impostor, limits={"limit in force": 0.46})
plots.lines({"right digits": (x, y), …}, x_label="signal to noise, dB", y_label="heard", limits={…})
plots.bars({"photo moved": Rate, …}, x_label="share that was confirmed", limit=0.07)
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from verify_service.evaluation.curves import DET, Band
from verify_service.evaluation.intervals import Rate

# Okabe and Ito's colours, told apart by colour-blind readers too.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5c4b8a", "#7f7f7f")
GENUINE_COLOUR, IMPOSTOR_COLOUR, LIMIT_COLOUR = "#009e73", "#d55e00", "#444444"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, sharp, and found by the browser's search
    "svg.hashsalt": "verify-service",  # ids that are the same in every run
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "path.simplify": True,
}
BEHIND_TEXT = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8}
LEGEND_INSIDE = 4
LABEL_LETTERS = 46  # a longer name of a bar takes two lines
WIDTH, HEIGHT = 7.4, 4.0  # inches of 72 points: the width of the report's column


def det(curves: Mapping[str, DET], goal: tuple[float, float] | None = None) -> str:
    """DET curves by name, both axes logarithmic, FMR to the right. `goal` = (FMR, FNMR) is marked by a cross.

    A rate without a hit has no place on a logarithmic axis: those points are left out.
    """
    figure, axes = _canvas()
    for (name, curve), colour in zip(curves.items(), _colours(len(curves)), strict=True):
        seen = (curve.fmr > 0) & (curve.fnmr > 0)
        axes.step(curve.fmr[seen], curve.fnmr[seen], where="post", label=name, color=colour)
    if goal is not None:
        axes.plot(
            *goal, marker="x", color=LIMIT_COLOUR, linestyle="none", label=f"goal: FNMR {goal[1]:g} at {goal[0]:g}"
        )
    axes.set(
        xscale="log", yscale="log", xlabel="FMR: share of impostors accepted", ylabel="FNMR: share of genuine refused"
    )
    _legend(axes)
    return _svg(figure)


def fnmr_by_fmr(bands: Mapping[str, Band], goal: tuple[float, float] | None = None) -> str:
    """FNMR by FMR with its 95 % band, in per cent on a linear axis: what strictness costs. `goal` = (FMR, FNMR)."""
    figure, axes = _canvas()
    for (name, band), colour in zip(bands.items(), _colours(len(bands)), strict=True):
        axes.plot(band.fmr, 100 * band.fnmr, marker=".", label=name, color=colour)
        axes.fill_between(band.fmr, 100 * band.low, 100 * band.high, color=colour, alpha=0.15, linewidth=0)
    if goal is not None:
        axes.plot(goal[0], 100 * goal[1], marker="x", color=LIMIT_COLOUR, linestyle="none", label="goal")
    axes.set(xscale="log", xlabel="FMR at the threshold", ylabel="genuine refused, % (FNMR)")
    axes.set_ylim(bottom=0)
    _legend(axes)
    return _svg(figure)


def histogram(
    genuine: ArrayLike,
    impostor: ArrayLike,
    limits: Mapping[str, float] | None = None,
    *,
    names: tuple[str, str] = ("same person", "two people"),
    x_label: str = "comparison score",
    bins: int = 80,
    log: bool = True,
) -> str:
    """Two kinds of scores (n,), (m,) as shares by bin, so that unequal counts compare; `limits` by name are dashed lines.

    `log`: a logarithmic height, without which the tails that errors come from would not be seen. Serves for any two kinds,
    such as bona fide clips and attacks, with their `names`.
    """
    figure, axes = _canvas()
    kinds = [np.asarray(genuine, np.float64), np.asarray(impostor, np.float64)]
    edges = np.linspace(min(k.min() for k in kinds), max(k.max() for k in kinds) + 1e-9, bins + 1)
    for kind, name, colour in zip(kinds, names, (GENUINE_COLOUR, IMPOSTOR_COLOUR), strict=True):
        shares = np.histogram(kind, edges)[0] / kind.size
        axes.stairs(shares, edges, fill=True, alpha=0.45, color=colour, label=f"{name} ({kind.size:,})")
    _draw_limits(axes, limits or {})
    axes.set(xlabel=x_label, ylabel="share of comparisons by bin")
    if log:
        axes.set_yscale("log")
    _legend(axes)
    return _svg(figure)


def lines(
    series: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    x_label: str,
    y_label: str,
    bands: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    limits: Mapping[str, float] | None = None,
    heights: Mapping[str, float] | None = None,
    log_x: bool = False,
    shares: bool = False,
) -> str:
    """Series by name as (x, y), with a band (low, high) where `bands` has the same name.

    `limits` are dashed uprights, `heights` dashed levels, each by name. `shares`: y is a share, drawn in per cent from 0 to 100.
    """
    figure, axes = _canvas()
    scale = 100 if shares else 1
    for (name, (x, y)), colour in zip(series.items(), _colours(len(series)), strict=True):
        axes.plot(np.asarray(x), scale * np.asarray(y), marker="o", markersize=3.5, label=name, color=colour)
        if bands and name in bands:
            low, high = (scale * np.asarray(bound) for bound in bands[name])
            axes.fill_between(np.asarray(x), low, high, color=colour, alpha=0.15, linewidth=0)
    _draw_limits(axes, limits or {})
    for name, height in (heights or {}).items():
        axes.axhline(scale * height, color=LIMIT_COLOUR, linestyle="--", linewidth=1, label=name)
    axes.set(xlabel=x_label, ylabel=f"{y_label}, %" if shares else y_label)
    if shares:
        axes.set_ylim(-3, 103)
    if log_x:
        axes.set_xscale("log")
    _legend(axes)
    return _svg(figure)


def bars(rates: Mapping[str, Rate], *, x_label: str, limit: float | None = None, limit_name: str = "limit") -> str:
    """One bar a rate, in per cent, with its 95 % interval as a line and its counts beside it. `limit`, a share, is dashed."""
    figure, axes = _canvas(height=0.9 + 0.32 * len(rates))
    at = np.arange(len(rates))[::-1]
    values = np.array([100 * rate.value for rate in rates.values()])
    low = values - [100 * rate.low for rate in rates.values()]
    high = [100 * rate.high for rate in rates.values()] - values
    axes.barh(at, values, height=0.6, color=COLOURS[0], alpha=0.75)
    axes.errorbar(
        values, at, xerr=[low.clip(0), high.clip(0)], fmt="none", ecolor=LIMIT_COLOUR, elinewidth=1, capsize=2
    )
    reach = max(100 * rate.high for rate in rates.values())
    for place, rate in zip(at, rates.values(), strict=True):
        axes.text(
            100 * rate.high + 0.015 * reach,
            place,
            f"{rate.hits:,} of {rate.trials:,}",
            va="center",
            fontsize=8,
            bbox=BEHIND_TEXT,
        )
    if limit is not None:
        axes.axvline(
            100 * limit, color=LIMIT_COLOUR, linestyle="--", linewidth=1, label=f"{limit_name}: {100 * limit:g} %"
        )
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderpad=0)
    axes.set_yticks(at, [textwrap.fill(name, LABEL_LETTERS) for name in rates], fontsize=9)
    axes.set_xlim(0, max(1.25 * reach, 105 * (limit or 0)))
    # The counts need room to the right of 100 %, where no share can lie.
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= 100])
    axes.set_xlabel(x_label if "%" in x_label else f"{x_label}, %")
    axes.grid(visible=False, axis="y")
    return _svg(figure)


def stacked(parts: Mapping[str, Sequence[float]], names: Sequence[str], *, x_label: str) -> str:
    """One bar for each of `names`, made of `parts`: `parts["decode"][i]` is what it takes of bar i. For times by stage."""
    figure, axes = _canvas(height=1.1 + 0.36 * len(names))
    at, begun = np.arange(len(names))[::-1], np.zeros(len(names))
    for (part, values), colour in zip(parts.items(), _colours(len(parts)), strict=True):
        axes.barh(at, values, left=begun, height=0.6, label=part, color=colour, alpha=0.85)
        begun = begun + np.asarray(values)
    axes.set_yticks(at, list(names))
    axes.set_xlabel(x_label)
    axes.grid(visible=False, axis="y")
    axes.legend(frameon=False, ncols=4, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return _svg(figure)


def _canvas(height: float = HEIGHT) -> tuple[Figure, Axes]:
    # A figure of its own: pyplot would keep every figure in a global list.
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        return figure, figure.add_subplot()


def _colours(count: int) -> list[str]:
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def _legend(axes: Axes) -> None:
    names = axes.get_legend_handles_labels()
    if len(names[1]) <= LEGEND_INSIDE:
        axes.legend(loc="best", framealpha=0.85, edgecolor="none")
    elif isinstance(axes.figure, Figure):
        # Many names would lie on the curves: below the plot there is room.
        axes.figure.legend(*names, loc="outside lower center", ncols=3, frameon=False, fontsize=9)


def _draw_limits(axes: Axes, limits: Mapping[str, float]) -> None:
    for (name, value), dash in zip(limits.items(), ("--", ":", "-.") * len(limits), strict=False):
        axes.axvline(value, color=LIMIT_COLOUR, linestyle=dash, linewidth=1, label=f"{name}: {value:.4g}")


def _svg(figure: Figure) -> str:
    """From the `<svg` tag on: the declarations before it belong to a file of its own, not into a page."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    # Measured with the font that matplotlib brings; a reader without it gets one of the same build.
    content = text.getvalue().replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    return content[content.index("<svg") :]
