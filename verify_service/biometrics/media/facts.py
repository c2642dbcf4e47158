"""What a file turned out to be, in words of closed lists. Apart from `decode`, so that the parent need not load FFmpeg."""

from __future__ import annotations

from dataclasses import dataclass

CONTAINERS = ("mp4", "matroska", "photo")
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1")
AUDIO_CODECS = ("aac", "opus")


@dataclass(frozen=True)
class ClipFacts:
    """`seconds` is the picture's length, or the declared one of a clip far too long; width and height are as stored."""

    seconds: float
    container: str
    video_codec: str
    audio_codec: str | None
    width: int
    height: int
    frames_decoded: int
