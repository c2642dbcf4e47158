from __future__ import annotations

import re
from collections import defaultdict

from verify_service.access.errors import ScopeMissing, TokenMissing
from verify_service.problems import SCOPE_MISSING, all_kinds, kind_of
from verify_service.residents.errors import IDNumberInvalid, WrongCheckCharacter


def test_an_error_is_answered_by_the_row_of_its_class() -> None:
    assert kind_of(ScopeMissing(["registry"])) is SCOPE_MISSING


def test_an_error_without_a_row_of_its_own_takes_the_one_above_it() -> None:
    assert kind_of(WrongCheckCharacter()) is kind_of(IDNumberInvalid())


def test_what_nobody_foresaw_has_no_row() -> None:
    assert kind_of(KeyError("x")) is None
    assert kind_of(TokenMissing()) is not None


def test_codes_are_words_with_hyphens_and_mean_one_status_each() -> None:
    statuses = defaultdict(set)
    for kind in all_kinds():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code), kind.code
        statuses[kind.code].add((kind.status, kind.title))

    assert [code for code, found in statuses.items() if len(found) > 1] == []


def test_every_kind_says_what_happened_and_what_to_do() -> None:
    for kind in all_kinds():
        assert kind.title
        assert kind.action.endswith(".")
        assert 400 <= kind.status < 600


def test_who_must_wait_is_told_how_long() -> None:
    # 429 takes its seconds from the error itself (RateExceeded).
    assert all(kind.retry_after_seconds for kind in all_kinds() if kind.status == 503)
