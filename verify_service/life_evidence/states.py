"""What can be known of somebody's being alive, and how much it weighs."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How somebody was found alive (DESIGN §1: the clip is the main road, not the only one)."""

    CLIP = "clip"
    STAFF_REVIEW = "staff_review"
    COUNTER = "counter"
    HOME_VISIT = "home_visit"


class Strength(StrEnum):
    """How much a renewal rule may build on it."""

    STRONG = "strong"  # the person was seen and recognised, by people or by the eye
    MODERATE = "moderate"  # somebody who must know reports it
    WEAK = "weak"  # a sign of life that another could have given
