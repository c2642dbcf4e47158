"""What can be wrong with a consent."""

from __future__ import annotations

from collections.abc import Collection


class ConsentError(Exception):
    """A consent is missing or cannot be recorded."""


class ConsentTextUnknown(ConsentError):
    """`known` lists the versions of this purpose's text."""

    def __init__(self, purpose: str, version: str, known: Collection[str]) -> None:
        self.purpose, self.version, self.known = purpose, version, tuple(known)
        super().__init__(f"the text of consent for {purpose} has the versions {', '.join(self.known)}, not {version!r}")


class ConsentMissing(ConsentError):
    """Nothing biometric may be taken before the resident has agreed to it."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__(f"the resident has not consented to the purpose {purpose}, or has withdrawn it")


class ConsentTextsInvalid(ConsentError):
    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(f"the texts of consent cannot be used: {fault}")
