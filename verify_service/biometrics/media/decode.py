"""Untrusted bytes to pictures and sound, in one pass, from memory. Runs in the sandboxed child only.

Nothing is guessed and nothing repaired: a file that FFmpeg would play with a smear or a jump is unreadable here, because
what is measured on a repaired picture is not what the camera saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from av import AudioFrame, VideoFrame
from av.container import InputContainer

from .caps import Caps, Sampling
from .errors import Damage, NoSuchMoment, OverCap, Quantity, Unreadable
from .facts import ClipFacts
from .opening import Tracks, codec_name, damage_is_unreadable, declared_seconds, opened
from .picture import Painter
from .sound import SoundTrack
from .timeline import Clock, Sampler, Sink


def decode_clip(content: bytes, caps: Caps, sampling: Sampling, sink: Sink) -> ClipFacts:
    """Decode a clip into the sink; moments count from the first frame shown.

    Decoding stops shortly after `caps.seconds_max`, and does not begin where the container declares more: then no frame
    is delivered and `seconds` alone speaks. Raises Unreadable, UnsupportedFormat or OverCap.
    """
    with damage_is_unreadable(), opened(content, caps) as (container, tracks):
        declared = declared_seconds(container, tracks.video)
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
    with damage_is_unreadable(), opened(content, caps) as (container, tracks):
        clock, shown = Clock(), None
        for frame in frames_of(container, replace(tracks, audio=None), caps):
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


def _decode(container: InputContainer, tracks: Tracks, caps: Caps, sampling: Sampling, sink: Sink) -> ClipFacts:
    clock, sampler = Clock(), Sampler(sampling, sink)
    sound = SoundTrack(sampling.sound_rate_hz, caps.seconds_max)
    for frame in frames_of(container, tracks, caps):
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


def frames_of(container: InputContainer, tracks: Tracks, caps: Caps) -> Iterator[VideoFrame | AudioFrame]:
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


def _facts(tracks: Tracks, seconds: float, frames_decoded: int) -> ClipFacts:
    return ClipFacts(
        seconds=seconds,
        container=tracks.container,
        video_codec=codec_name(tracks.video) or "",
        audio_codec=codec_name(tracks.audio) if tracks.audio else None,
        width=tracks.video.codec_context.width,
        height=tracks.video.codec_context.height,
        frames_decoded=frames_decoded,
    )
