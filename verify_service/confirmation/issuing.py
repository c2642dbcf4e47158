"""Issuing a confirmation, inside the transaction of the decision that it follows from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.confirmation import credential as credentials
from verify_service.confirmation.credential import Credential, StatusPlace, end_of_day
from verify_service.confirmation.errors import AlreadyConfirmed, ConfirmationHeld
from verify_service.confirmation.holder import Commitment, commit
from verify_service.confirmation.keys import Signer
from verify_service.confirmation.queries import get, newest_list, standing
from verify_service.confirmation.records import ONE_STANDING, ConfirmationRecord
from verify_service.confirmation.states import ConfirmationState, Method
from verify_service.confirmation.status_list import ENTRIES
from verify_service.kit.office import Office
from verify_service.residents import service as residents
from verify_service.residents.records import ResidentRecord
from verify_service.rules.rule import Cycle

# Eight taken places in a row: the list is about a third full and the next one is begun.
DRAWS = 8


@dataclass(frozen=True)
class _Draft:
    """All of a confirmation but its place in a status list."""

    confirmation_id: UUID
    resident: ResidentRecord
    purpose: str
    cycle: Cycle
    method: Method
    verification_id: UUID | None
    holder: Commitment


def issue(
    session: Session,
    office: Office,
    signer: Signer,
    *,
    resident: ResidentRecord,
    purpose: str,
    cycle: Cycle,
    method: str,
    verification_id: UUID | None,
    actor: Actor,
) -> ConfirmationRecord:
    """Sign and record that a resident was found alive. Takes one scrypt, about 0.1 s.

    `method` is a word of `Method`. Raises AlreadyConfirmed or ConfirmationHeld if one stands for this resident, purpose
    and year; of two that race, one is issued and the other raises AlreadyConfirmed once the first has committed.
    """
    _require_none_standing(session, resident.id, purpose, cycle.year)
    holder = commit(residents.id_number(office, resident), office.randomness)
    identifier = office.randomness.identifier()
    draft = _Draft(identifier, resident, purpose, cycle, Method(method), verification_id, holder)
    try:
        with session.begin_nested():
            record = _insert(session, office, signer, draft)
    except IntegrityError as error:
        if _violated(error) != ONE_STANDING:
            raise
        _require_none_standing(session, resident.id, purpose, cycle.year)
        raise
    log.append(
        session,
        office,
        event="confirmation.issued",
        actor=actor,
        subject=f"confirmation:{record.id}",
        resident_ref=resident.id,
        facts={"purpose": purpose, "year": cycle.year, "method": record.method, "kid": record.kid},
    )
    return record


def credential_place(confirmation_id: UUID) -> str:
    return f"confirmations/{confirmation_id}/credential"


def status_list_uri(issuer: str, number: int) -> str:
    return f"{issuer}/v1/status-lists/{number}"


def _require_none_standing(session: Session, resident_ref: UUID, purpose: str, year: int) -> None:
    found = standing(session, resident_ref, purpose, year)
    if found is not None:
        raise AlreadyConfirmed(found.id) if found.state == ConfirmationState.VALID else ConfirmationHeld(found.id)


def _insert(session: Session, office: Office, signer: Signer, draft: _Draft) -> ConfirmationRecord:
    places = _places(session, office)
    while True:
        number, index = next(places)
        values = _values(office, signer, draft, number, index)
        take = insert(ConfirmationRecord).values(values)
        take = take.on_conflict_do_nothing(index_elements=["status_list", "status_index"])
        if session.execute(take.returning(ConfirmationRecord.id)).scalar_one_or_none() is not None:
            return get(session, draft.confirmation_id)


def _places(session: Session, office: Office) -> Iterator[tuple[int, int]]:
    # At random: a running number would tell who was confirmed together with whom, and how many came between.
    number = newest_list(session)
    while True:
        for _ in range(DRAWS):
            yield number, office.randomness.below(ENTRIES)
        number += 1


def _values(office: Office, signer: Signer, draft: _Draft, number: int, index: int) -> dict[str, Any]:
    now, kid = office.clock.now(), signer.kid
    credential = Credential(
        issuer=signer.issuer,
        confirmation_id=draft.confirmation_id,
        issued_at=now,
        valid_from=now,
        expires_at=end_of_day(draft.cycle.valid_until),
        year=draft.cycle.year,
        purpose=draft.purpose,
        method=draft.method,
        holder=draft.holder,
        status=StatusPlace(status_list_uri(signer.issuer, number), index),
        is_demo=office.environment != "production",
    )
    text = signer.sign_jwt(credential.claims(), credentials.TYPE)
    key = residents.identity_key(office, draft.resident)
    return {
        "id": draft.confirmation_id,
        "resident_ref": draft.resident.id,
        "purpose": draft.purpose,
        "year": draft.cycle.year,
        "state": ConfirmationState.VALID.value,
        "method": draft.method.value,
        "verification_id": draft.verification_id,
        "valid_from": office.clock.today(),
        "valid_until": draft.cycle.valid_until,
        "status_list": number,
        "status_index": index,
        "kid": kid,
        "credential_sealed": key.seal(text.encode(), credential_place(draft.confirmation_id)),
        "issued_at": now,
        "changed_at": now,
        "is_demo": credential.is_demo,
    }


def _violated(error: IntegrityError) -> str | None:
    return error.orig.diag.constraint_name if isinstance(error.orig, psycopg.Error) else None
