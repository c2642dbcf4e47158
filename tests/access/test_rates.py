from __future__ import annotations

import pytest

from verify_service.access.errors import RateExceeded
from verify_service.access.rates import RateLimits


def test_the_call_above_the_limit_is_refused_and_told_when_to_come_back() -> None:
    rates = RateLimits({"resident": 3})
    for _ in range(3):
        rates.count("resident", "a")

    with pytest.raises(RateExceeded) as refused:
        rates.count("resident", "a")

    assert refused.value.kind == "resident"
    assert 1 <= refused.value.retry_after_seconds <= 60


def test_one_key_does_not_use_up_the_limit_of_another() -> None:
    rates = RateLimits({"resident": 1, "address": 1})

    rates.count("resident", "a")
    rates.count("resident", "b")
    rates.count("address", "a")


def test_a_kind_without_a_limit_is_a_mistake_and_not_a_pass() -> None:
    with pytest.raises(KeyError):
        RateLimits({}).count("resident", "a")
