from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.departments.conftest import ID_NUMBER, PURPOSE, Department
from verify_service.audit.actor import Actor, system
from verify_service.audit.records import AuditRecord
from verify_service.confirmation import credential as credentials
from verify_service.confirmation import service as confirmations
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.validation import Trust, authenticate
from verify_service.departments import purposes, service
from verify_service.departments.errors import PurposeNotAllowed
from verify_service.departments.service import Answer, Question
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office

OTHER_ID_NUMBER = "440304193801150015"
SUPERVISOR = Actor("staff", "a-supervisor")
Ask = Callable[..., Answer]


@pytest.fixture
def ask(office: Office, signer: Ed25519Signer, department: Department, credential: str) -> Ask:
    """The department's question about the credential; a test says what is different."""

    def asked(by: Department = department, there: Office = office, **different: str) -> Answer:
        given = {"text": credential, "id_number": ID_NUMBER, "purpose": PURPOSE}
        with there.transaction() as session:
            return service.validate(session, there, signer, by.caller, Question(**{**given, **different}))

    return asked


def entries(office: Office) -> list[AuditRecord]:
    with office.transaction() as session:
        wanted = select(AuditRecord).where(AuditRecord.event == "confirmation.validated")
        return list(session.scalars(wanted.order_by(AuditRecord.sequence)))


def test_a_confirmation_stands_for_the_person_whose_card_is_shown(ask: Ask) -> None:
    answer = ask()

    assert answer == Answer(
        stands=True,
        matches_person=True,
        reason=None,
        year=2026,
        valid_until=date(2027, 3, 31),
        method="clip",
        status="valid",
        pseudonym=answer.pseudonym,
    )
    assert answer.pseudonym is not None
    assert len(answer.pseudonym) == 32


@pytest.mark.parametrize("id_number", [OTHER_ID_NUMBER, ID_NUMBER[:-1], "x", "４４０３０４"])
def test_of_another_person_nothing_is_told(id_number: str, ask: Ask) -> None:
    assert ask(id_number=id_number) == Answer(stands=False, matches_person=False, reason="other_person")


def test_not_even_that_it_was_revoked(ask: Ask, office: Office, issued: ConfirmationRecord) -> None:
    with office.transaction() as session:
        confirmations.revoke(session, office, issued.id, reason_code="fraud", actor=SUPERVISOR)

    assert ask(id_number=OTHER_ID_NUMBER) == Answer(stands=False, matches_person=False, reason="other_person")


def test_a_number_typed_in_full_width_digits_is_the_same(ask: Ask) -> None:
    assert ask(id_number=" ４４０３０４ 19491001 0024").stands


@pytest.mark.parametrize("text", ["", "nonsense", "a.b.c"])
def test_what_is_no_credential_is_answered_and_not_an_error(text: str, ask: Ask) -> None:
    assert ask(text=text) == Answer(stands=False, matches_person=False, reason="unreadable")


def test_a_changed_credential_is_answered_alike_whoever_is_named(ask: Ask, credential: str) -> None:
    header, claims, signature = credential.split(".")
    changed = f"{header}.{claims}.{signature[::-1]}"

    assert ask(text=changed).reason == "wrong_signature"
    assert ask(text=changed) == ask(text=changed, id_number=OTHER_ID_NUMBER)


def test_a_signed_credential_that_the_register_does_not_know_does_not_stand(
    ask: Ask, credential: str, signer: Ed25519Signer
) -> None:
    known = authenticate(credential, Trust(PublicKeys.from_jwks(signer.jwks()), accepts_demo=True)).credential
    unknown = signer.sign_jwt(replace(known, confirmation_id=uuid4()).claims(), credentials.TYPE)

    assert ask(text=unknown) == Answer(stands=False, matches_person=False, reason="unknown_confirmation")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (confirmations.suspend, "suspended"),
        (confirmations.revoke, "revoked"),
        (confirmations.supersede, "superseded"),
    ],
)
def test_what_staff_took_back_does_not_stand_from_that_moment_on(
    change: Callable[..., None], status: str, ask: Ask, office: Office, issued: ConfirmationRecord
) -> None:
    assert ask().stands
    with office.transaction() as session:
        change(session, office, issued.id, reason_code="checked", actor=SUPERVISOR)

    answer = ask()

    assert (answer.stands, answer.matches_person) == (False, True)
    assert answer.reason == answer.status == status
    assert answer.year == 2026


