"""What a decoding child does for each kind of job."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .decode import decode_clip, decode_moment
from .errors import MediaError
from .facts import ClipFacts
from .jobs import Job
from .photo import decode_photo
from .wire import Writer

Handler = Callable[[bytes, Job, Writer], None]


def _clip(content: bytes, job: Job, writer: Writer) -> None:
    writer.answer(decode_clip(content, job.caps, job.sampling, writer))


def _moment(content: bytes, job: Job, writer: Writer) -> None:
    writer.answer(decode_moment(content, job.at, job.caps, job.sampling, writer))


def _photo(content: bytes, job: Job, writer: Writer) -> None:
    image = decode_photo(content, job.caps, job.sampling)
    writer.frame(0.0, image)
    height, width = image.shape[:2]
    writer.answer(ClipFacts(0.0, "photo", "", None, width, height, 1))


HANDLERS: Mapping[str, Handler] = {"clip": _clip, "moment": _moment, "photo": _photo}


def carry_out(handlers: Mapping[str, Handler], content: bytes, job: Job, writer: Writer) -> None:
    """Run the job; what is wrong with the file becomes the answer, what is wrong with us is raised."""
    try:
        handlers[job.kind](content, job, writer)
    except MediaError as error:
        writer.refuse(error)
