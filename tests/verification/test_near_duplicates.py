from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import insert, select, text, update

from tests.verification.conftest import CLIP, Phone, Register, ScriptedEye, assessment
from verify_service.biometrics.evidence import Assessment, Check, CheckResult
from verify_service.biometrics.fingerprint.value import Fingerprint
from verify_service.biometrics.reasons import Reason
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.residents.errors import BiometricsErased
from verify_service.residents.records import ResidentRecord
from verify_service.verification import near_duplicates
from verify_service.verification.near_duplicates import CANDIDATES_MAX, remember, repeats
from verify_service.verification.process import Judge, process
from verify_service.verification.records import AttemptRecord, FingerprintRecord


def known_by(seed: int) -> Fingerprint:
    """A made-up clip's fingerprint: movement, sound and stills that no other seed shares."""
    random = np.random.default_rng(seed)
    words = random.integers(1, 2**32, 60, dtype=np.uint32)
    movement = np.clip(random.standard_normal((40, 144)) * 16, -127, 127).astype(np.int8)
    bands = frozenset(bytes([band]) + random.bytes(3) for band in range(3))
    return Fingerprint(movement, words, bands, bands)


def seen(seed: int) -> Assessment:
    return replace(assessment(), fingerprint=known_by(seed))


def sends(phone: Phone, eye: ScriptedEye, count: int, seed: int) -> dict[str, Any]:
    """The `count`-th resident's clip, of bytes that nobody sent before, in which the eye sees the clip `seed`."""
    eye.sees = seen(seed)
    opened: dict[str, Any] = phone.opens(count)
    phone.sends(opened, CLIP + bytes([count, seed]))
    phone.work()
    return opened


def asked_again(phone: Phone, eye: ScriptedEye, seed: int) -> dict[str, Any]:
    """The first resident's clip `seed`, too dark, with the next challenge already asked for."""
    dark = Check("face_lit", CheckResult.FAIL, 20.0, 60.0, Reason.TOO_DARK)
    eye.sees = replace(assessment(dark), fingerprint=known_by(seed))
    opened: dict[str, Any] = phone.opens()
    phone.sends(opened)
    phone.work()
    assert phone.status(opened)["status"] == "retry"
    return opened


def answers_anew(phone: Phone, opened: dict[str, Any], clip: bytes) -> None:
    assert phone.calls(opened, "POST", "/challenge").status_code == 201
    assert phone.sends(opened, clip).status_code == 202
    phone.work()


def values(office: Office, statement: str) -> list[Any]:
    with office.transaction() as session:
        return list(session.execute(text(statement)).scalars())


def crowd(office: Office, count: int, *, keys: list[int]) -> None:
    """So many other clips of one resident, found by these keys alone."""
    with office.transaction() as session:
        attempt = session.scalars(select(AttemptRecord)).first()
        (resident_ref,) = session.scalars(select(FingerprintRecord.resident_ref).limit(1))
        assert attempt is not None
        columns = {column.key: getattr(attempt, column.key) for column in AttemptRecord.__table__.columns}
        ids = [office.randomness.identifier() for _ in range(count)]
        for number, id_ in enumerate(ids, start=100):
            own = {"id": id_, "number": number, "clip_path": f"clips/{number}"}
            session.execute(insert(AttemptRecord).values(columns | own))
    for number, id_ in enumerate(ids, start=100):
        remember(office, id_, resident_ref, known_by(number))
    with office.transaction() as session:
        session.execute(update(FingerprintRecord).where(FingerprintRecord.attempt_id.in_(ids)).values(keys=keys))


