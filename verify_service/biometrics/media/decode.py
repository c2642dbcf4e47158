"""Untrusted bytes to pictures and sound, in one pass, from memory. Runs in the sandboxed child only.

Nothing is guessed and nothing repaired: a file that FFmpeg would play with a smear or a jump is unreadable here, because
what is measured on a repaired picture is not what the camera saw.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import av
from av import AudioFrame, AudioStream, FFmpegError, VideoFrame, VideoStream
from av.container import InputContainer

from ..evidence import Image, Vector
from .caps import Caps, Sampling
from .containers import Container, recognise
from .errors import (
    Damage,
    NoSuchMoment,
    OverCap,
    Quantity,
    Unreadable,
    Unsupported,
    UnsupportedFormat,
)
from .facts import AUDIO_CODECS, VIDEO_CODECS, ClipFacts
from .picture import STRICT, Painter, padded
from .sound import SoundTrack

# FFmpeg's names of the decoders that may be opened at all, even while it probes.
DECODERS = "h264,hevc,vp8,vp9,libdav1d,av1,aac,opus"
TIME_SLACK_SECONDS = 0.005  # a frame this little before its turn is taken


class Sink(Protocol):
    """Where the pictures and the sound go."""

    def frame(self, at: float, image: Image) -> None: ...

    def sound(self, starts_at: float, samples: Vector) -> None: ...


@dataclass(frozen=True)
class _Tracks:
    container: Container
    video: VideoStream
    audio: AudioStream | None


def decode_clip(content: bytes, caps: Caps, sampling: Sampling, sink: Sink) -> ClipFacts:
    """Decode a clip into the sink; moments count from the first frame shown.

    Decoding stops shortly after `caps.seconds_max`, and does not begin where the container declares more: then no frame
    is delivered and `seconds` alone speaks. Raises Unreadable, UnsupportedFormat or OverCap.
    """
    with _damage_is_unreadable(), _opened(content, caps) as (container, tracks):
        declared = _declared_seconds(container, tracks.video)
        if declared > caps.seconds_max:
            return _facts(tracks, declared, frames_decoded=0)
        if tracks.video.frames > caps.frames_max:
            raise OverCap(Quantity.FRAMES, tracks.video.frames, caps.frames_max)
        return _decode(container, tracks, caps, sampling, sink)


def decode_moment(content: bytes, seconds: float, caps: Caps, sampling: Sampling, sink: Sink) -> ClipFacts:
    """Decode the frame shown at a moment, upright and sized as the clip's frames are, into the sink.

    Raises NoSuchMoment beyond the last frame's end, and what `decode_clip` raises for the part before.
    """
    if seconds > caps.seconds_max:
        raise NoSuchMoment(seconds, caps.seconds_max)
    with _damage_is_unreadable(), _opened(content, caps) as (container, tracks):
        clock, shown = _Clock(), None
        for frame in _frames(container, _Tracks(tracks.container, tracks.video, None), caps):
            assert isinstance(frame, VideoFrame)
            at = clock.tick(frame)
            if shown is not None and at > seconds:
                break
            shown = (at, frame)
        else:
            if seconds > clock.seconds:
                raise NoSuchMoment(seconds, clock.seconds)
        if shown is None:
            raise Unreadable(Damage.NO_FRAMES)
        _keep(shown, sampling, sink)
        return _facts(tracks, clock.seconds, clock.frames)


def _keep(shown: tuple[float, VideoFrame], sampling: Sampling, sink: Sink) -> None:
    at, frame = shown
    painter = Painter(sampling.long_side_max, sampling.pixels_max)
    sink.frame(at, painter.paint(frame))


def _decode(container: InputContainer, tracks: _Tracks, caps: Caps, sampling: Sampling, sink: Sink) -> ClipFacts:
    clock, sampler = _Clock(), _Sampler(sampling, sink)
    sound = SoundTrack(sampling.sound_rate_hz, caps.seconds_max)
    for frame in _frames(container, tracks, caps):
        if isinstance(frame, AudioFrame):
            sound.add(frame)
        else:
            at = clock.tick(frame)
            if at > caps.seconds_max:
                break
            sampler.offer(at, frame)
    if clock.begins_at is None:
        raise Unreadable(Damage.NO_FRAMES)
    if sound.starts_at is not None:
        starts_at = sound.starts_at - clock.begins_at
        if abs(starts_at) > caps.seconds_max:
            raise Unreadable(Damage.TIMESTAMPS)
        sink.sound(starts_at, sound.samples())
    return _facts(tracks, clock.seconds, clock.frames)


class _Clock:
    """Reads the frames' times. They alone count: declared rates and durations are wrong in what browsers record."""

    def __init__(self) -> None:
        self.begins_at: float | None = None
        self.frames = 0
        self._last = 0.0

    def tick(self, frame: VideoFrame) -> float:
        """The frame's moment in seconds after the first. Raises Unreadable where time is missing or runs backwards."""
        if frame.pts is None or not isfinite(frame.time):
            raise Unreadable(Damage.TIMESTAMPS)
        if self.begins_at is None:
            self.begins_at = frame.time
        at = frame.time - self.begins_at
        if at < self._last:
            raise Unreadable(Damage.TIMESTAMPS)
        self._last = at
        self.frames += 1
        return at

    @property
    def seconds(self) -> float:
        """The picture's length: the last frame is shown as long as the mean of those before. One frame lasts nothing."""
        return self._last * self.frames / (self.frames - 1) if self.frames > 1 else 0.0


