"""The part's counting, on hearings that a reader can count; and what is said and tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scripts.evaluation.heard_rates import after_a_repeat, fitting, right, wrong
from scripts.evaluation.hearing import Hearing, Trial
from scripts.evaluation.sound_conditions import CLEAN
from scripts.evaluation.strings import is_neighbour, may_be_asked, wrong_strings
from scripts.evaluation.utterances import KOKORO_STRINGS, Utterance, kokoro
from scripts.evaluation.voices import SPEAKERS, phonemes_of
from verify_service.biometrics.evidence import Locale

ANNA = Utterance("fsdd", "anna_0471", "en", "0471", "anna")


def hearing(margin: float | None, speaker: str = "anna", **changes: object) -> Hearing:
    trial = Trial(replace(ANNA, speaker=speaker), CLEAN, ANNA, ("9999", "0472"))
    made = Hearing(trial, margin, (), (-9.0, -1.0), -20.0, 2.0, 2.0, 0.5)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_margin_equal_to_the_limit_passes_and_an_unheard_string_does_not() -> None:
    group = [hearing(-2.0), hearing(-2.1), hearing(None)]

    assert (right(group, -2.0).hits, right(group, -2.0).trials) == (1, 3)


def test_a_repeat_is_the_same_speakers_next_string() -> None:
    group = [hearing(1.0), hearing(-5.0), hearing(-5.0, "ben"), hearing(-5.0, "ben"), hearing(3.0, "cleo")]

    # Anna's second string fails, her first passes at the repeat; Ben fails twice; Cleo needs none.
    assert after_a_repeat(group, -2.0).hits == 3


def test_a_speaker_with_one_string_has_no_repeat() -> None:
    assert after_a_repeat([hearing(-5.0)], -2.0).hits == 0


def test_random_strings_and_neighbours_are_counted_apart() -> None:
    group = [hearing(1.0), hearing(1.0)]

    by_chance, near = (wrong(group, -2.0, 1, neighbours=which) for which in (False, True))

    assert by_chance is not None
    assert (by_chance.hits, by_chance.trials) == (0, 2)
    assert near is not None
    assert (near.hits, near.trials) == (2, 2)


def test_without_wrong_strings_there_is_no_rate() -> None:
    assert wrong([hearing(1.0, wrong=())], -2.0, 1, neighbours=False) is None


def test_the_strings_that_a_clip_fits_beside_its_own() -> None:
    # Of three strings the second has odds of 1 to 1.37 or −0.3 nats, the third of 1 to 270 or −5.6.
    one = hearing(0.3, readings=(("0471", -1.0), ("0477", -1.3), ("1471", -6.6)))

    assert one.others(-2.0) == ("0477",)
    assert fitting([one, hearing(0.3)], -2.0) == pytest.approx((0.5, 0.5 / (10 * 9**3)))


def test_wrong_strings_were_not_said() -> None:
    strings = wrong_strings(ANNA, 5, np.random.default_rng(1))

    assert "0471" not in strings
    assert len(strings) == 5 + 3 * 4
    assert all(is_neighbour("0471", string) for string in strings[5:])
    assert all(may_be_asked(string, "en") for string in strings)


@pytest.mark.parametrize(
    ("digits", "locale", "may"), [("0472", "zh", True), ("0471", "zh", False), ("0447", "en", False)]
)
def test_a_challenge_asks_for_no_digit_twice_in_a_row_and_for_no_yi(digits: str, locale: Locale, may: bool) -> None:
    assert may_be_asked(digits, locale) is may


def test_every_voice_reads_as_much_as_the_others() -> None:
    strings = kokoro(1)

    assert len(strings) == KOKORO_STRINGS >= 400
    assert {sum(one.speaker == speaker for one in strings) for speaker in SPEAKERS} == {KOKORO_STRINGS // 8}
    assert all(a != b for one in strings for a, b in zip(one.digits, one.digits[1:], strict=False))


@pytest.mark.parametrize(
    ("style", "spoken"),
    [
        ("spaced", "u↓ ʨjou↓ jau→ pa→."),
        ("together", "u↗ʨjou↓jau→pa→."),  # a third tone rises before another
        ("pairs", "u↗ʨjou↓, jau→pa→."),
        ("one by one", "u↓, ʨjou↓, jau→, pa→."),
    ],
)
def test_a_string_is_read_as_people_read(style: str, spoken: str) -> None:
    assert phonemes_of("5918", style, one="幺") == spoken  # type: ignore[arg-type]
