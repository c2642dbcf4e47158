from __future__ import annotations

import numpy as np

from verify_service.biometrics.liveness.steady_noise import LEAST_GAIN, without_steady_noise


def test_speech_without_noise_stays_as_it_is() -> None:
    power = np.zeros((80, 200), np.float32)
    power[:, 60:140] = 5.0

    np.testing.assert_allclose(without_steady_noise(power)[:, 70:130], power[:, 70:130], rtol=1e-5)


def test_steady_noise_is_turned_down_by_ten_decibels_and_no_more() -> None:
    power = np.full((80, 200), 3.0, np.float32)

    np.testing.assert_allclose(without_steady_noise(power), 3.0 * LEAST_GAIN, rtol=1e-4)


def test_of_speech_in_noise_the_speech_is_left() -> None:
    power = np.full((80, 200), 1.0, np.float32)
    power[:, 60:140] += 9.0

    np.testing.assert_allclose(without_steady_noise(power)[:, 70:130], 9.0, rtol=1e-4)
