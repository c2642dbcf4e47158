"""What the check of the image finds in a root: each fault that it is there for, and none in a clean one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts.check_image import faults_of
from scripts.container import ImageError
from scripts.dockerfile import Image

IMAGE = Image(workdir="/app", user="app", volumes=("/app/var",))
USER = 10001
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clean root: its program is root's, its volume the user's."""
    for name in ("etc", "usr/bin", "app/var", "app/code"):
        (tmp_path / name).mkdir(parents=True)
    users = ["root:x:0:0:root:/root:/bin/sh", f"app:x:{USER}:{USER}::/home/app:/bin/sh", ""]
    (tmp_path / "etc/passwd").write_text("\n".join(users))
    (tmp_path / "usr/bin/python3").touch(mode=0o755)
    (tmp_path / "app/code/main.py").touch(mode=0o644)
    if IS_ROOT:
        os.chown(tmp_path / "app/var", USER, USER)
    return tmp_path


needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root gives a folder to somebody else")


@needs_root
def test_a_clean_root_has_no_fault(root: Path) -> None:
    assert list(faults_of(root, IMAGE)) == []


@needs_root
@pytest.mark.parametrize(
    "name",
    [
        "usr/bin/gcc",
        "usr/bin/x86_64-linux-gnu-g++-12",
        "usr/local/bin/npm",
        "app/.venv/bin/pip3.11",
        "root/.cache",
        "home/app/.cache",
        "var/lib/apt/lists/mirror_Packages",
        "var/cache/apt/archives/gcc.deb",
    ],
)
def test_compilers_clients_and_caches_are_found(root: Path, name: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).touch()

    assert list(faults_of(root, IMAGE)) == [f"it holds {name}"]


@needs_root
def test_a_program_that_everybody_may_write_is_found(root: Path) -> None:
    (root / "app/code").chmod(0o777)

    assert list(faults_of(root, IMAGE)) == ["its user may write app/code"]


@needs_root
def test_a_program_that_belongs_to_its_user_is_found(root: Path) -> None:
    os.chown(root / "app/code/main.py", USER, USER)

    assert list(faults_of(root, IMAGE)) == ["its user may write app/code/main.py"]


@needs_root
def test_a_volume_that_its_user_cannot_write_is_found(root: Path) -> None:
    os.chown(root / "app/var", 0, 0)

    assert list(faults_of(root, IMAGE)) == [f"{root}/app/var is not its user's"]


@needs_root
def test_an_image_that_runs_as_root_is_found(root: Path) -> None:
    assert "it runs as root" in list(faults_of(root, Image(workdir="/app")))


def test_a_user_that_the_image_does_not_have_stops_the_check(root: Path) -> None:
    with pytest.raises(ImageError, match="no user nobody"):
        list(faults_of(root, Image(user="nobody")))
