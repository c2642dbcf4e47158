"""The register: residents taken in, found by who they say they are, and opened with their keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from verify_service.audit import log
from verify_service.audit.actor import Actor
from verify_service.kit.crypto import DataKey, Vault
from verify_service.kit.office import Office
from verify_service.residents import names
from verify_service.residents.districts import district_code
from verify_service.residents.errors import BiometricsErased, ResidentDiffers, ResidentNotFound, ResidentUnknown
from verify_service.residents.id_number import IDNumber, parse
from verify_service.residents.records import ResidentRecord
from verify_service.residents.report import ImportReport, RowFault, RowReport, fault_of


@dataclass(frozen=True)
class NewResident:
    """A resident as a register tells of them, checked."""

    id_number: IDNumber
    name: str = field(repr=False)
    district: str


@dataclass(frozen=True)
class Registered:
    """`created` is false where the same resident was already there with the same data."""

    record: ResidentRecord
    created: bool


def checked(*, id_number: str, name: str, district: str, today: date) -> NewResident:
    """Raises IDNumberInvalid (by cause), NameInvalid or DistrictInvalid."""
    return NewResident(parse(id_number, today=today), names.written(name), district_code(district))


def register(session: Session, office: Office, new: NewResident, actor: Actor) -> Registered:
    """Take a resident in, or find the one that is already there. Raises ResidentDiffers.

    Two registrations of one number at once: the second waits for the first to commit and finds its row.
    """
    values = _sealed(office, new)
    take = insert(ResidentRecord).values(values).on_conflict_do_nothing(index_elements=["id_number_digest"])
    ref = session.execute(take.returning(ResidentRecord.id)).scalar_one_or_none()
    if ref is None:
        return Registered(_same(session, office, new), created=False)
    log.append(
        session,
        office,
        event="resident.registered",
        actor=actor,
        subject=f"resident:{ref}",
        resident_ref=ref,
        facts={"district": new.district},
    )
    return Registered(get(session, ref), created=True)


def import_rows(
    session: Session, office: Office, rows: Iterable[tuple[int, NewResident | RowFault]], actor: Actor
) -> ImportReport:
    """Register the good rows and say of each bad one why it is bad. `rows` carry their line numbers.

    No row raises. Sending the same rows again changes nothing.
    """
    reports, good = [], []
    for line, row in rows:
        if isinstance(row, RowFault):
            reports.append(RowReport(line, "error", fault=row))
        else:
            good.append((_number_digest(office.vault, row.id_number), line, row))
    # In the order of their keys, so that two imports of the same people at once never wait for each other crosswise.
    for _, line, new in sorted(good, key=lambda each: each[:2]):
        reports.append(_imported(session, office, line, new, actor))
    return ImportReport(tuple(sorted(reports, key=lambda report: report.line)))


def find_by_identity(session: Session, office: Office, id_number: str, name: str) -> ResidentRecord:
    """The resident with this number and this name.

    Raises IDNumberInvalid for what cannot be a number, and ResidentNotFound alike for a number that nobody has and a
    name that is another's. One query asks for both, so that the two are told apart neither by answer nor by time.
    """
    number = parse(id_number, today=office.clock.today())
    wanted = select(ResidentRecord).where(
        ResidentRecord.id_number_digest == _number_digest(office.vault, number),
        ResidentRecord.name_digest == _name_digest(office.vault, number, name),
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise ResidentNotFound
    return found


def get(session: Session, ref: UUID) -> ResidentRecord:
    """Raises ResidentUnknown."""
    found = session.get(ResidentRecord, ref)
    if found is None:
        raise ResidentUnknown(ref)
    return found


def identity_key(office: Office, resident: ResidentRecord) -> DataKey:
    """The key that seals the number, the name, and what people wrote about the resident."""
    return office.vault.unwrap(resident.identity_key)


def biometric_key(office: Office, resident: ResidentRecord) -> DataKey:
    """The key that seals photos, clips, templates and best frames. Raises BiometricsErased."""
    if resident.biometric_key is None:
        raise BiometricsErased(resident.id)
    return office.vault.unwrap(resident.biometric_key)


def id_number(office: Office, resident: ResidentRecord) -> str:
    return identity_key(office, resident).open(resident.id_number_sealed, _number_place(resident.id)).decode()


def name(office: Office, resident: ResidentRecord) -> str:
    return identity_key(office, resident).open(resident.name_sealed, _name_place(resident.id)).decode()


def _imported(session: Session, office: Office, line: int, new: NewResident, actor: Actor) -> RowReport:
    try:
        done = register(session, office, new, actor)
    except ResidentDiffers as error:
        return RowReport(line, "error", fault=fault_of(error))
    return RowReport(line, "created" if done.created else "unchanged", done.record.id)


def _same(session: Session, office: Office, new: NewResident) -> ResidentRecord:
    digest = _number_digest(office.vault, new.id_number)
    record = session.scalars(select(ResidentRecord).where(ResidentRecord.id_number_digest == digest)).one()
    given = {
        "name": record.name_digest == _name_digest(office.vault, new.id_number, new.name),
        "district": record.district == new.district,
    }
    if not all(given.values()):
        raise ResidentDiffers(tuple(field for field, same in given.items() if not same))
    return record


def _sealed(office: Office, new: NewResident) -> dict[str, Any]:
    ref = office.randomness.identifier()
    identity, identity_wrapped = office.vault.new_data_key()
    _, biometric_wrapped = office.vault.new_data_key()
    return {
        "id": ref,
        "id_number_digest": _number_digest(office.vault, new.id_number),
        "name_digest": _name_digest(office.vault, new.id_number, new.name),
        "id_number_sealed": identity.seal(new.id_number.text.encode(), _number_place(ref)),
        "name_sealed": identity.seal(new.name.encode(), _name_place(ref)),
        "birth_on": new.id_number.birth_on,
        "district": new.district,
        "identity_key": identity_wrapped,
        "biometric_key": biometric_wrapped,
        "imported_at": office.clock.now(),
    }


def _number_digest(vault: Vault, number: IDNumber) -> bytes:
    return vault.lookup_digest("id-number", number.text)


def _name_digest(vault: Vault, number: IDNumber, name: str) -> bytes:
    # Bound to the number: whoever reads the table cannot see that two residents share a name.
    return vault.lookup_digest("resident-name", f"{number.text}\0{names.compared(name)}")


def _number_place(ref: UUID) -> str:
    return f"residents/{ref}/id-number"


def _name_place(ref: UUID) -> str:
    return f"residents/{ref}/name"
