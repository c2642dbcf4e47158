"""Why a file did not become pictures and sound.

The words are a closed list because they come out of a process that has read hostile bytes: the parent accepts a word
that it knows and nothing else, so no text of the file's author ever reaches a log.
"""

from __future__ import annotations

from enum import StrEnum


class Damage(StrEnum):
    """What is wrong with a file that should have been readable."""

    NOT_MEDIA = "not_media"
    CUT_OFF = "cut_off"
    DECODER_ERROR = "decoder_error"
    CORRUPT = "corrupt"
    NO_VIDEO = "no_video"
    NO_FRAMES = "no_frames"
    TIMESTAMPS = "timestamps"


class Unsupported(StrEnum):
    """What is not on the allow-list."""

    CONTAINER = "container"
    VIDEO_CODEC = "video_codec"
    AUDIO_CODEC = "audio_codec"
    SEVERAL_VIDEOS = "several_videos"


class Quantity(StrEnum):
    """What is more than its cap."""

    BYTES = "bytes"
    PIXELS = "pixels"
    STREAMS = "streams"
    FRAMES = "frames"


class CrashCause(StrEnum):
    """How the decoding process ended, other than by answering."""

    SIGNAL = "signal"
    FORBIDDEN_CALL = "forbidden_call"
    WALL_CLOCK = "wall_clock"
    CPU_TIME = "cpu_time"
    MEMORY = "memory"
    EXCEPTION = "exception"
    PROTOCOL = "protocol"


class MediaError(Exception):
    """A file could not be turned into pictures and sound."""


class Unreadable(MediaError):
    """The file is damaged, or no media file at all."""

    def __init__(self, damage: Damage) -> None:
        self.damage = damage
        super().__init__(f"the file is unreadable: {damage}")


class UnsupportedFormat(MediaError):
    """The file may be sound, but it is of a kind that this service does not decode."""

    def __init__(self, what: Unsupported) -> None:
        self.what = what
        super().__init__(f"the file's {what} is not on the allow-list")


class OverCap(UnsupportedFormat):
    """The file is bigger than what this service decodes: 8K, a thousand frames a second, a hundred streams."""

    def __init__(self, quantity: Quantity, value: int, cap: int) -> None:
        self.quantity, self.value, self.cap = quantity, value, cap
        MediaError.__init__(self, f"the file has {value} {quantity}, the cap is {cap}")


class NoSuchMoment(MediaError):
    """A frame was asked for beyond the clip's end."""

    def __init__(self, seconds: float, clip_seconds: float) -> None:
        self.seconds, self.clip_seconds = seconds, clip_seconds
        super().__init__(f"the clip lasts {clip_seconds:.2f} s, there is no frame at {seconds:.2f} s")


class DecoderCrashed(Unreadable):
    """The decoding process died instead of answering. To the resident the clip is unreadable; operators count these."""

    def __init__(self, cause: CrashCause, signal: int | None = None) -> None:
        self.cause, self.signal = cause, signal
        self.damage = Damage.DECODER_ERROR
        MediaError.__init__(self, f"the decoding process died: {cause}" + (f" (signal {signal})" if signal else ""))


class SandboxUnavailable(MediaError):
    """This machine cannot confine a decoder, and the policy does not allow decoding without."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(f"the decoding sandbox is not available: {cause}")
