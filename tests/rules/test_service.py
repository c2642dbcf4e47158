from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from verify_service.rules.errors import NoRuleYet, RuleFileInvalid, RuleUnknown
from verify_service.rules.service import SHIPPED, load_rules, rule_of, rule_of_version, rule_on

PILOT = (SHIPPED / "futian-pilot.toml").read_text("utf-8")


def write(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = PILOT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text, "utf-8")


def test_the_shipped_rule_holds_from_its_day_on() -> None:
    assert rule_on(date(2026, 1, 1)).version == "futian-pilot-2026"
    assert rule_on(date(2040, 1, 1)).attempts == 3
    with pytest.raises(NoRuleYet):
        rule_on(date(2025, 12, 31))


def test_what_was_begun_under_a_rule_is_read_with_it_by_its_name() -> None:
    assert rule_of_version("futian-pilot-2026") == rule_on(date(2026, 1, 1))
    with pytest.raises(RuleUnknown):
        rule_of_version("futian-pilot-1999")


def test_a_past_day_is_read_with_the_rule_of_that_day(tmp_path: Path) -> None:
    write(tmp_path, "b.toml")
    write(
        tmp_path,
        "a.toml",
        ("futian-pilot-2026", "later"),
        ("2026-01-01", "2027-05-01"),
        ("attempts = 3", "attempts = 5"),
    )

    rules = load_rules(tmp_path)

    assert rule_of(rules, date(2027, 4, 30)).attempts == 3
    assert rule_of(rules, date(2027, 5, 1)).attempts == 5


@pytest.mark.parametrize(
    "change",
    [
        ("attempts = 3", "attempts = 0"),
        ("attempts = 3", ""),
        ("attempts = 3", "attempts = 3\nattemps = 3"),
        ("2026-01-01", "2026-13-01"),
        ('zh-Hant = "高齡老人津貼", ', ""),
        ("grace_days = 90", "grace_days = -1"),
    ],
)
def test_a_rule_that_says_too_little_too_much_or_nonsense_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    write(tmp_path, "rule.toml", change)

    with pytest.raises(RuleFileInvalid, match=r"rule\.toml"):
        load_rules(tmp_path)


def test_two_rules_from_the_same_day_or_of_the_same_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.toml")
    write(tmp_path, "b.toml", ("futian-pilot-2026", "other"))
    with pytest.raises(RuleFileInvalid, match="same day"):
        load_rules(tmp_path)

    write(tmp_path, "b.toml", ("2026-01-01", "2027-01-01"))
    with pytest.raises(RuleFileInvalid, match="another rule"):
        load_rules(tmp_path)
