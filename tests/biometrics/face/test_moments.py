from __future__ import annotations

import numpy as np
import pytest

from verify_service.biometrics.evidence import Frame, SpeechSpan
from verify_service.biometrics.face.moments import BURST_FRAMES, MESHES_MAX, due, mesh_moments

BLACK = np.zeros((8, 8, 3), np.uint8)


def frames(count: int) -> list[Frame]:
    return [Frame(round(index * 0.08, 3), BLACK) for index in range(count)]


def runs(moments: set[float]) -> list[int]:
    """Lengths of the stretches of neighbouring frames."""
    steps = np.diff(sorted(moments))
    return [len(part) for part in np.split(np.arange(len(moments)), np.flatnonzero(steps > 0.081) + 1)]


def test_the_first_frame_is_searched_and_then_one_in_three_at_the_usual_rate() -> None:
    assert [round(frame.at, 2) for frame in due(frames(7), 0.24)] == [0.0, 0.24, 0.48]


def test_frames_that_are_rare_are_all_searched() -> None:
    assert len(due([Frame(index * 0.5, BLACK) for index in range(3)], 0.24)) == 3


def test_every_frame_of_a_clip_of_usual_length_gets_its_mesh() -> None:
    clip = frames(MESHES_MAX)

    assert mesh_moments(clip, [SpeechSpan(1, 2)]) == {frame.at for frame in clip}


@pytest.mark.parametrize(
    "speech", [[], [SpeechSpan(0, 20)], [SpeechSpan(3, 6)], [SpeechSpan(1, 9), SpeechSpan(11, 19)]]
)
def test_a_long_clip_costs_no_more_and_keeps_neighbours_together(speech: list[SpeechSpan]) -> None:
    chosen = mesh_moments(frames(250), speech)

    assert MESHES_MAX - 2 * BURST_FRAMES <= len(chosen) <= MESHES_MAX
    assert np.median(runs(chosen)) >= BURST_FRAMES


def test_short_speech_in_a_long_clip_is_seen_whole() -> None:
    clip = frames(250)

    chosen = mesh_moments(clip, [SpeechSpan(8, 11)])

    assert chosen >= {frame.at for frame in clip if 8 <= frame.at <= 11}


def test_the_bursts_reach_from_the_clips_beginning_to_its_end() -> None:
    chosen = mesh_moments(frames(250), [SpeechSpan(0, 20)])

    assert min(chosen) < 1
    assert max(chosen) > 18
