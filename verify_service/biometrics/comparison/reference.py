"""From a picture to a reference template: the probe's own way, on a clip of one frame, with every mirrored twin."""

from __future__ import annotations

from collections.abc import Sequence

from verify_service.biometrics.comparison.embedder import Embedder
from verify_service.biometrics.comparison.probe import embed_faces
from verify_service.biometrics.comparison.template import TemplateError
from verify_service.biometrics.evidence import Check, CheckResult, Clip, Frame, Image, Template
from verify_service.biometrics.face.follower import FaceFollower
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.quality.appearance import appearances
from verify_service.biometrics.quality.checks import checks


class ReferenceUnusable(TemplateError):
    """A picture that no reference can be made of; `reasons` are words of `reasons.py`, the first one the first to mend."""

    def __init__(self, failed: Sequence[Check]) -> None:
        self.checks = tuple(failed)
        self.reasons = tuple(dict.fromkeys(check.reason for check in failed if check.reason is not None))
        super().__init__(f"no reference can be made of this picture: {', '.join(self.reasons)}")


def reference_template(image: Image, follower: FaceFollower, embedder: Embedder, limits: Limits) -> Template:
    """The template of the one face in a picture (H×W×3, BGR, upright, long side at most 720 as the clip's frames).

    Raises ReferenceUnusable where the picture has no face, more than one, or one that fails a check of quality.
    """
    clip = Clip((Frame(0.0, image),), None, 0.0)
    track = follower.follow(clip, follower.search(clip))
    failed = [c for c in checks(track, appearances(clip, track), limits) if c.result is not CheckResult.PASS]
    if failed:
        raise ReferenceUnusable(failed)
    return embed_faces(clip, track.faces, embedder, as_references=True)[0]
