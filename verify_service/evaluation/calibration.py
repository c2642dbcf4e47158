"""Comparison scores as log-likelihood ratios: how many times likelier a score is from one person than from two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify_service.evaluation.errors import EvaluationError, OutOfRange
from verify_service.evaluation.rates import GENUINE, IMPOSTOR
from verify_service.evaluation.scores import Scores, checked

STEPS_MAX = 100


class DoesNotSettle(EvaluationError):
    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(f"the calibration did not settle in {steps} steps; are the scores all alike, or infinite?")


@dataclass(frozen=True)
class Calibration:
    """log-likelihood ratio (natural logarithm) = slope · score + intercept."""

    slope: float
    intercept: float

    def log_likelihood_ratios(self, scores: ArrayLike) -> Scores:
        """Of scores (n,): > 0 speaks for one person, < 0 for two. Raises NoTrials, NotANumber."""
        return self.slope * checked(scores, "scores") + self.intercept

    def score_at(self, log_likelihood_ratio: float) -> float:
        """The score that has this ratio; for prior odds `o` of an impostor against the resident, ln(o) is the even one."""
        return (log_likelihood_ratio - self.intercept) / self.slope


def calibrate(genuine: ArrayLike, impostor: ArrayLike, prior: float = 0.5) -> Calibration:
    """Fit by logistic regression in which both kinds weigh as the `prior` of a genuine comparison says, whatever their counts.

    Brümmer, du Preez 2006, with the prior taken off again, so that ratios come out; a small prior fits best near strict
    thresholds. Targets are Platt's (n+1)/(n+2) and 1/(n+2) (Platt 1999), which keep the slope finite where the scores do not
    overlap. Damped Newton steps on standardised scores. Raises NoTrials, NotANumber, OutOfRange, DoesNotSettle.
    """
    same, other = checked(genuine, GENUINE), checked(impostor, IMPOSTOR)
    if not 0 < prior < 1:
        raise OutOfRange("prior", prior, "0 < prior < 1")
    scores = np.concatenate([same, other])
    mean, spread = float(scores.mean()), float(scores.std())
    if not (math.isfinite(mean) and spread > 0):
        raise DoesNotSettle(0)
    weights = np.repeat([prior / same.size, (1 - prior) / other.size], [same.size, other.size])
    targets = np.repeat([(same.size + 1) / (same.size + 2), 1 / (other.size + 2)], [same.size, other.size])
    offset = math.log(prior / (1 - prior))
    slope, intercept = _newton((scores - mean) / spread, targets, weights, offset)
    return Calibration(slope / spread, intercept - slope * mean / spread)


def cllr(genuine_llr: ArrayLike, impostor_llr: ArrayLike) -> float:
    """Cost of log-likelihood ratios in bits (Brümmer, du Preez 2006): 0 is perfect, 1 says nothing, more misleads.
    Raises NoTrials, NotANumber."""
    same, other = checked(genuine_llr, GENUINE), checked(impostor_llr, IMPOSTOR)
    return float((np.logaddexp(0, -same).mean() + np.logaddexp(0, other).mean()) / (2 * math.log(2)))


def _newton(x: Scores, targets: Scores, weights: Scores, offset: float) -> tuple[float, float]:
    at = np.zeros(2)
    loss = _loss(at, x, targets, weights, offset)
    for _ in range(STEPS_MAX):
        step = _step(at, x, targets, weights, offset)
        size = 1.0
        while (tried := _loss(at - size * step, x, targets, weights, offset)) > loss and size > 1e-6:
            size /= 2
        at, settled, loss = at - size * step, bool(np.abs(size * step).max() < 1e-9), tried
        if settled:
            return float(at[0]), float(at[1])
    raise DoesNotSettle(STEPS_MAX)


def _loss(at: NDArray[np.float64], x: Scores, targets: Scores, weights: Scores, offset: float) -> float:
    """Weighted cross-entropy."""
    z = at[0] * x + at[1] + offset
    return float(weights @ (np.logaddexp(0, z) - targets * z))


def _step(at: NDArray[np.float64], x: Scores, targets: Scores, weights: Scores, offset: float) -> NDArray[np.float64]:
    """Newton's step: the inverse of the loss's second derivatives times its first."""
    share = 0.5 * (1 + np.tanh(0.5 * (at[0] * x + at[1] + offset)))  # the logistic function, without overflow
    error, curve = weights * (share - targets), weights * share * (1 - share)
    first = np.array([error @ x, error.sum()])
    second = np.array([[curve @ (x * x), curve @ x], [curve @ x, curve.sum()]])
    return np.asarray(np.linalg.solve(second + 1e-12 * np.eye(2), first))