class _Sampler:
    """Keeps the first frame at or after each beat of the analysis rate; only kept frames are converted."""

    def __init__(self, sampling: Sampling, sink: Sink) -> None:
        self._sampling, self._sink = sampling, sink
        self._painter = Painter(sampling.long_side_max, sampling.pixels_max)
        self._kept = 0
        self._next_beat = 0

    def offer(self, at: float, frame: VideoFrame) -> None:
        beat = (at + TIME_SLACK_SECONDS) * self._sampling.rate_hz
        if beat < self._next_beat or self._kept >= self._sampling.frames_max:
            return
        self._next_beat = int(beat) + 1
        self._kept += 1
        self._sink.frame(at, self._painter.paint(frame))


def _frames(container: InputContainer, tracks: _Tracks, caps: Caps) -> Iterator[VideoFrame | AudioFrame]:
    """Every frame of both tracks, in the file's order. Raises Unreadable at the first mark of damage."""
    pictures = 0
    for packet in container.demux([track for track in (tracks.video, tracks.audio) if track is not None]):
        if packet.is_corrupt:
            raise Unreadable(Damage.CORRUPT)
        if packet.stream is tracks.video and packet.size:
            pictures += 1
            if pictures > caps.frames_max:
                raise OverCap(Quantity.FRAMES, pictures, caps.frames_max)
        for frame in packet.decode():
            if not isinstance(frame, VideoFrame | AudioFrame):
                continue
            if frame.is_corrupt:
                raise Unreadable(Damage.CORRUPT)
            yield frame


@contextmanager
def _opened(content: bytes, caps: Caps) -> Iterator[tuple[InputContainer, _Tracks]]:
    if len(content) > caps.byte_size_max:
        raise OverCap(Quantity.BYTES, len(content), caps.byte_size_max)
    name = recognise(content)
    options = {
        "err_detect": STRICT,
        "max_pixels": str(padded(caps.pixels_max)),  # held by libavcodec at each change of size, before it allocates
        "codec_whitelist": DECODERS,
        "threads": "1",
    }
    with (
        _no_complaint_of("matroska,webm"),
        av.open(io.BytesIO(content), "r", format=name, options=options, metadata_errors="ignore") as container,
    ):
        yield container, _tracks(container, name, caps, options)


@contextmanager
def _no_complaint_of(demuxer: str) -> Iterator[None]:
    """Raises Unreadable where the demuxer logged an error. FFmpeg's for Matroska has no other way to say that it skipped
    a damaged part and went on with the next; of 300 WebM clips with one flipped bit 8 had lost frames, each with such a line."""
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as complaints:
            yield
    finally:
        av.logging.set_level(None)  # uncaught, a line would go to stderr, which a confined child may not write to
    if any(name == demuxer for _, name, _ in complaints):
        raise Unreadable(Damage.CORRUPT)


def _tracks(container: InputContainer, name: Container, caps: Caps, options: dict[str, str]) -> _Tracks:
    if len(container.streams) > caps.streams_max:
        raise OverCap(Quantity.STREAMS, len(container.streams), caps.streams_max)
    video = _video(container)
    pixels = video.codec_context.width * video.codec_context.height
    if pixels > caps.pixels_max:
        raise OverCap(Quantity.PIXELS, pixels, caps.pixels_max)
    audio = _audio(container)
    for track in (video, audio):
        if track is not None:
            track.codec_context.options = options
            track.codec_context.thread_count = 1
    return _Tracks(name, video, audio)


def _video(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise Unreadable(Damage.NO_VIDEO)
    if len(container.streams.video) > 1:
        # A second picture, shown by one player and not by another, could hide what staff should see.
        raise UnsupportedFormat(Unsupported.SEVERAL_VIDEOS)
    video = container.streams.video[0]
    if _codec(video) not in VIDEO_CODECS:
        raise UnsupportedFormat(Unsupported.VIDEO_CODEC)
    return video


def _audio(container: InputContainer) -> AudioStream | None:
    """The first sound that we decode: newer iPhones add a second, spatial one in a codec of their own."""
    if not container.streams.audio:
        return None
    for track in container.streams.audio:
        if _codec(track) in AUDIO_CODECS:
            return track
    raise UnsupportedFormat(Unsupported.AUDIO_CODEC)


def _codec(track: VideoStream | AudioStream) -> str | None:
    # A stream whose codec FFmpeg does not know has no context.
    return track.codec_context.codec.canonical_name if track.codec_context else None


def _declared_seconds(container: InputContainer, video: VideoStream) -> float:
    if video.duration is not None and video.time_base is not None:
        return float(video.duration * video.time_base)
    return container.duration / av.time_base if container.duration is not None else 0.0


def _facts(tracks: _Tracks, seconds: float, frames_decoded: int) -> ClipFacts:
    return ClipFacts(
        seconds=seconds,
        container=tracks.container,
        video_codec=_codec(tracks.video) or "",
        audio_codec=_codec(tracks.audio) if tracks.audio else None,
        width=tracks.video.codec_context.width,
        height=tracks.video.codec_context.height,
        frames_decoded=frames_decoded,
    )


@contextmanager
def _damage_is_unreadable() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise  # the cap on memory, not the file, spoke: the child dies of it
    except FFmpegError as error:
        raise Unreadable(Damage.DECODER_ERROR) from error
