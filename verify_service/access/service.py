"""Clients, staff and their tokens: made, found by token, revoked, rotated."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from verify_service.access.errors import NameTaken, NoSuchToken, NotARole, NotAScope, TokenExpired, TokenUnknown
from verify_service.access.records import ClientRecord, StaffRecord, TokenRecord
from verify_service.access.tokens import digest_of, new_token, prefix_of
from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.kit.office import Office

SCOPES = frozenset({"mobile", "registry", "validate", "overview"})
ROLES = frozenset({"clerk", "approver", "supervisor", "auditor", "administrator"})
TOKEN_DAYS = 365


@dataclass(frozen=True)
class Holder:
    """Whose token it is: exactly one of both."""

    client: ClientRecord | None = None
    staff: StaffRecord | None = None


def create_client(session: Session, office: Office, name: str, scopes: Collection[str], actor: Actor) -> ClientRecord:
    """Raises NotAScope or NameTaken."""
    for scope in scopes:
        if scope not in SCOPES:
            raise NotAScope(scope, SCOPES)
    if session.scalar(select(ClientRecord.id).where(ClientRecord.name == name)):
        raise NameTaken(name)
    client = ClientRecord(
        id=office.randomness.identifier(), name=name, scopes=sorted(scopes), created_at=office.clock.now()
    )
    session.add(client)
    facts = {"scopes": client.scopes}
    log.append(session, office, event="client.created", actor=actor, subject=f"client:{client.id}", facts=facts)
    return client


def create_staff(
    session: Session, office: Office, name: str, role: str, districts: Collection[str] | None, actor: Actor
) -> StaffRecord:
    """`districts` of None means all districts. Raises NotARole or NameTaken."""
    if role not in ROLES:
        raise NotARole(role, ROLES)
    if session.scalar(select(StaffRecord.id).where(StaffRecord.name == name)):
        raise NameTaken(name)
    staff = StaffRecord(
        id=office.randomness.identifier(),
        name=name,
        role=role,
        districts=None if districts is None else sorted(districts),
        created_at=office.clock.now(),
    )
    session.add(staff)
    facts = {"role": role, "districts": staff.districts}
    log.append(session, office, event="staff.created", actor=actor, subject=f"staff:{staff.id}", facts=facts)
    return staff


def issue_token(
    session: Session, office: Office, holder: ClientRecord | StaffRecord, actor: Actor, *, days: int = TOKEN_DAYS
) -> str:
    """A new token for a client or a member of staff. It cannot be read again: only its keyed hash is kept."""
    session.flush()  # the holder's row comes before the token's
    token, prefix = new_token(office.randomness)
    now = office.clock.now()
    record = TokenRecord(
        id=office.randomness.identifier(),
        prefix=prefix,
        digest=digest_of(office.vault, token),
        client_id=holder.id if isinstance(holder, ClientRecord) else None,
        staff_id=holder.id if isinstance(holder, StaffRecord) else None,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(record)
    kind = "client" if isinstance(holder, ClientRecord) else "staff"
    facts = {"prefix": prefix, "days": days}
    log.append(session, office, event="token.issued", actor=actor, subject=f"{kind}:{holder.id}", facts=facts)
    return token


def find_holder(session: Session, office: Office, token: str) -> Holder:
    """Whose token this is. Raises TokenUnknown (also for a revoked one) or TokenExpired."""
    prefix, digest = prefix_of(token), digest_of(office.vault, token)
    record = session.scalar(select(TokenRecord).where(TokenRecord.prefix == prefix)) if prefix else None
    # Compared also when there is nothing to compare with, so that the answer takes the same time.
    same = hmac.compare_digest(record.digest if record else bytes(len(digest)), digest)
    if record is None or not same or record.revoked_at is not None:
        raise TokenUnknown
    if record.expires_at <= office.clock.now():
        raise TokenExpired
    if record.client_id is not None:
        return Holder(client=session.get_one(ClientRecord, record.client_id))
    return Holder(staff=session.get_one(StaffRecord, record.staff_id))


def revoke_token(session: Session, office: Office, prefix: str, actor: Actor) -> None:
    """Revoked at once and for good; doing it twice is no error. Raises NoSuchToken."""
    record = _token(session, prefix)
    if record.revoked_at is None:
        record.revoked_at = office.clock.now()
        _log_change(session, office, record, "token.revoked", actor)


def rotate_token(
    session: Session, office: Office, prefix: str, actor: Actor, *, overlap: timedelta, days: int = TOKEN_DAYS
) -> str:
    """A new token for the holder of this one; the old one still works for `overlap`, never longer than it would have.

    Raises NoSuchToken.
    """
    record = _token(session, prefix)
    holder: ClientRecord | StaffRecord = (
        session.get_one(ClientRecord, record.client_id)
        if record.client_id is not None
        else session.get_one(StaffRecord, record.staff_id)
    )
    record.expires_at = min(record.expires_at, office.clock.now() + overlap)
    _log_change(session, office, record, "token.rotated", actor)
    return issue_token(session, office, holder, actor, days=days)


def _token(session: Session, prefix: str) -> TokenRecord:
    record = session.scalar(select(TokenRecord).where(TokenRecord.prefix == prefix).with_for_update())
    if record is None:
        raise NoSuchToken(prefix)
    return record


def _log_change(session: Session, office: Office, record: TokenRecord, event: str, actor: Actor) -> None:
    subject = f"client:{record.client_id}" if record.client_id else f"staff:{record.staff_id}"
    log.append(session, office, event=event, actor=actor, subject=subject, facts={"prefix": record.prefix})
