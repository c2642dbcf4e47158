"""Is this the face that was enrolled? One score, held against one limit."""

from __future__ import annotations

from collections.abc import Sequence

from verify_service.biometrics.comparison.embedder import EMBEDDER_ROLE
from verify_service.biometrics.comparison.template import mean_template, similarity
from verify_service.biometrics.evidence import Check, CheckResult, Template
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "comparison"


def check(references: Sequence[Template], probe: Sequence[Template], limits: Limits) -> Check:
    """Cosine between the mean of the references and the mean of the probe's frames; at the limit it passes.

    Without a frame to compare it is inconclusive. Raises NoTemplates for no references (a resident without one is never
    assessed) and ModelsDiffer where reference and probe are of two models.
    """
    reference = mean_template(references)
    limit = limits.comparison_similarity_min
    if not probe:
        return Check(NAME, CheckResult.INCONCLUSIVE, None, limit, Reason.NOT_MEASURED, EMBEDDER_ROLE)
    score = similarity(reference, mean_template(probe))
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, EMBEDDER_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.COMPARISON, EMBEDDER_ROLE)
