from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.residents.api import Caller, id_number
from tests.review.desk import CLIP, FRAME, PHOTO, Desk
from verify_service.audit.records import AuditRecord
from verify_service.cases.records import CaseDecisionRecord
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office

CONFIRM = {"action": "confirm", "reason_code": "same_person_seen"}
RETRY = {"action": "retry", "reason_code": "picture_unclear", "advice": ["too_dark"]}
REFUSE = {"action": "refuse", "reason_code": "other_person"}
VISIT = {"action": "visit", "reason_code": "cannot_tell"}
CLOSE = {"action": "close", "reason_code": "helped"}


@pytest.fixture
def anna(desk: Desk) -> Caller:
    return desk.api.staff("clerk", "Anna", ["440304"])


@pytest.fixture
def bao(desk: Desk) -> Caller:
    return desk.api.staff("approver", "Bao", ["440304"])


def count(office: Office, record: Any) -> int:
    with office.transaction() as session:
        return session.scalar(select(func.count()).select_from(record)) or 0


def events(office: Office, event: str) -> list[AuditRecord]:
    with office.transaction() as session:
        return list(session.scalars(select(AuditRecord).where(AuditRecord.event == event)))


def test_a_case_tells_why_it_is_here_in_words_with_score_limit_and_what_can_be_done(desk: Desk, anna: Caller) -> None:
    handed = desk.handed_over()

    case = anna("GET", handed.url, headers={"Accept-Language": "en"}).json()

    assert (case["kind"], case["state"], case["due_by"]) == ("verification_review", "open", "2026-03-09")
    assert case["reasons"][0]["code"] == "comparison"
    assert case["reasons"][0]["message"].startswith("Not like enough")
    (attempt,) = case["verification"]["attempts"]
    (check,) = [check for check in attempt["checks"] if check["name"] == "comparison"]
    assert (check["result"], check["score"], check["limit"]) == ("fail", 0.21, 0.45)
    assert check["rarity"].startswith("Two different people look this much alike about once in")
    assert attempt["machine_outcome"] == "in_review"
    assert case["resident"]["name"] == "王秀英"
    assert case["resident"]["id_number_tail"] == id_number(1)[-4:]
    assert id_number(1) not in str(case)
    assert [each["action"] for each in case["actions"]] == ["confirm", "retry", "refuse", "visit"]


def test_reasons_are_told_in_chinese_unless_another_language_is_asked_for(desk: Desk, anna: Caller) -> None:
    handed = desk.handed_over()

    assert "照片" in anna("GET", handed.url).json()["reasons"][0]["message"]
    assert "相片" in anna("GET", handed.url, headers={"Accept-Language": "yue"}).json()["reasons"][0]["message"]


def test_one_person_confirms_and_the_confirmation_is_there(desk: Desk, anna: Caller, office: Office) -> None:
    handed = desk.handed_over()

    case = anna("POST", f"{handed.url}/decision", json={**CONFIRM, "note": "比对过"}).json()

    assert (case["state"], case["outcome"], case["verification"]["status"]) == ("closed", "confirmed", "confirmed")
    assert handed.status()["confirmation_id"]
    (decision,) = case["decisions"]
    assert (decision["staff"]["name"], decision["note"], decision["number"]) == ("Anna", "比对过", 1)
    assert count(office, ConfirmationRecord) == 1


def test_asking_for_another_clip_reaches_the_phone_as_advice(desk: Desk, anna: Caller) -> None:
    handed = desk.handed_over()

    case = anna("POST", f"{handed.url}/decision", json=RETRY).json()

    assert (case["state"], case["outcome"]) == ("closed", "retry")
    status = handed.status()
    assert (status["status"], [each["code"] for each in status["advice"]]) == ("retry", ["too_dark"])
    assert status["attempts_left"] >= 1


def test_a_refusal_needs_two_different_persons(desk: Desk, anna: Caller, bao: Caller, office: Office) -> None:
    handed = desk.handed_over()

    first = anna("POST", f"{handed.url}/decision", json=REFUSE).json()
    assert (first["state"], first["verification"]["status"]) == ("second_opinion", "in_review")
    again = anna("POST", f"{handed.url}/decision", json=REFUSE)
    assert (again.status_code, again.json()["code"]) == (409, "second-person-needed")
    second = bao("POST", f"{handed.url}/decision", json=REFUSE).json()

    assert (second["state"], second["outcome"], second["verification"]["status"]) == ("closed", "refused", "refused")
    assert [each["staff"]["name"] for each in second["decisions"]] == ["Anna", "Bao"]
    assert handed.status()["status"] == "refused"
    assert count(office, ConfirmationRecord) == 0


