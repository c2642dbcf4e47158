"""What can go wrong with the audit log."""

from __future__ import annotations


class AuditError(Exception):
    """Something cannot be written to the audit log."""


class PersonalFacts(AuditError):
    """The log is kept for years and read by auditors: it names persons by reference, never by ID number."""

    def __init__(self, event: str, fact: str) -> None:
        self.event, self.fact = event, fact
        super().__init__(f"the fact {fact!r} of {event} looks like an ID number")


class FactsNotPlain(AuditError):
    def __init__(self, event: str) -> None:
        self.event = event
        super().__init__(f"the facts of {event} are not plain JSON (text, finite numbers, truth values, lists, tables)")
