from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.evaluation.own_folder import ClipUnexplained, NobodyThere, NoReference, people_in
from verify_service.biometrics.evidence import Challenge


def person(folder: Path, *files: str, **beside: dict[str, Any]) -> None:
    """Files of one person, empty since nobody looks into them here; `beside` are the JSON files by clip."""
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).write_bytes(b"")
    for stem, about in beside.items():
        (folder / f"{stem}.json").write_text(json.dumps(about), "utf-8")


def test_a_folder_a_person_with_photos_and_clips_by_name(tmp_path: Path) -> None:
    person(tmp_path / "b", "reference.jpg", "reference_2019.PNG", "zh_5831.mp4", "en_638939_second.webm", "notes.txt")

    (found,) = people_in(tmp_path)

    assert [path.name for path in found.references] == ["reference.jpg", "reference_2019.PNG"]
    assert [clip.challenge for clip in found.clips] == [
        Challenge("en", digits="638939"),
        Challenge("zh", digits="5831"),
    ]


def test_a_file_beside_the_clip_says_what_its_name_does_not(tmp_path: Path) -> None:
    person(
        tmp_path / "a",
        "reference.jpg",
        "clip.mov",
        "zh_5831.mp4",
        clip={"locale": "zh", "sentence": "今天天气很好", "age_group": "80 to 89", "photo_year": 2013},
        zh_5831={"age_group": "80 to 89"},
    )

    (found,) = people_in(tmp_path)

    assert found.clips[0].challenge == Challenge("zh", sentence="今天天气很好")
    assert found.clips[0].groups == ("aged 80 to 89", "photo of 2010 to 2014")
    assert found.clips[1].challenge == Challenge("zh", digits="5831")
    assert found.clips[1].groups == ("aged 80 to 89",)


@pytest.mark.parametrize(
    "about",
    [
        None,
        {},
        {"locale": "fr", "digits": "5831"},
        {"locale": "zh"},
        {"locale": "zh", "digits": "5831", "sentence": "你好"},
        {"locale": "zh", "digits": "五八三一"},
        {"locale": "zh", "digits": "5831", "name": "x"},
    ],
)
def test_a_clip_of_which_it_is_not_known_what_was_to_be_said_is_an_error(
    tmp_path: Path, about: dict[str, Any] | None
) -> None:
    person(tmp_path / "a", "reference.jpg", "clip.mp4", **({} if about is None else {"clip": about}))

    with pytest.raises(ClipUnexplained, match=r"clip\.mp4"):
        people_in(tmp_path)


def test_clips_without_a_reference_cannot_be_measured(tmp_path: Path) -> None:
    person(tmp_path / "a", "zh_5831.mp4", "portrait.jpg")

    with pytest.raises(NoReference):
        people_in(tmp_path)


def test_a_folder_without_people_is_an_error(tmp_path: Path) -> None:
    person(tmp_path / "a", "reference.jpg")

    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NobodyThere):
            people_in(folder)
