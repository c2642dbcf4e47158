"""What can go wrong around a confirmation: its keys, its issue and its changes. Why a credential is refused: refusals.py."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID


class ConfirmationError(Exception):
    """A confirmation cannot be signed, issued, found or changed."""


class SigningKeyError(ConfirmationError):
    """The signing keys are not as they must be: the service does not start with them."""


class NoSigningKey(SigningKeyError):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"there is no signing key in {folder} that is not revoked; make one before the service is started"
        )


class KeyFileUnreadable(SigningKeyError):
    def __init__(self, path: Path, fault: str) -> None:
        self.path, self.fault = path, fault
        super().__init__(f"the signing key {path} cannot be read: {fault}")


class KeyFileExposed(SigningKeyError):
    def __init__(self, path: Path, mode: int) -> None:
        self.path, self.mode = path, mode
        super().__init__(f"the signing key {path} is open to others (mode {mode:04o}); it must be 0600")


class KeyOfOtherEnvironment(SigningKeyError):
    """Demo keys never sign in production, nor keys of production anywhere else: a demo must not be a back door."""

    def __init__(self, kid: str, environment: str) -> None:
        self.kid, self.environment = kid, environment
        super().__init__(f"the signing key {kid} does not belong to the environment {environment}")


class NoSuchKey(SigningKeyError):
    def __init__(self, kid: str) -> None:
        self.kid = kid
        super().__init__(f"there is no signing key {kid}")


class ConfirmationNotFound(ConfirmationError):
    """Alike for an id that does not exist and for one that the caller may not see."""

    def __init__(self, confirmation_id: UUID) -> None:
        self.confirmation_id = confirmation_id
        super().__init__(f"there is no confirmation {confirmation_id}")


class AlreadyConfirmed(ConfirmationError):
    def __init__(self, confirmation_id: UUID) -> None:
        self.confirmation_id = confirmation_id
        super().__init__(f"confirmation {confirmation_id} already stands for this resident, purpose and year")


class ConfirmationHeld(ConfirmationError):
    """While one is suspended, no other may take its place: a report of a death must not be outrun by a clip."""

    def __init__(self, confirmation_id: UUID) -> None:
        self.confirmation_id = confirmation_id
        super().__init__(f"confirmation {confirmation_id} is suspended; staff must restore or revoke it first")


class StatusListNotFound(ConfirmationError):
    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"there is no status list {number}")


class FormNotOffered(ConfirmationError):
    """The caller accepts none of the forms in which a confirmation is given."""

    def __init__(self, accepted: str, offered: tuple[str, ...]) -> None:
        self.accepted, self.offered = accepted, offered
        super().__init__(f"a confirmation is given as {' or '.join(offered)}, and the call accepts neither")
