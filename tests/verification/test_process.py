from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from tests.verification.conftest import BEST_FRAME, CLIP, MODEL, Phone, Register, ScriptedEye, assessment
from verify_service.audit.actor import Actor
from verify_service.audit.verification import verify
from verify_service.biometrics.evidence import Check, CheckResult
from verify_service.biometrics.reasons import Reason
from verify_service.confirmation.issuing import issue
from verify_service.decision.thresholds import load_thresholds
from verify_service.kit.clock import HeldClock
from verify_service.kit.crypto import CannotOpen
from verify_service.kit.office import Office
from verify_service.rules.service import rule_on
from verify_service.verification import service, upload
from verify_service.verification.errors import WrongState
from verify_service.verification.jobs import hand_over_stuck
from verify_service.verification.process import claim, process
from verify_service.verification.records import AttemptRecord, VerificationRecord

CLERK = Actor("staff", "a-clerk")


def by_staff(
    phone: Phone,
    opened: dict[str, Any],
    action: Literal["confirm", "retry", "refuse"],
    reason_code: str,
    advice: Sequence[str] = (),
) -> None:
    """The clerk decides a verification that lies with staff."""
    with phone.office.transaction() as session:
        service.decide_by_staff(
            session,
            phone.office,
            phone.judge.signer,
            UUID(opened["id"]),
            action=action,
            staff=CLERK,
            reason_code=reason_code,
            advice=list(advice),
        )


class Broken(Exception):
    """The eye breaks on this clip."""


def row(office: Office, statement: str, **values: Any) -> Any:
    with office.transaction() as session:
        return session.execute(text(statement), values).one()


def in_review(phone: Phone, register: Register, eye: ScriptedEye) -> Any:
    register()
    eye.sees = assessment(Check("comparison", CheckResult.FAIL, 0.1, 0.46, "comparison"))
    opened = phone.opens()
    phone.sends(opened)
    phone.work()
    return opened


def test_a_confirmed_verification_has_its_confirmation_and_its_evidence_of_life(
    phone: Phone, register: Register, office: Office
) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)

    phone.work()

    confirmation = row(office, "select state, method, year, verification_id::text, is_demo from confirmations")
    evidence = row(office, "select kind, strength, verification_id::text from life_evidence")
    assert tuple(confirmation) == ("valid", "clip", 2026, opened["id"], True)
    assert tuple(evidence) == ("clip", "strong", opened["id"])


def test_everything_that_a_decision_rests_on_is_kept_and_nothing_of_the_face_lies_open(
    phone: Phone, register: Register, office: Office
) -> None:
    register()
    phone.sends(phone.opens())

    phone.work()

    kept = row(office, "select assessment, decision, best_frame_sealed from attempts")
    assert kept.assessment["models"] == {"face_embedder": MODEL}
    assert {c["name"] for c in kept.assessment["checks"]} >= {"comparison", "challenge"}
    assert kept.decision["outcome"] == "confirmed"
    assert kept.decision["thresholds_version"] == load_thresholds().version
    assert kept.decision["thresholds"]["comparison_similarity_min"] > 0
    assert BEST_FRAME not in kept.best_frame_sealed
    assert "vector" not in str(kept.assessment)


def test_a_job_that_comes_twice_decides_once(phone: Phone, register: Register, office: Office) -> None:
    register()
    phone.sends(phone.opens())

    phone.work()
    phone.work()

    assert row(office, "select count(*) from confirmations").count == 1


