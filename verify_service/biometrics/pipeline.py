"""The eye's order: decode, length, sound, speech, challenge, face, quality, lips, motion, same person, comparison, flags.

Each step adds its checks; a step that has nothing to look at adds inconclusive ones. Nothing here judges.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import cv2
from threadpoolctl import threadpool_limits

from verify_service.biometrics.comparison import compare
from verify_service.biometrics.comparison.best_frames import best_frames
from verify_service.biometrics.comparison.embedder import SPACE_ROLE, Embedder, shares_of
from verify_service.biometrics.comparison.probe import embed_faces
from verify_service.biometrics.comparison.reference import reference_template
from verify_service.biometrics.evidence import (
    Assessment,
    Challenge,
    Check,
    CheckResult,
    Clip,
    Image,
    SpeechSpan,
    Template,
)
from verify_service.biometrics.face.follower import DETECTOR_ROLE, LANDMARKS_ROLE, FaceFollower, FaceTrack, FollowedFace
from verify_service.biometrics.face.reduced import reduced
from verify_service.biometrics.fingerprint.fingerprint import fingerprint
from verify_service.biometrics.fingerprint.value import Fingerprint
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.inference.onnx import ONNXSession
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness import lip_sound, lips, motion, presentation, same_person
from verify_service.biometrics.liveness.challenge import Listener
from verify_service.biometrics.liveness.presentation import ROLE as PRESENTATION_ROLE
from verify_service.biometrics.liveness.presentation import PresentationNet
from verify_service.biometrics.liveness.speech_model import ROLES as SPEECH_ROLES
from verify_service.biometrics.liveness.speech_model import SpeechModel
from verify_service.biometrics.liveness.voice_activity import ROLE as VOICE_ROLE
from verify_service.biometrics.liveness.voice_activity import VoiceActivity, check_sound, check_speech
from verify_service.biometrics.liveness.witnesses import witnesses
from verify_service.biometrics.media.caps import Sampling
from verify_service.biometrics.media.errors import Unreadable, UnsupportedFormat
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy
from verify_service.biometrics.quality import checks as quality
from verify_service.biometrics.quality.appearance import Appearance, appearances, picture_luma
from verify_service.biometrics.reasons import Reason

MODEL_ROLES = (DETECTOR_ROLE, LANDMARKS_ROLE, VOICE_ROLE, *SPEECH_ROLES)
BEST_FRAME_QUALITY = 90


class StageClock:
    """CPU seconds by stage, of this process and of the decoding child."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self.add(name, time.process_time() - begun)

    def add(self, name: str, seconds: float) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds


@dataclass(frozen=True)
class Sight:
    """What was seen of the face: the track, how it looked, the best frames and their templates, and the templates of the
    witnesses, which must be of the same person."""

    track: FaceTrack
    looks: tuple[Appearance, ...]
    best: tuple[FollowedFace, ...]
    probe: tuple[Template, ...]
    witnesses: tuple[Template, ...]


