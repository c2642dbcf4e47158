from __future__ import annotations

from scripts.evaluation.held import Held, held
from scripts.evaluation.trials import Outcome
from tests.scripts.evaluation.outcomes import outcome
from verify_service.biometrics.reasons import Reason
from verify_service.decision.thresholds import load_thresholds

LIMITS = load_thresholds().limits
LIPS = Held("lip_movement_min", "lips", ("mask",))


def test_a_limit_is_kept_with_what_it_holds_back_and_lets_through() -> None:
    genuine = [outcome("genuine"), outcome("genuine", lips=Reason.LIPS_STILL)]
    attacks = [outcome("mask", lips=Reason.LIPS_STILL), outcome("mask"), outcome("two_faces")]

    (proposal,) = held(LIMITS, [LIPS], genuine, attacks)

    assert (proposal.limit, proposal.value) == ("lip_movement_min", LIMITS.lip_movement_min)
    assert proposal.counts.startswith("genuine 2: 0.2 to 0.8")
    assert proposal.bound.startswith("holds back 1 of 2")
    assert "lets through 1 of 2" in proposal.bound


def test_nothing_is_said_of_a_limit_whose_check_was_never_made() -> None:
    assert held(LIMITS, [LIPS], [outcome("genuine")], [outcome("two_faces")]) == []
    assert held(LIMITS, [LIPS], [Outcome(outcome().trial, ())], [outcome("mask")]) == []