def test_of_two_workers_with_one_clip_exactly_one_decides(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    register()
    phone.sends(phone.opens())
    both_look = threading.Barrier(2, timeout=20)

    def meet() -> None:
        both_look.wait()

    eye.meanwhile = meet
    (attempt_id,) = phone.queued()
    outcomes: list[object] = []

    workers = [
        threading.Thread(target=lambda: outcomes.append(process(office, phone.judge, attempt_id))) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(str(o) for o in outcomes) == ["None", "confirmed"]
    assert row(office, "select count(*) from confirmations").count == 1


def asked_again(phone: Phone, eye: ScriptedEye) -> tuple[dict[str, Any], UUID]:
    """A verification whose first clip was too dark, and that attempt."""
    eye.sees = assessment(Check("face_lit", CheckResult.FAIL, 20.0, 60.0, Reason.TOO_DARK))
    opened: dict[str, Any] = phone.opens()
    phone.sends(opened)
    phone.work()
    assert phone.status(opened)["status"] == "retry"
    return opened, phone.queued()[0]


def answers_anew(phone: Phone, opened: dict[str, Any]) -> UUID:
    """Send another clip. Returns its attempt, which nobody has looked at yet."""
    assert phone.calls(opened, "POST", "/challenge").status_code == 201
    assert phone.sends(opened, CLIP + b"another").status_code == 202
    return phone.queued()[-1]


def test_a_job_that_comes_back_late_does_not_answer_the_next_clip_by_the_last(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register()
    opened, old = asked_again(phone, eye)
    new = answers_anew(phone, opened)

    assert process(phone.office, phone.judge, old) is None
    assert phone.status(opened)["status"] == "processing"

    eye.sees = assessment()
    assert process(phone.office, phone.judge, new) == "confirmed"


def test_a_slow_worker_does_not_answer_the_next_clip_by_the_last(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register()
    opened: dict[str, Any] = phone.opens()
    phone.sends(opened)
    (old,) = phone.queued()

    def meanwhile_another_asks_again_and_the_next_clip_is_claimed() -> None:
        eye.meanwhile = lambda: None
        asked_again_by_another()
        claim(phone.office, answers_anew(phone, opened), MODEL)
        eye.sees = assessment()

    def asked_again_by_another() -> None:
        eye.sees = assessment(Check("face_lit", CheckResult.FAIL, 20.0, 60.0, Reason.TOO_DARK))
        assert process(phone.office, phone.judge, old) == "retry"

    eye.meanwhile = meanwhile_another_asks_again_and_the_next_clip_is_claimed

    assert process(phone.office, phone.judge, old) is None
    assert phone.status(opened)["status"] == "processing"


def test_a_clip_that_staff_had_taken_over_does_not_answer_the_next_one(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office, clock: HeldClock
) -> None:
    register()
    opened: dict[str, Any] = phone.opens()
    phone.sends(opened)
    (old,) = phone.queued()
    hand_over_stuck(office, sent_before=clock.now() + timedelta(seconds=1))
    by_staff(phone, opened, "retry", "picture_unclear")
    clock.advance(timedelta(minutes=1))
    sent_at = clock.now()
    new = answers_anew(phone, opened)

    assert process(office, phone.judge, old) is None
    assert eye.looked_at == []
    assert hand_over_stuck(office, sent_before=sent_at) == 0
    assert process(office, phone.judge, new) == "confirmed"


def test_a_clip_is_looked_at_though_a_newer_challenge_was_asked_for_while_it_came(
    phone: Phone, register: Register, office: Office
) -> None:
    register()
    opened: dict[str, Any] = phone.opens()

    async def body() -> AsyncIterator[bytes]:
        yield CLIP

    with office.transaction() as session:
        ticket = upload.begin(session, office, UUID(opened["id"]), queue_limit=3)
    assert phone.calls(opened, "POST", "/challenge").status_code == 201
    received = asyncio.run(upload.receive(office, ticket, body(), promised=None))
    with office.transaction() as session:
        upload.finish(session, office, ticket, received, content_type="video/mp4", actor=Actor("client", "phone"))
    phone.work()

    assert phone.status(opened)["status"] == "confirmed"


def test_a_clip_that_breaks_the_eye_three_times_goes_to_a_person(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    register()
    eye.sees = Broken()
    opened = phone.opens()
    phone.sends(opened)
    for _ in range(3):
        with pytest.raises(Broken):
            phone.work()

    phone.work()

    assert phone.status(opened)["status"] == "in_review"
    assert tuple(row(office, "select kind, reasons from cases")) == ("crashed_clip", ["crashed_clip"])


def test_a_resident_who_withdraws_while_the_eye_looks_is_not_confirmed(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)

    def withdraw() -> None:
        with office.transaction() as session:
            session.execute(update(VerificationRecord).values(state="withdrawn"))

    eye.meanwhile = withdraw
    phone.work()

    assert phone.status(opened)["status"] == "withdrawn"
    assert row(office, "select count(*) from confirmations").count == 0


def test_a_clip_that_comes_after_another_confirmation_goes_to_a_person(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    resident = register()
    opened = phone.opens()
    phone.sends(opened)

    def confirmed_at_a_counter() -> None:
        with office.transaction() as session:
            issue(
                session,
                office,
                phone.judge.signer,
                resident=resident,
                purpose="old-age-allowance",
                cycle=rule_on(office.clock.today()).cycle_of_year(resident.birth_on, 2026, "old-age-allowance"),
                method="counter",
                verification_id=None,
                actor=CLERK,
            )

    eye.meanwhile = confirmed_at_a_counter
    phone.work()

    assert phone.status(opened)["status"] == "in_review"
    assert row(office, "select reasons from cases").reasons == ["confirmation_stands"]


def test_a_reference_of_another_model_is_not_compared_but_sent_to_a_person(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)

    eye.embedder_sha256 = "c" * 64
    phone.work()

    assert phone.status(opened)["status"] == "in_review"
    assert eye.looked_at == []


def test_staff_confirm_what_the_machine_could_not(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    opened = in_review(phone, register, eye)

    by_staff(phone, opened, "confirm", "same_person")

    assert phone.status(opened)["status"] == "confirmed"
    assert row(office, "select method from confirmations").method == "staff"


def test_staff_who_ask_for_another_clip_give_an_attempt_for_it(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    opened = in_review(phone, register, eye)
    with office.transaction() as session:
        session.execute(update(VerificationRecord).values(attempts_used=3))

    by_staff(phone, opened, "retry", "better_clip", ["too_dark"])
    seen = phone.status(opened)

    assert (seen["status"], seen["attempts_left"]) == ("retry", 1)
    assert [a["code"] for a in seen["advice"]] == ["too_dark"]


def test_staff_decide_only_what_is_in_review(phone: Phone, register: Register, office: Office) -> None:
    register()
    opened = phone.opens()

    with pytest.raises(WrongState):
        by_staff(phone, opened, "refuse", "other_person")


def test_clip_and_best_frame_open_for_staff_as_they_came(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    opened = in_review(phone, register, eye)

    with office.transaction() as session:
        (attempt,) = service.attempts_of(session, UUID(opened["id"]))
        clip = service.clip_of(session, office, attempt)
        frame = service.best_frame_of(session, office, attempt)

    assert (clip, frame) == (CLIP, BEST_FRAME)


def test_a_clip_that_is_moved_to_another_attempt_does_not_open(
    phone: Phone, register: Register, office: Office
) -> None:
    register(1)
    register(2)
    phone.sends(phone.opens(1))
    phone.sends(phone.opens(2), CLIP + b"2")

    with office.transaction() as session:
        first, second = session.scalars(select(AttemptRecord).order_by(AttemptRecord.clip_byte_size))
        moved, second.clip_path = second.clip_path, None
        session.flush()
        first.clip_path = moved

        with pytest.raises(CannotOpen):
            service.clip_of(session, office, first)


def test_the_audit_chain_of_a_whole_course_holds(
    phone: Phone, register: Register, office: Office, eye: ScriptedEye
) -> None:
    in_review(phone, register, eye)

    with office.transaction() as session:
        report = verify(session, office.vault)
        events = session.execute(text("select event from audit_entries order by sequence")).scalars().all()

    assert report.faults == ()
    assert events[-5:] == [
        "verification.created",
        "verification.challenge_minted",
        "verification.uploaded",
        "verification.in_review",
        "case.opened",
    ]
