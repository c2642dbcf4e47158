"""What a limit in force holds back and lets through, as a proposal to keep it: the value is not moved by synthetic data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.evaluation.figures import Proposal
from scripts.evaluation.trials import Outcome
from verify_service.biometrics.evidence import Check, CheckResult
from verify_service.biometrics.limits import Limits
from verify_service.evaluation.intervals import Rate


@dataclass(frozen=True)
class Held:
    """A limit, the check that is held against it, and the labels of the trials that it is there for."""

    limit: str
    check: str
    against: tuple[str, ...]


def held(
    limits: Limits, wanted: Iterable[Held], genuine: Sequence[Outcome], others: Sequence[Outcome]
) -> list[Proposal]:
    """One proposal for each limit whose check was made on some genuine trial and on some of those it is there for."""
    found = []
    for each in wanted:
        passing = _made(each.check, genuine)
        stopped = _made(each.check, [outcome for outcome in others if outcome.trial.label in each.against])
        if passing and stopped:
            found.append(_proposal(each, float(getattr(limits, each.limit)), passing, stopped))
    return found


def _proposal(each: Held, value: float, passing: Sequence[Check], stopped: Sequence[Check]) -> Proposal:
    against = ", ".join(each.against)
    back = Rate.of(sum(c.result is not CheckResult.PASS for c in passing), len(passing))
    through = Rate.of(sum(c.result is CheckResult.PASS for c in stopped), len(stopped))
    return Proposal(
        each.limit,
        value,
        f"scripts/evaluate.py: the value in force, kept; check {each.check}",
        f"genuine clips and their variants; synthetic: {against}",
        f"genuine {_range(passing)}; {against} {_range(stopped)}",
        f"holds back {back.text} genuine; alone lets through {through.text}",
    )


def _made(name: str, outcomes: Iterable[Outcome]) -> list[Check]:
    return [check for outcome in outcomes for check in outcome.checks if check.name == name and check.score is not None]


def _range(checks: Sequence[Check]) -> str:
    scores = sorted(check.score for check in checks if check.score is not None)
    return f"{len(scores)}: {scores[0]:.3g} to {scores[-1]:.3g}, median {scores[len(scores) // 2]:.3g}"
