from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from tests.review.desk import Desk, Handed
from verify_service.biometrics.fingerprint.value import Distance
from verify_service.kit.office import Office
from verify_service.verification.near_duplicates import Repeat, record
from verify_service.verification.records import AttemptRecord

FUTIAN, NANSHAN = "440304", "440305"


def repeats(office: Office, case: Handed, earlier: Handed) -> None:
    """Let the clip of `case` repeat that of `earlier`."""
    with office.transaction() as session:
        one, other = (
            session.scalars(select(AttemptRecord.id).where(AttemptRecord.verification_id == UUID(v))).one()
            for v in (case.verification_id, earlier.verification_id)
        )
        record(session, office, one, [Repeat(other, Distance(0.04, None))])


def test_a_case_names_the_earlier_verification_of_ones_own_district(desk: Desk, office: Office) -> None:
    earlier, case = desk.handed_over(1), desk.handed_over(2)
    repeats(office, case, earlier)

    shown = desk.api.staff("clerk", "own", districts=[FUTIAN])("GET", case.url).json()["near_duplicates"]

    assert shown["elsewhere"] == 0
    (seen,) = shown["seen"]
    assert seen["verification_id"] == earlier.verification_id
    assert (seen["attempt"], seen["other_attempt"], seen["is_same_resident"]) == (1, 1, False)
    assert (seen["picture_distance"], seen["sound_distance"]) == (0.04, None)


def test_of_another_districts_clip_only_its_being_is_told(desk: Desk, office: Office) -> None:
    earlier, case = desk.handed_over(1, NANSHAN), desk.handed_over(2, FUTIAN)
    repeats(office, case, earlier)

    answer = desk.api.staff("clerk", "own", districts=[FUTIAN])("GET", case.url)

    assert answer.json()["near_duplicates"] == {"seen": [], "elsewhere": 1}
    assert earlier.verification_id not in answer.text
    assert earlier.resident_ref not in answer.text


def test_who_may_see_all_districts_is_told_of_all(desk: Desk, office: Office) -> None:
    earlier, case = desk.handed_over(1, NANSHAN), desk.handed_over(2, FUTIAN)
    repeats(office, case, earlier)

    shown = desk.api.staff("supervisor", "all")("GET", case.url).json()["near_duplicates"]

    assert [each["verification_id"] for each in shown["seen"]] == [earlier.verification_id]


def test_a_case_whose_clip_repeats_nothing_says_so(desk: Desk) -> None:
    case = desk.handed_over()

    shown = desk.api.staff("clerk", "own", districts=[FUTIAN])("GET", case.url).json()["near_duplicates"]

    assert shown == {"seen": [], "elsewhere": 0}


def test_a_case_without_a_clip_repeats_nothing(desk: Desk) -> None:
    case_id = desk.wanting_a_person()

    shown = desk.api.staff("supervisor", "all")("GET", f"/v1/cases/{case_id}").json()["near_duplicates"]

    assert shown == {"seen": [], "elsewhere": 0}
