"""Every slice's rows in one place, so that whoever looks at the metadata (migrations, tests) sees all tables."""

from __future__ import annotations

import importlib

from sqlalchemy import MetaData

from verify_service.kit.db import Base

RECORDS = (
    "verify_service.audit.records",
    "verify_service.access.records",
    "verify_service.residents.records",
    "verify_service.consent.records",
    "verify_service.cases.records",
    "verify_service.enrolment.records",
    "verify_service.confirmation.records",
    "verify_service.life_evidence.records",
    "verify_service.verification.records",
    "verify_service.departments.records",
    "verify_service.kit.idempotency",
)


def all_tables() -> MetaData:
    """The metadata with the tables of all slices."""
    for name in RECORDS:
        importlib.import_module(name)
    return Base.metadata
