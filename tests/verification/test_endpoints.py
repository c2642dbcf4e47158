from __future__ import annotations

import base64
import hashlib
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.residents.api import Caller, id_number
from tests.verification.conftest import CLIP, Phone, Register, ScriptedEye, assessment
from verify_service.biometrics.evidence import Check, CheckResult
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office


def failing(name: str, reason: str) -> Check:
    return Check(name, CheckResult.FAIL, 0.1, 0.5, reason)


def blobs(tmp_path: Path) -> list[Path]:
    return [p for p in (tmp_path / "blobs" / "clips").rglob("*") if p.is_file()]


def test_a_clip_that_passes_ends_in_a_confirmation(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register()

    opened = phone.opens()
    accepted = phone.sends(opened)
    phone.work()
    seen = phone.status(opened)

    assert (opened["status"], opened["attempts_left"]) == ("awaiting_clip", 3)
    assert opened["challenge"]["digits"]
    assert opened["challenge"]["text"].startswith("我是本人")
    assert (accepted.status_code, accepted.json()["status"]) == (202, "processing")
    assert (seen["status"], seen["advice"]) == ("confirmed", [])
    assert seen["confirmation_id"]
    assert [(c, ch.digits) for c, ch in eye.looked_at] == [(CLIP, opened["challenge"]["digits"])]


def test_a_poor_clip_is_asked_for_again_with_one_sentence(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register()
    eye.sees = assessment(failing("face_lit", "too_dark"))
    opened = phone.opens()

    phone.sends(opened)
    phone.work()
    seen = phone.status(opened)

    assert (seen["status"], seen["attempts_left"]) == ("retry", 2)
    assert [a["code"] for a in seen["advice"]] == ["too_dark"]
    assert seen["advice"][0]["message"].startswith("光线太暗")


def test_a_second_attempt_has_a_fresh_challenge_and_may_succeed(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register()
    eye.sees = assessment(failing("face_lit", "too_dark"))
    opened = phone.opens()
    phone.sends(opened)
    phone.work()

    eye.sees = assessment()
    fresh = phone.calls(opened, "POST", "/challenge")
    phone.sends(opened, CLIP + b"another")
    phone.work()

    assert fresh.status_code == 201
    assert fresh.json()["expires_at"]
    assert fresh.json()["digits"]
    assert phone.status(opened)["status"] == "confirmed"


def test_after_three_poor_clips_a_person_looks(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register()
    eye.sees = assessment(failing("face_sharp", "blurred"))
    opened = phone.opens()

    for attempt in range(3):
        if attempt:
            phone.calls(opened, "POST", "/challenge")
        phone.sends(opened, CLIP + bytes([attempt]))
        phone.work()
    seen = phone.status(opened)

    assert (seen["status"], seen["attempts_left"], seen["advice"]) == ("in_review", 0, [])
    assert seen["review"]["due_by"] == "2026-03-09"


def test_a_low_score_goes_to_a_person_and_the_phone_hears_no_reason(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register()
    eye.sees = assessment(failing("comparison", "comparison"))
    opened = phone.opens()

    phone.sends(opened)
    phone.work()
    answer = phone.calls(opened, "GET")

    assert answer.json()["status"] == "in_review"
    assert "comparison" not in answer.text
    assert "0.1" not in answer.text


def test_the_same_bytes_again_get_the_same_answer(phone: Phone, register: Register) -> None:
    register()
    opened = phone.opens()

    first, second = phone.sends(opened), phone.sends(opened)
    phone.work()
    third = phone.sends(opened)

    assert (first.status_code, second.status_code, third.status_code) == (202, 202, 202)
    assert first.json() == second.json()
    assert third.json()["status"] == "confirmed"
    assert len(phone.queued()) == 1


def test_other_bytes_for_a_used_challenge_are_refused_and_not_kept(
    phone: Phone, register: Register, tmp_path: Path
) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)

    refused = phone.sends(opened, CLIP + b"x")

    assert (refused.status_code, refused.json()["code"]) == (409, "wrong-state")
    assert len(blobs(tmp_path)) == 1


def test_the_bytes_of_one_verification_sent_to_another_go_to_a_person_as_a_replay(
    phone: Phone, register: Register, office: Office
) -> None:
    register()
    first = phone.opens()
    phone.sends(first)
    phone.work()

    second = phone.opens(purpose="elder-transit-card")
    phone.sends(second)
    phone.work()

    assert phone.status(first)["status"] == "confirmed"
    assert phone.status(second)["status"] == "in_review"
    with office.transaction() as session:
        assert session.execute(text("select reasons from cases")).scalar_one() == ["replay"]


def test_of_a_hundred_uploads_for_one_challenge_exactly_one_is_taken(
    phone: Phone, register: Register, tmp_path: Path
) -> None:
    register()
    opened = phone.opens()
    answers: list[int] = []

    def send(number: int) -> None:
        answers.append(phone.sends(opened, CLIP + number.to_bytes(2, "big")).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [202] + [409] * 99
    assert (len(phone.queued()), len(blobs(tmp_path))) == (1, 1)


def test_an_expired_challenge_is_gone_costs_no_attempt_and_a_fresh_one_helps(
    phone: Phone, register: Register, clock: HeldClock, tmp_path: Path
) -> None:
    register()
    opened = phone.opens()
    clock.advance(timedelta(minutes=5, seconds=1))

    gone = phone.sends(opened)
    phone.calls(opened, "POST", "/challenge")
    taken = phone.sends(opened)

    assert (gone.status_code, gone.json()["code"]) == (410, "challenge-expired")
    assert (taken.status_code, taken.json()["attempts_left"]) == (202, 2)
    assert len(blobs(tmp_path)) == 1


def test_an_older_challenge_cannot_be_answered_once_a_newer_one_is_asked_for(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register()
    opened = phone.opens()
    newer = phone.calls(opened, "POST", "/challenge").json()

    phone.sends(opened)
    phone.work()

    assert eye.looked_at[0][1].digits == newer["digits"]


@pytest.mark.parametrize(
    ("headers", "clip", "status", "code"),
    [
        ({"Content-Type": "image/jpeg"}, CLIP, 415, "unsupported-media-type"),
        ({"Content-Type": ""}, CLIP, 415, "unsupported-media-type"),
        ({}, b"", 422, "clip-empty"),
        ({}, b"x" * 100_001, 413, "too-large"),
        ({"Content-Digest": "sha-256=:AAAA:"}, CLIP, 400, "digest-unreadable"),
        ({"Content-Digest": f"sha-256=:{base64.b64encode(bytes(32)).decode()}:"}, CLIP, 422, "digest-mismatch"),
    ],
)
def test_a_bad_upload_is_a_clear_problem_costs_nothing_and_leaves_nothing(
    phone: Phone,
    register: Register,
    tmp_path: Path,
    headers: dict[str, str],
    clip: bytes,
    status: int,
    code: str,
) -> None:
    register()
    opened = phone.opens()

    refused = phone.sends(opened, clip, headers)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert blobs(tmp_path) == []
    assert phone.status(opened)["attempts_left"] == 3


def test_a_right_digest_is_accepted(phone: Phone, register: Register) -> None:
    register()
    promised = base64.b64encode(hashlib.sha256(CLIP).digest()).decode()

    assert phone.sends(phone.opens(), headers={"Content-Digest": f"sha-256=:{promised}:"}).status_code == 202


def test_a_full_queue_is_told_with_retry_after_and_nothing_is_stored(
    phone: Phone, register: Register, tmp_path: Path
) -> None:
    for count in range(1, 5):
        register(count)
        answer = phone.sends(phone.opens(count), CLIP + bytes([count]))

    assert (answer.status_code, answer.json()["code"]) == (503, "queue-full")
    assert int(answer.headers["Retry-After"]) > 0
    assert len(blobs(tmp_path)) == 3


def test_the_clip_lies_sealed_on_the_disk(phone: Phone, register: Register, tmp_path: Path) -> None:
    register()
    phone.sends(phone.opens())

    (stored,) = blobs(tmp_path)

    assert CLIP[:64] not in stored.read_bytes()


def test_an_unknown_person_and_a_wrong_name_get_one_answer(phone: Phone, register: Register) -> None:
    register()

    unknown = phone.opens(9, status=404)
    wrong = phone.opens(status=404, resident={"id_number": id_number(1), "name": "李秀英"})

    assert unknown == wrong
    assert unknown["code"] == "resident-not-found"


def test_a_resident_without_a_reference_goes_to_a_person_not_to_a_dead_end(phone: Phone, register: Register) -> None:
    register(enrolled=False)

    opened = phone.opens()

    assert (opened["status"], opened["challenge"]) == ("in_review", None)
    assert opened["review"]["due_by"] == "2026-03-09"


def test_an_open_verification_is_taken_up_again_and_the_older_token_stops_working(
    phone: Phone, register: Register
) -> None:
    register()
    first = phone.opens()

    second = phone.opens(status=200)

    assert second["id"] == first["id"]
    assert second["token"] != first["token"]
    assert phone.calls(first, "GET").status_code == 401
    assert phone.calls(second, "GET").status_code == 200


def test_starting_anew_gains_no_attempt(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register()
    eye.sees = assessment(failing("face_sharp", "blurred"))
    first = phone.opens()
    phone.sends(first)
    phone.work()

    assert phone.opens(status=200)["attempts_left"] == 2


def test_who_is_confirmed_already_need_do_nothing(phone: Phone, register: Register) -> None:
    register()
    phone.sends(phone.opens())
    phone.work()

    assert phone.opens(status=409)["code"] == "already-confirmed"


def test_an_idempotency_key_gives_the_same_verification_and_token_again(phone: Phone, register: Register) -> None:
    register()
    key = {"Idempotency-Key": "a-key"}

    first = phone.opens(headers=key)
    again = phone.opens(headers=key)
    other = phone.opens(status=422, headers=key, purpose="elder-transit-card")

    assert (first["id"], first["token"], first["challenge"]) == (again["id"], again["token"], again["challenge"])
    assert other["code"] == "idempotency-key-reused"


def test_consent_is_recorded_before_anything_else(phone: Phone, register: Register, office: Office) -> None:
    register()

    refused = phone.opens(status=422, consent={"text_version": "unheard-of"})
    phone.opens()

    assert refused["code"] == "consent-text-unknown"
    with office.transaction() as session:
        events = session.execute(text("select event from audit_entries order by sequence")).scalars().all()
    assert events.index("consent.given") < events.index("verification.created")


def test_a_fixed_challenge_is_refused_outside_the_demo(phone: Phone, register: Register) -> None:
    register()

    refused = phone.opens(status=403, demo_challenge={"digits": "5831"})

    assert refused["code"] == "fixed-challenge-refused"


@pytest.mark.parametrize("token", ["", "vt_nothing", "vs_00000000_nothing"])
def test_a_wrong_token_opens_nothing(phone: Phone, register: Register, token: str) -> None:
    register()
    opened = phone.opens()

    answer = Caller(phone.api._client, token)("GET", f"/v1/verifications/{opened['id']}")

    assert answer.status_code == 401


def test_a_verification_of_another_client_looks_as_if_it_were_not_there(phone: Phone, register: Register) -> None:
    register()
    opened = phone.opens()
    stranger = phone.api.client("mobile")

    answer = stranger("GET", f"/v1/verifications/{opened['id']}")

    assert (answer.status_code, answer.json()["code"]) == (404, "verification-not-found")


def test_a_long_poll_answers_as_soon_as_there_is_something_to_say(phone: Phone, register: Register) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)
    worker = threading.Timer(0.6, phone.work)

    worker.start()
    begun = time.monotonic()
    answer = phone.calls(opened, "GET", headers={"Prefer": "wait=10"})
    worker.join()

    assert answer.json()["status"] == "confirmed"
    assert 0.5 < time.monotonic() - begun < 8
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_a_long_poll_ends_after_its_time(phone: Phone, register: Register) -> None:
    register()
    opened = phone.opens()
    phone.sends(opened)

    answer = phone.calls(opened, "GET", headers={"Prefer": "wait=1"})

    assert answer.json()["status"] == "processing"


def test_who_wants_a_person_gets_one_without_a_clip(phone: Phone, register: Register) -> None:
    register()
    opened = phone.opens()

    asked = phone.calls(opened, "POST", "/assistance", json={"kind": "home_visit"})
    again = phone.calls(opened, "POST", "/assistance", json={"kind": "home_visit"})

    assert asked.status_code == 201
    assert asked.json() == again.json()
    assert phone.status(opened)["status"] == "in_review"


def test_no_answer_holds_the_id_number_or_the_name(phone: Phone, register: Register) -> None:
    register()
    opened = phone.opens()
    answers: list[Any] = [opened, phone.sends(opened).json(), phone.status(opened)]

    assert all(id_number(1) not in str(a) and "王秀英" not in str(a) for a in answers)
