"""From chosen frames to templates: aligned, embedded."""

from __future__ import annotations

from collections.abc import Sequence

from verify_service.biometrics.comparison.embedder import Embedder
from verify_service.biometrics.evidence import Clip, Image, Template
from verify_service.biometrics.face.alignment import align_for_comparison
from verify_service.biometrics.face.follower import FollowedFace


def embed_faces(
    clip: Clip, faces: Sequence[FollowedFace], embedder: Embedder, *, as_references: bool = False
) -> tuple[Template, ...]:
    """One template a face, in their order; none for none. `as_references` takes the time for every mirrored twin."""
    if not faces:
        return ()
    crops = [crop_of(clip, face, embedder.size) for face in faces]
    vectors = embedder.embed_references(crops) if as_references else embedder.embed(crops)
    return tuple(Template(vector, embedder.model_sha256) for vector in vectors)


def crop_of(clip: Clip, face: FollowedFace, size: int) -> Image:
    """What an embedder of that size sees of a face: size×size×3, BGR."""
    return align_for_comparison(clip.frames[face.frame].image, face.place.points, face.landmarks.mesh, size)
