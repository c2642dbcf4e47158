from __future__ import annotations

import pytest

from scripts.evaluation.grid import sentence_of


def test_the_name_of_a_grid_clip_spells_its_sentence() -> None:
    assert sentence_of("bbaf2n") == "bin blue at f two now"
    assert sentence_of("sraozp") == "set red at o zero please"


def test_a_name_outside_the_grammar_is_refused() -> None:
    with pytest.raises(KeyError):
        sentence_of("xbaf2n")
