"""The tables of the part "comparison"."""

from __future__ import annotations

from collections.abc import Mapping

from scripts.evaluation.comparison_errors import FMRS, Errors, name_of
from scripts.evaluation.figures import Table
from scripts.evaluation.odds import Bounds
from scripts.evaluation.pairs import Trials
from scripts.evaluation.ways import Way
from verify_service.evaluation.intervals import percent
from verify_service.evaluation.rates import failure_to_acquire_rate, false_match_rate, false_non_match_rate

Shape = tuple[int, int]


def single_table(single: Mapping[str, Errors], ways: Mapping[str, Way]) -> Table:
    """One picture against one, by way."""
    rows = tuple(
        (
            name,
            f"{percent(each.eer)} %",
            *(_cell(each, fmr) for fmr in FMRS),
            failure_to_acquire_rate(ways[name].found).text,
            f"{each.trials.counts['genuine']:,} / {each.trials.counts['impostor']:,}",
        )
        for name, each in single.items()
    )
    columns = ("way", "EER", *(f"FNMR at FMR {name_of(fmr)}" for fmr in FMRS), "no face found", "genuine / impostor")
    note = (
        "All pairs of pictures of lfw/ (press photographs of public figures, few of them old, few East Asian). The face nearest "
        "to the middle counts; one man who is there under two names counts as one. Intervals of FNMR: bootstrap over people. dlib "
        "as a user of face_recognition calls it, on its own "
        "detections. Twins: the mirrored picture's vector averaged in."
    )
    return Table("One picture against one", columns, rows, note)


def template_table(shaped: Mapping[str, Mapping[Shape, Errors]]) -> Table:
    """Means of pictures, by way and shape."""
    rows = tuple(
        (
            name,
            shape_name(shape),
            *(_cell(each, fmr) for fmr in FMRS),
            f"{each.trials.counts['genuine']:,} / {each.trials.counts['impostor']:,}",
            f"{each.trials.counts['people']:,}",
        )
        for name, shapes in shaped.items()
        for shape, each in shapes.items()
    )
    columns = (
        "way",
        "references × probes",
        *(f"FNMR at FMR {name_of(fmr)}" for fmr in FMRS),
        "genuine / impostor",
        "people",
    )
    note = (
        "Every way to choose the pictures counts, so trials outnumber people. The probes are separate photographs, which differ "
        "more than frames of one clip. Where an FMR is less than one comparison of all, none may pass."
    )
    return Table("Means of several pictures", columns, rows, note)


def limit_table(limit: float, single: Trials, template: Trials) -> Table:
    """What limits around the one in force cost and let through."""
    bounds = (Bounds.of(single), Bounds.of(template))
    rows = tuple(
        (
            f"{each:.2f}{' (in force)' if abs(each - limit) < 1e-9 else ''}",
            false_non_match_rate(single.genuine, each).text,
            false_match_rate(single.impostor, each).text,
            f"{bounds[0].at(each)[1]:.1e}",
            false_non_match_rate(template.genuine, each).text,
            false_match_rate(template.impostor, each).text,
            f"{bounds[1].at(each)[1]:.1e}",
        )
        for each in sorted({*(round(0.36 + 0.02 * step, 2) for step in range(10)), limit})
    )
    columns = ("limit", *(f"{what}, {kind}" for kind in ("single", "1 × 3") for what in ("FNMR", "FMR", "FMR at most")))
    note = "FMR at most: the upper end of the 95 % interval, the wider of Wilson's and of one over people."
    return Table("Limits: what they cost and let through", columns, rows, note)


def shape_name(shape: Shape) -> str:
    return f"{shape[0]} × {shape[1]}"


def _cell(each: Errors, fmr: float) -> str:
    return each.fnmr[fmr].text
