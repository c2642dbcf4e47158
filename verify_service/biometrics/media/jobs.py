"""What the parent may ask of a decoding child, and the ways in which a child may end."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from .caps import Caps, Sampling
from .wire import Layout

# Exit codes of a child; any other ending is a signal.
ANSWERED, RAISED, OUT_OF_MEMORY = 0, 70, 71


@dataclass(frozen=True)
class Job:
    """One file to decode. `kind` is clip, moment or photo; `at` the moment in seconds that a "moment" job asks for."""

    kind: str
    caps: Caps
    sampling: Sampling
    at: float = 0.0

    @property
    def layout(self) -> Layout:
        if self.kind == "photo":
            return Layout.of_photo(self.sampling)
        if self.kind == "moment":
            return Layout.of_moment(self.caps, self.sampling)
        return Layout.of_clip(self.caps, self.sampling)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, message: bytes) -> Job:
        """Read what the parent wrote; the parent is trusted, so a wrong message is a bug and raises as it may."""
        fields = json.loads(message)
        caps, sampling = Caps(**fields.pop("caps")), Sampling(**fields.pop("sampling"))
        return cls(caps=caps, sampling=sampling, **fields)
