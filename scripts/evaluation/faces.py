"""The people of lfw/ and the vectors of their pictures: by the service's nets on its crops, and by dlib as its users call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import PACKAGE, Tools, crew
from scripts.evaluation.setting import Setting
from verify_service.biometrics.comparison.net import EmbeddingNet
from verify_service.biometrics.comparison.probe import crop_of
from verify_service.biometrics.evidence import Clip, Frame, Image
from verify_service.biometrics.face.alignment import TEMPLATE_PIXELS
from verify_service.biometrics.face.detector import FaceDetector
from verify_service.biometrics.face.follower import DETECTOR_ROLE, LANDMARKS_ROLE, FaceFollower
from verify_service.biometrics.face.tracking import Sighting

PEOPLE_A_BATCH = 40
QUICK_PEOPLE = 80  # two batches of the whole, so that both share what is kept
DLIB = "dlib"
# One man under two names in LFW: FIFA's president of those years, Joseph "Sepp" Blatter. Left apart, his pictures were eight of
# the ten most alike impostor comparisons of three million. Other doubtful labels are left as they are.
ONE_PERSON = {"Joseph_Blatter": "Sepp_Blatter"}
DLIB_VECTOR = 128


@dataclass(frozen=True)
class People:
    """Pictures of people: `files` by name, and for each of them the person's number and the folder's."""

    files: tuple[Path, ...]
    subject: NDArray[np.int64]
    folder: NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(np.unique(self.subject))

    @property
    def key(self) -> str:
        return sha256("".join(sha256(path.read_bytes()) for path in self.files).encode())


@dataclass(frozen=True)
class Vectors:
    """Unit vectors of pictures and of their mirrored twins, n×d; rows of pictures without a found face are zero."""

    found: NDArray[np.bool_]
    plain: NDArray[np.float32]
    mirrored: NDArray[np.float32]

    def of(self, rows: NDArray[np.int64]) -> Vectors:
        return Vectors(self.found[rows], self.plain[rows], self.mirrored[rows])


@dataclass(frozen=True)
class _Batch:
    files: tuple[Path, ...]
    role: str


def lfw(media: Path, *, quick: bool) -> People:
    """Everybody, or the first people by name; LFW's names are in no order of likeness."""
    folders = sorted(folder for folder in (media / "lfw").iterdir() if folder.is_dir())
    numbers = {folder.name: number for number, folder in enumerate(folders)}
    wanted = folders[:QUICK_PEOPLE] if quick else folders
    files = [path for folder in wanted for path in sorted(folder.glob("*.jpg"))]
    names = [path.parent.name for path in files]
    subject = np.array([numbers[ONE_PERSON.get(name, name)] for name in names])
    return People(tuple(files), subject, np.array([numbers[name] for name in names]))


