"""Recordings that go wrong by degrees: SYNTHETIC faults laid on genuine clips, and the advice that would mend each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.attacks.mouth import grown
from scripts.evaluation.encoding import encode
from scripts.evaluation.footage import Face, Footage, Points, hull_mask, laid_over
from scripts.evaluation.trials import Library
from verify_service.biometrics.evidence import Image

Mask = NDArray[np.float32]  # H×W×1, 0…1

# Points of MediaPipe's mesh: around the eyes with the brows, and the face's outline.
RIGHT_EYE_REGION = (70, 63, 105, 66, 107, 33, 133, 145, 117, 118, 119)
LEFT_EYE_REGION = (300, 293, 334, 296, 336, 263, 362, 374, 346, 347, 348)
OUTLINE = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
MASK_BLUE, SUNGLASSES, GREY = (200, 170, 130), (25, 25, 25), (128, 128, 128)
SENSOR_NOISE = 2.0  # grey values, added after a change of light as a sensor would


@dataclass(frozen=True)
class Fault:
    """`grades` from slight to severe, in `unit`; `advice`: any of these words, named first, is the right one."""

    name: str
    unit: str
    grades: tuple[float, ...]
    advice: frozenset[str]
    spoil: Callable[[Footage, float], Footage]


@dataclass(frozen=True)
class Degraded:
    """A genuine clip with one fault of one grade."""

    source: str
    fault: str
    grade: float

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def make(self, library: Library) -> bytes:
        return encode(FAULTS[self.fault].spoil(library.footage(self.source), self.grade))


def darker(footage: Footage, gain: float) -> Footage:
    """All light times `gain`, and the sensor's noise, which does not grow less."""
    return _lit(footage, gain)


def brighter(footage: Footage, gain: float) -> Footage:
    return _lit(footage, gain)


def backlit(footage: Footage, gain: float) -> Footage:
    """The face times `gain` before a background that is white: a window behind the head."""

    def spoil(image: Image, i: int) -> Image:
        face = footage.faces[i]
        outline = grown(face.mesh[list(OUTLINE), :2], 0.12)
        left, bottom = float(outline[:, 0].min()), float(outline[:, 1].max())
        body = np.array([[left - face.box[2], image.shape[0]], [left + 2.4 * face.box[2], image.shape[0]]], np.float32)
        neck = np.array([[left, bottom], [left + 1.2 * face.box[2], bottom]], np.float32)
        person = np.maximum(hull_mask(outline, footage.size), hull_mask(np.vstack([body, neck]), footage.size))
        soft = np.asarray(cv2.GaussianBlur(person, (0, 0), 4.0), np.float32)[..., None]
        window = np.full(image.shape, 245, np.uint8)
        return laid_over(window, np.asarray(np.clip(image * gain, 0, 255), np.uint8), soft)

    return footage.changed(spoil)


def blurred(footage: Footage, sigma_share: float) -> Footage:
    """A Gaussian blur; its sigma is a share of the face's width, so that near and far faces blur alike."""
    sigma = sigma_share * float(np.median([face.box[2] for face in footage.faces]))
    return footage.changed(lambda image, _: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8))


def shaken(footage: Footage, length_share: float) -> Footage:
    """Smeared sideways by a share of the face's width: the phone moves."""
    length = max(1, round(length_share * float(np.median([face.box[2] for face in footage.faces]))))
    kernel = np.full((1, length), 1 / length, np.float32)
    return footage.changed(lambda image, _: np.asarray(cv2.filter2D(image, -1, kernel), np.uint8))


