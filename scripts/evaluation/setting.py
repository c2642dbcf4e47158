"""What every part of the evaluation is given: the media, the models, the limits in force, the cache, and how much to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from scripts.evaluation.cache import Cache
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.limits import Limits


@dataclass(frozen=True)
class Setting:
    """`quick` asks for a small, fixed sample of everything, under four minutes for all parts together on 2 cores.

    `processes` is how many the crew starts. `seed` makes every random choice the same each time. A part adds its own
    task to `progress`.
    """

    media: Path
    manifest: Manifest
    limits: Limits
    cache: Cache
    progress: Progress
    quick: bool = False
    seed: int = 20261125
    processes: int = 2
