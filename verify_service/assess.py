"""`verify-service assess`: the eye from outside. One clip in, one JSON object out; it is how the eye is measured."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from verify_service.biometrics.comparison.reference import ReferenceUnusable
from verify_service.biometrics.evidence import Assessment, Challenge, Locale, Template
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.media.errors import MediaError
from verify_service.biometrics.pipeline import Eye
from verify_service.decision.policy import Circumstances, Decision, decide
from verify_service.decision.thresholds import load_thresholds

# As if it were the first of three attempts.
FIRST_ATTEMPT = Circumstances(attempts_left=2)


class AssessError(Exception):
    """The command cannot be carried out. The clip itself is never the cause: any clip is assessed."""


class ReferenceMissing(AssessError):
    def __init__(self, reference: str) -> None:
        super().__init__(f"there is no file for the reference {reference}")


class ReferenceRefused(AssessError):
    def __init__(self, reference: str, cause: Exception) -> None:
        super().__init__(f"the reference {reference} cannot be used: {cause}")


def assess(
    clip: Path, references: list[str], challenge: Challenge, manifest: Path, *, sandbox_required: bool
) -> dict[str, Any]:
    """Assess a clip against photos or moments of clips ("a.mp4@2.5") and decide as on a first attempt.

    A reference from the very clip is left out of what is looked at. Raises AssessError or ManifestError.
    """
    thresholds = load_thresholds()
    with Eye.load(Manifest.load(manifest), thresholds.limits, sandbox_required=sandbox_required) as eye:
        templates = [_template(eye, reference) for reference in references]
        own = [float(m) for path, m in map(_moment, references) if m is not None and _is_same(path, clip)]
        assessment = eye.assess(clip.read_bytes(), templates, challenge, leave_out=own)
    return report(assessment, decide(assessment, FIRST_ATTEMPT))


def language_of(sentence: str | None) -> Locale:
    """The language of a challenge that does not name one: Chinese if it holds a Chinese character, else English."""
    return "zh" if re.search(r"[\u3400-\u9fff]", sentence or "") else "en"


def report(assessment: Assessment, decision: Decision) -> dict[str, Any]:
    """The stable JSON of the command."""
    return {
        "checks": [_check(asdict(check)) for check in assessment.checks],
        "decision": {"outcome": decision.outcome.value, "reasons": list(decision.reasons)},
        "advice": list(decision.advice),
        "seconds": {stage: round(seconds, 4) for stage, seconds in assessment.seconds.items()},
        "models": dict(assessment.models),
    }


def _check(fields: dict[str, Any]) -> dict[str, Any]:
    keys = ("name", "result", "score", "limit", "reason", "model")
    return {key: round(fields[key], 5) if isinstance(fields[key], float) else fields[key] for key in keys}


def _moment(reference: str) -> tuple[Path, str | None]:
    """Path and moment of "clip.mp4@2.5"; a path that exists as it is written has no moment."""
    path, at, moment = reference.rpartition("@")
    if not at or Path(reference).exists():
        return Path(reference), None
    return Path(path), moment


def _is_same(first: Path, second: Path) -> bool:
    return first.exists() and second.exists() and first.samefile(second)


def _template(eye: Eye, reference: str) -> Template:
    path, moment = _moment(reference)
    if not path.is_file():
        raise ReferenceMissing(reference)
    try:
        if moment is None:
            return eye.embed(path.read_bytes())
        return eye.embed_moment(path.read_bytes(), float(moment))
    except (ReferenceUnusable, MediaError, ValueError) as error:
        raise ReferenceRefused(reference, error) from error


def print_report(found: dict[str, Any]) -> None:
    print(json.dumps(found, ensure_ascii=False))
