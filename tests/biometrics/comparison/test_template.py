from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from verify_service.biometrics.comparison.net import unit
from verify_service.biometrics.comparison.template import ModelsDiffer, NoTemplates, mean_template, similarity
from verify_service.biometrics.evidence import Template, Vector

directions = arrays(np.float32, 4, elements=st.floats(0.125, 1, width=32)).map(unit)


def template(*values: float, model: str = "sface") -> Template:
    return Template(np.array(values, np.float32), model)


def test_the_similarity_is_the_cosine() -> None:
    assert similarity(template(1, 0), template(0.6, 0.8)) == pytest.approx(0.6)
    assert similarity(template(1, 0), template(-1, 0)) == -1.0


def test_the_mean_of_two_templates_lies_between_them_at_length_one() -> None:
    mean = mean_template([template(1, 0), template(0, 1)])

    assert mean.vector == pytest.approx([0.5**0.5, 0.5**0.5])
    assert mean.model_sha256 == "sface"


@given(st.lists(directions, min_size=1, max_size=5))
def test_a_mean_template_always_has_length_one(vectors: list[Vector]) -> None:
    mean = mean_template([Template(vector, "sface") for vector in vectors])

    assert np.linalg.norm(mean.vector) == pytest.approx(1, abs=1e-5)


def test_templates_of_two_models_never_compare() -> None:
    with pytest.raises(ModelsDiffer) as caught:
        similarity(template(1, 0, model="a"), template(1, 0, model="b"))

    assert (caught.value.first_sha256, caught.value.second_sha256) == ("a", "b")


def test_templates_of_two_models_have_no_mean() -> None:
    with pytest.raises(ModelsDiffer):
        mean_template([template(1, 0, model="a"), template(1, 0, model="b")])


def test_no_templates_have_no_mean() -> None:
    with pytest.raises(NoTemplates):
        mean_template([])


def test_templates_that_cancel_out_have_no_mean() -> None:
    with pytest.raises(ValueError, match="no direction"):
        mean_template([template(1, 0), template(-1, 0)])
