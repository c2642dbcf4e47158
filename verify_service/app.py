"""The API: the routers of the slices behind one boundary. It loads no model: whatever looks at a face is a job."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse

from verify_service import __version__, faults, health
from verify_service.access.rates import RateLimits
from verify_service.boundary import Boundary
from verify_service.cases.endpoints import router as cases
from verify_service.confirmation.endpoints import confirmations_router
from verify_service.confirmation.keys import Signer
from verify_service.consent.endpoints import router as consents
from verify_service.departments.endpoints import router as departments
from verify_service.enrolment.endpoints import router as references
from verify_service.health import Build
from verify_service.kit.office import Office
from verify_service.kit.problem import MEDIA_TYPE
from verify_service.metrics import Metrics
from verify_service.reference_page import reference_page
from verify_service.residents.endpoints import router as residents
from verify_service.review.endpoints import router as review
from verify_service.verification.endpoints import router as verifications
from verify_service.verification.holder import confirmation_readers
from verify_service.verification.settings import ClipSettings

ROUTERS = (
    health.router,
    residents,
    consents,
    references,
    cases,
    verifications,
    # Before the confirmations: "validate" is no confirmation's id.
    departments,
    confirmations_router(confirmation_readers),
    review,
)

DESCRIPTION = """Proof of life for old-age allowances: a spoken sentence to the phone's camera instead of a journey to the
counter. Errors are problem+json (RFC 9457) with a stable `code`; docs/api.md lists them all."""
DEMO_BANNER = " DEMONSTRATION: challenges may be fixed, and what is issued here counts nowhere."
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "action"],
    "properties": {
        "type": {"type": "string", "example": "urn:verify-service:problem:resident-not-found"},
        "title": {"type": "string", "example": "There is no such resident"},
        "status": {"type": "integer", "example": 404},
        "detail": {"type": "string", "example": "no resident has this ID number and this name"},
        "code": {"type": "string", "example": "resident-not-found"},
        "action": {"type": "string", "example": "Check number and name, or send the person to a counter."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}, "kind": {"type": "string"}},
            },
        },
    },
}


def create_app(office: Office, signer: Signer, *, rates: RateLimits, clips: ClipSettings, build: Build) -> FastAPI:
    """The application over an office. Two apps in one process share nothing but what they are given."""
    # Their own pages load scripts from a third party's server; ours is made of the description (reference_page).
    app = FastAPI(title="verify-service", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    metrics = Metrics(office)
    app.state.office, app.state.signer, app.state.rates = office, signer, rates
    app.state.clips, app.state.build, app.state.metrics = clips, build, metrics
    for router in ROUTERS:
        app.include_router(router)
    faults.install(app)
    is_demo = office.environment == "demo"
    _add_reference(app, DESCRIPTION + (DEMO_BANNER if is_demo else ""))
    extra = {"X-Demo": "true"} if is_demo else {}
    app.add_middleware(Boundary, randomness=office.randomness, metrics=metrics, extra=extra)
    return app


def _add_reference(app: FastAPI, description: str) -> None:
    # Made when first asked for, and then kept: the API should be ready before it can describe itself.
    @cache
    def content() -> dict[str, Any]:
        return describe(app, description)

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> dict[str, Any]:
        return content()

    @app.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs() -> str:
        return reference_page(content())


def describe(app: FastAPI, description: str) -> dict[str, Any]:
    """The OpenAPI description, with problem+json as what every operation may answer."""
    content = get_openapi(title=app.title, version=app.version, description=description, routes=app.routes)
    schemas = content.setdefault("components", {}).setdefault("schemas", {})
    # FastAPI's own form of a 422 is never sent.
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for operation in (operation for methods in content["paths"].values() for operation in methods.values()):
        answers = operation["responses"]
        if "422" in answers:
            answers["422"] = {"description": "The request is not well formed", **problem}
        answers.setdefault("default", {"description": "A problem; `code` says which", **problem})
    return content
