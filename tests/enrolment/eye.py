"""An eye for enrolment that says what the test wants."""

from __future__ import annotations

import hashlib

import numpy as np

from verify_service.biometrics.evidence import Template

MODEL = "a" * 64


class DigestEmbedder:
    """Makes a unit vector of the photo's digest: another photo, another face. A reason, or any error, is raised instead.

    It lives with the tests and not in the package: no build has an eye that makes templates of nothing (PEOPLE 29).
    """

    def __init__(self, raises: Exception | None = None) -> None:
        self.raises, self.seen = raises, 0

    def embed(self, photo: bytes) -> Template:
        self.seen += 1
        if self.raises is not None:
            raise self.raises
        numbers = np.frombuffer(hashlib.sha512(photo).digest(), dtype=np.uint8).astype(np.float32) - 127.5
        return Template(numbers / np.float32(np.linalg.norm(numbers)), MODEL)
