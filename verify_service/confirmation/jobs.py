"""The job of this slice: what has run out is marked so, every night."""

from __future__ import annotations

import procrastinate

from verify_service.audit.actor import system
from verify_service.confirmation.service import expire_ended
from verify_service.kit.office import Office

EXPIRE_TASK = "confirmation.expire_ended"
WORKER = system("worker")


def register(app: procrastinate.App, office: Office) -> None:
    """Register the task on a worker's app."""

    # Twenty past midnight in Shenzhen; the scheduler counts in UTC.
    @app.periodic(cron="20 16 * * *")
    @app.task(name=EXPIRE_TASK, queue="default", queueing_lock=EXPIRE_TASK)
    def expire(timestamp: int) -> None:
        del timestamp
        expire_all(office)


def expire_all(office: Office) -> int:
    """Mark all that have run out, a batch a transaction. Returns their number."""
    expired = 0
    while True:
        with office.transaction() as session:
            batch = expire_ended(session, office, WORKER)
        if not batch:
            return expired
        expired += batch
