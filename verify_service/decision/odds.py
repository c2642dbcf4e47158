"""How rare a comparison score is between two different people, as it was measured. For the clerk who looks, never for the policy.

`odds.toml` beside this file is written by the evaluation (scripts/evaluation/odds.py) for one space of templates.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

SHIPPED = Path(__file__).with_name("odds.toml")


class OddsInvalid(Exception):
    """The file of odds cannot be used."""


class Relation(StrEnum):
    """How a score's rarity stands to the number that is named with it."""

    ONCE_IN = "once_in"
    RARER = "rarer"  # beyond the data: so few comparisons came so high that no rate can be named
    COMMONER = "commoner"  # below the table


@dataclass(frozen=True)
class Rarity:
    """Two different people reach a score once in `comparisons`, or more rarely, or more often."""

    relation: Relation
    comparisons: int


@dataclass(frozen=True)
class Odds:
    """`points`: a score, and once in how many comparisons two different people reached it or a higher one; both rising.

    The numbers stand on the careful side: from the upper end of the 95 % interval of the measured rate.
    """

    model_sha256: str
    points: tuple[tuple[float, int], ...]
    origin: str
    data: str
    counts: str
    date: date

    def of(self, score: float, model_sha256: str | None) -> Rarity | None:
        """The rarity of a score of the comparison; None for templates of another space, of which nothing was measured.

        Between two points the lower one counts. From the last one on the rarity is more than its number.
        """
        if model_sha256 != self.model_sha256:
            return None
        index = bisect_right([each for each, _ in self.points], score) - 1
        if index < 0:
            return Rarity(Relation.COMMONER, self.points[0][1])
        relation = Relation.RARER if index == len(self.points) - 1 else Relation.ONCE_IN
        return Rarity(relation, self.points[index][1])


def load_odds(path: Path = SHIPPED) -> Odds:
    """Read and check a file of odds. Raises OddsInvalid for a missing value, no origin, or points that do not rise."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        points = tuple((float(score), int(comparisons)) for score, comparisons in table.pop("points"))
        odds = Odds(points=points, **table)
    except (KeyError, TypeError, ValueError) as error:
        raise OddsInvalid(f"{path}: {error}") from error
    _require_sense(odds, path)
    return odds


def _require_sense(odds: Odds, path: Path) -> None:
    unexplained = [name for name in ("model_sha256", "origin", "data", "counts") if not _text(odds, name)]
    if unexplained:
        raise OddsInvalid(f"{path}: {unexplained} must be told")
    if not odds.points or odds.points[0][1] < 1:
        raise OddsInvalid(f"{path}: a score is reached at most once in 1 comparison, and one point is needed at least")
    if any(later[0] <= earlier[0] or later[1] < earlier[1] for earlier, later in pairwise(odds.points)):
        raise OddsInvalid(f"{path}: a higher score cannot be commoner than a lower one")


def _text(odds: Odds, name: str) -> str | None:
    value = getattr(odds, name)
    return value if isinstance(value, str) else None