def test_an_approver_who_refused_first_is_not_the_second_and_a_clerk_never_is(desk: Desk, bao: Caller) -> None:
    handed = desk.handed_over()
    bao("POST", f"{handed.url}/decision", json=REFUSE)

    own = bao("POST", f"{handed.url}/decision", json=REFUSE)
    clerk = desk.api.staff("clerk", "Chen", ["440304"])("POST", f"{handed.url}/decision", json=REFUSE)

    assert (own.status_code, own.json()["code"]) == (409, "second-person-needed")
    assert (clerk.status_code, clerk.json()["code"]) == (403, "second-opinion-by-role")
    assert handed.status()["status"] == "in_review"


@pytest.mark.parametrize("opinion", [CONFIRM, RETRY, VISIT])
def test_two_who_disagree_have_decided_nothing_and_both_are_on_record(
    desk: Desk, anna: Caller, bao: Caller, opinion: dict[str, Any]
) -> None:
    handed = desk.handed_over()
    anna("POST", f"{handed.url}/decision", json=REFUSE)

    case = bao("POST", f"{handed.url}/decision", json=opinion).json()

    assert (case["state"], case["assigned_to"], case["verification"]["status"]) == ("open", None, "in_review")
    assert [each["action"] for each in case["decisions"]] == ["refuse", opinion["action"]]
    # And from there on a single refusal is a first one again, whoever gives it.
    assert bao("POST", f"{handed.url}/decision", json=REFUSE).json()["state"] == "second_opinion"


def test_a_visit_keeps_the_case_with_who_arranges_it_and_a_later_day(desk: Desk, anna: Caller) -> None:
    handed = desk.handed_over()

    case = anna("POST", f"{handed.url}/decision", json=VISIT).json()

    assert (case["state"], case["wish"], case["due_by"]) == ("assigned", "home_visit", "2026-03-16")
    assert case["assigned_to"]["name"] == "Anna"
    met = {"action": "confirm", "reason_code": "met_in_person"}
    assert anna("POST", f"{handed.url}/decision", json=met).json()["outcome"] == "confirmed"


def test_who_wants_a_person_is_helped_and_the_case_closed(desk: Desk, anna: Caller) -> None:
    case_id = desk.wanting_a_person()

    case = anna("GET", f"/v1/cases/{case_id}").json()
    assert (case["note"], case["wish"], case["verification"]) == ("先打给女儿", "call", None)
    assert [each["action"] for each in case["actions"]] == ["visit", "close"]
    impossible = anna("POST", f"/v1/cases/{case_id}/decision", json=CONFIRM)
    assert (impossible.status_code, impossible.json()["code"]) == (409, "action-impossible")
    assert anna("POST", f"/v1/cases/{case_id}/decision", json=CLOSE).json()["outcome"] == "done"


def test_a_resident_without_a_photo_is_a_case_that_staff_can_confirm(desk: Desk, anna: Caller) -> None:
    handed = desk.without_reference()

    case = anna("GET", handed.url).json()
    assert (case["kind"], case["reference_url"], case["verification"]["attempts"]) == ("no_reference", None, [])
    assert anna("GET", f"{handed.url}/reference").json()["code"] == "reference-not-found"
    assert anna("GET", f"{handed.url}/clip").json()["code"] == "evidence-not-found"
    decision = {"action": "confirm", "reason_code": "met_in_person"}
    assert anna("POST", f"{handed.url}/decision", json=decision).json()["verification"]["status"] == "confirmed"


def test_a_case_whose_resident_waits_cannot_just_be_closed(desk: Desk, anna: Caller) -> None:
    answer = anna("POST", f"{desk.handed_over().url}/decision", json=CLOSE)

    assert (answer.status_code, answer.json()["code"]) == (409, "action-impossible")
    assert "confirm, retry, refuse, visit" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"action": "confirm", "reason_code": "other_person"}, "reason-unknown"),
        ({"action": "confirm", "reason_code": ""}, "reason-unknown"),
        ({**RETRY, "advice": ["smile"]}, "advice-unknown"),
        ({**CONFIRM, "advice": ["too_dark"]}, "invalid-request"),
        ({"action": "stop_the_money", "reason_code": "x"}, "invalid-request"),
        ({"action": "confirm"}, "invalid-request"),
        ({**CONFIRM, "note": ""}, "invalid-request"),
    ],
)
def test_a_decision_that_is_none_changes_nothing(
    desk: Desk, anna: Caller, decision: dict[str, Any], code: str, office: Office
) -> None:
    handed = desk.handed_over()

    answer = anna("POST", f"{handed.url}/decision", json=decision)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert count(office, CaseDecisionRecord) == 0
    assert handed.status()["status"] == "in_review"