@dataclass(frozen=True)
class Eye:
    """Everything that looks at clips and photos. Loaded once a worker; one clip at a time."""

    sandbox: DecodeSandbox
    follower: FaceFollower
    embedder: Embedder
    voice: VoiceActivity
    listener: Listener
    presentation: PresentationNet | None
    limits: Limits
    models: Mapping[str, str]

    @classmethod
    def load(cls, manifest: Manifest, limits: Limits, *, sandbox_required: bool) -> Eye:
        """Check every hash and load every model. Raises ManifestError, or SandboxUnavailable where it is required.

        Holds this process's BLAS to one thread: a worker process is the unit of parallelism (DESIGN §9), and on small
        matrices a second thread only spins.
        """
        threadpool_limits(limits=1, user_api="blas")
        sandbox = DecodeSandbox(SandboxPolicy(required=sandbox_required))
        sandbox.warm()
        embedder = Embedder.load(manifest)
        return cls(
            sandbox=sandbox,
            follower=FaceFollower.load(manifest),
            embedder=embedder,
            voice=VoiceActivity(ONNXSession(manifest.verified(VOICE_ROLE))),
            listener=Listener(SpeechModel.load(manifest)),
            presentation=PresentationNet.load(manifest),
            limits=limits,
            models=_models(manifest, embedder),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.close()

    @property
    def embedder_sha256(self) -> str:
        """The model in whose space templates of this eye lie."""
        return self.embedder.model_sha256

    def embed(self, photo: bytes) -> Template:
        """The reference template of an enrolment photo. Raises ReferenceUnusable, Unreadable or UnsupportedFormat."""
        return self.template_of(self.sandbox.photo(photo).image)

    def embed_moment(self, clip: bytes, seconds: float) -> Template:
        """The reference template of a clip's frame. Raises as `embed`, and NoSuchMoment."""
        return self.template_of(self.sandbox.frame_at(clip, seconds).image)

    def template_of(self, image: Image) -> Template:
        """As `embed`, of a picture: reduced to the size of a clip's frames first. A camera's photo, warped at once to the small
        square that the nets see, would be read at every eighth pixel: noise of 16 made a cosine of 0.96 of one of 0.998."""
        frame, _scale = reduced(image, Sampling.long_side_max)
        return reference_template(frame, self.follower, self.embedder, self.limits)

    def assess(
        self,
        clip: bytes,
        references: Sequence[Template],
        challenge: Challenge,
        *,
        leave_out: Sequence[float] = (),
    ) -> Assessment:
        """Look at one clip. `references` are of the resident who claims it; at least one, or NoTemplates is raised.

        `leave_out` names moments, in seconds, whose frames are not looked at: a reference that was taken from this very
        clip must not be compared with itself.
        """
        clock = StageClock()
        decoded, checks = self._decode(clip, clock)
        if decoded is None:
            return self._assessment(checks, clock)
        decoded = _without(decoded, leave_out)
        spans, heard = self._listen(decoded, challenge, clock)
        sight = self._see(decoded, spans, clock)
        checks += self._look(decoded, sight, clock)
        checks += heard
        checks += self._compare(decoded, sight, spans, references, clock)
        best = _as_jpeg(decoded, sight) if sight.best else None
        with clock.stage("fingerprint"):
            known_by = fingerprint(decoded, sight.track.places)
        return self._assessment(checks, clock, best, known_by)

    def _decode(self, content: bytes, clock: StageClock) -> tuple[Clip | None, list[Check]]:
        try:
            with clock.stage("decode"):
                done = self.sandbox.clip(content)
        except Unreadable:
            return None, [Check("readable", CheckResult.FAIL, 0.0, 1.0, Reason.UNREADABLE)]
        except UnsupportedFormat:
            return None, [Check("readable", CheckResult.FAIL, 0.0, 1.0, Reason.UNSUPPORTED_FORMAT)]
        clock.add("decode", done.cpu_seconds)
        length = check_length(done.clip.seconds, self.limits)
        checks = [Check("readable", CheckResult.PASS, 1.0, 1.0), length]
        # A clip of the wrong length is not looked at: too short to say anything, or too long to pay for.
        return (done.clip if length.result is CheckResult.PASS else None), checks

    def _see(self, clip: Clip, spans: Sequence[SpeechSpan], clock: StageClock) -> Sight:
        with clock.stage("detect"):
            sightings = self.follower.search(clip)
        with clock.stage("landmarks"):
            track = self.follower.follow(clip, sightings, spans)
        with clock.stage("quality"):
            looks = appearances(clip, track)
            best = best_frames(looks, self.limits)
            others = witnesses(clip, track, best, self.limits)
        with clock.stage("embed"):
            templates = embed_faces(clip, (*best, *others), self.embedder)
        return Sight(track, looks, best, templates[: len(best)], templates[len(best) :])

    def _look(self, clip: Clip, sight: Sight, clock: StageClock) -> list[Check]:
        with clock.stage("quality"):
            return list(quality.checks(sight.track, sight.looks, self.limits, picture_luma(clip)))

    def _listen(
        self, clip: Clip, challenge: Challenge, clock: StageClock
    ) -> tuple[tuple[SpeechSpan, ...], list[Check]]:
        sound = check_sound(clip.sound, self.limits)
        if clip.sound is None or sound.result is not CheckResult.PASS:
            return (), [sound]
        with clock.stage("voice"):
            spans = self.voice.spans(clip.sound)
        speech = check_speech(spans, challenge, self.limits)
        with clock.stage("speech"):
            heard = self.listener.hear(clip.sound, spans, challenge.locale)
            said = self.listener.check(heard, challenge, self.limits)
        return spans, [sound, speech, *said]

    def _compare(
        self,
        clip: Clip,
        sight: Sight,
        spans: Sequence[SpeechSpan],
        references: Sequence[Template],
        clock: StageClock,
    ) -> list[Check]:
        with clock.stage("liveness"):
            checks = [
                lips.check(sight.track, spans, self.limits),
                motion.check(sight.track, self.limits),
                same_person.check((*sight.probe, *sight.witnesses), self.limits),
                compare.check(references, sight.probe, self.limits),
            ]
            # Flags: they may send a clip to a person; where they cannot tell they say nothing.
            apart = lip_sound.check(sight.track, clip.sound, self.limits)
        with clock.stage("presentation"):
            pictured = presentation.check(clip, sight.best, self.presentation, self.limits)
        return checks + [flag for flag in (apart, pictured) if flag]

    def _assessment(
        self,
        checks: Sequence[Check],
        clock: StageClock,
        best_frame: bytes | None = None,
        known_by: Fingerprint | None = None,
    ) -> Assessment:
        return Assessment(tuple(checks), clock.seconds, self.models, best_frame, known_by)


def check_length(seconds: float, limits: Limits) -> Check:
    """The clip's length in seconds, between `clip_seconds_min` and `clip_seconds_max`; at either it passes."""
    if seconds < limits.clip_seconds_min:
        return Check("length", CheckResult.FAIL, seconds, limits.clip_seconds_min, Reason.CLIP_SHORT)
    if seconds > limits.clip_seconds_max:
        return Check("length", CheckResult.FAIL, seconds, limits.clip_seconds_max, Reason.CLIP_LONG)
    return Check("length", CheckResult.PASS, seconds, limits.clip_seconds_max)


def _models(manifest: Manifest, embedder: Embedder) -> dict[str, str]:
    """sha256 by role of what an assessment rests on, with the name of the space in which its templates lie."""
    embedders = {share.role: share.sha256 for share in shares_of(manifest)}
    flags = [PRESENTATION_ROLE] if PRESENTATION_ROLE in manifest else []
    others = {role: manifest.asset(role).sha256 for role in (*MODEL_ROLES, *flags)}
    return others | embedders | {SPACE_ROLE: embedder.model_sha256}


# Frames so near to a moment show the same picture: at 8 frames a second, the slowest sampling, the next one is 0.125 s away.
LEFT_OUT_SECONDS = 0.12


def _without(clip: Clip, moments: Sequence[float]) -> Clip:
    kept = tuple(f for f in clip.frames if all(abs(f.at - moment) > LEFT_OUT_SECONDS for moment in moments))
    return replace(clip, frames=kept)


def _as_jpeg(clip: Clip, sight: Sight) -> bytes:
    """The middle one of the best frames, for the clerk."""
    frame = clip.frames[sight.best[len(sight.best) // 2].frame]
    done, encoded = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, BEST_FRAME_QUALITY])
    assert done
    return encoded.tobytes()
