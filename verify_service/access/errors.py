"""Why a call is not let in."""

from __future__ import annotations

from collections.abc import Collection


class AccessError(Exception):
    """A call is not let in."""


class TokenMissing(AccessError):
    def __init__(self) -> None:
        super().__init__("the call carries no bearer token")


class TokenUnknown(AccessError):
    """A token that was never issued, was revoked, or differs in one letter: all look alike to the caller."""

    def __init__(self) -> None:
        super().__init__("the token is not known here")


class TokenExpired(AccessError):
    """Told only to who holds the whole token."""

    def __init__(self) -> None:
        super().__init__("the token has expired")


class ScopeMissing(AccessError):
    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = tuple(sorted(wanted))
        super().__init__(f"the call needs the scope {' or '.join(self.wanted)}")


class StaffOnly(AccessError):
    def __init__(self, roles: Collection[str]) -> None:
        self.roles = tuple(sorted(roles))
        words = " or ".join(self.roles) if self.roles else "any role"
        super().__init__(f"the call is for staff: {words}")


class RateExceeded(AccessError):
    def __init__(self, kind: str, retry_after_seconds: int) -> None:
        self.kind, self.retry_after_seconds = kind, retry_after_seconds
        super().__init__(f"too many calls per {kind}; again in {retry_after_seconds} s")


class AdministrationError(Exception):
    """Something cannot be set up so."""


class NameTaken(AdministrationError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there already is a {name!r}")


class NotAScope(AdministrationError):
    def __init__(self, scope: str, known: Collection[str]) -> None:
        self.scope = scope
        super().__init__(f"{scope!r} is no scope; there are {', '.join(sorted(known))}")


class NotARole(AdministrationError):
    def __init__(self, role: str, known: Collection[str]) -> None:
        self.role = role
        super().__init__(f"{role!r} is no role; there are {', '.join(sorted(known))}")


class NoSuchToken(AdministrationError):
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        super().__init__(f"no token with the prefix {prefix}")
