"""Make small clips of known content: a moving bar under a bright corner, a tone, and whatever the test wants wrong."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av import AudioFrame, AudioStream, VideoFrame, VideoStream
from av.container import OutputContainer

from verify_service.biometrics.evidence import Image

MILLISECONDS = Fraction(1, 1_000)
IDENTITY = 0x10000  # 1.0 as the 16.16 fixed point of a display matrix


class Pipe(io.RawIOBase):
    """Where a browser's recorder writes: nothing once written can be corrected, so no duration ever gets in."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: object) -> int:
        chunk = bytes(data)  # type: ignore[call-overload]
        self.content += chunk
        return len(chunk)


@dataclass(frozen=True)
class Recipe:
    """A clip to make. Times of frames in seconds; `tone` is when the sound begins and ends, or None."""

    container: str = "mp4"
    video: str = "libx264"
    audio: str = "aac"
    width: int = 320
    height: int = 240
    times: Sequence[float] = tuple(i / 25 for i in range(50))
    tone: tuple[float, float] | None = (0.0, 2.0)
    pixel_format: str = "yuv420p"
    streamed: bool = False


ENCODER_OPTIONS = {
    "libx264": {"preset": "ultrafast", "g": "25"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
}

AUDIO_FORMATS = {"libopus": "flt", "pcm_s16le": "s16"}


def made(recipe: Recipe) -> bytes:
    """The clip's bytes. Streamed: as a browser records it, without a duration and with nothing to seek by."""
    pipe, file = Pipe(), io.BytesIO()
    options = {"live": "1"} if recipe.streamed and recipe.container in ("webm", "matroska") else {}
    if recipe.streamed and recipe.container == "mp4":
        options = {"movflags": "empty_moov+frag_keyframe+default_base_moof"}
    with av.open(pipe if recipe.streamed else file, "w", format=recipe.container, options=options) as container:
        video = _video_stream(container, recipe)
        audio = _audio_stream(container, recipe.audio) if recipe.tone else None
        _write(container, recipe, video, audio)
    return bytes(pipe.content) if recipe.streamed else file.getvalue()


def picture(index: int, width: int, height: int) -> Image:
    """Dark, with a bright blue top left corner and a grey bar that moves right by 4 pixels a frame."""
    image = np.full((height, width, 3), 40, np.uint8)
    left = index * 4 % max(1, width - 16)
    image[:, left : left + 16] = 160
    image[: height // 4, : width // 4] = (255, 0, 0)
    return image


def _video_stream(container: OutputContainer, recipe: Recipe) -> VideoStream:
    video = container.add_stream(recipe.video, rate=25, options=dict(ENCODER_OPTIONS.get(recipe.video, {})))
    assert isinstance(video, VideoStream)
    video.width, video.height, video.pix_fmt = recipe.width, recipe.height, recipe.pixel_format
    video.codec_context.time_base = MILLISECONDS
    return video


def _audio_stream(container: OutputContainer, codec: str) -> AudioStream:
    audio = container.add_stream(codec, rate=48_000)
    assert isinstance(audio, AudioStream)
    audio.layout = "mono"
    audio.format = AUDIO_FORMATS.get(codec, "fltp")
    return audio


def _write(container: OutputContainer, recipe: Recipe, video: VideoStream, audio: AudioStream | None) -> None:
    """Both tracks in the order of time, as a recorder would."""
    sound = list(_tone(*recipe.tone, audio)) if recipe.tone and audio else []
    for index, at in enumerate(recipe.times):
        while audio and sound and float(sound[0].pts or 0) / 48_000 <= at:
            container.mux(audio.encode(sound.pop(0)))
        frame = VideoFrame.from_ndarray(picture(index, recipe.width, recipe.height), "bgr24")
        frame.pts, frame.time_base = round(at * 1_000), MILLISECONDS
        container.mux(video.encode(frame))
    for rest in sound:
        assert audio
        container.mux(audio.encode(rest))
    container.mux(video.encode(None))
    if audio:
        container.mux(audio.encode(None))


def _tone(begins_at: float, ends_at: float, audio: AudioStream) -> list[AudioFrame]:
    length = audio.codec_context.frame_size or 960
    form = AUDIO_FORMATS.get(audio.codec_context.name, "fltp")
    frames = []
    for start in range(round(begins_at * 48_000), round(ends_at * 48_000), length):
        wave = np.sin(np.arange(start, start + length) * (2 * np.pi * 440 / 48_000)) * 0.5
        samples = (wave * 32_767).astype(np.int16) if form == "s16" else wave.astype(np.float32)
        frame = AudioFrame.from_ndarray(samples[None], form, "mono")
        frame.rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        frames.append(frame)
    return frames


def with_display_matrix(clip: bytes, a: int, b: int, c: int, d: int) -> bytes:
    """The MP4 with the turn of its first track changed: a point (x, y) is shown at (a·x + c·y, b·x + d·y)."""
    box = clip.index(b"tkhd") + 4
    at = box + (40 if clip[box] == 0 else 52)  # version 1 has times of 64 bits
    numbers = (a * IDENTITY, b * IDENTITY, 0, c * IDENTITY, d * IDENTITY, 0, 0, 0, 1 << 30)
    return clip[:at] + struct.pack(">9i", *numbers) + clip[at + 36 :]
