from __future__ import annotations

from scripts.evaluation.figures import Figures, Goal, Table
from scripts.evaluation.kept import Found
from scripts.evaluation.markdown import markdown
from scripts.evaluation.provenance import Provenance
from scripts.evaluation.report import Run
from verify_service.decision.thresholds import load_thresholds

FIGURES = Figures(
    "speech",
    {},
    tables=(Table("Right digits", ("Sound", "Accepted"), (("clean|dry", "1 of 2"),), "Synthetic."),),
    goals=(Goal("Right digits", "≥ 99 %", "1 of 2", None),),
)
RUN = Run(
    Provenance(commit="c", dirty=False, at="2026-11-25", cpu="x", cores=2, models={}),
    load_thresholds().limits,
    {"speech": Found(FIGURES, "key", "2026-11-25", {})},
    ["speech"],
    False,
    "scripts/evaluate.py speech",
)


def test_goals_and_tables_become_rows_and_a_bar_does_not_end_a_cell() -> None:
    lines = markdown(RUN).splitlines()

    assert "| clean\\|dry | 1 of 2 |" in lines
    assert any(line.endswith("| ≥ 99 % | 1 of 2 | too few to tell |") for line in lines)
    assert "Synthetic." in lines
