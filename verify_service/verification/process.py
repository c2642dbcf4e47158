"""One clip through the eye: claim it, look, decide, and record everything in one transaction.

No transaction is open while models run. A worker that dies loses nothing: its job comes back, the clip is claimed again,
and only one of two that finish wins the compare-and-set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from verify_service import __version__
from verify_service.audit import log as audit
from verify_service.audit.actor import Actor, system
from verify_service.biometrics.evidence import Assessment, Challenge, Locale, Template
from verify_service.cases import service as cases
from verify_service.cases.states import CaseKind
from verify_service.confirmation.issuing import issue
from verify_service.confirmation.keys import Signer
from verify_service.confirmation.queries import standing
from verify_service.decision.policy import Circumstances, Decision, Outcome, decide
from verify_service.decision.thresholds import ThresholdSet
from verify_service.enrolment import service as enrolment
from verify_service.kit.office import Office
from verify_service.kit.states import StateLost, move
from verify_service.life_evidence import service as life_evidence
from verify_service.residents import service as residents
from verify_service.residents.errors import BiometricsErased
from verify_service.residents.records import ResidentRecord
from verify_service.rules import service as rules
from verify_service.verification import near_duplicates
from verify_service.verification.near_duplicates import Repeat
from verify_service.verification.queries import get
from verify_service.verification.records import AttemptRecord, VerificationRecord
from verify_service.verification.states import AT_WORK, MOVES, VerificationState
from verify_service.verification.upload import clip_place

WORKER = system("worker")
STARTS_MAX = 3  # a clip that stopped its worker three times goes to staff


class Eye(Protocol):
    """What looks at a clip: `biometrics.pipeline.Eye`, chosen by `wiring.py`."""

    @property
    def embedder_sha256(self) -> str:
        """The model in whose space references must lie."""
        ...

    def assess(self, clip: bytes, references: Sequence[Template], challenge: Challenge) -> Assessment: ...


@dataclass(frozen=True)
class Judge:
    """What a worker needs to decide: the eye, the thresholds in force and the signer of confirmations."""

    eye: Eye
    thresholds: ThresholdSet
    signer: Signer


@dataclass(frozen=True)
class Claimed:
    """A clip that this worker may look at."""

    attempt_id: UUID
    verification_id: UUID
    resident_ref: UUID
    clip: bytes
    references: tuple[Template, ...]
    challenge: Challenge


class ReferencePending(Exception):
    """The enrolment photo was not looked at yet: the clip waits for it."""


def process(office: Office, judge: Judge, attempt_id: UUID) -> Outcome | None:
    """Take the clip of an attempt through the eye and record the outcome. None where somebody else was faster.

    Raises ReferencePending (try again later).
    """
    claimed = claim(office, attempt_id, judge.eye.embedder_sha256)
    if claimed is None:
        return None
    assessment = judge.eye.assess(claimed.clip, claimed.references, claimed.challenge)
    repeated = _repeated(office, judge, claimed, assessment)
    try:
        with office.transaction() as session:
            return conclude(session, office, judge, claimed.attempt_id, assessment, repeated)
    except StateLost:
        # Another worker finished first, or the resident withdrew: what was measured here counts for nothing.
        return None


def _repeated(office: Office, judge: Judge, claimed: Claimed, assessment: Assessment) -> tuple[Repeat, ...]:
    """The earlier clips that this one repeats; it is remembered for those to come."""
    if assessment.fingerprint is None:
        return ()
    try:
        near_duplicates.remember(office, claimed.attempt_id, claimed.resident_ref, assessment.fingerprint)
    except BiometricsErased:
        return ()  # erased while the eye looked: nothing may be kept of it, and nothing is left to decide
    return near_duplicates.repeats(office, claimed.attempt_id, assessment.fingerprint, judge.thresholds.limits)


def claim(office: Office, attempt_id: UUID, embedder_sha256: str) -> Claimed | None:
    """Take an uploaded clip for this worker. None if there is nothing left to do: decided, withdrawn or handed over."""
    with office.transaction() as session:
        attempt = session.get_one(AttemptRecord, attempt_id, with_for_update=True)
        verification = get(session, attempt.verification_id, for_update=True)
        if VerificationState(verification.state) not in AT_WORK or _is_past(session, attempt):
            return None
        resident = residents.get(session, verification.resident_ref)
        if attempt.processing_starts >= STARTS_MAX:
            to_staff(session, office, verification, resident, CaseKind.CRASHED_CLIP, ["crashed_clip"])
            return None
        if enrolment.is_pending(session, resident.id):
            raise ReferencePending
        # Templates of another model do not compare: after a change of model the photos are embedded anew by staff's order.
        found = enrolment.active_templates(session, office, resident)
        references = tuple(t for t in found if t.model_sha256 == embedder_sha256)
        if not references:
            to_staff(session, office, verification, resident, CaseKind.NO_REFERENCE, ["no_reference"])
            return None
        attempt.processing_starts += 1
        _set_processing(session, verification)
        key = residents.biometric_key(office, resident)
    assert attempt.clip_path is not None
    clip = key.open_stream(office.blobs.get(attempt.clip_path), clip_place(attempt.id))
    return Claimed(attempt.id, verification.id, resident.id, clip, references, challenge_of(attempt))


def _is_past(session: Session, attempt: AttemptRecord) -> bool:
    """Whether this attempt was decided, or a clip came after it: then the verification is at work on that one.

    A job that comes back late, or a worker that is slower than another, must not answer the new clip by the old one. A
    newer challenge without a clip does not count: it may be asked for while this clip is still on its way.
    """
    later = select(AttemptRecord.id).where(
        AttemptRecord.verification_id == attempt.verification_id, AttemptRecord.used_at > attempt.used_at
    )
    return attempt.decided_at is not None or session.execute(later.limit(1)).first() is not None


def challenge_of(attempt: AttemptRecord) -> Challenge:
    locale: Locale = "en" if attempt.challenge_locale == "en" else "zh"
    return Challenge(locale=locale, digits=attempt.challenge_digits, sentence=attempt.challenge_sentence)


def _set_processing(session: Session, verification: VerificationRecord) -> None:
    source = VerificationState(verification.state)
    move(session, VerificationRecord, verification.id, MOVES, source, VerificationState.PROCESSING)


def conclude(
    session: Session,
    office: Office,
    judge: Judge,
    attempt_id: UUID,
    assessment: Assessment,
    repeated: Sequence[Repeat] = (),
) -> Outcome:
    """Decide and record: assessment, decision, state, and confirmation or advice or case, with audit. All or nothing."""
    attempt = session.get_one(AttemptRecord, attempt_id, with_for_update=True)
    verification = get(session, attempt.verification_id, for_update=True)
    if verification.state != VerificationState.PROCESSING or _is_past(session, attempt):
        raise StateLost("VerificationRecord", verification.id, [VerificationState.PROCESSING])
    resident = residents.get(session, verification.resident_ref)
    decision = decide(assessment, _circumstances(session, verification, attempt, repeated))
    key = residents.biometric_key(office, resident)
    session.execute(
        update(AttemptRecord)
        .where(AttemptRecord.id == attempt.id)
        .values(
            assessment=assessment_json(assessment),
            decision=decision_json(decision, judge.thresholds),
            best_frame_sealed=key.seal(assessment.best_frame, best_frame_place(attempt.id))
            if assessment.best_frame
            else None,
            decided_at=office.clock.now(),
        )
    )
    near_duplicates.record(session, office, attempt.id, repeated)
    match decision.outcome:
        case Outcome.CONFIRMED:
            confirm(session, office, judge.signer, verification, resident, method="clip", actor=WORKER)
        case Outcome.RETRY:
            _ask_again(session, office, verification, decision)
        case Outcome.IN_REVIEW:
            reasons = list(decision.reasons)
            to_staff(session, office, verification, resident, CaseKind.VERIFICATION_REVIEW, reasons)
    return decision.outcome


def _circumstances(
    session: Session, verification: VerificationRecord, attempt: AttemptRecord, repeated: Sequence[Repeat]
) -> Circumstances:
    suspicions = ["replay"] if attempt.is_replay else []
    if repeated and not attempt.is_replay:
        # The same bytes are their own near-duplicate: that says no more than `replay` does.
        suspicions.append("near_duplicate")
    if standing(session, verification.resident_ref, verification.purpose, verification.year) is not None:
        # Issued by another road meanwhile, or suspended by a report of a death: no clip outruns that.
        suspicions.append("confirmation_stands")
    left = verification.attempts_allowed - verification.attempts_used
    return Circumstances(attempts_left=left, suspicions=tuple(suspicions))


def confirm(
    session: Session,
    office: Office,
    signer: Signer,
    verification: VerificationRecord,
    resident: ResidentRecord,
    *,
    method: str,
    actor: Actor,
) -> None:
    """Move to `confirmed` and issue the confirmation in the same transaction: neither exists without the other."""
    rule = rules.rule_of_version(verification.rule_version)
    confirmation = issue(
        session,
        office,
        signer,
        resident=resident,
        purpose=verification.purpose,
        cycle=rule.cycle_of_year(resident.birth_on, verification.year, verification.purpose),
        method=method,
        verification_id=verification.id,
        actor=actor,
    )
    life_evidence.record(
        session,
        office,
        resident.id,
        kind="clip" if method == "clip" else "staff_review",
        source="verification",
        strength="strong",
        observed_on=office.clock.today(),
        recorder=actor,
        verification_id=verification.id,
    )
    _leave(session, office, verification, VerificationState.CONFIRMED, actor, confirmation_id=confirmation.id)


def _ask_again(session: Session, office: Office, verification: VerificationRecord, decision: Decision) -> None:
    reasons, advice = list(decision.reasons), list(decision.advice)
    _leave(session, office, verification, VerificationState.RETRY, WORKER, reasons=reasons, advice=advice)


def to_staff(
    session: Session,
    office: Office,
    verification: VerificationRecord,
    resident: ResidentRecord,
    kind: CaseKind,
    reasons: list[str],
) -> None:
    """Hand a clip at work over to people: the verification in review, with a case."""
    _leave(session, office, verification, VerificationState.IN_REVIEW, WORKER, reasons=reasons, advice=[])
    cases.open_case(
        session, office, kind=kind, resident=resident, verification_id=verification.id, reasons=reasons, actor=WORKER
    )


def _leave(
    session: Session,
    office: Office,
    verification: VerificationRecord,
    target: VerificationState,
    actor: Actor,
    **values: Any,
) -> None:
    source = VerificationState(verification.state)
    values["decided_at"] = office.clock.now()
    move(session, VerificationRecord, verification.id, MOVES, source, target, **values)
    facts = {"reasons": values.get("reasons", [])}
    if "confirmation_id" in values:
        facts["confirmation"] = str(values["confirmation_id"])
    audit.append(
        session,
        office,
        event=f"verification.{target.value}",
        actor=actor,
        subject=f"verification:{verification.id}",
        resident_ref=verification.resident_ref,
        facts=facts,
    )


def best_frame_place(attempt_id: UUID) -> str:
    return f"attempts/{attempt_id}/best-frame"


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """An assessment as it is stored: scores and model hashes, no template and no picture."""
    return {
        "checks": [asdict(check) for check in assessment.checks],
        "seconds": dict(assessment.seconds),
        "models": dict(assessment.models),
    }


def decision_json(decision: Decision, thresholds: ThresholdSet) -> dict[str, Any]:
    """A decision with what it was made by, so that it can be made again: policy, thresholds and code."""
    return {
        "outcome": decision.outcome.value,
        "reasons": list(decision.reasons),
        "advice": list(decision.advice),
        "policy_version": decision.policy_version,
        "thresholds_version": thresholds.version,
        "thresholds": thresholds.values,
        "code_version": __version__,
    }