def test_an_altered_copy_for_another_resident_goes_to_a_person(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register(1)
    register(2)

    first, second = sends(phone, eye, 1, seed=7), sends(phone, eye, 2, seed=7)

    assert phone.status(first)["status"] == "confirmed"
    assert phone.status(second)["status"] == "in_review"
    assert values(office, "select reasons from cases") == [["near_duplicate"]]
    assert values(office, "select picture_distance from near_duplicates") == [pytest.approx(0.0, abs=1e-5)]


def test_the_phone_is_not_told_why_a_person_looks(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register(1)
    register(2)
    sends(phone, eye, 1, seed=7)

    second = sends(phone, eye, 2, seed=7)

    assert "near_duplicate" not in phone.calls(second, "GET").text


def test_another_clip_is_confirmed(phone: Phone, register: Register, eye: ScriptedEye, office: Office) -> None:
    register(1)
    register(2)

    sends(phone, eye, 1, seed=7)
    second = sends(phone, eye, 2, seed=8)

    assert phone.status(second)["status"] == "confirmed"
    assert values(office, "select count(*) from near_duplicates") == [0]


def test_the_eye_looks_at_every_clip_before_the_search(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register(1)
    register(2)

    sends(phone, eye, 1, seed=7)
    sends(phone, eye, 2, seed=7)

    assert len({clip for clip, _ in eye.looked_at}) == 2


def test_the_same_bytes_are_a_replay_and_nothing_more(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register(1)
    register(2)
    eye.sees = seen(7)

    for count in (1, 2):
        phone.sends(phone.opens(count), CLIP)
        phone.work()

    assert values(office, "select reasons from cases") == [["replay"]]


def test_ones_own_poor_clip_sent_again_altered_goes_to_a_person_and_is_not_refused(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register()
    opened = asked_again(phone, eye, seed=7)
    eye.sees = seen(7)

    answers_anew(phone, opened, CLIP + b"encoded anew by the phone")

    assert phone.status(opened)["status"] == "in_review"
    assert values(office, "select reasons from cases") == [["near_duplicate"]]


def test_another_recording_after_a_poor_one_is_confirmed(phone: Phone, register: Register, eye: ScriptedEye) -> None:
    register()
    opened = asked_again(phone, eye, seed=7)
    eye.sees = seen(8)

    answers_anew(phone, opened, CLIP + b"another recording")

    assert phone.status(opened)["status"] == "confirmed"


def test_the_same_clip_sent_again_after_a_lost_answer_is_held_against_nobody(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register()
    opened = asked_again(phone, eye, seed=7)

    phone.sends(opened)
    phone.work()

    assert phone.status(opened)["status"] == "retry"
    assert values(office, "select count(*) from near_duplicates") == [0]
    assert values(office, "select count(*) from cases") == [0]


def test_of_two_copies_that_are_looked_at_at_once_one_goes_to_a_person(
    phone: Phone, register: Register, eye: ScriptedEye
) -> None:
    register(1)
    register(2)
    eye.sees = seen(7)
    opened = [phone.opens(count) for count in (1, 2)]
    for number, each in enumerate(opened):
        phone.sends(each, CLIP + bytes([number]))
    first, second = phone.queued()

    def let_the_second_be_faster() -> None:
        eye.meanwhile = lambda: None
        process(phone.office, phone.judge, second)

    eye.meanwhile = let_the_second_be_faster
    process(phone.office, phone.judge, first)

    assert [phone.status(each)["status"] for each in opened] == ["in_review", "confirmed"]


def test_a_clip_that_is_looked_at_twice_does_not_repeat_itself(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register()
    sends(phone, eye, 1, seed=7)
    (attempt_id,) = values(office, "select attempt_id from fingerprints")
    (resident_ref,) = values(office, "select resident_ref from fingerprints")

    remember(office, attempt_id, resident_ref, known_by(7))

    assert values(office, "select count(*) from fingerprints") == [1]
    assert repeats(office, attempt_id, known_by(7), phone.judge.thresholds.limits) == ()


def test_of_many_that_look_alike_the_most_alike_are_compared(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office, judge: Judge
) -> None:
    register()
    register(2)
    sends(phone, eye, 1, seed=7)
    sends(phone, eye, 2, seed=8)
    copied = known_by(7)
    crowd(office, CANDIDATES_MAX + 5, keys=near_duplicates.hashed(office, frozenset([min(copied.bands)])))

    found = repeats(office, UUID(int=0), copied, judge.thresholds.limits)

    assert len(values(office, "select 1 from fingerprints")) == CANDIDATES_MAX + 7
    assert [repeat.distance.sound for repeat in found] == [0.0]


def test_what_is_compared_lies_sealed_and_the_keys_tell_nothing(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register()
    sends(phone, eye, 1, seed=7)
    plain = known_by(7)
    assert plain.movement is not None
    assert plain.words is not None

    (sealed,) = values(office, "select sealed from fingerprints")
    (keys,) = values(office, "select keys from fingerprints")

    assert plain.movement.tobytes()[:64] not in sealed
    assert plain.words.tobytes()[:32] not in sealed
    assert not set(keys) & set(plain.words.view(np.int32).tolist())
    assert len(keys) == len(plain.keys)


def test_a_resident_whose_biometrics_were_erased_is_found_by_nobody(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office, judge: Judge
) -> None:
    resident = register()
    sends(phone, eye, 1, seed=7)
    with office.transaction() as session:
        session.execute(update(ResidentRecord).where(ResidentRecord.id == resident.id).values(biometric_key=None))

    assert repeats(office, UUID(int=0), known_by(7), judge.thresholds.limits) == ()


def test_what_is_erased_at_the_same_moment_is_not_remembered(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    resident = register()
    eye.sees = assessment()
    phone.sends(phone.opens())
    phone.work()
    (attempt_id,) = values(office, "select id from attempts")

    with ThreadPoolExecutor(1) as worker:
        with office.transaction() as session:
            session.execute(update(ResidentRecord).where(ResidentRecord.id == resident.id).values(biometric_key=None))
            near_duplicates.forget(session, resident.id)
            remembering = worker.submit(remember, office, attempt_id, resident.id, known_by(7))
            with pytest.raises(StillWaiting):
                remembering.result(timeout=0.5)
        with pytest.raises(BiometricsErased):
            remembering.result(timeout=10)

    assert values(office, "select count(*) from fingerprints") == [0]


def test_erasing_a_resident_deletes_the_fingerprints_of_that_resident_only(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    resident, other = register(1), register(2)
    sends(phone, eye, 1, seed=7)
    sends(phone, eye, 2, seed=8)

    with office.transaction() as session:
        gone = near_duplicates.forget(session, resident.id)

    assert gone == 1
    assert values(office, "select resident_ref from fingerprints") == [other.id]


def test_a_fingerprint_is_deleted_once_it_was_kept_for_its_time(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office, clock: HeldClock
) -> None:
    register()
    sends(phone, eye, 1, seed=7)

    too_early = near_duplicates.forget_before(office, clock.now())
    gone = near_duplicates.forget_before(office, clock.now() + timedelta(seconds=1))

    assert (too_early, gone) == (0, 1)


def test_a_clip_of_which_nothing_was_decoded_leaves_no_fingerprint(
    phone: Phone, register: Register, eye: ScriptedEye, office: Office
) -> None:
    register()
    eye.sees = assessment()
    phone.sends(phone.opens())
    phone.work()

    assert values(office, "select count(*) from fingerprints") == [0]
