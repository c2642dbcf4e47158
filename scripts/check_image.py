#!/usr/bin/env python3
"""Make the Dockerfile's image where no container engine is at hand (image_build.py), and see whether it is fit to run.

Fit: it holds no compiler, no package client and no cache; its user can change nothing in it but its volumes; it refuses to
start in production without keys, saying why; and as a demo, and in production with keys, it becomes healthy without a network
and on a root that is read only, answers, and ends with 0 on SIGTERM, no library's telemetry being on.
Needs root, debootstrap and Linux's unshare and nsenter.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.container import ImageError, account, container, refusal  # noqa: E402
from scripts.dockerfile import Image, NotUnderstood, stages  # noqa: E402
from scripts.image_build import WORK, build, carry, lay_context, megabytes  # noqa: E402

COMPILERS = re.compile(r"(?:.*-)?(?:gcc|g\+\+|cc|c\+\+|clang|ld|as|make|rustc|cargo|go)(?:-[\d.]+)?")
INSTALLERS = re.compile(r"npm|npx|node|(?:pip|uv)[\d.]*")
CACHES = ("root/.cache", "home/*/.cache", "var/lib/apt/lists/*_*", "var/cache/apt/archives/*.deb", "run/carried")
MAKE_KEYS_FIRST = ("/bin/sh", "-c", 'verify-service admin create-keys && exec "$@"', "sh")
READY, CONTRACT = "/readyz", "/openapi.json"


class Unfit(ImageError):
    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("the image is not fit: " + "; ".join(faults))


def faults_of(root: Path, image: Image) -> Iterator[str]:
    """What the image should not hold or allow, a sentence each. Raises ImageError for an unknown user."""
    user = account(root, image.user)
    if user.uid == 0:
        yield "it runs as root"
    for path in _files(root):
        if path.parent.name in ("bin", "sbin") and (COMPILERS.fullmatch(path.name) or INSTALLERS.fullmatch(path.name)):
            yield f"it holds {path.relative_to(root)}"
    for pattern in CACHES:
        yield from (f"it holds {path.relative_to(root)}" for path in root.glob(pattern))
    volumes = [root / name.lstrip("/") for name in image.volumes]
    yield from (f"{path} is not its user's" for path in volumes if path.stat().st_uid != user.uid)
    for path in _files(root / image.workdir.lstrip("/")):
        if not any(path.is_relative_to(volume) for volume in volumes) and _may_write(path, user.uid, user.gid):
            yield f"its user may write {path.relative_to(root)}"


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        yield from (Path(folder, name) for name in (*folders, *files))


def _may_write(path: Path, uid: int, gid: int) -> bool:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return False
    own = found.st_uid == uid and found.st_mode & stat.S_IWUSR
    return bool(own or (found.st_gid == gid and found.st_mode & stat.S_IWGRP) or found.st_mode & stat.S_IWOTH)


def must_refuse(root: Path, image: Image) -> None:
    """Production without keys."""
    said = refusal(root, image, (*image.entrypoint, *image.command), WORK / "refusal.log")
    if "keys" not in said:
        raise Unfit([f"without keys it says {said!r}"])
    print(f"production without keys: {said}", flush=True)


def must_run(root: Path, image: Image, environment: str, first: Sequence[str] = ()) -> None:
    """Start, become healthy, answer, stop."""
    settings = {"VERIFY_ENVIRONMENT": environment}
    command = (*first, *image.entrypoint, *image.command)
    with container(root, image, command, settings, WORK / f"{environment}.log") as running:
        healthy = running.wait_until_healthy()
        ready, contract = json.loads(running.get(READY)), json.loads(running.get(CONTRACT))
        if ready["environment"] != environment or not contract["paths"]:
            raise Unfit([f"{READY} says {ready}"])
        stopped = running.stop()
        if "telemetry" in running.log.read_text("utf-8", "replace").lower():
            raise Unfit([f"a library has telemetry on: see {running.log}"])
    paths = len(contract["paths"])
    print(f"{environment}: healthy in {healthy:.1f} s, {READY} {ready['checks']}, {CONTRACT} {paths} paths", flush=True)
    print(f"{environment}: ended with 0, {stopped:.1f} s after SIGTERM", flush=True)


def check(*, reuse: bool) -> None:
    """Raises ImageError or NotUnderstood at the first thing that is not as it should be."""
    settings = carry(WORK / "carried")
    lay_context(WORK / "context")
    show = subprocess.run(["git", "show", "HEAD:Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=True)
    for stage in stages(show.stdout):
        root, image = build(stage, WORK / "context", settings, reuse=reuse)
    print(f"image: {megabytes(root)} MB, user {image.user}, in {root}", flush=True)
    if faults := list(faults_of(root, image)):
        raise Unfit(faults)
    print("image: no compiler, no package client, no cache; its user writes to its volumes alone", flush=True)
    must_refuse(root, image)
    must_run(root, image, "demo")
    must_run(root, image, "production", MAKE_KEYS_FIRST)


def main(reuse: Annotated[bool, typer.Option(help="Leave stages that are there as they are.")] = False) -> None:
    """Exit 0 only if all went well."""
    if os.geteuid() != 0:
        raise typer.BadParameter("only root may make roots")
    os.umask(0o022)
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        check(reuse=reuse)
    except (ImageError, NotUnderstood, subprocess.CalledProcessError) as error:
        typer.secho(f"stopped: {error}", fg="red", err=True)
        raise typer.Exit(1) from error
    print("image: all is well")


if __name__ == "__main__":
    typer.run(main)
