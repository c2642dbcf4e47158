"""A phone's manners, against a server that answers as it is told."""

from __future__ import annotations

import random

from scripts.loadtest.phone import Phone, Street, Waiting
from scripts.loadtest.plan import Plan, Visitor
from tests.scripts.loadtest.conftest import Service

VISITOR = Visitor("440304193601011004", "陈国国", "old-age-allowance", "demo")
CLIP = b"\0\0\0\x08ftyp" + bytes(100_000)


def street_of(
    service: Service, *, abandon_share: float = 0.0, torn_share: float = 0.0, repeat_share: float = 0.0
) -> tuple[Street, list[float]]:
    """A street on which time passes by itself, and the pauses that its phones make."""
    plan = Plan(service.url, "the app's", [], [], {}, "", 5.0, [0], abandon_share, torn_share, repeat_share, seed=1)
    pauses: list[float] = []
    time = iter(n / 1000 for n in range(100_000))
    return Street(plan, {"demo": CLIP}, lambda: next(time), pauses.append, random.Random(1)), pauses


def kinds(street: Street) -> list[tuple[str, int | None]]:
    return [(event.kind, event.code) for event in street.events]


def test_a_phone_opens_sends_waits_and_may_come_back_after_retry(service: Service) -> None:
    street, _ = street_of(service)

    Phone(street).visit(VISITOR)

    assert kinds(street) == [("open", 201), ("upload", None), ("acknowledge", 202), ("poll", 200), ("decision", None)]
    assert street.events[-1].outcome == "retry"
    assert list(street.waiting) == [Waiting("v1", "its own", "demo")]
    assert service.tokens == ["Bearer the app's", "Bearer its own", "Bearer its own"]


def test_who_comes_back_asks_for_a_fresh_sentence_and_sends_other_bytes(service: Service) -> None:
    street, _ = street_of(service)

    Phone(street).visit(VISITOR)
    Phone(street).come_back(street.waiting.popleft())

    assert ("challenge", 201) in kinds(street)
    assert len(service.bodies) == 2
    assert service.bodies[0] != service.bodies[1]


def test_a_busy_service_is_asked_again_after_the_time_it_names_with_the_same_bytes(service: Service) -> None:
    service.answers["PUT"] = [(503, {}), (429, {}), (202, {})]
    street, pauses = street_of(service)

    Phone(street).visit(VISITOR)

    assert [code for kind, code in kinds(street) if kind == "acknowledge"] == [503, 429, 202]
    assert len(pauses) == 2
    assert all(2.0 <= pause <= 4.0 for pause in pauses)
    assert len(set(service.bodies)) == 1


def test_a_phone_that_is_sent_away_each_time_leaves(service: Service) -> None:
    service.answers["PUT"] = [(503, {})]
    street, _ = street_of(service)

    Phone(street).visit(VISITOR)

    assert kinds(street)[-1] == ("left", None)
    assert len(service.bodies) == 3
    assert not street.waiting


def test_any_other_answer_is_noted_and_not_asked_again(service: Service) -> None:
    service.answers["PUT"] = [(500, {})]
    street, pauses = street_of(service)

    Phone(street).visit(VISITOR)

    assert ("acknowledge", 500) in kinds(street)
    assert pauses == []


def test_a_torn_upload_sends_no_whole_clip(service: Service) -> None:
    street, _ = street_of(service, torn_share=1.0)

    Phone(street).visit(VISITOR)

    assert kinds(street) == [("open", 201), ("torn", None)]
    assert service.bodies == []


def test_one_who_gives_up_before_sending_is_noted(service: Service) -> None:
    street, _ = street_of(service, abandon_share=1.0)

    Phone(street).visit(VISITOR)

    assert kinds(street) == [("open", 201), ("abandoned", None)]


def test_a_phone_that_missed_the_answer_sends_the_same_bytes_again(service: Service) -> None:
    street, _ = street_of(service, repeat_share=1.0)

    Phone(street).visit(VISITOR)

    assert ("repeat", 202) in kinds(street)
    assert len(service.bodies) == 2
    assert service.bodies[0] == service.bodies[1]


def test_a_service_that_is_not_there_is_a_broken_connection() -> None:
    street, _ = street_of(Service({}, url="http://127.0.0.1:9"))

    Phone(street).visit(VISITOR)

    assert kinds(street) == [("open", 0), ("left", None)]
