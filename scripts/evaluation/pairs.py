"""All comparisons among people's pictures: one picture against one, and means of a few against means of a few. No files here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Trials:
    """Scores with the people that they are of: `genuine` (g,) of `owners` (g,), `impostor` (n,) of `pairs` (n, 2)."""

    genuine: NDArray[np.float32]
    owners: Indices
    impostor: NDArray[np.float32]
    pairs: Indices

    @property
    def counts(self) -> dict[str, int]:
        return {
            "genuine": len(self.genuine),
            "impostor": len(self.impostor),
            "people": len(np.unique(np.concatenate([self.owners, self.pairs.ravel()]))),
        }


def single(probes: Rows, references: Rows, subject: Indices) -> Trials:
    """Every pair of pictures (n×d unit rows of the same n pictures) once: the earlier one as probe, the later as reference."""
    return from_scores(probes @ references.T, subject)


def from_scores(scores: NDArray[np.float32], subject: Indices) -> Trials:
    """As `single`, of the scores (n×n) of every probe against every reference of the same n pictures."""
    return _trials(scores, *np.triu_indices(len(subject), 1), subject)


def by_distance(vectors: Rows, subject: Indices) -> Trials:
    """As `single` for vectors compared by Euclidean distance: the score is its negative, so that it grows with likeness."""
    lengths = (vectors.astype(np.float64) ** 2).sum(axis=1)
    squared = lengths[:, None] + lengths - 2 * (vectors.astype(np.float64) @ vectors.T.astype(np.float64))
    return from_scores(-np.sqrt(np.maximum(squared, 0)).astype(np.float32), subject)


def templates(probes: Rows, references: Rows, subject: Indices, probe_count: int, reference_count: int) -> Trials:
    """Means of `reference_count` pictures against means of `probe_count` others, for people who have enough of them.

    Every way to choose them counts, so one person gives several trials: intervals must draw people, not trials. For two
    people the choice of the same number meets; a person who has more pictures than needed leaves the later ones out.
    """
    needed = probe_count + reference_count
    people = [person for person in np.unique(subject) if np.count_nonzero(subject == person) >= needed]
    rows = np.array([np.flatnonzero(subject == person)[:needed] for person in people]).reshape(len(people), needed)
    owners = np.array(people, np.int64)
    different = ~np.eye(len(people), dtype=bool)
    first, second = np.nonzero(different)
    genuine, impostor = [], []
    for chosen, others in _choices(needed, reference_count):
        scores = mean_rows(probes[rows[:, others]]) @ mean_rows(references[rows[:, chosen]]).T
        genuine.append(np.diag(scores))
        impostor.append(scores[different])
    ways = len(genuine)
    pairs = np.column_stack([owners[first], owners[second]])
    return Trials(np.concatenate(genuine), np.tile(owners, ways), np.concatenate(impostor), np.tile(pairs, (ways, 1)))


def mean_rows(vectors: Rows) -> Rows:
    """Templates of people (p×k×d) → the direction of each one's mean (p×d), as the service's mean template."""
    mean = vectors.mean(axis=1)
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)


def fused(parts: list[tuple[Rows, float]]) -> Rows:
    """Unit rows of several nets as one, as `Embedder` fuses them: weights of sum 1, each row times the root of its weight."""
    return np.hstack([np.sqrt(weight) * rows for rows, weight in parts]).astype(np.float32)


def twinned(plain: Rows, mirrored: Rows) -> Rows:
    """A picture's vector and its mirrored twin's, averaged; rows of zeros (no face found) stay zero."""
    mean = plain + mirrored
    lengths = np.linalg.norm(mean, axis=1, keepdims=True)
    return np.asarray(np.divide(mean, lengths, out=np.zeros_like(mean), where=lengths > 0), np.float32)


def _choices(count: int, chosen: int) -> Iterator[tuple[list[int], list[int]]]:
    for wanted in combinations(range(count), chosen):
        yield list(wanted), [index for index in range(count) if index not in wanted]


def _trials(scores: NDArray[np.float32], first: Indices, second: Indices, subject: Indices) -> Trials:
    values, owners, others = scores[first, second], subject[first], subject[second]
    same = owners == others
    pairs = np.column_stack([owners[~same], others[~same]])
    return Trials(values[same], owners[same], values[~same], pairs)
