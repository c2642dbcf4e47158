"""The parts of the evaluation by name: what each measures, and on which sources its figures depend."""

from __future__ import annotations

import ast
import hashlib
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from scripts.evaluation.figures import Figures
from scripts.evaluation.setting import Setting

ROOT = Path(__file__).resolve().parents[2]


class PartMissing(Exception):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the part {name} cannot be measured: this checkout has no scripts/evaluation/{name}.py")


@dataclass(frozen=True)
class Part:
    """`about` is the sentence under the part's heading in the report."""

    name: str
    title: str
    about: str

    @property
    def module(self) -> str:
        return f"scripts.evaluation.{self.name}"

    @property
    def path(self) -> Path:
        return _path_of(self.module)

    def measure(self, setting: Setting) -> Figures:
        """Measure it. Raises PartMissing, and what the part itself raises, such as for media that are not there."""
        if not self.path.is_file():
            raise PartMissing(self.name)
        # Imported when asked for: one part needs dlib, another a speech synthesiser.
        measure = cast(Callable[[Setting], Figures], importlib.import_module(self.module).measure)
        return measure(setting)

    @property
    def sources_sha256(self) -> str:
        """sha256 over the part's module and all modules of `scripts` and `verify_service` that it reaches."""
        digest = hashlib.sha256()
        for path in sorted(_reached(self.path)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part(
            "comparison", "Comparison", "Is the face of the clip the one that was enrolled? All pairs of a public set."
        ),
        Part(
            "speech", "Speech", "Were the asked digits spoken? Right and wrong ones, in clean and in disturbed sound."
        ),
        Part("presence", "Presence", "Is somebody there? Attacks by species, and clean clips that must pass."),
        Part("quality", "Quality and advice", "Does the service name the right fault, and where does acceptance fall?"),
        Part("replay", "Replay", "Is a clip that was sent before found again, changed as it may be?"),
        Part("clips", "Real clips", "Whole clips through the whole service, against right and wrong references."),
        Part(
            "own",
            "A district's own clips",
            "Consented clips of a district's own residents. They never leave the machine.",
        ),
    )
}
# A district's own clips are measured when they are named; `all` means what can be measured anywhere.
ALL = tuple(name for name in PARTS if name != "own")


def _reached(path: Path) -> set[Path]:
    """The files that a module imports, and those import, within this repository; where one is a package, its `__init__`."""
    reached: set[Path] = set()
    ahead = [path]
    while ahead:
        here = ahead.pop()
        if here in reached or not here.is_file():
            continue
        reached.add(here)
        ahead += [_path_of(name) for name in _imported(here)]
    return reached


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in ("scripts", "verify_service"))


def _path_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
