"""What enrolment asks of the eye."""

from __future__ import annotations

from typing import Protocol

from verify_service.biometrics.evidence import Template


class ReferenceEmbedder(Protocol):
    def embed(self, photo: bytes) -> Template:
        """The template of the one face in a photo (JPEG, PNG or WebP). Raises PhotoUnusable with the reason."""
        ...
