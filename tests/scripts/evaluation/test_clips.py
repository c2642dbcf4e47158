from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.evaluation.clips import BAD, CONFIRMED, expectations, figures_of
from scripts.evaluation.setting import Setting
from tests.scripts.evaluation.outcomes import outcome
from verify_service.biometrics.reasons import Reason


def test_every_clip_at_hand_is_expected_to_end_in_some_way(setting: Setting, shared_media: Path) -> None:
    expected = expectations(replace(setting, media=shared_media))

    assert {path.stem for path in (shared_media / "bad").glob("*.mp4")} == set(BAD)
    sources = {source for trial, _ in expected for source in trial.maker.sources}
    assert {f"grid/{path.name}" for path in (shared_media / "grid").glob("*.mp4")} <= sources
    assert {f"digits/{path.name}" for path in (shared_media / "digits").glob("*.mp4")} <= sources


def test_a_clip_that_fails_for_another_reason_differs() -> None:
    dark = outcome("bad", "dark", face_lit=Reason.TOO_DARK)
    blurred = outcome("bad", "blurred", face_sharp=Reason.BLURRED)

    found = figures_of([(outcome("digits", "a"), CONFIRMED), (dark, BAD["dark"]), (blurred, BAD["dark"])])

    assert found.numbers["as_expected"]["hits"] == 2
    assert [row[-1] for row in found.tables[0].rows] == ["", "", "differs"]
    assert found.numbers["by_set"]["bad"]["trials"] == 2
    assert found.goals[0].met is False
