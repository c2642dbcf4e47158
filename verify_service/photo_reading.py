"""The eye as enrolment wants it: a template, or the one reason why there is none."""

from __future__ import annotations

from verify_service.biometrics.comparison.reference import ReferenceUnusable
from verify_service.biometrics.evidence import Template
from verify_service.biometrics.media.errors import Unreadable, UnsupportedFormat
from verify_service.biometrics.pipeline import Eye
from verify_service.biometrics.reasons import Reason
from verify_service.enrolment.errors import PhotoUnusable


class PhotoReader:
    """A `ReferenceEmbedder` (enrolment/embedder.py) over the worker's eye."""

    def __init__(self, eye: Eye) -> None:
        self._eye = eye

    def embed(self, photo: bytes) -> Template:
        """Raises PhotoUnusable with the first thing to mend."""
        try:
            return self._eye.embed(photo)
        except ReferenceUnusable as error:
            raise PhotoUnusable(error.reasons[0]) from error
        except UnsupportedFormat as error:
            raise PhotoUnusable(Reason.UNSUPPORTED_FORMAT) from error
        except Unreadable as error:
            raise PhotoUnusable(Reason.UNREADABLE) from error
