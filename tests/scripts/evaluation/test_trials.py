from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from scripts.evaluation.cache import Cache
from scripts.evaluation.crew import Tools
from scripts.evaluation.trials import PRESENCE_CHECKS, AsItIs, Library, Outcome, Reference, Trial, made, try_out
from tests.scripts.evaluation.outcomes import outcome
from verify_service.biometrics.evidence import Challenge
from verify_service.biometrics.reasons import Reason


@dataclass(frozen=True)
class Counted:
    """A maker that leaves a mark each time it makes."""

    marks: str
    number: int

    @property
    def sources(self) -> tuple[str, ...]:
        return ("reference_s1.jpg",)

    def make(self, library: Library) -> bytes:  # noqa: ARG002 - a maker that needs no media
        with Path(self.marks).open("a") as marks:
            marks.write("made\n")
        return f"no clip {self.number}".encode()


def trial(maker: Counted | AsItIs) -> Trial:
    return Trial("bad", "", maker, Challenge("en", digits="5831"), Reference("reference_s1.jpg"), "s1")


def test_a_clip_is_made_once_and_again_for_another_parameter(tools: Tools, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    fresh = replace(tools, cache=Cache(tmp_path / "cache"))

    contents = [made(fresh, Counted(str(marks), number)) for number in (1, 1, 2)]

    assert contents == [b"no clip 1", b"no clip 1", b"no clip 2"]
    assert marks.read_text().split() == ["made", "made"]


def test_what_the_eye_said_is_remembered_with_its_reason(tools: Tools, tmp_path: Path) -> None:
    fresh = replace(tools, cache=Cache(tmp_path / "cache"))

    first = try_out(fresh, trial(AsItIs("bad/empty.mp4")))
    # Tools without an eye: nothing is looked at again.
    second = try_out(replace(tools, cache=fresh.cache), trial(AsItIs("bad/empty.mp4")))

    assert first.checks == second.checks
    assert (first.decision.outcome, first.caught_by) == ("retry", ("readable: unreadable",))


def test_other_words_are_another_trial(tools: Tools, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    fresh = replace(tools, cache=Cache(tmp_path / "cache"))

    one = try_out(fresh, trial(Counted(str(marks), 1)))
    other = try_out(fresh, replace(trial(Counted(str(marks), 1)), challenge=Challenge("en", digits="1234")))

    assert one.caught_by == other.caught_by == ("readable: unreadable",)
    assert marks.read_text().split() == ["made"]


def test_presence_passes_where_none_of_its_checks_is_open() -> None:
    assert outcome().passes(PRESENCE_CHECKS)
    assert not outcome(lips=Reason.LIPS_STILL).passes(PRESENCE_CHECKS)
    assert outcome(comparison=Reason.COMPARISON).passes(PRESENCE_CHECKS)


def test_presence_does_not_pass_where_nothing_was_checked() -> None:
    assert not Outcome(outcome().trial, ()).passes(PRESENCE_CHECKS)


@pytest.mark.parametrize(
    ("opened", "end"),
    [({}, "confirmed"), ({"lips": Reason.LIPS_STILL}, "in_review"), ({"face_lit": Reason.TOO_DARK}, "retry")],
)
def test_an_outcome_ends_as_the_policy_says(opened: dict[str, Reason], end: str) -> None:
    assert outcome("mask", "", None, **opened).decision.outcome == end
