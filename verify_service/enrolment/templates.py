"""A template as bytes: its numbers as little-endian 32-bit floats, nothing else. They leave memory only sealed."""

from __future__ import annotations

import numpy as np

from verify_service.biometrics.evidence import Template
from verify_service.enrolment.errors import TemplateInvalid

# Rounding of a few hundred 32-bit squares stays far below this.
NORM_TOLERANCE = 1e-3


def encode(template: Template) -> bytes:
    """Raises TemplateInvalid for anything but a finite unit vector made by a named model."""
    vector = np.asarray(template.vector)
    if vector.ndim != 1 or vector.size < 2:
        raise TemplateInvalid(f"it has the shape {vector.shape}")
    if not np.all(np.isfinite(vector)):
        raise TemplateInvalid("it has a number that is none")
    if abs(float(np.linalg.norm(vector.astype(np.float64))) - 1.0) > NORM_TOLERANCE:
        raise TemplateInvalid("it is no unit vector")
    if not template.model_sha256:
        raise TemplateInvalid("it names no model")
    return vector.astype("<f4").tobytes()


def decode(content: bytes, model_sha256: str) -> Template:
    """The template that `encode` made. Raises TemplateInvalid for bytes that are none."""
    if not content or len(content) % 4:
        raise TemplateInvalid(f"{len(content)} bytes are no row of numbers")
    return Template(np.frombuffer(content, dtype="<f4").astype(np.float32), model_sha256)
