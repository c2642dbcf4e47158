"""Work for two cores: a function over many items in processes of their own, each with an eye that is loaded when first asked."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from scripts.evaluation.cache import Cache, sha256
from scripts.evaluation.setting import Setting
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.pipeline import Eye

Item = TypeVar("Item")
Result = TypeVar("Result")

PACKAGE = Path(__file__).resolve().parents[2] / "verify_service"


@dataclass(frozen=True)
class Tools:
    """What a function of the crew is given beside its item."""

    media: Path
    manifest: Manifest
    limits: Limits
    cache: Cache
    seed: int

    @cached_property
    def eye(self) -> Eye:
        return Eye.load(self.manifest, self.limits, sandbox_required=False)

    @cached_property
    def eye_key(self) -> str:
        """Everything that a clip's scores depend on beside the clip: the eye's own code, its models, its limits."""
        models = sorted((a.role, a.sha256, sorted(a.fusion.items())) for a in self.manifest if a.kind == "model")
        return sha256(json.dumps([source_key("biometrics"), models, asdict(self.limits)]).encode())


_tools: Tools | None = None


def crew(
    setting: Setting,
    title: str,
    items: Sequence[Item],
    do: Callable[[Tools, Item], Result],
    processes: int | None = None,
) -> list[Result]:
    """`do(tools, item)` for every item, results in the items' order, with a bar of progress.

    `do` and the items travel to other processes: `do` is a function of a module. What is slow in it goes through `tools.cache`.
    """
    task = setting.progress.add_task(title, total=len(items))
    given = (setting.media, setting.manifest, setting.limits, setting.cache, setting.seed)
    results = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes or setting.processes, context, initializer=_begin, initargs=given) as pool:
        for result in pool.map(_one, [(do, item) for item in items], chunksize=max(1, min(8, len(items) // 16))):
            results.append(result)
            setting.progress.advance(task)
    return results


def source_key(*rooms: str) -> str:
    """sha256 over the sources of parts of the package, such as "biometrics/face": what other code computed is stale."""
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _begin(media: Path, manifest: Manifest, limits: Limits, cache: Cache, seed: int) -> None:
    global _tools
    _tools = Tools(media, manifest, limits, cache, seed)


def _one(task: tuple[Callable[[Tools, Item], Result], Item]) -> Result:
    assert _tools is not None
    do, item = task
    return do(_tools, item)
