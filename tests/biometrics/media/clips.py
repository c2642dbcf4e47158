"""Make small clips of known content: a moving bar under a bright corner, a tone, and whatever the test wants wrong."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest

import av
import numpy as np
from av import AudioFrame, AudioStream, Packet, VideoCodecContext, VideoFrame, VideoStream
from av.container import OutputContainer

from verify_service.biometrics.evidence import Image
from verify_service.biometrics.media import ebml

MILLISECONDS = Fraction(1, 1_000)
INDICES = (0x114D9B74, 0x1C53BB6B)  # SeekHead, Cues
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
    videos: int = 1
    sounds: int = 1


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
        videos = [_video_stream(container, recipe) for _ in range(recipe.videos)]
        sounds = [_audio_stream(container, recipe.audio) for _ in range(recipe.sounds if recipe.tone else 0)]
        for video, audio in zip_longest(videos, sounds):
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
    video.codec_context.thread_count = 1  # libvpx's threads wait for each other by spinning: 25 s on a busy machine
    return video


def _audio_stream(container: OutputContainer, codec: str) -> AudioStream:
    audio = container.add_stream(codec, rate=48_000)
    assert isinstance(audio, AudioStream)
    audio.layout = "mono"
    audio.format = AUDIO_FORMATS.get(codec, "fltp")
    return audio


def _write(container: OutputContainer, recipe: Recipe, video: VideoStream | None, audio: AudioStream | None) -> None:
    """Both tracks in the order of time, as a recorder would."""
    sound = list(_tone(*recipe.tone, audio)) if recipe.tone and audio else []
    for index, at in enumerate(recipe.times if video else ()):
        while audio and sound and float(sound[0].pts or 0) / 48_000 <= at:
            container.mux(audio.encode(sound.pop(0)))
        frame = VideoFrame.from_ndarray(picture(index, recipe.width, recipe.height), "bgr24")
        frame.pts, frame.time_base = round(at * 1_000), MILLISECONDS
        assert video
        container.mux(video.encode(frame))
    for rest in sound:
        assert audio
        container.mux(audio.encode(rest))
    if video:
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


def open_ended(recording: bytes) -> bytes:
    """The streamed WebM as Chrome writes it: segment and clusters of unknown size, and no index."""
    opened, at = bytearray(), 0
    while at < len(recording):
        header = ebml.element_header(recording, at)
        assert header
        name, size, body_at = header
        end = body_at if name in (ebml.SEGMENT, ebml.CLUSTER) else body_at + (size or 0)
        if name in (ebml.SEGMENT, ebml.CLUSTER):
            opened += name.to_bytes(4, "big") + b"\x01" + b"\xff" * 7
        elif name not in INDICES:
            opened += recording[at:end]
        at = end
    return bytes(opened)


def turned_midway() -> bytes:
    """VP8, 25 frames lying and 25 standing, in one track: what Chrome records while the phone is turned."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        track = _video_stream(container, Recipe("webm", "libvpx"))
        for part, (width, height) in enumerate(((320, 240), (240, 320))):
            encoder = av.CodecContext.create("libvpx", "w")
            assert isinstance(encoder, VideoCodecContext)
            encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
            encoder.time_base, encoder.options = MILLISECONDS, ENCODER_OPTIONS["libvpx"]
            encoder.thread_count = 1
            for index in range(25):
                frame = VideoFrame.from_ndarray(picture(index, width, height), "bgr24")
                frame.pts, frame.time_base = (part * 25 + index) * 40, MILLISECONDS
                _put(container, track, encoder.encode(frame))
            _put(container, track, encoder.encode(None))
    return file.getvalue()


def _put(container: OutputContainer, track: VideoStream, packets: Sequence[Packet[VideoStream]]) -> None:
    for packet in packets:
        packet.stream = track
        container.mux(packet)


def seed_files() -> dict[str, bytes]:
    """One small honest file of each kind that is decoded, by name: what fuzzing starts from."""
    small = Recipe(width=64, height=48, times=tuple(i / 25 for i in range(12)), tone=(0.0, 0.48))
    return {
        "h264-aac.mp4": made(small),
        "h264-fragmented.mp4": made(replace(small, streamed=True)),
        "hevc-opus.mp4": made(replace(small, video="libx265", audio="libopus")),
        "vp8-opus.webm": made(replace(small, container="webm", video="libvpx", audio="libopus", streamed=True)),
        "vp9-opus.webm": made(replace(small, container="webm", video="libvpx-vp9", audio="libopus")),
        "av1-opus.webm": made(replace(small, container="webm", video="libsvtav1", audio="libopus")),
        "h264-aac.mkv": made(replace(small, container="matroska")),
        "photo.jpg": photo("mjpeg", "yuvj420p"),
        "photo.png": photo("png", "rgb24"),
        "photo.webp": photo("libwebp", "yuv420p"),
    }


def photo(codec: str, pixel_format: str, width: int = 64, height: int = 48) -> bytes:
    """A still of `picture`, as the encoder writes it."""
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, pixel_format, Fraction(1, 25)
    frame = VideoFrame.from_ndarray(picture(0, width, height), "bgr24")
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
