"""An enrolled resident, the API of the phone's way, and a worker whose eye sees what the test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text

from tests.residents.api import API, Caller, id_number
from verify_service.access.rates import RateLimits
from verify_service.audit.actor import Actor
from verify_service.biometrics.evidence import Assessment, Challenge, Check, CheckResult, Template
from verify_service.confirmation.key_files import create_key
from verify_service.confirmation.keys import load_signer
from verify_service.consent import service as consents
from verify_service.decision.policy import REQUIRED_CHECKS
from verify_service.decision.thresholds import load_thresholds
from verify_service.enrolment import service as enrolment
from verify_service.enrolment.jobs import embed_reference
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord
from verify_service.verification.endpoints import router as verifications
from verify_service.verification.process import Judge, process
from verify_service.verification.settings import ClipSettings
from verify_service.verification.upload import ASSESS_TASK

COUNTER = Actor("client", "counter")
MODEL = "b" * 64
JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 4
CLIP = bytes(range(256)) * 64
MP4 = {"Content-Type": "video/mp4"}
BEST_FRAME = b"\xff\xd8\xff the best frame"

Register = Callable[..., ResidentRecord]


def assessment(*changed: Check) -> Assessment:
    """All checks passed but the changed ones."""
    names = {c.name for c in changed}
    passed = [Check(n, CheckResult.PASS, 1.0, 0.5) for n in sorted(REQUIRED_CHECKS - names)]
    return Assessment((*changed, *passed), {"decode": 0.1}, {"face_embedder": MODEL}, BEST_FRAME)


@dataclass
class ScriptedEye:
    """Sees what the test says. It lives with the tests: no build has an eye that looks at nothing (PEOPLE 29)."""

    sees: Assessment | Exception = field(default_factory=assessment)
    looked_at: list[tuple[bytes, Challenge]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    embedder_sha256: str = MODEL

    def assess(self, clip: bytes, references: Sequence[Template], challenge: Challenge) -> Assessment:
        assert references
        self.looked_at.append((clip, challenge))
        self.meanwhile()
        if isinstance(self.sees, Exception):
            raise self.sees
        return self.sees

    def embed(self, photo: bytes) -> Template:
        del photo
        return Template(np.eye(1, 128, dtype=np.float32)[0], MODEL)


@pytest.fixture
def eye() -> ScriptedEye:
    return ScriptedEye()


@pytest.fixture
def judge(office: Office, eye: ScriptedEye, tmp_path: Path) -> Judge:
    create_key(tmp_path / "keys", "development", office.clock, office.randomness)
    return Judge(eye, load_thresholds(), load_signer(tmp_path / "keys", "development", "http://test"))


@pytest.fixture
def register(office: Office, eye: ScriptedEye) -> Register:
    """`register(2)`: the second resident, with a reference unless `enrolled=False`."""

    def make(count: int = 1, *, enrolled: bool = True) -> ResidentRecord:
        new = residents.checked(
            id_number=id_number(count), name="王秀英", district="440304", today=office.clock.today()
        )
        with office.transaction() as session:
            record = residents.register(session, office, new, COUNTER).record
            given = consents.Given("enrolment-2026-11", "resident")
            consents.record(session, office, record, purpose="enrolment", given=given, actor=COUNTER)
        if enrolled:
            with office.transaction() as session:
                reference = enrolment.submit(
                    session, office, record, photo=JPEG, photo_year=None, source="counter", actor=COUNTER
                )
            embed_reference(office, eye, reference.id)
        return record

    return make


@dataclass
class Phone:
    """The app's back end and a phone, speaking to the API; `work()` lets a worker do what is queued."""

    api: API
    mobile: Caller
    office: Office
    judge: Judge

    def opens(self, count: int = 1, status: int = 201, headers: dict[str, str] | None = None, **changes: Any) -> Any:
        body = {
            "resident": {"id_number": id_number(count), "name": "王秀英"},
            "purpose": "old-age-allowance",
            "consent": {"text_version": "verification-2026-11"},
            **changes,
        }
        answer = self.mobile("POST", "/v1/verifications", headers=headers, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def calls(self, opened: dict[str, Any], method: str, path: str = "", **body: Any) -> Any:
        caller = Caller(self.api._client, opened["token"])
        return caller(method, f"/v1/verifications/{opened['id']}{path}", **body)

    def sends(self, opened: dict[str, Any], clip: bytes = CLIP, headers: dict[str, str] | None = None) -> Any:
        return self.calls(opened, "PUT", "/clip", content=clip, headers={**MP4, **(headers or {})})

    def status(self, opened: dict[str, Any]) -> Any:
        return self.calls(opened, "GET").json()

    def queued(self) -> list[UUID]:
        with self.office.transaction() as session:
            rows = session.execute(
                text("select args->>'attempt_id' from procrastinate_jobs where task_name = :task order by id"),
                {"task": ASSESS_TASK},
            )
            return [UUID(row[0]) for row in rows]

    def work(self) -> None:
        for attempt_id in self.queued():
            process(self.office, self.judge, attempt_id)


@pytest.fixture
def phone(office: Office, judge: Judge) -> Phone:
    clips = ClipSettings(byte_limit=100_000, seconds_min=1.5, seconds_max=20.0, queue_limit=3)
    api = API(office, verifications, clips=clips, signer=judge.signer)
    api.app.state.rates = RateLimits({"address": 10_000, "caller": 10_000, "resident": 100})
    return Phone(api, api.client("mobile"), office, judge)
