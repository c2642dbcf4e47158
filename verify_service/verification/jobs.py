"""The jobs of this slice, to be registered by a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import procrastinate
from sqlalchemy import func, select

from verify_service.cases.states import CaseKind
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.rules import service as rules
from verify_service.verification import near_duplicates
from verify_service.verification.process import Judge, process, to_staff
from verify_service.verification.records import AttemptRecord, VerificationRecord
from verify_service.verification.states import AT_WORK
from verify_service.verification.upload import ASSESS_TASK

SWEEP_TASK = "verification.sweep_clips"
ORPHAN_AGE = timedelta(hours=1)
STUCK_TASK = "verification.hand_over_stuck"
FORGET_TASK = "verification.forget_fingerprints"
# Longer than any queue within its limit takes: what has waited so long has lost its job.
STUCK_AGE = timedelta(hours=6)


def register(app: procrastinate.App, office: Office, judge: Judge) -> None:
    """Register the tasks on a worker's app."""

    # Any error (a reference that is not ready, a database that restarts) is tried again; a clip that stops its worker
    # is counted by `claim` and goes to staff.
    retry = procrastinate.RetryStrategy(max_attempts=30, linear_wait=2)

    @app.task(name=ASSESS_TASK, queue="clips", retry=retry)
    def assess_clip(attempt_id: str) -> None:
        process(office, judge, UUID(attempt_id))

    @app.periodic(cron="*/15 * * * *")
    @app.task(name=SWEEP_TASK, queue="default", queueing_lock=SWEEP_TASK)
    def sweep_clips(timestamp: int) -> None:
        sweep(office, older_than=datetime.fromtimestamp(timestamp, UTC) - ORPHAN_AGE)

    @app.periodic(cron="10 * * * *")
    @app.task(name=STUCK_TASK, queue="default", queueing_lock=STUCK_TASK)
    def hand_stuck_over(timestamp: int) -> None:
        hand_over_stuck(office, sent_before=datetime.fromtimestamp(timestamp, UTC) - STUCK_AGE)

    @app.periodic(cron="40 19 * * *")  # at night in Shenzhen
    @app.task(name=FORGET_TASK, queue="default", queueing_lock=FORGET_TASK)
    def forget_fingerprints(timestamp: int) -> None:
        now = datetime.fromtimestamp(timestamp, UTC)
        kept = rules.rule_on(office.clock.today()).fingerprint_retention_days
        near_duplicates.forget_before(office, now - timedelta(days=kept))


def hand_over_stuck(office: Office, *, sent_before: datetime) -> int:
    """Give people the clips that should long have been answered: no silence is final. Returns their number."""
    at_work = [s.value for s in AT_WORK]
    # Of the newest clip: an earlier one that was handed over stays undecided for good.
    sent_at = select(func.max(AttemptRecord.used_at)).where(AttemptRecord.verification_id == VerificationRecord.id)
    with office.transaction() as session:
        stuck = session.scalars(
            select(VerificationRecord)
            .where(VerificationRecord.state.in_(at_work), sent_at.scalar_subquery() < sent_before)
            .with_for_update(of=VerificationRecord, skip_locked=True)
        ).all()
        for verification in stuck:
            resident = residents.get(session, verification.resident_ref)
            to_staff(session, office, verification, resident, CaseKind.CRASHED_CLIP, ["crashed_clip"])
        return len(stuck)


def sweep(office: Office, *, older_than: datetime) -> int:
    """Delete clip blobs that no attempt names: an API that was killed before the row leaves such, whole or torn.

    Returns their number.

    Blobs younger than `older_than` are left, since their row may just be on its way.
    """
    paths = office.blobs.paths_before("clips/", older_than)
    with office.transaction() as session:
        known = set(
            session.execute(select(AttemptRecord.clip_path).where(AttemptRecord.clip_path.in_(paths))).scalars()
        )
    orphans = [path for path in paths if path not in known]
    for path in orphans:
        office.blobs.delete(path)
    return len(orphans) + office.blobs.delete_torn_before("clips/", older_than)
