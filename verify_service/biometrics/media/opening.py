"""Open a clip with nothing but the allow-lists in reach, and hold it against the caps before a picture is decoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av
from av import AudioStream, FFmpegError, VideoStream
from av.container import InputContainer

from .caps import Caps
from .containers import Container, recognise
from .errors import Damage, OverCap, Quantity, Unreadable, Unsupported, UnsupportedFormat
from .facts import AUDIO_CODECS, VIDEO_CODECS
from .picture import STRICT, padded

# FFmpeg's names of the decoders that may be opened at all, even while it probes.
DECODERS = "h264,hevc,vp8,vp9,libdav1d,av1,aac,opus"


@dataclass(frozen=True)
class Tracks:
    """What of a container is decoded."""

    container: Container
    video: VideoStream
    audio: AudioStream | None


@contextmanager
def opened(content: bytes, caps: Caps) -> Iterator[tuple[InputContainer, Tracks]]:
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


def _tracks(container: InputContainer, name: Container, caps: Caps, options: dict[str, str]) -> Tracks:
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
    return Tracks(name, video, audio)


def _video(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise Unreadable(Damage.NO_VIDEO)
    if len(container.streams.video) > 1:
        # A second picture, shown by one player and not by another, could hide what staff should see.
        raise UnsupportedFormat(Unsupported.SEVERAL_VIDEOS)
    video = container.streams.video[0]
    if codec_name(video) not in VIDEO_CODECS:
        raise UnsupportedFormat(Unsupported.VIDEO_CODEC)
    return video


def _audio(container: InputContainer) -> AudioStream | None:
    """The first sound that we decode: newer iPhones add a second, spatial one in a codec of their own."""
    if not container.streams.audio:
        return None
    for track in container.streams.audio:
        if codec_name(track) in AUDIO_CODECS:
            return track
    raise UnsupportedFormat(Unsupported.AUDIO_CODEC)


def codec_name(track: VideoStream | AudioStream) -> str | None:
    # A stream whose codec FFmpeg does not know has no context.
    return track.codec_context.codec.canonical_name if track.codec_context else None


def declared_seconds(container: InputContainer, video: VideoStream) -> float:
    if video.duration is not None and video.time_base is not None:
        return float(video.duration * video.time_base)
    return container.duration / av.time_base if container.duration is not None else 0.0


@contextmanager
def damage_is_unreadable() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise  # the cap on memory, not the file, spoke: the child dies of it
    except FFmpegError as error:
        raise Unreadable(Damage.DECODER_ERROR) from error
