from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.confirmation.examples import ID_NUMBER, PURPOSE
from verify_service.audit.actor import Actor, system
from verify_service.audit.records import AuditRecord
from verify_service.confirmation import service
from verify_service.confirmation.errors import ConfirmationNotFound, StatusListNotFound
from verify_service.confirmation.keys import Ed25519Signer
from verify_service.confirmation.public_keys import PublicKeys
from verify_service.confirmation.records import ConfirmationRecord
from verify_service.confirmation.refusals import CredentialRefused, Revoked, Superseded, Suspended
from verify_service.confirmation.validation import Trust, validate
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.states import StateLost

SUPERVISOR = Actor("staff", "a-supervisor")
Change = Callable[..., None]


def change(office: Office, issued: ConfirmationRecord, to: Change) -> None:
    with office.transaction() as session:
        to(session, office, issued.id, reason_code="checked", actor=SUPERVISOR)


def state(office: Office, issued: ConfirmationRecord) -> str:
    with office.transaction() as session:
        return service.get(session, issued.id).state


def validated(office: Office, signer: Ed25519Signer, issued: ConfirmationRecord) -> str:
    """The status that somebody offline sees, with the list of this moment."""
    with office.transaction() as session:
        text = service.credential_text(session, office, issued)
        statuses = service.signed_status_list(session, office, signer, 1)
    trust = Trust(PublicKeys.from_jwks(signer.jwks()), accepts_demo=True)
    return validate(
        text, id_number=ID_NUMBER, purpose=PURPOSE, trust=trust, status_list=statuses, now=office.clock.now()
    ).status


@pytest.mark.parametrize(
    ("to", "refusal"),
    [(service.suspend, Suspended), (service.revoke, Revoked), (service.supersede, Superseded)],
)
def test_the_next_status_list_says_that_it_no_longer_stands(
    to: Change, refusal: type[CredentialRefused], office: Office, signer: Ed25519Signer, issued: ConfirmationRecord
) -> None:
    assert validated(office, signer, issued) == "valid"

    change(office, issued, to)

    with pytest.raises(refusal):
        validated(office, signer, issued)


def test_a_restored_confirmation_stands_again(
    office: Office, signer: Ed25519Signer, issued: ConfirmationRecord
) -> None:
    change(office, issued, service.suspend)

    change(office, issued, service.restore)

    assert state(office, issued) == "valid"
    assert validated(office, signer, issued) == "valid"


def test_a_suspended_confirmation_can_be_revoked(office: Office, issued: ConfirmationRecord) -> None:
    change(office, issued, service.suspend)

    change(office, issued, service.revoke)

    assert state(office, issued) == "revoked"


@pytest.mark.parametrize("to", [service.suspend, service.restore, service.revoke, service.supersede])
def test_what_is_revoked_stays_revoked(to: Change, office: Office, issued: ConfirmationRecord) -> None:
    change(office, issued, service.revoke)

    with pytest.raises(StateLost):
        change(office, issued, to)

    assert state(office, issued) == "revoked"


def test_only_a_suspended_confirmation_can_be_restored(office: Office, issued: ConfirmationRecord) -> None:
    with pytest.raises(StateLost):
        change(office, issued, service.restore)


def test_every_change_is_in_the_audit_log_with_its_reason(office: Office, issued: ConfirmationRecord) -> None:
    for to in (service.suspend, service.restore, service.revoke):
        change(office, issued, to)

    with office.transaction() as session:
        entries = session.scalars(
            select(AuditRecord).where(AuditRecord.actor_kind == "staff").order_by(AuditRecord.sequence)
        ).all()
    assert [entry.event for entry in entries] == [
        "confirmation.suspended",
        "confirmation.restored",
        "confirmation.revoked",
    ]
    assert {entry.subject for entry in entries} == {f"confirmation:{issued.id}"}
    assert all(entry.facts == {"reason_code": "checked"} for entry in entries)


def test_a_confirmation_is_marked_as_expired_on_the_day_after_its_last(
    office: Office, clock: HeldClock, issued: ConfirmationRecord
) -> None:
    days = (issued.valid_until - clock.today()).days
    clock.advance(timedelta(days=days))
    with office.transaction() as session:
        assert service.expire_ended(session, office, system("worker")) == 0
    clock.advance(timedelta(days=1))

    with office.transaction() as session:
        assert service.expire_ended(session, office, system("worker")) == 1

    assert state(office, issued) == "expired"


def test_a_suspended_confirmation_waits_for_staff_and_does_not_expire(
    office: Office, clock: HeldClock, issued: ConfirmationRecord
) -> None:
    change(office, issued, service.suspend)
    clock.advance(timedelta(days=800))

    with office.transaction() as session:
        assert service.expire_ended(session, office, system("worker")) == 0

    assert state(office, issued) == "suspended"


def test_an_unknown_confirmation_cannot_be_changed(office: Office) -> None:
    with pytest.raises(ConfirmationNotFound), office.transaction() as session:
        service.revoke(session, office, uuid4(), reason_code="checked", actor=SUPERVISOR)


def test_the_first_status_list_is_there_from_the_start_and_no_other(office: Office, signer: Ed25519Signer) -> None:
    with office.transaction() as session:
        assert service.signed_status_list(session, office, signer, 1).count(".") == 2
        for number in (0, 2, -1):
            with pytest.raises(StatusListNotFound):
                service.signed_status_list(session, office, signer, number)
