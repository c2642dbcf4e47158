"""A Dockerfile as values: its stages, their steps, and what an image is set to. Whatever is not understood stops the reading.

Read are the instructions that ours has, in the forms that it has: no ARG, no variables outside RUN and CMD, no here-documents,
no wildcards in COPY, no flags but COPY --from and HEALTHCHECK's. https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

WORDS = frozenset(
    ["FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "ENTRYPOINT", "CMD", "HEALTHCHECK", "VOLUME", "EXPOSE"]
)
SHELL_WORDS = frozenset(["RUN", "ENTRYPOINT", "CMD", "HEALTHCHECK"])  # here a `$` is for the shell in the container
HEALTH = re.compile(r"(?:--(?:interval|timeout|start-period|start-interval|retries)=\S+\s+)*CMD\s+(.+)", re.DOTALL)
ENGINE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class NotUnderstood(Exception):
    def __init__(self, line: int, text: str) -> None:
        self.line, self.text = line, text
        super().__init__(f"Dockerfile, line {line}: this check does not know how to carry out {text!r}")


@dataclass(frozen=True)
class Step:
    """One instruction, its continuation lines joined. `line` is its last."""

    line: int
    word: str
    rest: str


@dataclass(frozen=True)
class Stage:
    name: str  # as in AS, else its number from 0
    base: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Copy:
    sources: tuple[str, ...]
    target: str
    stage: str | None  # None: from the build's context


@dataclass(frozen=True)
class Image:
    """What the steps set beside files. Commands are argument lists; a shell form is given to /bin/sh, as engines do."""

    workdir: str = "/"
    user: str = "root"
    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": ENGINE_PATH})
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    port: int | None = None


def stages(text: str) -> list[Stage]:
    """The stages in their order. Raises NotUnderstood."""
    found: list[Stage] = []
    for step in _steps(text):
        if step.word == "FROM":
            found.append(_stage(step, len(found)))
        elif found:
            found[-1] = replace(found[-1], steps=(*found[-1].steps, step))
        else:
            raise NotUnderstood(step.line, f"{step.word} before FROM")
    return found


def settle(image: Image, step: Step) -> Image:
    """The image's settings after `step`; RUN and COPY leave them alone. Raises NotUnderstood."""
    match step.word:
        case "WORKDIR":
            return replace(image, workdir=str(PurePosixPath(image.workdir) / step.rest))
        case "USER":
            return replace(image, user=step.rest)
        case "ENV":
            return replace(image, environment={**image.environment, **_pairs(step)})
        case "ENTRYPOINT":
            return replace(image, entrypoint=command_of(step.rest), command=())
        case "CMD":
            return replace(image, command=command_of(step.rest))
        case "HEALTHCHECK":
            return replace(image, health=_health(step))
        case "VOLUME":
            return replace(image, volumes=(*image.volumes, *shlex.split(step.rest)))
        case "EXPOSE":
            return replace(image, port=_port(step))
        case _:
            return image


def copy_of(step: Step) -> Copy:
    """Raises NotUnderstood for other flags than --from, for wildcards, and where a source or the target is missing."""
    words = shlex.split(step.rest)
    flags = [word for word in words if word.startswith("--")]
    *sources, target = [word for word in words if not word.startswith("--")] or [""]
    strange = [flag for flag in flags if not flag.startswith("--from=")]
    if strange or len(flags) > 1 or not sources or re.search(r"[*?\[]", step.rest):
        raise NotUnderstood(step.line, f"COPY {step.rest}")
    return Copy(tuple(sources), target, flags[0].removeprefix("--from=") if flags else None)


def command_of(rest: str) -> tuple[str, ...]:
    """The exec form is a JSON list; everything else is a line for the shell."""
    if rest.startswith("["):
        return tuple(map(str, json.loads(rest)))
    return ("/bin/sh", "-c", rest)


def ignored(path: str, patterns: Iterable[str]) -> bool:
    """Whether .dockerignore keeps `path` (relative, with slashes) out: the last pattern that fits it or a folder above."""
    lines = [line.strip() for line in patterns]
    above = [path, *map(str, PurePosixPath(path).parents[:-1])]  # without the last, which is "."
    out = False
    for line in (line for line in lines if line and not line.startswith("#")):
        shape = _shape(line.removeprefix("!").strip("/"))
        if any(shape.fullmatch(name) for name in above):
            out = not line.startswith("!")
    return out


def _steps(text: str) -> Iterator[Step]:
    held = ""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"#\s*(escape|syntax|check)\s*=", line, re.IGNORECASE):
            raise NotUnderstood(number, line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue  # also within a continued instruction
        held += line.rstrip().removesuffix("\\")
        if not line.rstrip().endswith("\\"):
            yield _step(number, held)
            held = ""
    if held:
        raise NotUnderstood(len(text.splitlines()), held)


def _step(line: int, text: str) -> Step:
    word, _, rest = text.strip().partition(" ")
    step = Step(line, word.upper(), rest.strip())
    if step.word not in WORDS or not step.rest or "<<" in rest or ("$" in rest and step.word not in SHELL_WORDS):
        raise NotUnderstood(line, text.strip())
    if step.word == "RUN" and step.rest.startswith(("--", "[")):
        raise NotUnderstood(line, text.strip())
    return step


def _stage(step: Step, number: int) -> Stage:
    match step.rest.split():
        case [base]:
            return Stage(str(number), base, ())
        case [base, word, name] if word.upper() == "AS":
            return Stage(name, base, ())
    raise NotUnderstood(step.line, f"FROM {step.rest}")


def _pairs(step: Step) -> dict[str, str]:
    words = shlex.split(step.rest)
    if not all("=" in word for word in words):
        raise NotUnderstood(step.line, f"ENV {step.rest}")
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _health(step: Step) -> tuple[str, ...]:
    found = HEALTH.fullmatch(step.rest)
    if found is None:
        raise NotUnderstood(step.line, f"HEALTHCHECK {step.rest}")
    return command_of(found.group(1))


def _port(step: Step) -> int:
    if not step.rest.isdecimal():
        raise NotUnderstood(step.line, f"EXPOSE {step.rest}")
    return int(step.rest)


def _shape(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    shapes = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(shapes.get(part, re.escape(part)) for part in parts))