def vectors(setting: Setting, people: People, role: str) -> Vectors:
    """By the net of a manifest role, or by `DLIB`; a batch of people at a time, each kept in the cache."""
    ends = np.flatnonzero(np.diff(people.folder // PEOPLE_A_BATCH, append=-1)) + 1
    begins = [0, *ends[:-1].tolist()]
    batches = [_Batch(people.files[b:e], role) for b, e in zip(begins, ends.tolist(), strict=True)]
    parts = crew(setting, f"lfw: {role}", batches, _embed)
    return Vectors(*(np.concatenate([part[name] for part in parts]) for name in ("found", "plain", "mirrored")))


def picture(path: Path) -> Image:
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path} is no picture")
    return np.asarray(image, np.uint8)


def central(boxes: Sequence[tuple[float, float]], image: Image) -> int | None:
    """The index of the face whose centre (x, y) lies nearest to the picture's: LFW's label is about that one."""
    if not boxes:
        return None
    middle = np.array(image.shape[1::-1]) / 2
    return int(np.argmin([float(np.hypot(*(np.array(box) - middle))) for box in boxes]))


def crops(tools: Tools, files: Sequence[Path]) -> list[Image | None]:
    """The aligned face of each picture, as the service's embedder sees it; None where its detector finds none."""
    follower = FaceFollower.load(tools.manifest)
    detector = FaceDetector(tools.manifest.verified(DETECTOR_ROLE))
    found: list[Image | None] = []
    for image in map(picture, files):
        faces = detector.detect(image)
        chosen = central([face.box.centre for face in faces], image)
        clip = Clip((Frame(0.0, image),), None, 0.0)
        only = () if chosen is None else (Sighting(0.0, (faces[chosen],)),)
        found.extend(crop_of(clip, face, TEMPLATE_PIXELS) for face in follower.follow(clip, only).faces)
        found.extend([None] * (chosen is None))
    return found


def crops_key(tools: Tools, files: Sequence[Path]) -> tuple[str, ...]:
    """Everything that crops depend on: the pictures, the nets, and the sources of finding and aligning."""
    sources = [PACKAGE / "biometrics" / "face" / name for name in ("detector.py", "alignment.py")]
    pictures = sha256("".join(sha256(path.read_bytes()) for path in files).encode())
    models = [tools.manifest.asset(role).sha256 for role in (DETECTOR_ROLE, LANDMARKS_ROLE)]
    return (pictures, *models, *(sha256(path.read_bytes()) for path in sources))


def _embed(tools: Tools, batch: _Batch) -> dict[str, NDArray[Any]]:
    faces = crops_key(tools, batch.files)
    if batch.role == DLIB:
        return tools.cache.arrays(("lfw vectors", DLIB, faces[0]), lambda: _by_dlib(batch.files))
    asset = tools.manifest.asset(batch.role)
    key = ("lfw vectors", asset.sha256, repr(sorted(asset.input.items())), *faces)
    return tools.cache.arrays(key, lambda: _by_net(tools, batch))


def _by_net(tools: Tools, batch: _Batch) -> dict[str, NDArray[Any]]:
    net = EmbeddingNet.load(tools.manifest, batch.role)
    kept = tools.cache.arrays(
        ("lfw crops", *crops_key(tools, batch.files)), lambda: _stacked(crops(tools, batch.files))
    )
    faces = [face if seen else None for face, seen in zip(kept["crops"], kept["found"], strict=True)]
    found = np.array([face is not None for face in faces])
    seen = [face for face in faces if face is not None]
    twins = [np.ascontiguousarray(face[:, ::-1]) for face in seen]
    return {"found": found, "plain": _spread(net.embed(seen), found), "mirrored": _spread(net.embed(twins), found)}


def _stacked(found: Sequence[Image | None]) -> dict[str, NDArray[Any]]:
    nothing = np.zeros((TEMPLATE_PIXELS, TEMPLATE_PIXELS, 3), np.uint8)
    faces = [nothing if face is None else face for face in found]
    return {"crops": np.stack(faces), "found": np.array([face is not None for face in found])}


def _by_dlib(files: Sequence[Path]) -> dict[str, NDArray[Any]]:
    # dlib's 68-point file bars commercial use and is loaded on import: in the evaluation only (design notes MODELS §1).
    import face_recognition

    found, rows = [], []
    for path in files:
        image = face_recognition.load_image_file(str(path))
        places = face_recognition.face_locations(image)
        chosen = central([((left + right) / 2, (top + bottom) / 2) for top, right, bottom, left in places], image)
        found.append(chosen is not None)
        if chosen is not None:
            rows.append(face_recognition.face_encodings(image, [places[chosen]])[0])
    spread = _spread(np.array(rows, np.float32).reshape(-1, DLIB_VECTOR), np.array(found))
    return {"found": np.array(found), "plain": spread, "mirrored": spread}


def _spread(rows: NDArray[np.float32], found: NDArray[np.bool_]) -> NDArray[np.float32]:
    spread = np.zeros((len(found), rows.shape[1]), np.float32)
    spread[found] = rows
    return spread
