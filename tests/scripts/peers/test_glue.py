"""The glue's reading of transcripts; what it costs and says of clips is `scripts/bench.py`'s to measure."""

from __future__ import annotations

import pytest

from scripts.peers.glue import digits_of, is_said


@pytest.mark.parametrize("text", ["5831", "5, 8, 3, 1.", "Five eight three one.", "五八三一", "请读：五 八 三 一"])
def test_digits_are_read_as_figures_words_and_characters(text: str) -> None:
    assert digits_of(text) == "5831"


def test_the_asked_digits_must_be_heard_in_their_order() -> None:
    assert is_said("My numbers are 5 8 3 1.", "5831", "")
    assert not is_said("My numbers are 5 8 1 3.", "5831", "")


def test_a_sentence_must_be_heard_whole() -> None:
    assert is_said("So: bin blue at F two, now!", "", "Bin blue at f two now")
    assert not is_said("Bin blue at F too now", "", "Bin blue at f two now")


def test_nothing_asked_is_nothing_said() -> None:
    assert not is_said("anything", "", "")
