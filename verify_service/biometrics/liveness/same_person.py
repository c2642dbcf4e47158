"""The same person throughout. A clip that changes person midway has a mean template near to both (0.73 each was measured):
so its frames must agree with each other, not only with the reference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from verify_service.biometrics.comparison.embedder import EMBEDDER_ROLE
from verify_service.biometrics.comparison.template import similarity
from verify_service.biometrics.evidence import Check, CheckResult, Template
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "same_person"


def check(probe: Sequence[Template], limits: Limits) -> Check:
    """The lowest cosine between any two of the best frames, which are spread over the clip; at the limit it passes.

    Inconclusive with fewer than two frames. Raises ModelsDiffer for templates of two models.
    """
    limit = limits.same_person_similarity_min
    if len(probe) < 2:
        return Check(NAME, CheckResult.INCONCLUSIVE, None, limit, Reason.NOT_MEASURED, EMBEDDER_ROLE)
    score = min(similarity(first, second) for first, second in combinations(probe, 2))
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, EMBEDDER_ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.PERSON_CHANGED, EMBEDDER_ROLE)
