"""Residents with a reference, by the service's own calls, as a registry would bring them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from scripts.demo_people import Person
from scripts.loadtest.people import person
from scripts.loadtest.plan import Visitor

PURPOSES = ("old-age-allowance", "elder-transit-card")
PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.3


class NotEnrolled(Exception):
    """A resident's photo was not taken, or not looked at in time."""

    def __init__(self, state: str) -> None:
        super().__init__(f"a resident's reference is {state}")


@dataclass(frozen=True)
class Kind:
    """What a resident looks like and sends: a photo, and the name of a clip of the same face."""

    clip: str
    photo: bytes


def enrol(
    http: httpx.Client, token: str, kinds: Sequence[Kind], first: int, count: int, advance: Callable[[], None]
) -> list[Visitor]:
    """Register `count` residents from number `first` on and wait until all are enrolled. Each may come once a purpose.

    Raises NotEnrolled or httpx.HTTPStatusError.
    """
    people = [person(index) for index in range(first, first + count)]
    headers = {"Authorization": f"Bearer {token}"}
    references = _register(http, headers, people)
    for index, reference in enumerate(references):
        consent = {"purpose": "enrolment", "text_version": "enrolment-2026-11", "given_by": "counter"}
        http.post(f"/v1/residents/{reference}/consents", json=consent, headers=headers).raise_for_status()
        photo, typed = kinds[index % len(kinds)].photo, headers | {"Content-Type": "image/jpeg"}
        http.put(f"/v1/residents/{reference}/reference", content=photo, headers=typed).raise_for_status()
    for reference in references:
        _wait(http, headers, reference)
        advance()
    return [
        Visitor(who.id_number, who.name, purpose, kinds[index % len(kinds)].clip)
        for purpose in PURPOSES
        for index, who in enumerate(people)
    ]


def _register(http: httpx.Client, headers: dict[str, str], people: Sequence[Person]) -> list[str]:
    rows = [{"id_number": who.id_number, "name": who.name, "district": "440304"} for who in people]
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    answer = http.post(
        "/v1/residents", content=body.encode(), headers=headers | {"Content-Type": "application/x-ndjson"}
    )
    answer.raise_for_status()
    return [row["resident_ref"] for row in answer.json()["rows"]]


def _wait(http: httpx.Client, headers: dict[str, str], reference: str) -> None:
    ends_at, state = time.monotonic() + PATIENCE_SECONDS, "pending"
    while state == "pending" and time.monotonic() < ends_at:
        state = http.get(f"/v1/residents/{reference}/reference", headers=headers).raise_for_status().json()["state"]
        if state == "pending":
            time.sleep(POLL_SECONDS)
    if state != "active":
        raise NotEnrolled(state)
