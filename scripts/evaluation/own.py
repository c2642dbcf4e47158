"""A district's own consented clips: is everybody recognised, is nobody taken for another, whom does the service ask again?

Nothing leaves the machine, and the report holds counts and rates only: no name, no file name, no face, no template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import Tools, crew, source_key
from scripts.evaluation.figures import Figures
from scripts.evaluation.own_folder import OwnClip, people_in
from scripts.evaluation.own_rates import OwnRates, Seen
from scripts.evaluation.own_tables import goals, numbers, plots, tables
from scripts.evaluation.setting import Setting
from verify_service.assess import FIRST_ATTEMPT
from verify_service.biometrics.comparison import compare
from verify_service.biometrics.comparison.best_frames import best_frames
from verify_service.biometrics.comparison.probe import embed_faces
from verify_service.biometrics.comparison.reference import ReferenceUnusable
from verify_service.biometrics.evidence import CheckResult, Template
from verify_service.biometrics.media.errors import MediaError
from verify_service.biometrics.pipeline import Eye
from verify_service.biometrics.quality.appearance import appearances
from verify_service.decision.policy import decide

# A person's number, and the templates of his references.
References = Mapping[int, tuple[Template, ...]]


@dataclass(frozen=True)
class Claim:
    """A clip whose person, by number, is claimed to be in it."""

    person: int
    clip: OwnClip


def measure(setting: Setting) -> Figures:
    """Measure the folder `setting.media`. Raises OwnFolderInvalid."""
    people = people_in(setting.media)
    photos = [(number, path) for number, person in enumerate(people) for path in person.references]
    made = crew(setting, "reference photos", [path for _, path in photos], reference)
    references: dict[int, tuple[Template, ...]] = {}
    for (number, _), template in zip(photos, made, strict=True):
        if template is not None:
            references[number] = (*references.get(number, ()), template)
    claims = [Claim(n, clip) for n, person in enumerate(people) if n in references for clip in person.clips]
    seen = crew(setting, "clips", [(claim, references) for claim in claims], see)
    rates = OwnRates(seen, [one is not None for one in made], setting.limits.comparison_similarity_min, setting.seed)
    return Figures(
        part="own",
        numbers=numbers(rates),
        tables=tables(rates),
        plots=plots(rates),
        data={"own clips": {"people": len(people), "references": len(photos), "clips": len(claims)}},
        goals=goals(rates),
    )


def reference(tools: Tools, path: Path) -> Template | None:
    """The template of a photo, or None where the service would refuse the photo."""
    content = path.read_bytes()
    key = ("own reference", tools.eye_key, sha256(content))
    vectors = tools.cache.arrays(key, lambda: {"vectors": _vectors(_embedded(tools.eye, content))})["vectors"]
    return Template(vectors[0], tools.eye.embedder_sha256) if len(vectors) else None


def see(tools: Tools, given: tuple[Claim, References]) -> Seen:
    """Assess a clip against its own person's references, and compare its probe with everybody's."""
    claim, references = given
    content = claim.clip.path.read_bytes()
    key = (tools.eye_key, source_key("decision"), sha256(content))
    own = references[claim.person]
    against = sha256(b"".join(template.vector.tobytes() for template in own))
    said = tools.cache.value(
        ("own clip", *key, repr(claim.clip.challenge), against), lambda: _said(tools.eye, content, claim, own)
    )
    vectors = tools.cache.arrays(("own probe", *key), lambda: {"vectors": _vectors(_probe(tools.eye, content))})[
        "vectors"
    ]
    probe = tuple(Template(vector, tools.eye.embedder_sha256) for vector in vectors)
    # The service's own comparison; a probe without a usable face has no score.
    scores = {n: compare.check(theirs, probe, tools.limits).score for n, theirs in references.items()}
    return Seen(
        person=claim.person,
        groups=claim.clip.groups,
        outcome=said["outcome"],
        reasons=tuple(said["reasons"]),
        passed=frozenset(said["passed"]),
        failed=frozenset(said["failed"]),
        genuine=scores[claim.person],
        impostor=tuple(score for n, score in scores.items() if n != claim.person and score is not None),
    )


def _said(eye: Eye, content: bytes, claim: Claim, own: Sequence[Template]) -> dict[str, Any]:
    assessment = eye.assess(content, own, claim.clip.challenge)
    decision = decide(assessment, FIRST_ATTEMPT)
    return {
        "outcome": decision.outcome.value,
        "reasons": list(decision.reasons),
        "passed": [check.name for check in assessment.checks if check.result is CheckResult.PASS],
        "failed": [check.name for check in assessment.checks if check.result is CheckResult.FAIL],
    }


def _probe(eye: Eye, content: bytes) -> Sequence[Template]:
    """The clip's templates as `Eye.assess` makes them; none where the clip cannot be read."""
    try:
        clip = eye.sandbox.clip(content).clip
    except MediaError:
        return ()
    looks = appearances(clip, eye.follower.follow(clip, eye.follower.search(clip)))
    return embed_faces(clip, best_frames(looks, eye.limits), eye.embedder)


def _embedded(eye: Eye, content: bytes) -> Sequence[Template]:
    try:
        return (eye.embed(content),)
    except (ReferenceUnusable, MediaError):
        return ()


def _vectors(templates: Iterable[Template]) -> NDArray[np.float32]:
    return np.array([template.vector for template in templates], np.float32)
