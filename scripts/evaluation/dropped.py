"""What was tried to make the comparison better, with what it brought: a table, so that nobody need try it again unknowingly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.faces import People, Vectors
from scripts.evaluation.figures import Table
from scripts.evaluation.pairs import Rows, Trials, from_scores, single
from scripts.evaluation.setting import Setting
from scripts.evaluation.ways import Way, fusion
from verify_service.biometrics.comparison.embedder import shares_of
from verify_service.evaluation.rates import fnmr_at_fmr

FMR = 1e-4
COHORT_NEAREST = 100
NOTE = (
    "FNMR at FMR 1e-4, one picture against one; people with even numbers only, the others serve as cohort. A cohort would be "
    "faces that the service cannot ship. Not in the table, measured once on a part of lfw/ (2026-11-25): aligned by the "
    "detector's five points alone SFace refused 20 of 1,002 and the fusion 15, against 14 and 10 with the mesh's points beside "
    "them (kept); by the mesh's alone MobileFaceNet refused 58 of 1,402, against 54 by both. Means weighted by sharpness: where "
    "templates make no error there is nothing to gain. Log-likelihood ratios keep the order of scores and change no error."
)


def dropped(setting: Setting, people: People, by_role: Mapping[str, Vectors]) -> Table:
    """The kept way first, then each attempt on the same pictures."""
    rows = []
    for name, trials in _attempts(setting, people, by_role):
        rate = fnmr_at_fmr(trials.genuine, trials.impostor, FMR)
        rows.append((name, rate.text, f"{len(trials.impostor):,}"))
    return Table(
        "Comparison: tried and dropped", ("way", "FNMR at FMR 1e-4", "impostor comparisons"), tuple(rows), NOTE
    )


def _attempts(setting: Setting, people: People, by_role: Mapping[str, Vectors]) -> Iterator[tuple[str, Trials]]:
    shares = shares_of(setting.manifest)
    weights = {share.role: share.weight for share in shares}
    roles, kept = tuple(weights), tuple(share.role for share in shares if share.mirrored)
    even = people.subject % 2 == 0
    subject = people.subject[even]
    base = fusion(by_role, weights, kept, roles)
    probes, references = base.probes[even], base.references[even]
    yield "kept: the service's own way", single(probes, references, subject)
    for name, way in _fusions(by_role, weights, kept, roles):
        yield name, single(way.probes[even], way.references[even], subject)
    cohort = _one_a_person(base.references[~even], people.subject[~even])
    for name, nearest in (
        ("every face of the cohort (S-norm)", len(cohort)),
        ("its 100 nearest (AS-norm)", COHORT_NEAREST),
    ):
        scores = normalised(probes, references, cohort, nearest)
        yield f"scores normalised against {name}", from_scores(scores, subject)
    yield (
        "mean face of the cohort taken off",
        single(_centred(probes, cohort), _centred(references, cohort), subject),
    )


def _fusions(
    by_role: Mapping[str, Vectors], weights: Mapping[str, float], kept: tuple[str, ...], roles: tuple[str, ...]
) -> Iterator[tuple[str, Way]]:
    yield "mirrored twins of probes, too (twice the time)", fusion(by_role, weights, roles, roles)
    yield "no twins at all", fusion(by_role, weights, (), ())
    for role in roles[1:]:
        yield f"twins of probes with {role} only", fusion(by_role, weights, (role,), roles)
    if len(roles) == 2:
        for first in (share for share in (0.4, 0.5, 0.6, 0.7, 0.8) if abs(share - weights[roles[0]]) > 1e-9):
            other = dict(zip(roles, (first, 1 - first), strict=True))
            yield f"weights {first:.1f} and {1 - first:.1f}", fusion(by_role, other, kept, roles)


def normalised(probes: Rows, references: Rows, cohort: Rows, nearest: int) -> NDArray[np.float32]:
    """Symmetric normalisation of all scores by each side's `nearest` cohort scores (Matějka et al. 2017)."""
    (probe_mean, probe_spread), (mean, spread) = (
        _cohort_scores(rows, cohort, nearest) for rows in (probes, references)
    )
    scores = probes @ references.T
    by_probe = (scores - probe_mean[:, None]) / probe_spread[:, None]
    return np.asarray((by_probe + (scores - mean) / spread) / 2, np.float32)


def _cohort_scores(rows: Rows, cohort: Rows, nearest: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    scores = np.sort(rows @ cohort.T, axis=1)[:, -nearest:]
    return scores.mean(axis=1), scores.std(axis=1)


def _one_a_person(rows: Rows, subject: NDArray[np.int64]) -> Rows:
    return rows[np.unique(subject, return_index=True)[1]]


def _centred(rows: Rows, cohort: Rows) -> Rows:
    apart = rows - cohort.mean(axis=0)
    return np.asarray(apart / np.linalg.norm(apart, axis=1, keepdims=True), np.float32)
