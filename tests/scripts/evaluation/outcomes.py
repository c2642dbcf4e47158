"""Outcomes made by hand: which checks stand open, and the policy's own word on them."""

from __future__ import annotations

from scripts.evaluation.trials import AsItIs, Maker, Outcome, Reference, Trial
from verify_service.biometrics.evidence import Challenge, Check, CheckResult
from verify_service.biometrics.reasons import Reason
from verify_service.decision.policy import REQUIRED_CHECKS


def outcome(label: str = "mask", detail: str = "", maker: Maker | None = None, **opened: Reason) -> Outcome:
    """Every required check passes but those that are named, which fail: `outcome(lips=Reason.LIPS_STILL)`."""
    checks = [
        Check(name, CheckResult.FAIL, 0.2, 0.5, opened[name])
        if name in opened
        else Check(name, CheckResult.PASS, 0.8, 0.5)
        for name in sorted(REQUIRED_CHECKS)
    ]
    sent = maker or AsItIs("clip.mp4")
    trial = Trial(label, detail, sent, Challenge("en", digits="5831"), Reference("reference.jpg"), "s1")
    return Outcome(trial, tuple(checks))
