"""Which rule holds on a day. A past day is always read with the rule of that day."""

from __future__ import annotations

import functools
import itertools
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from verify_service.rules.errors import NoRuleYet, RuleFileInvalid, RuleUnknown
from verify_service.rules.rule import Rule

__all__ = ["SHIPPED", "Rule", "load_rules", "rule_of", "rule_of_version", "rule_on"]

SHIPPED = Path(__file__).parent


def load_rules(folder: Path = SHIPPED) -> tuple[Rule, ...]:
    """All versions in the `*.toml` files of a folder, oldest first.

    Raises RuleFileInvalid for a file that says too little, too much or something impossible, and for two versions that
    share a name or a first day.
    """
    rules = [(_read(path), path.name) for path in sorted(folder.glob("*.toml"))]
    rules.sort(key=lambda entry: entry[0].effective_on)
    for (earlier, _), (later, file) in itertools.pairwise(rules):
        if earlier.effective_on == later.effective_on:
            raise RuleFileInvalid(file, f"{earlier.version} begins on the same day")
    for index, (rule, file) in enumerate(rules):
        if rule.version in (r.version for r, _ in rules[:index]):
            raise RuleFileInvalid(file, f"there is another rule {rule.version}")
    return tuple(rule for rule, _ in rules)


def rule_of(rules: Sequence[Rule], day: date) -> Rule:
    """The latest of `rules`, sorted by day, that holds on `day`. Raises NoRuleYet."""
    holding = [rule for rule in rules if rule.effective_on <= day]
    if not holding:
        raise NoRuleYet(day)
    return holding[-1]


def rule_on(day: date) -> Rule:
    """The shipped rule that holds on `day`. Raises NoRuleYet."""
    return rule_of(_shipped(), day)


def rule_of_version(version: str) -> Rule:
    """The shipped rule of that name, to read what was begun under it. Raises RuleUnknown."""
    for rule in _shipped():
        if rule.version == version:
            return rule
    raise RuleUnknown(version)


@functools.cache
def _shipped() -> tuple[Rule, ...]:
    # The files lie in the package and never change while it runs.
    return load_rules()


def _read(path: Path) -> Rule:
    try:
        return Rule.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleFileInvalid(path.name, str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise RuleFileInvalid(path.name, f"{place}: {first['msg']}") from error
