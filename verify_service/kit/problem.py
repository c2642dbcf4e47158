"""Errors over HTTP: RFC 9457 problem+json with a stable code, a sentence for people, and what to do next.

Slices raise their own errors; `verify_service/problems.py` is the one place that gives each its HTTP status and words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """One kind of problem: `code` is stable and listed in docs/api.md; `action` says what the caller can do."""

    code: str
    status: int
    title: str
    action: str
    retry_after_seconds: int | None = None


class Problem(Exception):
    """A problem to be answered as it is. `detail` must hold no name, ID number or token."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.detail, self.errors, self.headers = kind, detail, tuple(errors), dict(headers or {})
        super().__init__(f"{kind.code}: {detail}")


def problem_response(problem: Problem) -> JSONResponse:
    kind = problem.kind
    body: dict[str, Any] = {
        "type": f"urn:verify-service:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "code": kind.code,
        "action": kind.action,
    }
    if problem.errors:
        body["errors"] = [dict(e) for e in problem.errors]
    headers = dict(problem.headers)
    if kind.retry_after_seconds is not None:
        headers.setdefault("Retry-After", str(kind.retry_after_seconds))
    return JSONResponse(body, status_code=kind.status, headers=headers, media_type=MEDIA_TYPE)
