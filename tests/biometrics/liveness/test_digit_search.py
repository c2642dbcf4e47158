from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from verify_service.biometrics.evidence import Sound
from verify_service.biometrics.liveness.digit_search import Cohort, DigitSearch, Form, Habit, Opening
from verify_service.biometrics.liveness.speech_decoder import Memory
from verify_service.biometrics.liveness.speech_model import SpeechModel
from verify_service.biometrics.liveness.voice_activity import VoiceActivity

HANZI = "零一二三四五六七八九"
SAID = "0471"
FOUR = Cohort(4, "0123456789", repeats=True)


@pytest.fixture(scope="module")
def search(speech_model: SpeechModel) -> DigitSearch:
    forms = [Form(str(digit), speech_model.tokens(hanzi)) for digit, hanzi in enumerate(HANZI)]
    return DigitSearch(
        speech_model.decoder,
        [*forms, Form("1", speech_model.tokens("幺"))],
        [*speech_model.tokens("。"), speech_model.end],
        width=8,
    )


@pytest.fixture(scope="module")
def heard(
    speech_model: SpeechModel, voice_activity: VoiceActivity, spoken: Callable[[str], Sound]
) -> tuple[Memory, Opening]:
    memory = speech_model.hear(spoken(SAID), voice_activity.spans(spoken(SAID)))
    assert memory is not None
    leads = [speech_model.opening("zh"), (*speech_model.opening("zh"), *speech_model.tokens("我的数字是"))]
    return memory, speech_model.open(memory, leads)


@pytest.fixture(scope="module")
def habit(speech_model: SpeechModel, search: DigitSearch) -> Habit:
    silence = speech_model.silence()
    return search.habit(silence, speech_model.open(silence, [speech_model.opening("zh")]))


def test_what_was_said_is_the_likeliest_string(
    search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit
) -> None:
    readings = search.likeliest(*heard, habit, FOUR)

    assert readings[0].digits == SAID
    assert [r.log_likelihood for r in readings] == sorted((r.log_likelihood for r in readings), reverse=True)
    assert all(len(reading.digits) == 4 for reading in readings)


def test_a_string_that_was_found_scores_the_same_by_itself(
    search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit
) -> None:
    best = search.likeliest(*heard, habit, FOUR)[0]

    (alone,) = search.likelihoods(*heard, habit, [best.digits])

    assert alone == pytest.approx(best.log_likelihood, abs=2e-3)


def test_strings_scored_together_score_as_each_by_itself(
    search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit
) -> None:
    strings = ["0471", "0477", "1111", "9900"]

    together = search.likelihoods(*heard, habit, strings)

    assert list(together) == pytest.approx([search.likelihoods(*heard, habit, [s])[0] for s in strings], abs=2e-3)
    assert max(together) == together[0]


def test_the_search_is_deterministic(search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit) -> None:
    assert search.likeliest(*heard, habit, FOUR) == search.likeliest(*heard, habit, FOUR)


@pytest.mark.parametrize("strings", [[""], ["12", "123"]])
def test_only_strings_of_one_length_are_held_against_each_other(
    search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit, strings: list[str]
) -> None:
    with pytest.raises(ValueError, match="one length"):
        search.likelihoods(*heard, habit, strings)


def test_no_digits_cannot_be_searched(search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit) -> None:
    with pytest.raises(ValueError, match="no digits"):
        search.likeliest(*heard, habit, Cohort(0, "0123456789", True))


def test_two_digits_that_begin_alike_cannot_be_told_apart(speech_model: SpeechModel) -> None:
    with pytest.raises(ValueError, match="same token"):
        DigitSearch(speech_model.decoder, [Form("0", (5, 6)), Form("1", (5, 7))], [9], width=8)


def test_a_string_is_held_against_those_that_a_challenge_may_ask() -> None:
    # Nine digits, then eight that are not the one before; with a one or a repeat in it, all strings of four.
    assert Cohort.of("0472", "023456789").size == 9 * 8**3
    assert Cohort.of("0471", "023456789").size == 10 * 9**3
    assert Cohort.of("0447", "023456789").size == 9**4


def test_only_strings_of_the_cohort_are_found(search: DigitSearch, heard: tuple[Memory, Opening], habit: Habit) -> None:
    found = [reading.digits for reading in search.likeliest(*heard, habit, Cohort(4, "023456789", repeats=False))]

    assert found
    assert all("1" not in digits and all(a != b for a, b in pairwise(digits)) for digits in found)
