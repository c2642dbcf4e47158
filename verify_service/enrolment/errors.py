"""What can be wrong with an enrolment photo, or with asking for a reference."""

from __future__ import annotations

from uuid import UUID


class EnrolmentError(Exception):
    """A reference cannot be made or found."""


class ReferenceExists(EnrolmentError):
    """A second photo is refused: replacing a reference is an act that two persons approve (TRUST T5)."""

    def __init__(self, resident_ref: UUID) -> None:
        self.resident_ref = resident_ref
        super().__init__("this resident has a reference already, or one that is being looked at; it is not replaced so")


class ReferenceUnknown(EnrolmentError):
    def __init__(self, resident_ref: UUID) -> None:
        self.resident_ref = resident_ref
        super().__init__("this resident has no reference")


class PhotoError(EnrolmentError):
    """What was sent is no photo that can be taken in."""


class PhotoTypeUnsupported(PhotoError):
    def __init__(self) -> None:
        super().__init__("a photo is sent as image/jpeg, image/png or image/webp, and must be what it says it is")


class PhotoEmpty(PhotoError):
    def __init__(self) -> None:
        super().__init__("no photo was sent")


class PhotoYearImpossible(PhotoError):
    def __init__(self, earliest: int, latest: int) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(f"the photo's year must lie between {earliest} and {latest}")


class PhotoUnusable(EnrolmentError):
    """The eye cannot make a template of a photo. `reason` is a word of biometrics/reasons.py."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the photo cannot be used: {reason}")


class TemplateInvalid(EnrolmentError):
    """What the embedder gave is no template: it is never stored as one."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(f"this is no template: {fault}")
