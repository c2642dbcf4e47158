"""A Dockerfile's stages as folders under var/image/: copies of a debootstrapped root in which its steps were carried out.

Files come from git's HEAD, as .dockerignore lets them through. This machine's settings of apt and pip lie in /run/carried while
a step runs, and never reach the image.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path

from scripts.container import CARRIED, ImageError, run_step
from scripts.dockerfile import Image, Stage, Step, copy_of, ignored, settle

ROOT = Path(__file__).resolve().parent.parent

WORK = ROOT / "var" / "image"
RELEASES = {"debian:12-slim": "bookworm"}
# The official image has no documentation and keeps no downloaded package; so shall the base here, or the sizes mislead.
SLIMMED = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "var/lib/apt/lists", "var/cache/apt")
CLEAN = 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin"; };\n'
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
BUNDLE_NAMES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
SETTING = re.compile(r"PIP_(INDEX_URL|DEFAULT_TIMEOUT)|https?_proxy|no_proxy", re.IGNORECASE)


def carry(folder: Path) -> dict[str, str]:
    """Lay this machine's settings of apt and pip into `folder`. Returns the variables that point the clients to them."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sources").mkdir(parents=True)
    found = {name: value for name, value in os.environ.items() if SETTING.fullmatch(name)}
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout.splitlines()
    lines = [line for line in dump if re.match(r"Acquire::(Check|https?::)", line)]
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    if sources.exists():
        shutil.copy(sources, folder / "sources")
        lines += ['Dir::Etc::sourcelist "/dev/null";', f'Dir::Etc::sourceparts "{CARRIED}/sources";']
    (folder / "apt.conf").write_text("\n".join([*lines, ""]))
    found["APT_CONFIG"] = f"{CARRIED}/apt.conf"
    for name, path in {"bundle.crt": BUNDLE, "pip.conf": Path("/etc/pip.conf")}.items():
        if path.exists():
            shutil.copy(path, folder / name)
    if (folder / "bundle.crt").exists():
        found |= dict.fromkeys(BUNDLE_NAMES, f"{CARRIED}/bundle.crt")
    if (folder / "pip.conf").exists():
        found["PIP_CONFIG_FILE"] = f"{CARRIED}/pip.conf"
    return found


def base_root(release: str) -> Path:
    """A minimal Debian, made once."""
    folder = WORK / f"base-{release}"
    if folder.exists():
        return folder
    partial = WORK / "base.partial"
    shutil.rmtree(partial, ignore_errors=True)
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    mirror = re.findall(r"^URIs: *(\S+)", sources.read_text(), re.MULTILINE)[:1] if sources.exists() else []
    with (WORK / "base.log").open("w") as log:
        # In a mount namespace of its own: it leaves /proc mounted, and that, copied with the root, would fill the disk.
        line = ["unshare", "--mount", "debootstrap", "--variant=minbase", release, str(partial), *mirror]
        subprocess.run(line, stdout=log, stderr=log, check=True)
    for name in SLIMMED:
        shutil.rmtree(partial / name, ignore_errors=True)
        (partial / name).mkdir()
    (partial / "etc/apt/apt.conf.d/docker-clean").write_text(CLEAN)
    for name in ("resolv.conf", "hosts"):
        (partial / "etc" / name).write_text("")  # an engine mounts its own over them
    return partial.rename(folder)


def lay_context(folder: Path) -> None:
    """The files of git's HEAD that .dockerignore lets through."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-c", "tar.umask=0022", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", str(folder)], input=archive.stdout, check=True)
    patterns = (folder / ".dockerignore").read_text("utf-8").splitlines()
    for path in folder.rglob("*"):
        if not path.is_dir() and ignored(path.relative_to(folder).as_posix(), patterns):
            path.unlink()


def copy_files(step: Step, image: Image, root: Path, context: Path) -> None:
    """COPY: of a folder its contents, of a file the file. Raises ImageError where there is nothing to copy."""
    copy = copy_of(step)
    origin = context if copy.stage is None else WORK / copy.stage
    target = root / (Path(image.workdir) / copy.target).as_posix().lstrip("/")
    is_folder = copy.target.endswith("/") or len(copy.sources) > 1 or target.is_dir()
    for source in (origin / name.lstrip("/") for name in copy.sources):
        if not source.exists():
            raise ImageError(f"Dockerfile, line {step.line}: there is no {source.relative_to(origin)} to copy")
        (target if is_folder or source.is_dir() else target.parent).mkdir(parents=True, exist_ok=True)
        what = f"{source}/." if source.is_dir() else str(source)
        subprocess.run(["cp", "-ax", "--reflink=auto", what, str(target)], check=True)


def build(stage: Stage, context: Path, settings: Mapping[str, str], *, reuse: bool) -> tuple[Path, Image]:
    """The stage's root, made now unless it is there and `reuse` is asked, and what its image is set to."""
    if stage.base not in RELEASES:
        raise ImageError(f"no root is known for FROM {stage.base}: {', '.join(RELEASES)}")
    root, partial, image = WORK / stage.name, WORK / f"{stage.name}.partial", Image()
    if not (reuse and root.exists()):
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run(["cp", "-ax", "--reflink=auto", str(base_root(RELEASES[stage.base])), str(partial)], check=True)
        print(f"{stage.name}: FROM {stage.base}, {megabytes(partial)} MB", flush=True)
        for step in stage.steps:
            _carry_out(step, image, partial, context, settings, WORK / f"{stage.name}.log")
            image = settle(image, step)
        shutil.rmtree(root, ignore_errors=True)
        partial.rename(root)
    return root, reduce(settle, stage.steps, Image())


def _carry_out(step: Step, image: Image, root: Path, context: Path, settings: Mapping[str, str], log: Path) -> None:
    begin, before = time.monotonic(), megabytes(root)
    match step.word:
        case "WORKDIR":
            (root / settle(image, step).workdir.lstrip("/")).mkdir(parents=True, exist_ok=True)
            return
        case "COPY":
            copy_files(step, image, root, context)
        case "RUN":
            carried = replace(image, environment={**image.environment, **settings})
            run_step(root, carried, ("/bin/sh", "-c", step.rest), WORK / "carried", log)
        case _:
            return
    more, seconds = megabytes(root) - before, time.monotonic() - begin
    print(f"{root.stem}: {step.word} {' '.join(step.rest.split())[:90]} … {more:+d} MB, {seconds:.0f} s", flush=True)


def megabytes(root: Path) -> int:
    done = subprocess.run(["du", "-sxm", str(root)], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])
