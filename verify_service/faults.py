"""Every error leaves as problem+json: domain errors by the table, bad requests field by field, and what nobody foresaw
without a word of its text, which may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from verify_service.kit.problem import Problem, ProblemKind, problem_response
from verify_service.problems import (
    BAD_REQUEST,
    INTERNAL,
    INVALID_REQUEST,
    KINDS,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNAVAILABLE,
    kind_of,
)

# What a caller sent never comes back. Sentences are ours, so this is the second lock on that door: no row of digits that is
# as long as an ID number, whoever put it there (13, so that the ids we give out stay whole).
DIGITS = re.compile(r"\d{13,}[Xx]?")
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def install(app: FastAPI) -> None:
    """Register the handlers. `Exception` itself is caught by the boundary: Starlette would raise it again to the server."""
    for error in KINDS:
        app.add_exception_handler(error, _domain_error)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)


def answer_to(error: Exception) -> JSONResponse:
    """The answer to an error of the table. Raises KeyError for any other."""
    kind = kind_of(error)
    if kind is None:
        raise KeyError(type(error).__name__)
    headers = {"WWW-Authenticate": "Bearer"} if kind.status == 401 else {}
    retry_after = getattr(error, "retry_after_seconds", None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    detail = kind.title if kind in (UNAVAILABLE,) else str(error)
    return _answer(kind, detail, headers=headers)


def unforeseen() -> JSONResponse:
    """The answer where nobody foresaw the error."""
    return _answer(INTERNAL, "The error was noted. It is not about your request.")


def _answer(
    kind: ProblemKind,
    detail: str,
    *,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    return problem_response(Problem(kind, DIGITS.sub("…", detail), errors=errors, headers=headers))


async def _domain_error(_: Request, error: Exception) -> JSONResponse:
    return answer_to(error)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return problem_response(error)


async def _http_exception(_: Request, error: Exception) -> JSONResponse:
    """Starlette's own: no route, wrong method, a body that is no JSON."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, Exception) and kind_of(error.__cause__) is not None:
        # FastAPI wraps whatever stops it from reading a body, the cap of the boundary too.
        return answer_to(error.__cause__)
    kinds = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}
    kind = kinds.get(error.status_code, BAD_REQUEST)
    return _answer(kind, kind.title, headers=dict(error.headers or {}))


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [_field_fault(fault) for fault in error.errors()]
    return _answer(INVALID_REQUEST, f"{len(faults)} of the fields cannot be taken", errors=faults)


def _field_fault(fault: dict[str, Any]) -> dict[str, str]:
    """Where and why, without what was sent: pydantic's `input` and `ctx` stay behind, and so do names of unknown fields."""
    place = [str(part) if isinstance(part, int) or FIELD.fullmatch(part) else "…" for part in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        place[-1] = "…"
    message = DIGITS.sub("…", str(fault["msg"]).removeprefix("Value error, "))
    return {"field": ".".join(place), "message": message, "kind": str(fault["type"])}
