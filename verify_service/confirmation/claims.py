"""Reading claims one by one: each is there and of its type, or the credential is refused by the claim's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from verify_service.confirmation.refusals import ClaimsInvalid

T = TypeVar("T")


def typed(claims: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Raises ClaimsInvalid. True is no number here, and None is nothing."""
    value = claims.get(name)
    if type(value) is not kind:
        raise ClaimsInvalid(name)
    return value


def moment(claims: Mapping[str, Any], name: str) -> datetime:
    """Seconds since 1970 (RFC 7519, NumericDate, whole). Raises ClaimsInvalid."""
    try:
        return datetime.fromtimestamp(typed(claims, name, int), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ClaimsInvalid(name) from error
