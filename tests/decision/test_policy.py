from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.biometrics.evidence import Assessment, Check, CheckResult
from verify_service.biometrics.reasons import Reason
from verify_service.decision.policy import (
    QUALITY_REASONS,
    REQUIRED_CHECKS,
    Circumstances,
    Outcome,
    decide,
)

FIRST_TRY = Circumstances(attempts_left=2)
LAST_TRY = Circumstances(attempts_left=0)


def passing(name: str) -> Check:
    return Check(name, CheckResult.PASS, score=1.0, limit=0.5)


def failing(name: str, reason: str) -> Check:
    return Check(name, CheckResult.FAIL, score=0.1, limit=0.5, reason=reason)


def assessment(*changed: Check) -> Assessment:
    names = {c.name for c in changed}
    return Assessment((*changed, *(passing(n) for n in sorted(REQUIRED_CHECKS - names))))


checks = st.builds(
    lambda name, result, reason: Check(name, result, score=0.5, limit=0.5, reason=reason),
    st.sampled_from(sorted(REQUIRED_CHECKS)),
    st.sampled_from(list(CheckResult)),
    st.sampled_from(list(Reason)),
)
assessments = st.lists(checks, max_size=20).map(lambda found: Assessment(tuple(found)))
circumstances = st.builds(
    Circumstances, attempts_left=st.integers(0, 3), suspicions=st.sampled_from([(), ("replay",), ("near_duplicate",)])
)


def test_all_checks_passed_confirm() -> None:
    assert decide(assessment(), FIRST_TRY).outcome is Outcome.CONFIRMED


def test_an_empty_assessment_is_never_confirmed() -> None:
    decision = decide(Assessment(()), FIRST_TRY)

    assert decision.outcome is Outcome.IN_REVIEW
    assert decision.reasons == ("not_measured",)


@pytest.mark.parametrize("name", sorted(REQUIRED_CHECKS))
def test_a_missing_check_is_never_confirmed(name: str) -> None:
    found = tuple(c for c in assessment().checks if c.name != name)

    assert decide(Assessment(found), FIRST_TRY).outcome is Outcome.IN_REVIEW


def test_a_low_score_of_good_quality_goes_to_a_person_at_once() -> None:
    decision = decide(assessment(failing("comparison", Reason.COMPARISON)), FIRST_TRY)

    assert (decision.outcome, decision.reasons, decision.advice) == (Outcome.IN_REVIEW, ("comparison",), ())


def test_poor_quality_is_asked_for_again_before_anybody_is_suspected() -> None:
    decision = decide(
        assessment(failing("brightness", Reason.TOO_DARK), failing("comparison", Reason.COMPARISON)), FIRST_TRY
    )

    assert (decision.outcome, decision.reasons, decision.advice) == (Outcome.RETRY, ("too_dark",), ("too_dark",))


def test_wrong_words_are_told_to_the_phone_as_say_it_again() -> None:
    decision = decide(assessment(failing("challenge", Reason.WRONG_WORDS)), FIRST_TRY)

    assert (decision.outcome, decision.reasons, decision.advice) == (Outcome.RETRY, ("wrong_words",), ("say_again",))


def test_wrong_words_with_a_suspicion_go_to_a_person_at_once() -> None:
    found = assessment(failing("challenge", Reason.WRONG_WORDS), failing("lips", Reason.LIPS_STILL))

    assert decide(found, FIRST_TRY).outcome is Outcome.IN_REVIEW


def test_what_could_not_be_measured_is_asked_for_again() -> None:
    unmeasured = Check("lips", CheckResult.INCONCLUSIVE, reason=Reason.NOT_MEASURED)

    decision = decide(assessment(unmeasured), FIRST_TRY)

    assert (decision.outcome, decision.advice) == (Outcome.RETRY, ("say_again",))


@pytest.mark.parametrize("reason", sorted(QUALITY_REASONS))
def test_after_the_last_attempt_a_person_looks(reason: Reason) -> None:
    assert decide(assessment(failing("one_face", reason)), LAST_TRY).outcome is Outcome.IN_REVIEW


def test_a_replayed_clip_goes_to_a_person_even_when_all_checks_pass() -> None:
    decision = decide(assessment(), Circumstances(attempts_left=2, suspicions=("replay",)))

    assert (decision.outcome, decision.reasons) == (Outcome.IN_REVIEW, ("replay",))


def test_the_machine_has_no_word_for_refusing() -> None:
    assert {o.value for o in Outcome} == {"confirmed", "retry", "in_review"}


@given(assessments, circumstances)
def test_every_decision_has_a_reason_unless_it_is_a_yes(found: Assessment, around: Circumstances) -> None:
    decision = decide(found, around)

    assert (decision.outcome is Outcome.CONFIRMED) == (not decision.reasons)
    assert (decision.outcome is Outcome.RETRY) == bool(decision.advice)


@given(assessments, circumstances)
def test_a_yes_needs_every_required_check_and_no_failing_one(found: Assessment, around: Circumstances) -> None:
    if decide(found, around).outcome is Outcome.CONFIRMED:
        assert {c.name for c in found.checks} >= REQUIRED_CHECKS
        assert all(c.result is CheckResult.PASS for c in found.checks)


@given(assessments, circumstances, st.data())
def test_a_worse_check_never_turns_another_answer_into_a_yes(
    found: Assessment, around: Circumstances, data: st.DataObject
) -> None:
    if not found.checks or decide(found, around).outcome is Outcome.CONFIRMED:
        return
    worse = data.draw(st.integers(0, len(found.checks) - 1))
    changed = [failing(c.name, Reason.COMPARISON) if i == worse else c for i, c in enumerate(found.checks)]

    assert decide(Assessment(tuple(changed)), around).outcome is not Outcome.CONFIRMED


@given(assessments, circumstances)
def test_the_phone_never_hears_what_an_attacker_could_learn_from(found: Assessment, around: Circumstances) -> None:
    staff_only = {
        "person_changed",
        "lips_still",
        "no_motion",
        "lips_apart_from_sound",
        "presentation",
        "comparison",
        "replay",
        "near_duplicate",
        "wrong_words",
    }

    assert not staff_only & set(decide(found, around).advice)
