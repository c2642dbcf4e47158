from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.departments.conftest import PURPOSE, Department
from verify_service.audit.actor import system
from verify_service.audit.records import AuditRecord
from verify_service.departments import purposes
from verify_service.departments.errors import PurposeNotAllowed
from verify_service.departments.records import DepartmentPurposeRecord
from verify_service.kit.office import Office


def test_a_department_may_ask_for_what_it_was_allowed_and_for_nothing_else(
    office: Office, department: Department
) -> None:
    with office.transaction() as session:
        purposes.require_allowed(session, department.caller.id, PURPOSE)
        with pytest.raises(PurposeNotAllowed):
            purposes.require_allowed(session, department.caller.id, "elder-transit-card")


def test_allowing_twice_changes_nothing(office: Office, department: Department) -> None:
    with office.transaction() as session:
        purposes.allow(session, office, department.caller.id, [PURPOSE, PURPOSE], system("admin"))

    with office.transaction() as session:
        assert len(session.scalars(select(DepartmentPurposeRecord)).all()) == 1


def test_what_was_allowed_is_in_the_audit_log(office: Office, department: Department) -> None:
    with office.transaction() as session:
        entry = session.scalars(select(AuditRecord).where(AuditRecord.event == "client.purposes_allowed")).one()
    assert (entry.subject, entry.facts) == (f"client:{department.caller.id}", {"purposes": [PURPOSE]})
