from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.biometrics.evidence import Challenge, Locale
from verify_service.kit.randomness import SeededRandomness
from verify_service.verification.challenge import DIGITS, fixed, mint


@given(st.integers(), st.sampled_from(["zh", "en"]))
def test_a_challenge_has_four_digits_of_its_locale_and_none_twice_in_a_row(seed: int, locale: Locale) -> None:
    digits = mint(SeededRandomness(seed), locale).challenge.digits or ""

    assert len(digits) == 4
    assert set(digits) <= set(DIGITS[locale])
    assert all(a != b for a, b in itertools.pairwise(digits))


def test_a_mandarin_challenge_never_asks_for_a_one_since_it_is_read_in_two_ways() -> None:
    asked = "".join(mint(SeededRandomness(seed), "zh").challenge.digits or "" for seed in range(500))

    assert "1" not in asked


def test_every_string_of_digits_comes_about_equally_often() -> None:
    randomness = SeededRandomness(7)
    first = [mint(randomness, "en").text.split(": ")[1][0] for _ in range(5000)]

    # 500 expected of each; six standard deviations of a binomial are 127.
    assert all(abs(first.count(d) - 500) < 127 for d in DIGITS["en"])


@pytest.mark.parametrize(
    ("challenge", "text"),
    [
        (Challenge("zh", digits="5836"), "我是本人，请读：五 八 三 六"),
        (Challenge("en", digits="5836"), "It is me. My numbers are: 5 8 3 6"),
        (Challenge("en", sentence="Good morning to you all"), "Good morning to you all"),
    ],
)
def test_the_text_is_what_the_phone_shows(challenge: Challenge, text: str) -> None:
    assert fixed(challenge).text == text
