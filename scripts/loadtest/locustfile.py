"""The phones under locust: one user who lets a phone out at each planned moment, however the earlier ones fare.

locust's own users wait for their answers before they ask again, and so a slow service is asked less; people do not do that.
Each phone is a greenlet; what it does goes to locust's statistics too. Started by `scripts.loadtest`, which writes the plan.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]
from locust import User, events, task
from locust.env import Environment

from scripts.loadtest.phone import Phone, Street, wall_clock
from scripts.loadtest.plan import ENVIRONMENT, Event, Plan, write_events

# An earlier verification that awaits another clip comes back as often as a new one comes.
COMES_BACK_SHARE = 0.5


class Phones(User):
    """Not a person: the street on which persons come."""

    fixed_count = 1

    @task
    def let_them_come(self) -> None:
        # locust itself would note an error and begin the task anew.
        try:
            _whole_phase(self.environment)
        finally:
            self.environment.runner.quit()


def _whole_phase(environment: Environment) -> None:
    plan = Plan.read(Path(os.environ[ENVIRONMENT]))
    street = Street(
        plan=plan,
        clips={name: Path(path).read_bytes() for name, path in plan.clips.items()},
        now=wall_clock(),
        sleep=gevent.sleep,
        chance=random.Random(plan.seed),  # noqa: S311 - a load, not a secret
        on_event=_reporter(environment),
    )
    phones = _run(street)
    gevent.joinall(phones, timeout=plan.patience_seconds)
    gevent.killall([phone for phone in phones if not phone.ready()])
    write_events(street.events, Path(plan.events))


def _run(street: Street) -> list[gevent.Greenlet]:
    visitors, phones = iter(street.plan.visitors), []
    for moment in street.plan.moments:
        gevent.sleep(max(0.0, moment - street.now()))
        phone = Phone(street)
        if street.waiting and street.chance.random() < COMES_BACK_SHARE:
            phones.append(gevent.spawn(phone.come_back, street.waiting.popleft()))
            continue
        visitor = next(visitors, None)
        if visitor is None:
            street.note("nobody_left", street.now())
            continue
        phones.append(gevent.spawn(phone.visit, visitor))
    return phones


def _reporter(environment: Environment) -> Any:
    def report(event: Event) -> None:
        failed = event.code is not None and event.code not in (200, 201, 202, 429, 503)
        environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type="phone",
            name=f"{event.kind} {event.outcome}".strip(),
            response_time=1000 * event.seconds,
            response_length=0,
            exception=RuntimeError(f"status {event.code}") if failed else None,
            context={},
        )

    return report


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def check_plan(environment: Environment, **_: Any) -> None:  # noqa: ARG001 - locust gives it by name
    if ENVIRONMENT not in os.environ:
        raise SystemExit(f"{ENVIRONMENT} names no plan: start it by `python -m scripts.loadtest`")
