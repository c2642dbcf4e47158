from __future__ import annotations

import numpy as np
import pytest

from verify_service.biometrics.liveness.log_mel import LogMel

# Of faster-whisper==1.2.1's FeatureExtractor, for the sound below: bands 0, 11, 12, 40, 60, 79 at columns 0, 10, 25, 49.
THEIRS = [
    [0.87235, -0.67272, -0.67272, 0.21891],
    [1.00067, 1.32728, 1.32728, 1.32603],
    [1.22738, 1.1826, 1.1826, 1.18463],
    [0.30726, -0.67272, -0.67272, -0.67272],
    [-0.01405, -0.67272, -0.67272, -0.25681],
    [-0.19261, -0.67272, -0.67272, -0.57652],
]


def test_the_picture_is_that_of_faster_whisper() -> None:
    at = np.arange(8000) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * 440 * at) + 0.1 * np.sin(2 * np.pi * 3000 * at) * (at > 0.2)

    picture = LogMel()(sound.astype(np.float32))

    assert picture.shape == (80, 51)
    np.testing.assert_allclose(picture[np.ix_([0, 11, 12, 40, 60, 79], [0, 10, 25, 49])], THEIRS, atol=2e-4)


def test_a_sound_shorter_than_half_a_window_has_no_picture() -> None:
    with pytest.raises(ValueError, match="200 samples"):
        LogMel()(np.zeros(200, np.float32))
