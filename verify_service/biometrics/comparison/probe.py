"""From chosen frames to templates: aligned, embedded."""

from __future__ import annotations

from collections.abc import Sequence

from verify_service.biometrics.comparison.embedder import Embedder
from verify_service.biometrics.evidence import Clip, Template
from verify_service.biometrics.face.alignment import align
from verify_service.biometrics.face.follower import FollowedFace


def embed_faces(clip: Clip, faces: Sequence[FollowedFace], embedder: Embedder) -> tuple[Template, ...]:
    """One template a face, in their order; none for none."""
    if not faces:
        return ()
    crops = [align(clip.frames[face.frame].image, face.place.points, embedder.size) for face in faces]
    return tuple(Template(vector, embedder.model_sha256) for vector in embedder.embed(crops))
