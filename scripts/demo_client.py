"""What an app, a clerk and a department say to the service over HTTP, for the demo."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.demo_people import Person

PATIENCE_SECONDS = 120.0


class Unexpected(Exception):
    """The service answered otherwise than it should."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"{answer.request.method} {answer.request.url.path} → {answer.status_code}: {answer.text}")


@dataclass(frozen=True)
class Client:
    """One holder of a token."""

    http: httpx.Client
    token: str

    def call(self, method: str, path: str, *, token: str | None = None, **body: Any) -> Any:
        """The JSON of an answer. Raises Unexpected for a problem."""
        return self.answer(method, path, token=token, **body).json()

    def answer(self, method: str, path: str, *, token: str | None = None, **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}", **body.pop("headers", {})}
        answer = self.http.request(method, path, headers=headers, **body)
        if answer.is_error:
            raise Unexpected(answer)
        return answer

    def enrol(self, person: Person, photo: bytes) -> str:
        """Register a person, record the consent, send the photo and wait until it is looked at. Returns the reference's state."""
        row = {"id_number": person.id_number, "name": person.name, "district": "440304"}
        ref = self.call("POST", "/v1/residents", json=row)["resident_ref"]
        consent = {"purpose": "enrolment", "text_version": "enrolment-2026-11", "given_by": "counter"}
        self.call("POST", f"/v1/residents/{ref}/consents", json=consent)
        self.call("PUT", f"/v1/residents/{ref}/reference", content=photo, headers={"Content-Type": "image/jpeg"})
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends_at:
            state = self.call("GET", f"/v1/residents/{ref}/reference")["state"]
            if state != "pending":
                return str(state)
            time.sleep(0.2)
        return "pending"

    def open(self, person: Person, purpose: str, demo_challenge: Mapping[str, str] | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "resident": {"id_number": person.id_number, "name": person.name},
            "purpose": purpose,
            "consent": {"text_version": "verification-2026-11", "given_by": "resident"},
            "needs": {"locale": "en"},
        }
        if demo_challenge:
            body["demo_challenge"] = dict(demo_challenge)
        opened: dict[str, Any] = self.call("POST", "/v1/verifications", json=body)
        return opened

    def send(self, opened: Mapping[str, Any], clip: bytes) -> dict[str, Any]:
        """Send a clip with the verification's own token and wait for what comes of it."""
        path, token = f"/v1/verifications/{opened['id']}", opened["token"]
        self.call("PUT", f"{path}/clip", token=token, content=clip, headers={"Content-Type": "video/mp4"})
        ends_at = time.monotonic() + PATIENCE_SECONDS
        seen: dict[str, Any] = {}
        while time.monotonic() < ends_at:
            seen = self.call("GET", path, token=token, headers={"Prefer": "wait=20"})
            if seen["status"] != "processing":
                break
        return seen
