"""scripts/evaluate.py from outside: what it writes, what it says where something is missing, and what it does not tell."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.evaluation.own_folder import people_in

ROOT = Path(__file__).resolve().parents[2]


def evaluate(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/evaluate.py", *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


@pytest.fixture
def clips(shared_media: Path, tmp_path: Path) -> Path:
    """A district's folder of two people."""
    folder = tmp_path / "clips"
    for name in ("zhang-weiguo", "li-xiulan"):
        (folder / name).mkdir(parents=True)
    shutil.copy(shared_media / "reference_s1.jpg", folder / "zhang-weiguo" / "reference.jpg")
    shutil.copy(shared_media / "digits" / "s1_5583_00.mp4", folder / "zhang-weiguo" / "en_5583.mp4")
    shutil.copy(shared_media / "reference_other.jpg", folder / "li-xiulan" / "reference.jpg")
    shutil.copy(shared_media / "grid" / "other_lbbc2a.mp4", folder / "li-xiulan" / "spring.mp4")
    about = {"locale": "en", "sentence": "lay blue by c two again", "age_group": "70 to 79", "photo_year": 2013}
    (folder / "li-xiulan" / "spring.json").write_text(json.dumps(about))
    return folder


@pytest.mark.slow
def test_a_districts_own_clips_become_figures_that_name_nobody_and_leave_no_template(
    clips: Path, tmp_path: Path
) -> None:
    out, passing = tmp_path / "out", tmp_path / "passing"
    passing.mkdir()

    done = evaluate("own", str(clips), "--out", str(out), "--processes", "1", TMPDIR=str(passing))

    assert done.returncode == 0, done.stderr
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    assert figures["parts"] == ["own"]
    assert figures["own"]["people"] == figures["own"]["genuine"] == figures["own"]["impostor"] == 2
    # The man of reference_s1.jpg says 5583, and is not taken for the other, nor the other for him.
    assert figures["own"]["groups"]["all"]["confirmed"]["hits"] >= 1
    assert figures["own"]["fmr"]["hits"] == 0
    assert set(figures["own"]["groups"]) == {"all", "aged 70 to 79", "photo of 2010 to 2014"}
    for written in out.rglob("*.*"):
        assert not re.search("zhang|xiulan|spring|en_5583", written.read_text("utf-8"))
    assert not list(passing.rglob("*.npz"))


def test_the_clips_of_a_folder_are_people_with_what_they_were_asked(clips: Path) -> None:
    people = people_in(clips)

    assert [person.clips[0].challenge.locale for person in people] == ["en", "en"]


def test_a_part_that_nobody_knows_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = evaluate("comparisons", "--out", str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "there is no part 'comparisons': choose from comparison, speech, presence, quality, replay, clips, all, or own FOLDER"
    )


def test_a_folder_without_people_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = evaluate("own", str(tmp_path), "--out", str(tmp_path / "out"))

    assert done.returncode == 1
    assert "holds no folder of a person" in done.stderr
    assert "Traceback" not in done.stderr
