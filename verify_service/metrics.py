"""Figures for operators in Prometheus' form. No label tells anything of a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text

from verify_service.kit.office import Office
from verify_service.kit.rescue import SILENT_SECONDS_MAX

JOBS = text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2")
OLDEST = text(
    "SELECT queue_name, extract(epoch FROM now() - min(e.at)) FROM procrastinate_jobs j "
    "JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred' WHERE j.status = 'todo' GROUP BY 1"
)
WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat >= now() - make_interval(secs => :silent)"
)


class Metrics:
    """One registry an app: requests are counted as they end, queues and workers when somebody asks."""

    def __init__(self, office: Office) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("verify_requests", "Requests answered", labels, registry=self._registry)
        self._seconds = Histogram(
            "verify_request_seconds",
            "Time to answer, long polls included",
            ("method", "route"),
            registry=self._registry,
        )
        self._registry.register(_Queues(office))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All figures in the text format 0.0.4."""
        return generate_latest(self._registry)


class _Queues(Collector):
    def __init__(self, office: Office) -> None:
        self._office = office

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is asked of the database when the collector is registered

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("verify_jobs", "Jobs by queue and state", labels=("queue", "state"))
        oldest = GaugeMetricFamily("verify_oldest_job_seconds", "Age of the oldest job that waits", labels=("queue",))
        workers = GaugeMetricFamily("verify_workers", "Workers whose heartbeat is heard")
        with self._office.transaction() as session:
            for queue, state, count in session.execute(JOBS):
                jobs.add_metric((queue, state), count)
            for queue, seconds in session.execute(OLDEST):
                oldest.add_metric((queue,), float(seconds))
            workers.add_metric((), session.execute(WORKERS, {"silent": SILENT_SECONDS_MAX}).scalar_one())
        yield from (jobs, oldest, workers)
