from __future__ import annotations

import cv2
import numpy as np
import pytest

from verify_service.confirmation.qr import png_of, qr_of


def read(png: bytes) -> str:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return str(cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0])


def test_the_code_says_the_credential_and_nothing_else(demo_text: str) -> None:
    assert read(png_of(demo_text)) == demo_text


def test_the_code_is_small_enough_to_be_printed_five_centimetres_wide(demo_text: str) -> None:
    # 105 modules are version 22: below half a millimetre a module, phones begin to fail.
    assert qr_of(demo_text).symbol_size(1, 0)[0] <= 105


@pytest.mark.parametrize("degrees", [-20, 7, 90])
def test_a_code_held_askew_is_read(degrees: int, demo_text: str) -> None:
    picture = cv2.imdecode(np.frombuffer(png_of(demo_text), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.7)

    turned = cv2.warpAffine(picture, turn, (width, height), borderValue=255)

    assert cv2.QRCodeDetectorAruco().detectAndDecode(turned)[0] == demo_text