def farther(footage: Footage, face_width: float) -> Footage:
    """The person small before a plain wall: the face is `face_width` pixels wide."""
    scale = min(1.0, face_width / float(np.median([face.box[2] for face in footage.faces])))
    width, height = footage.size
    wall = cv2.GaussianBlur(cv2.resize(footage.images[0][: height // 8], (width, height)), (0, 0), 9)

    def spoil(image: Image, _: int) -> Image:
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = height - small.shape[0], (width - small.shape[1]) // 2
        placed = np.asarray(wall, np.uint8).copy()
        placed[top:, left : left + small.shape[1]] = small
        return placed

    return footage.changed(spoil)


def turned(footage: Footage, degrees: float) -> Footage:
    """The head turned by what the mesh knows of its depth: pictures warped so that each point goes where a turn would take it.

    Cheeks that a turn would uncover are stretched, not seen.
    """
    return footage.changed(lambda image, i: _turned_head(image, footage.faces[i].mesh, float(np.radians(degrees))))


def mouth_covered(footage: Footage, share: float) -> Footage:
    """A mask in the blue of surgery, from the chin up to `share` of the face's height."""

    def cover(face: Face) -> Mask:
        outline = grown(face.mesh[list(OUTLINE), :2], 0.02)
        top, bottom = float(outline[:, 1].min()), float(outline[:, 1].max())
        mask = hull_mask(outline, footage.size)
        mask[: round(bottom - share * (bottom - top))] = 0
        return mask

    return _covered(footage, cover, MASK_BLUE)


def eyes_covered(footage: Footage, margin: float) -> Footage:
    """Dark glasses over both eyes, the larger the larger `margin` (in their widths)."""

    def both(image: Image, i: int) -> Image:
        mesh = footage.faces[i].mesh
        for region in (RIGHT_EYE_REGION, LEFT_EYE_REGION):
            glass = hull_mask(_swollen(mesh[list(region), :2], margin), footage.size, 0.7)
            image = laid_over(image, np.full(image.shape, SUNGLASSES, np.uint8), glass)
        return image

    return footage.changed(both)


def half_covered(footage: Footage, share: float) -> Footage:
    """Something grey before the picture, from the face's left side over `share` of its width, such as a curtain or a thumb."""

    def cover(face: Face) -> Mask:
        outline = grown(face.mesh[list(OUTLINE), :2], 0.1)
        left, width, top, bottom = outline[:, 0].min(), np.ptp(outline[:, 0]), outline[:, 1].min(), outline[:, 1].max()
        edge = left + share * width
        corners = [[left - width, top], [edge, top], [edge, bottom], [left - width, bottom]]
        return hull_mask(np.array(corners, np.float32), footage.size)

    return _covered(footage, cover, GREY)


def cut_off(footage: Footage, share: float) -> Footage:
    """The picture shifted until `share` of the face's height lies below its lower edge."""
    outlines = np.array([face.mesh[list(OUTLINE), :2] for face in footage.faces])
    bottom, top = float(np.median(outlines[..., 1].max(axis=1))), float(np.median(outlines[..., 1].min(axis=1)))
    width, height = footage.size
    down = height - (bottom - share * (bottom - top))
    matrix = np.array([[1, 0, 0], [0, 1, down]], np.float64)
    return footage.changed(
        lambda image, _: np.asarray(
            cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
    )


def too_close(footage: Footage, width_share: float) -> Footage:
    """Cut out and enlarged until the face is `width_share` times as wide as the picture."""
    faces = footage.faces
    centre = np.median([face.centre for face in faces], axis=0)
    box = float(np.median([face.box[2] for face in faces]))
    width, height = footage.size
    zoom = width_share * width / box
    matrix = np.array([[zoom, 0, width / 2 - zoom * centre[0]], [0, zoom, height / 2 - zoom * centre[1]]])
    return footage.changed(
        lambda image, _: np.asarray(
            cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )
    )


def noisy_picture(footage: Footage, sigma: float) -> Footage:
    """Normal noise on every pixel, sigma in grey values."""
    chance = np.random.default_rng(round(sigma * 10))
    return footage.changed(lambda image, _: _with_noise(image.astype(np.float32), sigma, chance))


def noisy_sound(footage: Footage, decibels: float) -> Footage:
    """White noise; `decibels` of speech over noise."""
    chance = np.random.default_rng(round(decibels) + 100)
    loud = float(np.sqrt(np.mean(np.square(footage.samples, dtype=np.float64))))
    noise = chance.normal(0, loud * 10 ** (-decibels / 20), len(footage.samples)).astype(np.float32)
    return replace(footage, samples=np.clip(footage.samples + noise, -1, 1))


def quiet(footage: Footage, decibels: float) -> Footage:
    """The sound lowered by `decibels`."""
    return replace(footage, samples=(footage.samples * 10 ** (-decibels / 20)).astype(np.float32))


def _lit(footage: Footage, gain: float) -> Footage:
    chance = np.random.default_rng(1)
    return footage.changed(lambda image, _: _with_noise(image.astype(np.float32) * gain, SENSOR_NOISE, chance))


def _with_noise(picture: NDArray[np.float32], sigma: float, chance: np.random.Generator) -> Image:
    noise = chance.standard_normal(picture.shape, np.float32) * np.float32(sigma)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def _covered(footage: Footage, cover: Callable[[Face], Mask], colour: tuple[int, int, int]) -> Footage:
    def spoil(image: Image, i: int) -> Image:
        soft = np.asarray(cv2.GaussianBlur(cover(footage.faces[i]), (0, 0), 0.7), np.float32)[..., None]
        return laid_over(image, np.full(image.shape, colour, np.uint8), soft)

    return footage.changed(spoil)


def _swollen(points: Points, margin: float) -> Points:
    middle = points.mean(axis=0)
    return np.asarray(middle + (points - middle) * (1 + margin), np.float32)


def _turned_head(image: Image, mesh: Points, angle: float) -> Image:
    """Each point of the mesh moved as a turn about the upright axis through the head's middle moves it; between them, smoothly."""
    height, width = image.shape[:2]
    span = float(np.ptp(mesh[:, 0]))
    axis_x, axis_z = float(mesh[:, 0].mean()), float(mesh[:, 2].mean()) + 0.5 * span
    across, deep = mesh[:, 0] - axis_x, mesh[:, 2] - axis_z
    moved = across * np.cos(angle) - deep * np.sin(angle) + axis_x
    # Sparse shifts, kept where they come to lie, spread with a falling weight; far from the face nothing moves.
    shift, weight = np.zeros((height, width), np.float32), np.full((height, width), 1e-4, np.float32)
    columns = np.clip(np.round(moved).astype(int), 0, width - 1)
    rows = np.clip(np.round(mesh[:, 1]).astype(int), 0, height - 1)
    np.add.at(shift, (rows, columns), (mesh[:, 0] - moved).astype(np.float32))
    np.add.at(weight, (rows, columns), 1.0)
    spread = (0, 0), 0.045 * span
    field = cv2.GaussianBlur(shift, *spread) / cv2.GaussianBlur(weight, *spread)
    smooth = cv2.GaussianBlur(np.asarray(field, np.float32), (0, 0), 0.03 * span)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(cv2.remap(image, x + smooth, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _fault(
    name: str, unit: str, grades: tuple[float, ...], advice: set[str], spoil: Callable[[Footage, float], Footage]
) -> Fault:
    return Fault(name, unit, grades, frozenset(advice), spoil)


# Where only a part of a face is in the picture or behind something, "no face is seen" is true as well and tells what to do.
_ALL = (
    _fault("dark", "light times", (0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05), {"too_dark"}, darker),
    _fault("bright", "light times", (1.2, 1.4, 1.6, 1.9, 2.3, 2.8, 3.5, 5.0), {"too_bright"}, brighter),
    _fault("backlight", "face's light times", (0.9, 0.7, 0.55, 0.45, 0.35, 0.25, 0.15, 0.08), {"too_dark"}, backlit),
    _fault("blur", "sigma, face widths", (0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1), {"blurred"}, blurred),
    _fault("shake", "smear, face widths", (0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24, 0.4), {"blurred"}, shaken),
    _fault("far", "face, px wide", (90, 75, 65, 55, 45, 35, 25, 15), {"too_far"}, farther),
    _fault(
        "near",
        "face over picture's width",
        (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5),
        {"too_near", "no_face"},
        too_close,
    ),
    _fault("cut", "face's height cut", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5), {"too_near"}, cut_off),
    _fault("turned", "degrees", (10, 15, 20, 25, 30, 35, 40, 50), {"face_turned"}, turned),
    _fault(
        "mouth covered", "face's height", (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6), {"face_covered"}, mouth_covered
    ),
    _fault("eyes covered", "margin", (-0.6, -0.3, 0.0, 0.3, 0.6, 1.0), {"face_covered"}, eyes_covered),
    _fault(
        "half covered",
        "face's width",
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        {"face_covered", "no_face"},
        half_covered,
    ),
    # No word says "grainy": noise comes of too little light, and what it takes is detail, at last the face.
    _fault(
        "noisy picture",
        "sigma, grey values",
        (5, 10, 20, 30, 40, 50, 60, 80),
        {"blurred", "too_dark", "no_face"},
        noisy_picture,
    ),
    # What was said is not understood: the phone says so, or asks to say it again.
    _fault("noisy sound", "dB", (20, 15, 10, 5, 0, -5, -10, -20), {"speech_unclear", "say_again"}, noisy_sound),
    _fault("quiet", "dB lower", (10, 20, 30, 40, 50, 60, 70, 90), {"no_sound", "speech_unclear"}, quiet),
)
FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _ALL}
