"""The policy: from what was measured to what happens next.

The machine may confirm, ask again, or hand over to a person. It has no word for refusing (docs/decisions/0001).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verify_service.biometrics.evidence import Assessment, Check, CheckResult
from verify_service.biometrics.reasons import Reason

POLICY_VERSION = "2"


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    RETRY = "retry"
    IN_REVIEW = "in_review"


# Every one of these must have been measured and passed before the machine says yes.
REQUIRED_CHECKS = frozenset(
    {
        "readable",
        "length",
        "face_seen",
        "one_face",
        "face_width",
        "face_inside",
        "face_lit",
        "face_not_glaring",
        "face_sharp",
        "face_frontal",
        "face_uncovered",
        "mouth_uncovered",
        "eyes_uncovered",
        "sound",
        "speech",
        "challenge",
        "lips",
        "motion",
        "same_person",
        "comparison",
    }
)

# The recording itself is at fault: another one may well succeed, so the person is asked again before anybody is suspected.
QUALITY_REASONS = frozenset(
    {
        Reason.UNREADABLE,
        Reason.UNSUPPORTED_FORMAT,
        Reason.CLIP_SHORT,
        Reason.CLIP_LONG,
        Reason.NO_FACE,
        Reason.MANY_FACES,
        Reason.TOO_DARK,
        Reason.TOO_BRIGHT,
        Reason.BLURRED,
        Reason.FACE_TURNED,
        Reason.FACE_COVERED,
        Reason.TOO_FAR,
        Reason.TOO_NEAR,
        Reason.NO_SOUND,
        Reason.SPEECH_UNCLEAR,
    }
)

# Misread words, or something that could not be measured: neither speaks against the person.
REPEATABLE_REASONS = frozenset({Reason.WRONG_WORDS, Reason.NOT_MEASURED})


@dataclass(frozen=True)
class Circumstances:
    """What the office knows and the eye does not.

    `attempts_left` counts the attempts that remain after this one; `suspicions` are reasons that the office found
    (a replayed clip, a clip that crashed the eye): each sends the case to a person at once.
    """

    attempts_left: int
    suspicions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What the machine decided. `reasons` are for staff, `advice` is for the phone."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    policy_version: str = POLICY_VERSION


def decide(assessment: Assessment, circumstances: Circumstances) -> Decision:
    """Decide on one assessment.

    1. What the office suspects goes to a person at once.
    2. A poor recording is asked for again while attempts remain, then a person looks.
    3. A good recording with a suspicious or too low score goes to a person at once, however low the score.
    4. Wrong words, or something that could not be measured, is asked for again while attempts remain.
    5. Only when every required check was measured and passed, the answer is yes.
    """
    open_checks = [c for c in assessment.checks if c.result is not CheckResult.PASS]
    quality = _reasons(c for c in open_checks if c.reason in QUALITY_REASONS)
    suspicion = _reasons(c for c in open_checks if c.reason not in QUALITY_REASONS and _is_suspicion(c))
    repeatable = _reasons(c for c in open_checks if c.reason not in QUALITY_REASONS and not _is_suspicion(c))

    if circumstances.suspicions:
        return Decision(Outcome.IN_REVIEW, tuple(circumstances.suspicions) + quality + suspicion)
    if quality:
        return _ask_again(quality, circumstances)
    if suspicion:
        return Decision(Outcome.IN_REVIEW, suspicion)
    if repeatable:
        return _ask_again(repeatable, circumstances)
    if not _all_passed(assessment.checks):
        return Decision(Outcome.IN_REVIEW, (Reason.NOT_MEASURED,))
    return Decision(Outcome.CONFIRMED)


def _is_suspicion(check: Check) -> bool:
    """A measured failure speaks against the person; what could not be measured, and misread words, do not."""
    return check.result is CheckResult.FAIL and check.reason not in REPEATABLE_REASONS


def _reasons(checks: Iterable[Check]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(c.reason) for c in checks))


def _ask_again(reasons: tuple[str, ...], circumstances: Circumstances) -> Decision:
    if circumstances.attempts_left <= 0:
        return Decision(Outcome.IN_REVIEW, reasons)
    advice = tuple(dict.fromkeys(_advice(r) for r in reasons))
    return Decision(Outcome.RETRY, reasons, advice)


def _advice(reason: str) -> str:
    # What is not an advice itself is told as "say it again": an attacker must not learn which check fired.
    return reason if reason in QUALITY_REASONS else "say_again"


def _all_passed(checks: Sequence[Check]) -> bool:
    # `all([])` is true, and a clip on which nothing was measured must not be confirmed: so the names are asked for.
    passed = {c.name for c in checks if c.result is CheckResult.PASS}
    return passed >= REQUIRED_CHECKS and all(c.result is CheckResult.PASS for c in checks)
