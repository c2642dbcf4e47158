from __future__ import annotations

import tomllib
from datetime import date

from scripts.evaluation.figures import Proposal
from scripts.evaluation.proposed import thresholds_toml
from verify_service.decision.thresholds import SHIPPED

ON = date(2026, 11, 25)
IN_FORCE = """
[similarity_min]
value = 0.46
origin = "design notes"
data = "LFW"
date = 2026-11-24
provisional = true

[frames_min]
value = 8
origin = "own choice"
data = "none"
date = 2026-11-24
provisional = true
"""


def proposal(limit: str, value: float, origin: str = "FMR 1e-4") -> Proposal:
    return Proposal(limit, value, origin, 'LFW, the "funnelled"', "3 million impostors", "≤ 1e-4")


def test_a_proposed_limit_takes_the_place_of_the_old_one_which_is_told() -> None:
    text = thresholds_toml(IN_FORCE, [proposal("similarity_min", 0.38)], ON, "ab" * 32)

    assert '# was 0.46: design notes\n[similarity_min]\nvalue = 0.38\norigin = "FMR 1e-4"' in text
    assert tomllib.loads(text)["similarity_min"] == {
        "value": 0.38,
        "origin": "FMR 1e-4",
        "data": 'LFW, the "funnelled"',
        "counts": "3 million impostors",
        "bound": "≤ 1e-4",
        "figures": "ab" * 32,
        "date": ON,
        "provisional": False,
    }


def test_a_limit_that_nobody_proposes_stays_as_it_is() -> None:
    text = thresholds_toml(IN_FORCE, [proposal("similarity_min", 0.38)], ON, "")

    assert tomllib.loads(text)["frames_min"] == tomllib.loads(IN_FORCE)["frames_min"]


def test_a_count_stays_a_whole_number() -> None:
    assert tomllib.loads(thresholds_toml(IN_FORCE, [proposal("frames_min", 9.0)], ON, ""))["frames_min"]["value"] == 9
    assert "value = 9\n" in thresholds_toml(IN_FORCE, [proposal("frames_min", 9.0)], ON, "")


def test_of_two_proposals_the_first_stands_and_the_second_is_told() -> None:
    text = thresholds_toml(
        IN_FORCE, [proposal("similarity_min", 0.38), proposal("similarity_min", 0.4, "clips")], ON, ""
    )

    assert tomllib.loads(text)["similarity_min"]["value"] == 0.38
    assert "# also proposed: 0.4: clips" in text


def test_a_limit_that_this_version_does_not_have_is_told_and_not_set() -> None:
    text = thresholds_toml(IN_FORCE, [proposal("smile_min", 0.1)], ON, "")

    assert tomllib.loads(text).keys() == {"similarity_min", "frames_min"}
    assert "# Not a limit of this version: smile_min = 0.1" in text


def test_the_shipped_file_goes_through_unchanged_where_nothing_is_proposed() -> None:
    shipped = SHIPPED.read_text("utf-8")

    assert tomllib.loads(thresholds_toml(shipped, [], ON, "")) == tomllib.loads(shipped)
