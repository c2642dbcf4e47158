from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.biometrics.evidence import Template
from verify_service.enrolment.errors import TemplateInvalid
from verify_service.enrolment.templates import decode, encode

MODEL = "a" * 64
numbers = st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=128).filter(lambda row: max(map(abs, row)) > 0.01)


@given(numbers)
def test_an_encoded_template_decodes_to_itself(row: list[float]) -> None:
    vector = np.asarray(row, dtype=np.float32)
    vector /= np.float32(np.linalg.norm(vector))

    decoded = decode(encode(Template(vector, MODEL)), MODEL)

    assert np.array_equal(decoded.vector, vector)
    assert decoded.vector.dtype == np.float32
    assert decoded.model_sha256 == MODEL


@pytest.mark.parametrize(
    ("row", "model"),
    [
        ([0.0, 0.0], MODEL),
        ([2.0, 0.0], MODEL),
        ([float("nan"), 1.0], MODEL),
        ([float("inf"), 1.0], MODEL),
        ([1.0], MODEL),
        ([], MODEL),
        ([[1.0, 0.0]], MODEL),
        ([1.0, 0.0], ""),
    ],
)
def test_what_is_no_template_is_never_stored_as_one(row: list[float], model: str) -> None:
    with pytest.raises(TemplateInvalid):
        encode(Template(np.asarray(row, dtype=np.float32), model))


@pytest.mark.parametrize("content", [b"", b"abc"])
def test_bytes_that_are_no_row_of_numbers_are_refused(content: bytes) -> None:
    with pytest.raises(TemplateInvalid):
        decode(content, MODEL)
