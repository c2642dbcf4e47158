"""Why a credential does not stand. Each cause is a class; its `reason` is the stable code that departments read."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class CredentialRefused(Exception):
    """A credential does not stand for who shows it."""

    reason: ClassVar[str]


class Unreadable(CredentialRefused):
    reason = "unreadable"

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(f"this is no credential: {fault}")


class AlgorithmNotAllowed(CredentialRefused):
    reason = "algorithm_not_allowed"

    def __init__(self, algorithm: object) -> None:
        self.algorithm = algorithm
        super().__init__("the credential names another signature algorithm than Ed25519")


class KeyUnknown(CredentialRefused):
    reason = "unknown_key"

    def __init__(self, kid: str) -> None:
        self.kid = kid
        super().__init__("the credential names a key that is not among the published ones")


class KeyRevoked(CredentialRefused):
    reason = "revoked_key"

    def __init__(self, kid: str) -> None:
        self.kid = kid
        super().__init__(f"the key {kid} has been revoked, and with it all that it signed")


class WrongSignature(CredentialRefused):
    reason = "wrong_signature"

    def __init__(self, kid: str) -> None:
        self.kid = kid
        super().__init__(f"the credential is not signed by the key {kid}, or was changed since")


class WrongType(CredentialRefused):
    reason = "wrong_type"

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(f"what is signed here is not of the type {expected}")


class ClaimsInvalid(CredentialRefused):
    reason = "claims_invalid"

    def __init__(self, claim: str) -> None:
        self.claim = claim
        super().__init__(f"the claim {claim} is missing or not as it must be")


class DemoCredential(CredentialRefused):
    reason = "demo_credential"

    def __init__(self) -> None:
        super().__init__("this is a credential of a demonstration and proves nothing")


class OtherPerson(CredentialRefused):
    reason = "other_person"

    def __init__(self) -> None:
        super().__init__("the credential was not issued to the holder of this ID number")


class OtherPurpose(CredentialRefused):
    reason = "other_purpose"

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__(f"the credential was issued for another purpose than {purpose}")


class NotYetValid(CredentialRefused):
    reason = "not_yet_valid"

    def __init__(self, begins_at: datetime) -> None:
        self.begins_at = begins_at
        super().__init__(f"the credential is valid only from {begins_at.isoformat()}")


class Expired(CredentialRefused):
    reason = "expired"

    def __init__(self, ended_at: datetime) -> None:
        self.ended_at = ended_at
        super().__init__(f"the credential was valid until {ended_at.isoformat()}")


class StatusListRefused(CredentialRefused):
    reason = "status_list_refused"

    def __init__(self, cause: CredentialRefused) -> None:
        self.cause = cause
        super().__init__(f"the status list cannot be relied on: {cause}")


class OtherStatusList(CredentialRefused):
    reason = "other_status_list"

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"the status of this credential stands in another list: {wanted}")


class StatusListStale(CredentialRefused):
    reason = "status_list_stale"

    def __init__(self, ended_at: datetime) -> None:
        self.ended_at = ended_at
        super().__init__(f"the status list was good until {ended_at.isoformat()}; please fetch a fresh one")


class Revoked(CredentialRefused):
    reason = "revoked"

    def __init__(self) -> None:
        super().__init__("the confirmation has been revoked")


class Suspended(CredentialRefused):
    reason = "suspended"

    def __init__(self) -> None:
        super().__init__("the confirmation is suspended until staff have looked at it")


class Superseded(CredentialRefused):
    reason = "superseded"

    def __init__(self) -> None:
        super().__init__("the confirmation has been replaced by a newer one")
