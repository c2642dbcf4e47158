"""Roots entered in namespaces of their own: for a step that builds, and for a service that runs as an engine would run it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.dockerfile import Image

CARRIED = "/run/carried"
HEALTHY_SECONDS_MAX = 120
STOP_SECONDS_MAX = 40
REFUSAL_SECONDS_MAX = 60
GET = "import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1], timeout=10).read())"

# What an engine lays over a root while a step runs. /run is a scratch here, so that nothing of /run/carried stays behind.
STEP = f"""
mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"; mount -t tmpfs tmpfs "$root/run"
mkdir "$root{CARRIED}"; mount --bind "$carried" "$root{CARRIED}"
for file in resolv.conf hosts; do mount --bind "/etc/$file" "$root/etc/$file"; done
"""
# And while a service runs, in the strictest way: no network but its own loopback, and a root that is read only.
SERVICE = """
ip link set lo up
mount --bind "$root" "$root"; mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"; mount -t tmpfs -o size=64m tmpfs "$root/dev/shm"; mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
"""


@dataclass(frozen=True)
class Account:
    """A user as the root's own files know it."""

    uid: int
    gid: int
    home: str


class ImageError(Exception):
    """The image cannot be made, or is not as it should be."""


class ContainerFailed(ImageError):
    def __init__(self, what: str, log: Path) -> None:
        last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        super().__init__(f"{what}; the end of {log}:\n{last}")


def account(root: Path, user: str) -> Account:
    """Raises ImageError for a user that is not in the root's passwd."""
    for line in (root / "etc/passwd").read_text("utf-8").splitlines():
        name, _, uid, gid, _, home, _ = line.split(":")
        if name == user.split(":")[0]:
            return Account(int(uid), int(gid), home)
    raise ImageError(f"the image has no user {user}")


def run_step(root: Path, image: Image, command: Sequence[str], carried: Path, log: Path) -> None:
    """Run a command as a build does, with this machine's settings at hand. Raises ContainerFailed."""
    names = f"root={shlex.quote(str(root))} carried={shlex.quote(str(carried))}"
    line = [*_unshare(names + STEP), *_inside(root, image, command)]
    with log.open("a") as output:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise ContainerFailed(f"the step ended with {done.returncode}", log)


@dataclass(frozen=True)
class Container:
    """A running image. Its first process is number 1 in there, as in an engine."""

    root: Path
    image: Image
    process: subprocess.Popen[bytes]
    log: Path

    def first_process(self) -> int | None:
        with suppress(OSError, IndexError):
            return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])
        return None

    def is_healthy(self) -> bool:
        """What the health check says. Raises ContainerFailed if the first process has ended."""
        if self.process.poll() is not None:
            raise ContainerFailed(f"it ended with {self.process.returncode} before it was healthy", self.log)
        number = self.first_process()
        if number is None:
            return False
        enter = ["nsenter", f"--target={number}", "--mount", "--net", "--pid", "chroot"]
        line = [*enter, *_inside(self.root, self.image, self.image.health)]
        return subprocess.run(line, capture_output=True, check=False).returncode == 0

    def get(self, path: str) -> bytes:
        """The body of an answer, which must be a success. Raises ContainerFailed."""
        address = f"http://127.0.0.1:{self.image.port}{path}"
        line = ["nsenter", f"--target={self.first_process()}", "--net", sys.executable, "-c", GET, address]
        done = subprocess.run(line, capture_output=True, check=False)
        if done.returncode:
            raise ContainerFailed(f"GET {path} failed: {done.stderr.decode().strip().splitlines()[-1]}", self.log)
        return done.stdout

    def wait_until_healthy(self) -> float:
        """The seconds it took. Raises ContainerFailed."""
        begin = time.monotonic()
        while time.monotonic() - begin < HEALTHY_SECONDS_MAX:
            if self.is_healthy():
                return time.monotonic() - begin
            time.sleep(1)
        raise ContainerFailed(f"it was not healthy within {HEALTHY_SECONDS_MAX} s", self.log)

    def stop(self) -> float:
        """SIGTERM to the first process, as engines do; the seconds it took. Raises ContainerFailed unless it ends with 0."""
        begin, number = time.monotonic(), self.first_process()
        if number is not None:
            os.kill(number, signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired as error:
            raise ContainerFailed(f"it still ran {STOP_SECONDS_MAX} s after SIGTERM", self.log) from error
        if code:
            raise ContainerFailed(f"it ended with {code} after SIGTERM", self.log)
        return time.monotonic() - begin


@contextmanager
def container(
    root: Path, image: Image, command: Sequence[str], settings: Mapping[str, str], log: Path
) -> Iterator[Container]:
    """Run `command` in the image with `settings` added to its environment; whatever still runs at the end is killed."""
    image = replace(image, environment={**image.environment, **settings})
    script = f"root={shlex.quote(str(root))}" + SERVICE + "".join(_volume(root, name) for name in image.volumes)
    line = [*_unshare(script, "--net"), *_inside(root, image, command)]
    with log.open("wb") as output:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield Container(root, image, process, log)
    finally:
        process.kill()  # and by --kill-child all others
        process.wait()


def refusal(root: Path, image: Image, command: Sequence[str], log: Path) -> str:
    """What a container says that must not start. Raises ContainerFailed if it starts, or says it with a traceback."""
    with container(root, image, command, {}, log) as running:
        try:
            code = running.process.wait(REFUSAL_SECONDS_MAX)
        except subprocess.TimeoutExpired as error:
            raise ContainerFailed("it should have refused to start", log) from error
    said = log.read_text("utf-8", "replace").strip()
    if code == 0 or not said or "Traceback" in said:
        raise ContainerFailed(f"it ended with {code}, without a sentence that says why", log)
    return said


def _unshare(script: str, *more: str) -> list[str]:
    own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *more]
    return [*own, "sh", "-ec", script + '\nexec chroot "$@"', "sh"]


def _inside(root: Path, image: Image, command: Sequence[str]) -> list[str]:
    """What follows the word chroot: as the image's user, in its environment and its folder."""
    environment = {"HOME": account(root, image.user).home, **image.environment}
    pairs = [f"{name}={value}" for name, value in environment.items()]
    shell = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', image.workdir]
    return [f"--userspec={image.user}", str(root), "/usr/bin/env", "-i", *pairs, *shell, *command]


def _volume(root: Path, name: str) -> str:
    """A new volume begins with the owner and mode of the image's folder."""
    found = (root / name.lstrip("/")).stat()
    options = f"uid={found.st_uid},gid={found.st_gid},mode={found.st_mode & 0o7777:o}"
    return f'mount -t tmpfs -o {options} tmpfs "$root"{shlex.quote(name)}\n'