def test_after_its_last_day_it_does_not_stand_whether_or_not_it_was_marked(
    ask: Ask, office: Office, clock: HeldClock
) -> None:
    clock.advance(timedelta(days=400))
    unmarked = ask()
    with office.transaction() as session:
        assert confirmations.expire_ended(session, office, system("worker")) == 1

    assert unmarked == ask()
    assert (unmarked.stands, unmarked.reason, unmarked.status) == (False, "expired", "expired")


def test_a_credential_for_another_purpose_does_not_stand_for_this_one(
    ask: Ask, office: Office, department: Department
) -> None:
    with office.transaction() as session:
        purposes.allow(session, office, department.caller.id, ["elder-transit-card"], system("admin"))

    answer = ask(purpose="elder-transit-card")

    assert answer == Answer(stands=False, matches_person=True, reason="other_purpose")


def test_a_purpose_that_the_department_was_not_given_is_refused(ask: Ask, office: Office) -> None:
    with pytest.raises(PurposeNotAllowed):
        ask(purpose="elder-transit-card")
    assert entries(office) == []


def test_production_does_not_believe_a_demo_credential(ask: Ask, office: Office) -> None:
    assert ask().stands

    assert ask(there=replace(office, environment="production")).reason == "demo_credential"


def test_each_department_has_a_name_of_its_own_for_a_resident_and_keeps_it(
    ask: Ask, other_department: Department, issued: ConfirmationRecord
) -> None:
    first, again, other = ask().pseudonym, ask().pseudonym, ask(by=other_department).pseudonym

    assert first == again != other
    assert str(issued.resident_ref).replace("-", "") not in (first, other)


def test_the_resident_can_read_who_asked_and_what_was_answered(
    ask: Ask, office: Office, clock: HeldClock, issued: ConfirmationRecord, department: Department
) -> None:
    ask()
    clock.advance(timedelta(minutes=1))
    ask(id_number=OTHER_ID_NUMBER)

    with office.transaction() as session:
        looks = service.access_log(session, issued.resident_ref)
    assert [(look.outcome, look.purpose) for look in looks] == [("other_person", PURPOSE), ("stands", PURPOSE)]
    assert {look.client_id for look in looks} == {department.caller.id}
    assert {look.confirmation_id for look in looks} == {issued.id}
    assert looks[0].asked_at == clock.now()


def test_every_question_is_in_the_audit_log_without_the_number(
    ask: Ask, office: Office, issued: ConfirmationRecord, department: Department
) -> None:
    ask()
    ask(text="nonsense")

    known, unknown = entries(office)
    assert (known.subject, known.resident_ref) == (f"confirmation:{issued.id}", issued.resident_ref)
    assert (unknown.subject, unknown.resident_ref) == (None, None)
    assert (known.actor_id, known.facts) == (str(department.caller.id), {"purpose": PURPOSE, "outcome": "stands"})
    assert unknown.facts == {"purpose": PURPOSE, "outcome": "unreadable"}


def test_the_answer_holds_no_word_about_the_person(ask: Ask, issued: ConfirmationRecord) -> None:
    told: dict[str, Any] = vars(ask())

    assert told.keys() == {
        "stands",
        "matches_person",
        "reason",
        "year",
        "valid_until",
        "method",
        "status",
        "pseudonym",
    }
    assert str(issued.resident_ref) not in str(told)
