"""Does the picture look like a face, or like a picture of a face? One net's opinion: it may send a clip to a person, and no more.

Passive nets do not carry over from one set of attacks to the next (design notes MODELS §3: 0.2 % errors on one source of
prints, 65.6 % of the attacks of another accepted), so a high score adds no trust, and a low one is looked at by staff.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from verify_service.biometrics.evidence import Check, CheckResult, Clip, Image
from verify_service.biometrics.face.box import Box
from verify_service.biometrics.face.follower import FollowedFace
from verify_service.biometrics.inference.inputs import COLOURS, choice, positive
from verify_service.biometrics.inference.manifest import Asset, Manifest
from verify_service.biometrics.inference.onnx import InferenceSession, ONNXSession
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.reasons import Reason

NAME = "presentation"
ROLE = "face_presentation"
# The net was made for faces with room around them, that look at the camera (false alarms of MODELS §3: turned heads 39 of
# 50, faces that fill the frame 37 %; here 2 of 3 at 60 % of the width). Others are not asked about.
YAW_DEGREES_MAX = 15.0
WIDTH_SHARE_MAX = 0.5  # of the picture's longer side: a phone is held upright, with the face across most of its width


class PresentationNet:
    """The manifest's net for presentation attacks, if there is one: fed as its `input` table says."""

    def __init__(self, session: InferenceSession, asset: Asset) -> None:
        self._session = session
        self._size, self._box = int(positive(asset, "size")), positive(asset, "box")
        self._mean, self._scale = float(asset.input.get("mean", 0.0)), positive(asset, "scale", 1.0)
        self._live = int(asset.input.get("live", 0))
        self._channels = choice(asset, "colour", COLOURS)

    @classmethod
    def load(cls, manifest: Manifest) -> PresentationNet | None:
        """None where a deployer took the entry out of the manifest. Raises ManifestError for a missing or changed file."""
        if ROLE not in manifest:
            return None
        return cls(ONNXSession(manifest.verified(ROLE)), manifest.asset(ROLE))

    def score(self, image: Image, box: Box) -> float:
        """How much the face in `box` looks bona fide, 0–1."""
        crop = surroundings(image, box, self._box, self._size)
        picture = (crop[..., self._channels].astype(np.float32) - self._mean) / self._scale
        logits = self._session.run({self._session.input_names[0]: picture.transpose(2, 0, 1)[None].copy()})[0]
        exponents = np.exp(logits.reshape(-1) - logits.max())
        return float(exponents[self._live] / exponents.sum())


def surroundings(image: Image, box: Box, scale: float, size: int) -> Image:
    """`size`×`size`×3: the box grown by `scale` as far as the picture allows, moved inwards where it would leave the picture.

    The cut of MiniFASNet's authors (Silent-Face-Anti-Spoofing), whose nets and this one were trained on it.
    """
    height, width = image.shape[:2]
    scale = min(scale, (width - 1) / box.width, (height - 1) / box.height)
    cut_width, cut_height = box.width * scale, box.height * scale
    centre_x, centre_y = box.centre
    left = int(min(max(centre_x - cut_width / 2, 0.0), width - 1 - cut_width))
    top = int(min(max(centre_y - cut_height / 2, 0.0), height - 1 - cut_height))
    cut = image[top : top + max(1, int(cut_height)), left : left + max(1, int(cut_width))]
    return np.asarray(cv2.resize(cut, (size, size)), np.uint8)


def check(clip: Clip, faces: Sequence[FollowedFace], net: PresentationNet | None, limits: Limits) -> Check | None:
    """Median score of the best frames that look at the camera with room around them, at least `presentation_score_min`.

    None, neither for nor against, without a net or with fewer than `presentation_frames_min` such frames.
    """
    if net is None:
        return None
    fit = [face for face in faces if _fits(face, clip.frames[face.frame].image)]
    if len(fit) < max(1, limits.presentation_frames_min):
        return None
    score = median(net.score(clip.frames[face.frame].image, face.place.box) for face in fit)
    limit = limits.presentation_score_min
    if score >= limit:
        return Check(NAME, CheckResult.PASS, score, limit, None, ROLE)
    return Check(NAME, CheckResult.FAIL, score, limit, Reason.PRESENTATION, ROLE)


def _fits(face: FollowedFace, image: Image) -> bool:
    return abs(face.pose.yaw) <= YAW_DEGREES_MAX and face.place.box.width <= WIDTH_SHARE_MAX * max(image.shape[:2])
