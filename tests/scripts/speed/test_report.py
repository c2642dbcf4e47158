from __future__ import annotations

import pytest

from scripts.speed.cost import Cost
from scripts.speed.floor import Floor
from scripts.speed.report import Found, as_markdown, stages_table

COST = Cost({"decode": 0.3, "speech": 0.5, "quality": 0.2}, ())
FLOOR = Floor({"decode": 0.2, "SpeechEncoder": 0.2, "SpeechDecoder": 0.2, "Newcomer": 0.1}, {"SpeechEncoder": 1})


def test_the_rest_is_what_is_neither_decoding_nor_a_model() -> None:
    assert Found("clip", COST, FLOOR).overhead_share == pytest.approx(0.3)


def test_the_ratio_is_told_only_where_the_glue_ran() -> None:
    assert Found("clip", COST, FLOOR).glue_ratio is None
    assert Found("clip", COST, FLOOR, {"seconds": 15.0}).glue_ratio == pytest.approx(15.0)


def test_models_stand_beside_their_stage_and_an_unknown_one_in_a_row_of_its_own() -> None:
    rows = {row[0]: row[1:] for row in stages_table(Found("clip", COST, FLOOR)).rows}

    assert rows["speech"] == ("500", "400", "SpeechEncoder × 1")
    assert rows["Newcomer"] == ("0", "100", "")
    assert rows["all"] == ("1000", "700", "rest 30.0 %")


def test_a_table_reads_as_markdown() -> None:
    lines = as_markdown(stages_table(Found("clip", COST, FLOOR))).splitlines()

    assert lines[2].startswith("| stage | CPU ms |")
    assert lines[3].startswith("| --- |")
