"""The register: who receives an allowance. The ID number and the name lie sealed; what is looked up is a keyed hash."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from verify_service.kit.db import Base


class ResidentRecord(Base):
    """One resident. `id` is the `resident_ref` of the API: opaque, and the only name that travels in URLs and logs.

    The identity key seals the ID number and the name; the biometric key seals photos, clips, templates and best
    frames, so that withdrawing consent destroys faces without forgetting the person.
    """

    __tablename__ = "residents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    id_number_digest: Mapped[bytes] = mapped_column(unique=True)
    name_digest: Mapped[bytes]
    id_number_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes]
    birth_on: Mapped[date]
    district: Mapped[str] = mapped_column(index=True)
    identity_key: Mapped[str]
    biometric_key: Mapped[str | None]  # none once the resident's biometrics have been erased
    imported_at: Mapped[datetime]
