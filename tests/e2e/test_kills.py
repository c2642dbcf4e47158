"""kill -9 and SIGTERM while clips are on their way: what was acknowledged is answered, once, and nothing else is kept."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from tests.e2e.town import (
    ALLOWANCE,
    CARD,
    PATIENCE_SECONDS,
    Cast,
    Town,
    all_that_comes,
    another,
    raw_upload,
    resident,
    town_in,
    until,
)
from verify_service.verification.jobs import sweep

pytestmark = pytest.mark.slow

KILLS = 10
PAUSE_SECONDS_MAX = 6.0

FORGETFUL = """
CREATE OR REPLACE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE OR REPLACE TRIGGER forget BEFORE INSERT ON fingerprints FOR EACH ROW EXECUTE FUNCTION forget();
"""


def forgets_earlier_clips(town: Town) -> None:
    """All clips here are one recording, which goes to a person the second time: let the database keep no fingerprint.

    Only so can every one of them be confirmed, and a second confirmation be seen.
    """
    with psycopg.connect(town.database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM fingerprints")
        connection.execute(FORGETFUL)


@pytest.fixture(scope="module", autouse=True)
def _forgetful(town: Town) -> Iterator[None]:
    forgets_earlier_clips(town)
    yield
    with psycopg.connect(town.database_url, autocommit=True) as connection:
        connection.execute("DROP FUNCTION forget CASCADE")


def test_a_clip_whose_worker_is_killed_is_looked_at_again_and_confirmed_once(town: Town, cast: Cast) -> None:
    opened = town.open(town.enrolled(resident(101)))
    assert town.put_clip(opened, another(cast.clip)).status_code == 202
    until(lambda: town.starts(opened) == 1 and town.worker_at_work())
    worker = town.worker_at_work()

    assert worker is not None
    worker.kill()

    assert town.answer(opened)["status"] == "confirmed"
    assert town.starts(opened) == 2
    assert town.confirmations(opened) == 1
    assert town.audit_is_whole()


def test_an_upload_whose_api_is_killed_is_not_acknowledged_and_succeeds_when_sent_again(town: Town, cast: Cast) -> None:
    opened = town.open(town.enrolled(resident(102)))
    # So large that a part of it lies on disk before the rest arrives.
    clip = another(cast.clip, 1_000_000)

    with raw_upload(town, opened, f"Content-Length: {len(clip)}") as phone:
        phone.sendall(clip[: len(clip) // 2])
        until(lambda: town.files_of(opened))
        town.api.kill()
        heard = all_that_comes(phone)

    assert heard == b""
    query = "select state, (select count(*) from attempts where verification_id = v.id and used_at is not null)"
    assert town.rows(f"{query} from verifications v where id = %s", opened["id"]) == [("created", 0)]
    assert town.put_clip(opened, clip).status_code == 202
    assert town.answer(opened)["status"] == "confirmed"
    assert town.confirmations(opened) == 1
    assert len(town.files_of(opened)) == 2

    sweep(town.office(), older_than=datetime.now(UTC) + timedelta(minutes=1))

    assert len(town.files_of(opened)) == 1


@dataclass
class Phones:
    """Phones that send one clip each, a second apart, and try again with the same bytes until it is acknowledged."""

    town: Town
    opened: list[dict[str, Any]]
    acknowledged: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for number, opened in enumerate(self.opened):
            clip = another(self.town.cast.clip, 300_000)
            self._threads.append(threading.Thread(target=self._send, args=(opened, clip, number), daemon=True))
            self._threads[-1].start()

    def _send(self, opened: dict[str, Any], clip: bytes, seconds: float) -> None:
        time.sleep(seconds)
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends_at:
            try:
                answer = self.town.put_clip(opened, clip)
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            if answer.status_code == 202:
                self.acknowledged.add(opened["id"])
                return
            if answer.status_code < 500:
                self.refused.append(answer.text)
                return
            time.sleep(0.2)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)


def kill_all(town: Town) -> None:
    for process in (*town.processes("api"), *town.processes("worker")):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def test_ten_kills_of_everything_lose_no_acknowledged_clip_and_confirm_none_twice(town: Town, cast: Cast) -> None:
    people = [town.enrolled(resident(number)) for number in range(110, 114)]
    opened = [town.open(person, purpose) for purpose in (ALLOWANCE, CARD) for person in people]
    phones = Phones(town, opened)
    phones.start()

    for number in range(KILLS):
        # Now while a clip is looked at, now as soon as calls are taken again, which may be in the middle of an upload.
        ends_at = time.monotonic() + PAUSE_SECONDS_MAX
        while number % 2 == 0 and town.worker_at_work() is None and time.monotonic() < ends_at:
            time.sleep(0.05)
        kill_all(town)
        until(lambda: town.processes("api"))
        httpx.get(f"{town.service.url}/healthz", timeout=60)
    phones.wait()

    assert phones.refused == []
    assert phones.acknowledged == {o["id"] for o in opened}
    statuses = {o["id"]: town.answer(o)["status"] for o in opened}
    # A clip that was being looked at in three deaths goes to people: it is not tried for ever.
    assert set(statuses.values()) <= {"confirmed", "in_review"}
    assert {o["id"]: town.confirmations(o) for o in opened} == {
        verification: int(status == "confirmed") for verification, status in statuses.items()
    }
    assert town.value("select count(*) from verifications where state in ('uploaded', 'processing')") == 0
    query = "select kind from cases where verification_id::text = any(%s)"
    kinds = [kind for (kind,) in town.rows(query, list(statuses))]
    assert kinds == ["crashed_clip"] * sum(status == "in_review" for status in statuses.values())
    assert town.audit_is_whole()


def test_after_all_these_deaths_the_sweep_leaves_the_clips_that_have_rows_and_no_other(town: Town) -> None:
    sweep(town.office(), older_than=datetime.now(UTC) + timedelta(minutes=1))

    blobs = town.folder / "blobs"
    found = {str(path.relative_to(blobs)) for path in (blobs / "clips").rglob("*") if path.is_file()}
    named = {path for (path,) in town.rows("select clip_path from attempts where clip_path is not null")}
    assert found == named


def test_a_stop_finishes_the_clip_at_work_and_the_next_start_answers_the_waiting_one(
    cast: Cast, fresh_folder: Path
) -> None:
    with town_in(fresh_folder, cast, workers="1", stop_seconds_max="60") as town:
        person = town.enrolled(resident(120))
        opened = [town.open(person, purpose) for purpose in (ALLOWANCE, CARD)]
        forgets_earlier_clips(town)
        for one in opened:
            assert town.put_clip(one, another(cast.clip)).status_code == 202
        until(town.worker_at_work)
        token = town.app.token

        town.service.process.send_signal(signal.SIGTERM)

        assert town.service.process.wait(90) == 0
        log = town.log()

    assert {json.loads(line)["level"] for line in log.splitlines()} <= {"info", "warning"}
    with town_in(fresh_folder, cast, workers="1") as again:
        again.app = type(town.app)(again.http, token)
        assert [again.answer(one)["status"] for one in opened] == ["confirmed", "confirmed"]
        assert [again.confirmations(one) for one in opened] == [1, 1]
        assert [again.starts(one) for one in opened] == [1, 1]
        assert again.audit_is_whole()
