"""Jobs live in the same database and are enqueued in the transaction of the change that needs them (procrastinate)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import procrastinate
from sqlalchemy.orm import Session


class JobQueue:
    """Enqueues by task name, so that the API need not import what a worker runs."""

    def __init__(self, app: procrastinate.App) -> None:
        self._app = app

    def enqueue(
        self,
        session: Session,
        task: str,
        *,
        queue: str = "default",
        lock: str | None = None,
        delay: timedelta | None = None,
        **arguments: Any,
    ) -> int:
        """Put a job into the queue within the session's transaction: both are committed, or neither. Returns its id.

        `queue` is "clips", "photos" or "default". Jobs with the same `lock` run one after the other. Arguments are JSON:
        ids, never data of persons.
        """
        connection = session.connection().connection.driver_connection
        options: dict[str, Any] = {"connection": connection, "queue": queue, "lock": lock}
        if delay:
            options["schedule_in"] = {"seconds": delay.total_seconds()}
        deferrer = self._app.configure_task(task, **options)
        return int(deferrer.defer(**arguments))
