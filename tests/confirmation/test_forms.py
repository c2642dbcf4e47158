from __future__ import annotations

import pytest

from verify_service.confirmation.errors import FormNotOffered
from verify_service.confirmation.forms import JSON, PNG, best_form


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("image/png", PNG),
        ("IMAGE/PNG", PNG),
        ("image/*", PNG),
        ("application/pdf, image/png", PNG),
        ("text/html, image/png;q=0.8, */*;q=0.1", PNG),
        ("application/json;q=0.2, image/png;q=0.9", PNG),
        ("*/*;q=0.9, application/json;q=0", PNG),
        ("application/json; charset=utf-8", JSON),
    ],
)
def test_the_caller_gets_what_it_likes_best(accept: str | None, form: str) -> None:
    assert best_form(accept) == form


@pytest.mark.parametrize(
    "accept",
    [
        "application/pdf",
        "text/html",
        "application/json;q=0",
        "image/png;q=nan",
        "*/*;q=0",
        "image/png;q=x",
        ",;,",
        "json",
    ],
)
def test_what_accepts_neither_form_is_told_so(accept: str) -> None:
    with pytest.raises(FormNotOffered):
        best_form(accept)
