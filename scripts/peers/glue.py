#!/usr/bin/env python3
"""What somebody would write who has an afternoon and two well-known packages: face_recognition and faster-whisper.

`scripts/peers/glue.py CLIP REFERENCE (--digits 5831 | --sentence "…")`. Every fifth frame, read by OpenCV, goes through
face_recognition as its README shows it (HOG detector, 128 numbers a face, tolerance 0.6); the sound goes through
faster-whisper with its defaults (Whisper base, int8, the weights that this project has anyway); the transcript must hold
what was asked. It sees no difference between a person and a photo. A measured peer of `scripts/bench.py`, never part of
the service.

CPU seconds without loading the models; the whole is done `--times` times and the least is told. Last line of stdout: JSON.
Run it with OMP_NUM_THREADS=1: OpenMP's idle threads spin, which would count against it.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

EVERY_NTH_FRAME = 5
TOLERANCE = 0.6  # face_recognition's own default: a distance up to this is "the same person"
# Wider pictures are made smaller first, as face_recognition's faster example for webcams does. That is in the glue's
# favour: HOG costs by the pixel, and 1920 columns would cost nine times as much.
WIDTH_MAX = 640
WHISPER = Path(__file__).resolve().parents[2] / "models" / "cache" / "whisper-base"
ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGIT_OF = {word: str(digit) for words in (ENGLISH_DIGITS, "零一二三四五六七八九") for digit, word in enumerate(words)}


@dataclass(frozen=True)
class Outcome:
    """What the glue says of a clip, and what it cost: CPU seconds for the pictures and for the sound."""

    face_seconds: float
    speech_seconds: float
    frames: int
    encodings: int
    nearest_distance: float | None
    text: str
    is_same_person: bool
    is_said: bool

    @property
    def seconds(self) -> float:
        return self.face_seconds + self.speech_seconds


def main() -> None:
    arguments = _arguments()
    import face_recognition
    from faster_whisper import WhisperModel  # type: ignore[import-untyped]

    whisper = WhisperModel(str(arguments.whisper), device="cpu", compute_type="int8")
    reference = face_recognition.face_encodings(face_recognition.load_image_file(str(arguments.reference)))[0]
    outcomes = [_once(arguments, whisper, reference) for _ in range(arguments.times)]
    best = min(outcomes, key=lambda outcome: outcome.seconds)
    print(json.dumps({**asdict(best), "seconds": best.seconds, "times": arguments.times}, ensure_ascii=False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="face_recognition and faster-whisper on one clip")
    parser.add_argument("clip", type=Path)
    parser.add_argument("reference", type=Path, help="a picture with one face")
    parser.add_argument("--digits", default="")
    parser.add_argument("--sentence", default="")
    parser.add_argument("--times", type=int, default=2, help="the least of so many runs is told")
    parser.add_argument("--width-max", type=int, default=WIDTH_MAX, help="wider pictures are made smaller; 0: never")
    parser.add_argument("--whisper", type=Path, default=WHISPER, help="folder of a CTranslate2 Whisper")
    return parser.parse_args()


def _once(arguments: argparse.Namespace, whisper: Any, reference: Any) -> Outcome:
    begun = time.process_time()
    frames, distances = compare_faces(arguments.clip, reference, arguments.width_max)
    seen = time.process_time()
    text = " ".join(segment.text.strip() for segment in whisper.transcribe(str(arguments.clip))[0])
    heard = time.process_time()
    nearest = min(distances, default=None)
    return Outcome(
        face_seconds=seen - begun,
        speech_seconds=heard - seen,
        frames=frames,
        encodings=len(distances),
        nearest_distance=nearest,
        text=text,
        is_same_person=nearest is not None and nearest <= TOLERANCE,
        is_said=is_said(text, arguments.digits, arguments.sentence),
    )


def compare_faces(clip: Path, reference: Any, width_max: int) -> tuple[int, list[float]]:
    """How many frames the clip has, and each found face's distance to the reference."""
    import cv2
    import face_recognition

    capture, count = cv2.VideoCapture(str(clip)), 0
    distances: list[float] = []
    while True:
        is_read, frame = capture.read()
        if not is_read:
            return count, distances
        if count % EVERY_NTH_FRAME == 0:
            height, width = frame.shape[:2]
            if width_max and width > width_max:
                frame = cv2.resize(frame, (width_max, round(height * width_max / width)), interpolation=cv2.INTER_AREA)
            picture = frame[:, :, ::-1].copy()
            found = face_recognition.face_encodings(picture, face_recognition.face_locations(picture))
            distances += [float(d) for d in face_recognition.face_distance(found, reference)]
        count += 1


def is_said(text: str, digits: str, sentence: str) -> bool:
    """Whether a transcript holds the digits, or all words of the sentence, in their order."""
    if digits:
        return digits in digits_of(text)
    words = words_of(text)
    asked = words_of(sentence)
    return bool(asked) and any(words[at : at + len(asked)] == asked for at in range(len(words)))


def digits_of(text: str) -> str:
    """The digits of a transcript, written as figures, as English words or as Chinese characters."""
    pieces = re.findall(r"[a-z]+|[0-9]|[零一二三四五六七八九]", text.lower())
    return "".join(DIGIT_OF.get(piece, piece) for piece in pieces if piece in DIGIT_OF or piece.isdigit())


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("'", ""))


if __name__ == "__main__":
    main()
