from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from verify_service.access import service
from verify_service.access.errors import NameTaken, NoSuchToken, NotARole, NotAScope, TokenExpired, TokenUnknown
from verify_service.access.records import TokenRecord
from verify_service.access.tokens import FORM, new_token, prefix_of
from verify_service.audit.actor import system
from verify_service.audit.records import AuditRecord
from verify_service.kit.clock import HeldClock
from verify_service.kit.office import Office
from verify_service.kit.randomness import SystemRandomness

ADMIN = system("admin")


def client_token(office: Office, *, days: int = 30) -> str:
    with office.transaction() as session:
        client = service.create_client(session, office, "the app", ["mobile"], ADMIN)
        return service.issue_token(session, office, client, ADMIN, days=days)


def name_of(office: Office, token: str) -> str:
    with office.transaction() as session:
        holder = service.find_holder(session, office, token)
        found = holder.client or holder.staff
        assert found is not None
        return found.name


def prefix(token: str) -> str:
    found = prefix_of(token)
    assert found is not None
    return found


def test_a_token_finds_its_client(office: Office) -> None:
    assert name_of(office, client_token(office)) == "the app"


def test_a_token_finds_its_member_of_staff(office: Office) -> None:
    with office.transaction() as session:
        staff = service.create_staff(session, office, "Wang Li", "clerk", ["440304"], ADMIN)
        token = service.issue_token(session, office, staff, ADMIN)

    with office.transaction() as session:
        found = service.find_holder(session, office, token).staff
        assert found is not None
        assert (found.name, found.role, found.districts) == ("Wang Li", "clerk", ["440304"])


def test_the_token_itself_is_stored_nowhere(office: Office) -> None:
    token = client_token(office)

    with office.transaction() as session:
        record = session.scalars(select(TokenRecord)).one()
        assert token.encode() not in record.digest
        assert record.prefix == prefix(token)
        facts = [entry.facts_text for entry in session.scalars(select(AuditRecord))]
        assert not any(token.rsplit("_", 1)[1] in text for text in facts)


def test_a_real_token_has_the_form_that_is_looked_for(office: Office) -> None:
    token, head = new_token(SystemRandomness())

    assert FORM.fullmatch(token)
    assert prefix_of(token) == head


@pytest.mark.parametrize("change", ["one letter more", "last letter", "prefix", "empty", "no form"])
def test_a_token_that_differs_is_unknown(office: Office, change: str) -> None:
    token = client_token(office)
    other = {
        "one letter more": token + "a",
        "last letter": token[:-1] + ("a" if token[-1] != "a" else "b"),
        "prefix": "vs_00000000" + token[11:],
        "empty": "",
        "no form": "Bearer " + token,
    }[change]

    with pytest.raises(TokenUnknown):
        name_of(office, other)


def test_a_token_expires(office: Office, clock: HeldClock) -> None:
    token = client_token(office, days=30)

    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert name_of(office, token) == "the app"
    clock.advance(timedelta(seconds=1))

    with pytest.raises(TokenExpired):
        name_of(office, token)


def test_a_revoked_token_is_unknown_at_once_and_for_good(office: Office) -> None:
    token = client_token(office)

    for _ in range(2):
        with office.transaction() as session:
            service.revoke_token(session, office, prefix(token), ADMIN)

    with pytest.raises(TokenUnknown):
        name_of(office, token)


def test_after_a_rotation_both_tokens_work_until_the_overlap_ends(office: Office, clock: HeldClock) -> None:
    old = client_token(office)
    with office.transaction() as session:
        new = service.rotate_token(session, office, prefix(old), ADMIN, overlap=timedelta(days=1))

    assert name_of(office, old) == name_of(office, new) == "the app"
    clock.advance(timedelta(days=1))

    assert name_of(office, new) == "the app"
    with pytest.raises(TokenExpired):
        name_of(office, old)


def test_a_rotation_never_lengthens_the_life_of_the_old_token(office: Office, clock: HeldClock) -> None:
    old = client_token(office, days=1)
    with office.transaction() as session:
        service.rotate_token(session, office, prefix(old), ADMIN, overlap=timedelta(days=30))

    clock.advance(timedelta(days=1))

    with pytest.raises(TokenExpired):
        name_of(office, old)


def test_an_unknown_prefix_can_be_neither_revoked_nor_rotated(office: Office) -> None:
    with office.transaction() as session:
        with pytest.raises(NoSuchToken):
            service.revoke_token(session, office, "00000000", ADMIN)
        with pytest.raises(NoSuchToken):
            service.rotate_token(session, office, "00000000", ADMIN, overlap=timedelta(0))


def test_only_known_scopes_and_roles_are_given(office: Office) -> None:
    with office.transaction() as session:
        with pytest.raises(NotAScope):
            service.create_client(session, office, "x", ["mobile", "everything"], ADMIN)
        with pytest.raises(NotARole):
            service.create_staff(session, office, "x", "king", None, ADMIN)


def test_a_name_is_given_once(office: Office) -> None:
    with office.transaction() as session:
        service.create_client(session, office, "the app", [], ADMIN)
        service.create_staff(session, office, "Wang Li", "clerk", None, ADMIN)

    with office.transaction() as session:
        with pytest.raises(NameTaken):
            service.create_client(session, office, "the app", [], ADMIN)
        with pytest.raises(NameTaken):
            service.create_staff(session, office, "Wang Li", "approver", None, ADMIN)


def test_every_change_is_in_the_audit_log(office: Office) -> None:
    token = client_token(office)
    with office.transaction() as session:
        service.rotate_token(session, office, prefix(token), ADMIN, overlap=timedelta(0))
        service.revoke_token(session, office, prefix(token), ADMIN)

    with office.transaction() as session:
        entries = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence)).all()
        assert [entry.event for entry in entries] == [
            "client.created",
            "token.issued",
            "token.rotated",
            "token.issued",
            "token.revoked",
        ]
