"""In which form a confirmation is given: content negotiation (RFC 9110 §12.5.1), as far as it is needed here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verify_service.confirmation.errors import FormNotOffered

JSON = "application/json"
PNG = "image/png"
OFFERED = (JSON, PNG)
WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True)
class _Range:
    """One media range of an Accept header. `quality` from 0 (never) to 1."""

    media_type: str
    quality: float

    def precision(self, form: str) -> int:
        """How closely this range names `form`: 3 exactly, 2 by its kind, 1 as anything, 0 not at all."""
        kind = form.partition("/")[0]
        return {form: 3, f"{kind}/*": 2, "*/*": 1}.get(self.media_type, 0)


def best_form(accept: str | None, offered: tuple[str, ...] = OFFERED) -> str:
    """The form that the caller likes best, the first offered where it does not matter. Raises FormNotOffered."""
    if not accept or not accept.strip():
        return offered[0]
    ranges = [_range(each) for each in accept.split(",")]
    qualities = {form: _quality(form, ranges) for form in offered}
    best = max(offered, key=lambda form: qualities[form])
    if qualities[best] <= 0:
        raise FormNotOffered(accept, offered)
    return best


def _quality(form: str, ranges: list[_Range]) -> float:
    named = [each for each in ranges if each.precision(form)]
    return max(named, key=lambda each: each.precision(form)).quality if named else 0.0


def _range(text: str) -> _Range:
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    # What is no weight as RFC 9110 §12.4.2 writes them wants nothing.
    return _Range(media_type, float(quality) if WEIGHT.fullmatch(quality) else 0.0)
