"""An enrolment photo: JPEG, PNG or WebP to an upright BGR picture. Runs in the sandboxed child only."""

from __future__ import annotations

import av
from av import FFmpegError, Packet, VideoCodecContext, VideoFrame

from ..evidence import Image
from .caps import Caps, Sampling
from .containers import EBML, FIRST_BOXES, FOREIGN
from .errors import Damage, OverCap, Quantity, Unreadable, Unsupported, UnsupportedFormat
from .orientation import turn_of_exif
from .photo_size import declared_size
from .picture import STRICT, Painter, padded


def decode_photo(content: bytes, caps: Caps, sampling: Sampling) -> Image:
    """The picture, height × width × 3, BGR, no side longer than `sampling.photo_long_side_max`.

    The bytes go to one named decoder as one packet: no demuxer sees them. Raises Unreadable, UnsupportedFormat, OverCap.
    """
    if len(content) > caps.byte_size_max:
        raise OverCap(Quantity.BYTES, len(content), caps.byte_size_max)
    codec = _recognise(content)
    size = declared_size(content, codec)
    if size is None:
        raise Unreadable(Damage.DECODER_ERROR)
    pixels = size[0] * size[1]
    if pixels > caps.photo_pixels_max:
        raise OverCap(Quantity.PIXELS, pixels, caps.photo_pixels_max)
    frame = _only_frame(content, codec, caps)
    long_side = sampling.photo_long_side_max
    return Painter(long_side, long_side * long_side).paint(frame, turn_of_exif(content))


def _recognise(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "mjpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    # HEIC begins as an MP4 does, and is what iPhones keep; browsers hand over a JPEG instead.
    if content.startswith((EBML, *FOREIGN)) or content[4:8] in FIRST_BOXES:
        raise UnsupportedFormat(Unsupported.CONTAINER)
    raise Unreadable(Damage.NOT_MEDIA)


def _only_frame(content: bytes, codec: str, caps: Caps) -> VideoFrame:
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.options = {"err_detect": STRICT, "max_pixels": str(padded(caps.photo_pixels_max))}
    context.thread_count = 1
    try:
        frames = context.decode(Packet(content)) or context.decode(None)
    except MemoryError:
        raise
    except FFmpegError as error:
        raise Unreadable(Damage.DECODER_ERROR) from error
    if not frames:
        raise Unreadable(Damage.NO_FRAMES)
    if frames[0].is_corrupt:
        raise Unreadable(Damage.CORRUPT)
    return frames[0]
