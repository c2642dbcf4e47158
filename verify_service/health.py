"""Is it alive, can it work, how much does it do: for load balancers and operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from verify_service import __version__
from verify_service.kit.migrate import current
from verify_service.kit.office import Office, office_of
from verify_service.kit.rescue import SILENT_SECONDS_MAX
from verify_service.metrics import Metrics

LIVE_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat >= now() - make_interval(secs => :silent)"
)

router = APIRouter(tags=["operations"])


@dataclass(frozen=True)
class Build:
    """What this deployment is made of, echoed by /readyz. A worker with other files than `models` names does not start."""

    models: Mapping[str, str]  # role → sha256
    thresholds_version: str
    thresholds: Mapping[str, float]  # limit → value in force
    schema: str  # the migration that this code needs


def build_of(request: Request) -> Build:
    build = request.app.state.build
    assert isinstance(build, Build)
    return build


def metrics_of(request: Request) -> Metrics:
    metrics = request.app.state.metrics
    assert isinstance(metrics, Metrics)
    return metrics


@router.get("/healthz", summary="The process is alive")
def alive() -> dict[str, str]:
    return {"status": "ok", "version": __version__}


@router.get(
    "/readyz",
    summary="Clips can be taken and will be looked at",
    responses={503: {"description": "not ready: `checks` says what is missing"}},
)
def ready(office: Annotated[Office, Depends(office_of)], build: Annotated[Build, Depends(build_of)]) -> JSONResponse:
    """The database answers, its shape is the one this code needs, and at least one worker is warm and heard."""
    checks = _checks(office, build)
    missing = [name for name, found in checks.items() if found is not True]
    body = {"ready": not missing, "checks": checks, "environment": office.environment, **asdict(build)}
    return JSONResponse(body, status_code=503 if missing else 200, headers={"Retry-After": "2"} if missing else None)


@router.get("/metrics", summary="Figures in Prometheus' text format", response_class=Response)
def figures(metrics: Annotated[Metrics, Depends(metrics_of)]) -> Response:
    return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _checks(office: Office, build: Build) -> dict[str, Any]:
    checks: dict[str, Any] = {"database": False, "schema": False, "workers": False}
    try:
        with office.transaction() as session:
            revision = current(session.connection())
            checks["database"] = True
            checks["schema"] = revision == build.schema or f"at {revision}, needed {build.schema}"
            # A worker registers when its models are warm, so a heartbeat is a worker that can begin at once.
            heard = session.execute(LIVE_WORKERS, {"silent": SILENT_SECONDS_MAX}).scalar_one()
            checks["workers"] = heard > 0
    except SQLAlchemyError:
        pass  # what could not be found out stays False
    return checks