def test_a_closed_case_stays_closed(desk: Desk, anna: Caller, bao: Caller) -> None:
    handed = desk.handed_over()
    anna("POST", f"{handed.url}/decision", json=CONFIRM)

    for answer in (
        anna("POST", f"{handed.url}/decision", json=REFUSE),
        bao("POST", f"{handed.url}/decision", json=REFUSE),
        anna("PUT", f"{handed.url}/assignment"),
        anna("DELETE", f"{handed.url}/assignment"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "case-closed")
    assert handed.status()["status"] == "confirmed"


def test_a_case_is_taken_left_alone_by_others_and_given_back(desk: Desk, anna: Caller, bao: Caller) -> None:
    url = desk.handed_over().url
    supervisor = desk.api.staff("supervisor", "Chen")

    assert anna("PUT", f"{url}/assignment").json()["assigned_to"]["name"] == "Anna"
    assert anna("PUT", f"{url}/assignment").status_code == 200
    for answer in (
        bao("PUT", f"{url}/assignment"),
        bao("DELETE", f"{url}/assignment"),
        bao("POST", f"{url}/decision", json=CONFIRM),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "case-assigned")
    given_back = supervisor("DELETE", f"{url}/assignment").json()
    assert (given_back["state"], given_back["assigned_to"]) == ("open", None)
    assert bao("PUT", f"{url}/assignment").json()["assigned_to"]["name"] == "Bao"


@pytest.mark.parametrize("decision", [CONFIRM, RETRY, REFUSE])
def test_of_many_who_decide_at_once_one_does(desk: Desk, office: Office, decision: dict[str, Any]) -> None:
    handed = desk.handed_over()
    staff = [desk.api.staff("approver", f"approver {n}") for n in range(5)]
    answers: list[Any] = []
    together = threading.Barrier(len(staff))

    def decide(caller: Caller) -> None:
        together.wait()
        answers.append(caller("POST", f"{handed.url}/decision", json=decision))

    threads = [threading.Thread(target=decide, args=(caller,)) for caller in staff]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    decided = [answer for answer in answers if answer.status_code == 200]
    # A refusal may be followed by a second one that has read it; everything else is decided once.
    assert 1 <= len(decided) <= (2 if decision is REFUSE else 1)
    assert all(answer.status_code == 409 for answer in answers if answer not in decided)
    assert count(office, CaseDecisionRecord) == len(decided)
    assert count(office, ConfirmationRecord) == (1 if decision is CONFIRM else 0)


@pytest.mark.parametrize(
    ("what", "content", "media_type"),
    [("reference", PHOTO, "image/jpeg"), ("clip", CLIP + b"\x01", "video/mp4"), ("best-frame", FRAME, "image/jpeg")],
)
def test_evidence_is_shown_to_staff_kept_by_nobody_and_written_into_the_log(
    desk: Desk, anna: Caller, office: Office, what: str, content: bytes, media_type: str
) -> None:
    handed = desk.handed_over()

    answer = anna("GET", f"{handed.url}/{what}")

    assert answer.content == content
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "no-store"
    (entry,) = events(office, "face.seen")
    assert (entry.actor_kind, entry.subject) == ("staff", f"case:{handed.case_id}")
    assert entry.facts["what"] == what.replace("-", "_")
    assert str(entry.resident_ref) == handed.resident_ref


def test_the_addresses_that_a_case_names_lead_to_its_evidence(desk: Desk, anna: Caller) -> None:
    case = anna("GET", desk.handed_over().url).json()
    (attempt,) = case["verification"]["attempts"]

    assert anna("GET", case["reference_url"]).content == PHOTO
    assert anna("GET", attempt["clip_url"]).content == CLIP + b"\x01"
    assert anna("GET", attempt["best_frame_url"]).content == FRAME
    assert anna("GET", f"{desk_url(case)}/clip?attempt=9").json()["code"] == "evidence-not-found"


def desk_url(case: Any) -> str:
    return f"/v1/cases/{case['case_id']}"


def test_an_erased_clip_is_gone_and_not_an_error_of_ours(desk: Desk, anna: Caller, office: Office) -> None:
    handed = desk.handed_over()
    for path in office.blobs.paths_before("clips/", datetime.now(UTC) + timedelta(hours=1)):
        office.blobs.delete(path)

    answer = anna("GET", f"{handed.url}/clip")

    assert (answer.status_code, answer.json()["code"]) == (410, "erased")
    assert events(office, "face.seen") == []


CALLS = (
    ("GET", "", None),
    ("GET", "/reference", None),
    ("GET", "/clip", None),
    ("GET", "/best-frame", None),
    ("PUT", "/assignment", None),
    ("DELETE", "/assignment", None),
    ("POST", "/decision", CONFIRM),
)


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_foreign_district_finds_what_is_not_there(
    desk: Desk, office: Office, method: str, path: str, body: dict[str, Any] | None
) -> None:
    handed = desk.handed_over(district="440304")
    luohu = desk.api.staff("supervisor", "Luohu", ["440303"])
    nowhere = desk.api.staff("supervisor", "Nowhere", [])

    for caller in (luohu, nowhere):
        foreign = caller(method, f"{handed.url}{path}", json=body)
        missing = caller(method, f"/v1/cases/{UUID(int=1)}{path}", json=body)
        assert foreign.status_code == missing.status_code == 404
        assert {**foreign.json(), "detail": ""} == {**missing.json(), "detail": ""}
    assert events(office, "face.seen") == []
    assert handed.status()["status"] == "in_review"


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, ("GET", "/..", None)])
def test_cases_are_for_staff_at_the_desk(
    desk: Desk, clock: HeldClock, method: str, path: str, body: dict[str, Any] | None
) -> None:
    url = "/v1/cases" if path == "/.." else f"{desk.handed_over().url}{path}"
    late = desk.api.staff("supervisor", "Late", days=1)

    callers = [
        (desk.api.nobody, 401, "token-missing"),
        (desk.api.client("mobile", "registry", "validate", "overview"), 403, "staff-only"),
        (desk.api.staff("auditor", "Dong"), 403, "staff-only"),
        (desk.api.staff("administrator", "Ella"), 403, "staff-only"),
    ]
    for caller, status, code in callers:
        answer = caller(method, url, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    clock.advance(timedelta(days=2))
    assert late(method, url, json=body).json()["code"] == "token-expired"


def test_the_list_shows_ones_own_districts_with_true_counts_page_by_page(desk: Desk, anna: Caller) -> None:
    mine = [desk.handed_over(n, "440304001").case_id for n in (1, 2, 3)]
    desk.handed_over(4, "440303")
    anna("PUT", f"/v1/cases/{mine[0]}/assignment")

    first = anna("GET", "/v1/cases?limit=2").json()
    second = anna("GET", f"/v1/cases?limit=2&cursor={first['next_cursor']}").json()

    assert sorted(each["case_id"] for each in first["items"] + second["items"]) == sorted(mine)
    assert (first["total"], second["next_cursor"]) == (3, None)
    assert first["counts"] == {"open": 2, "assigned": 1, "second_opinion": 0, "closed": 0}
    assert anna("GET", "/v1/cases?state=assigned").json()["total"] == 1
    assert anna("GET", "/v1/cases?state=assigned&state=open").json()["total"] == 3
    assert anna("GET", "/v1/cases?due_before=2026-03-09").json()["total"] == 0
    assert anna("GET", "/v1/cases?due_before=2026-03-10").json()["total"] == 3
    assert anna("GET", "/v1/cases?district=440303").json()["total"] == 0
    assert "王秀英" not in str(first)


def test_a_case_past_its_day_is_overdue(desk: Desk, anna: Caller, clock: HeldClock) -> None:
    url = desk.handed_over().url
    # A token of a year: the desk's day goes on while the test's clerk stays.
    patient = desk.api.staff("clerk", "Patient", ["440304"], days=60)

    clock.advance(timedelta(days=7))
    assert patient("GET", url).json()["is_overdue"] is False
    clock.advance(timedelta(days=1))
    assert patient("GET", url).json()["is_overdue"] is True


@pytest.mark.parametrize("query", ["cursor=x", "cursor=bnVsbA"])
def test_a_cursor_that_was_not_given_out_is_refused(anna: Caller, query: str) -> None:
    answer = anna("GET", f"/v1/cases?{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, "cursor-invalid")


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=201", "due_before=soon", "district=%25"])
def test_a_list_that_cannot_be_is_refused(anna: Caller, query: str) -> None:
    assert anna("GET", f"/v1/cases?{query}").json()["code"] == "invalid-request"


def test_every_step_is_written_into_the_log_without_names_and_notes(
    desk: Desk, anna: Caller, bao: Caller, office: Office
) -> None:
    handed = desk.handed_over()
    anna("GET", handed.url)
    anna("POST", f"{handed.url}/decision", json={**REFUSE, "note": "不像王秀英"})
    bao("POST", f"{handed.url}/decision", json=REFUSE)

    with office.transaction() as session:
        entries = list(session.scalars(select(AuditRecord).order_by(AuditRecord.sequence)))
    happened = [entry.event for entry in entries if entry.subject == f"case:{handed.case_id}"]
    assert happened[0] == "case.opened"
    assert happened[-2:] == ["case.decided", "case.decided"]
    assert "case.read" in happened
    assert entries[-1].facts["effect"] == "close" or entries[-2].facts["effect"] == "close"
    assert not any("王秀英" in entry.facts_text or "Anna" in entry.facts_text for entry in entries)
