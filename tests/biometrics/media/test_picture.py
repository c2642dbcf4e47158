from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verify_service.biometrics.media.picture import fitted

sides = st.integers(1, 8_000)


@given(width=sides, height=sides)
def test_a_frame_is_made_to_fit_and_never_enlarged(width: int, height: int) -> None:
    fitted_width, fitted_height = fitted(width, height, long_side_max=720, pixels_max=640 * 480)

    assert 2 <= max(fitted_width, fitted_height) <= 720 or (width, height) == (1, 1)
    assert fitted_width * fitted_height <= 640 * 480
    assert fitted_width <= max(width, 2)
    assert fitted_height <= max(height, 2)


def test_a_frame_within_both_bounds_keeps_its_size() -> None:
    assert fitted(640, 480, 720, 640 * 480) == (640, 480)
    assert fitted(360, 289, 720, 640 * 480) == (360, 289)


def test_full_hd_keeps_its_shape_lying_and_standing() -> None:
    assert fitted(1920, 1080, 720, 640 * 480) == (720, 404)
    assert fitted(1080, 1920, 720, 640 * 480) == (404, 720)
