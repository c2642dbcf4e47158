#!/usr/bin/env python3
"""Count over the spoken-digit clips: confirmed with their own digits, and accepted with random wrong ones.

One process, each clip's sound encoded once. A lead until scripts/evaluate.py measures all of it (next issue).
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from verify_service.assess import FIRST_ATTEMPT  # noqa: E402
from verify_service.biometrics.evidence import Challenge, CheckResult  # noqa: E402
from verify_service.biometrics.inference.manifest import Manifest  # noqa: E402
from verify_service.biometrics.pipeline import Eye  # noqa: E402
from verify_service.decision.policy import Outcome, decide  # noqa: E402
from verify_service.decision.thresholds import load_thresholds  # noqa: E402

MEDIA = Path(os.environ.get("VERIFY_MEDIA", ROOT.parent / "shared" / "data"))


def main(media: Path = MEDIA, wrong: Annotated[int, typer.Option(help="Wrong strings a clip.")] = 100) -> None:
    """Print one line a clip, and the counts."""
    limits = load_thresholds().limits
    clips = sorted((media / "digits").glob("*.mp4"))
    chance = random.Random(5831)  # noqa: S311 - the same strings each time
    confirmed = accepted = 0
    with Eye.load(Manifest.load(ROOT / "models" / "manifest.toml"), limits, sandbox_required=False) as eye:
        reference = [eye.embed((media / "reference_s1.jpg").read_bytes())]
        for clip in track(clips, description="clips"):
            said, content = clip.stem.split("_")[1], clip.read_bytes()
            decision = decide(eye.assess(content, reference, Challenge("en", digits=said)), FIRST_ATTEMPT)
            confirmed += decision.outcome is Outcome.CONFIRMED
            strings = _wrong_strings(chance, said, wrong)
            passed = _accepted(eye, content, strings)
            accepted += len(passed)
            print(f"{clip.name}: {decision.outcome} {list(decision.reasons)}, wrong accepted: {passed}")
    print(f"confirmed with the right digits: {confirmed} of {len(clips)}")
    print(f"accepted with wrong digits: {accepted} of {len(clips) * wrong}")


def _wrong_strings(chance: random.Random, said: str, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        string = "".join(chance.choice("0123456789") for _ in said)
        if string != said:
            found.append(string)
    return found


def _accepted(eye: Eye, content: bytes, strings: list[str]) -> list[str]:
    sound = eye.sandbox.clip(content).clip.sound
    if sound is None:
        return []
    heard = eye.listener.hear(sound, eye.voice.spans(sound), "en")
    checks = ((s, eye.listener.check(heard, Challenge("en", digits=s), eye.limits)) for s in strings)
    return [s for s, (check,) in checks if check.result is CheckResult.PASS]


if __name__ == "__main__":
    typer.run(main)
