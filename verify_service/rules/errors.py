"""What can be wrong with the rules, or with a question to them."""

from __future__ import annotations

from datetime import date


class RuleError(Exception):
    """The rules cannot be read or hold no answer."""


class RuleFileInvalid(RuleError):
    def __init__(self, file: str, fault: str) -> None:
        self.file, self.fault = file, fault
        super().__init__(f"the rule file {file} cannot be used: {fault}")


class NoRuleYet(RuleError):
    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"no rule was in force on {day}")


class RuleUnknown(RuleError):
    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(f"there is no rule of the version {version!r}")


class PurposeUnknown(RuleError):
    """`known` lists the purposes that the rule of the day has."""

    def __init__(self, purpose: str, known: tuple[str, ...]) -> None:
        self.purpose, self.known = purpose, known
        super().__init__(f"the rule in force knows the purposes {', '.join(known)}, not {purpose!r}")
