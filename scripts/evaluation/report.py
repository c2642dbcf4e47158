"""The report: one HTML page that needs nothing beside itself, for a district officer above and for an engineer below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from scripts.evaluation.figures import Goal, Proposal, Table
from scripts.evaluation.kept import Found
from scripts.evaluation.page import PAGE, figure, table
from scripts.evaluation.parts import PARTS, Part
from scripts.evaluation.provenance import Provenance
from verify_service.biometrics.limits import Limits

WORDS = Table(
    "Words",
    ("Word", "What it says"),
    (
        (
            "FMR",
            "of comparisons of two different people, the share that the machine takes for one person (wrong acceptance)",
        ),
        (
            "FNMR",
            "of comparisons of a person with himself, the share that the machine does not recognise (wrong refusal)",
        ),
        ("FTA", "of pictures or clips, the share in which no usable face was found"),
        ("APCER", "of attacks of one kind, the share that the presence checks took for a real person"),
        ("BPCER", "of real people before the camera, the share that the presence checks took for an attack"),
        ("IAPAR", "of attacks that pose as a resident, the share that the whole service confirmed"),
        (
            "2 of 2,720 = 0.07 % (0.02-0.27)",
            "counted, the share, and the range in which the true share lies, 19 times of 20",
        ),
        (
            "0 of 150 (≤ 2.0 % at 95 %)",
            "none was seen; from 150 trials no more can be said than that: at most 2 in 100",
        ),
    ),
    "ISO/IEC 19795-1 and 30107-3. A comparison score that equals its threshold is accepted. The machine never refuses: "
    "whatever it does not confirm is asked for again or looked at by a person.",
)
NOT_MEASURED = (
    "Faces of people over 70 from East Asia: no such set may be had freely. Public sets are younger and of other origin.",
    "So error rates for the residents of a district may be several times those of this report.",
    "Pictures many years apart: how a face drifts away from an old reference was not measured on enough people.",
    "Mandarin spoken by old people, dialects and accents: Mandarin speech here is synthetic.",
    "The microphones and cameras of the phones that residents use, halls with echo, and relatives who prompt.",
    "Real masks, real screens and generated faces: attacks are made by software from public clips, and named synthetic.",
    "The residents themselves: docs/evaluating-your-own-clips.md tells how a district does that, on its own machine.",
)


@dataclass(frozen=True)
class Run:
    """All that a report shows. `found` holds parts in the report's order; `wanted` names those that it should show."""

    provenance: Provenance
    limits: Limits
    found: Mapping[str, Found]
    wanted: Sequence[str]
    quick: bool
    command: str

    @property
    def proposals(self) -> list[Proposal]:
        return [proposal for found in self.found.values() for proposal in found.figures.proposals]


def report(run: Run) -> str:
    """The page as HTML text. It names no person and no file of a district's own."""
    parts = [PARTS[name] for name in PARTS if name in run.found or name in run.wanted]
    sections = [
        ("summary", "Summary", "".join(_summary(run, parts))),
        *((part.name, part.title, "".join(_part(part, run.found.get(part.name)))) for part in parts),
        ("limits", "Limits", _limits(run)),
        ("not-measured", "What was not measured", _not_measured()),
        ("provenance", "Data, models and machine", "".join(_provenance(run))),
    ]
    contents = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title, _ in sections)
    body = "".join(f'<section id="{name}"><h2>{escape(title)}</h2>{text}</section>' for name, title, text in sections)
    return PAGE.format(title="The eye, measured", facts=escape(_facts(run)), contents=contents, body=body)


def _facts(run: Run) -> str:
    about = run.provenance
    dirty = " with uncommitted changes" if about.dirty else ""
    quick = " A quick run on a small sample: it shows that everything works, not how well." if run.quick else ""
    return f"{about.at[:10]}, commit {about.commit[:12]}{dirty}, on {about.cores} cores of {about.cpu}.{quick}"


def _summary(run: Run, parts: Sequence[Part]) -> Iterator[str]:
    goals = [(part, goal) for part in parts if part.name in run.found for goal in run.found[part.name].figures.goals]
    if goals:
        yield f"<p><strong>{_verdict([goal for _, goal in goals])}</strong> What the service confirms by itself meets all its "
        yield "limits; everything else is asked for again, or a person looks at it.</p>"
    rows = "".join(_goal(part, goal) for part, goal in goals)
    absent = [part for part in parts if part.name not in run.found]
    rows += "".join(f'<tr><td><a href="#{p.name}">{escape(p.title)}</a></td>{ABSENT}</tr>' for p in absent)
    heads = "".join(f"<th>{head}</th>" for head in ("Part", "Goal", "Wanted", "Measured", "Met"))
    yield f'<div class="wide"><table class="goals"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    yield table(WORDS)


def _verdict(goals: Sequence[Goal]) -> str:
    met, missed, untold = (sum(goal.met is answer for goal in goals) for answer in (True, False, None))
    text = f"Goals met: {met} of {len(goals)}; missed: {missed}"
    return f"{text}; too few trials to tell: {untold}." if untold else f"{text}."


ABSENT = '<td colspan="4">not measured in this run</td>'


def _goal(part: Part, goal: Goal) -> str:
    mark = {
        True: '<b class="met">✓ yes</b>',
        False: '<b class="unmet">✗ no</b>',
        None: '<span class="open">too few to tell</span>',
    }
    cells = "".join(f"<td>{escape(text)}</td>" for text in (goal.name, goal.wanted, goal.measured))
    return f'<tr><td><a href="#{part.name}">{escape(part.title)}</a></td>{cells}<td>{mark[goal.met]}</td></tr>'


def _part(part: Part, found: Found | None) -> Iterator[str]:
    yield f'<p class="about">{escape(part.about)}</p>'
    if found is None:
        yield f"<p>Not measured in this run: <code>scripts/evaluate.py {part.name}</code>.</p>"
        return
    yield from (table(one) for one in found.figures.tables)
    yield from (figure(plot, f"{part.name}-{number}") for number, plot in enumerate(found.figures.plots))


def _limits(run: Run) -> str:
    proposed = {proposal.limit: proposal for proposal in reversed(run.proposals)}
    rows = []
    for name, value in asdict(run.limits).items():
        new = proposed.get(name)
        why = f"{new.origin}; {new.data}; {new.counts}; {new.bound}" if new else ""
        rows.append((name, f"{value:g}", f"{new.value:.6g}" if new else "", why))
    note = (
        "In force: verify_service/decision/thresholds.toml. The proposals stand in thresholds.toml beside this report; "
        "nothing takes them over by itself."
    )
    return table(Table("", ("Limit", "In force", "Proposed", "On what it rests"), tuple(rows), note))


def _not_measured() -> str:
    own = (f"<li>{escape(sentence)}</li>" for sentence in NOT_MEASURED)
    return f"<ul>{''.join(own)}</ul>"


def _provenance(run: Run) -> Iterator[str]:
    yield f"<p>Made by <code>{escape(run.command)}</code>.</p>"
    seconds = [
        (
            PARTS[name].title,
            f"{found.seconds['wall']:,.0f}",
            f"{found.seconds['cpu']:,.0f}",
            found.at[:16].replace("T", " "),
        )
        for name, found in run.found.items()
    ]
    note = "Seconds of the last run of each part; what the cache held was not computed again."
    yield table(Table("Parts", ("Part", "Seconds", "CPU seconds", "Measured at (UTC)"), tuple(seconds), note))
    data = [
        (PARTS[part].title, name, _words(what))
        for part, f in run.found.items()
        for name, what in f.figures.data.items()
    ]
    yield table(Table("Data", ("Part", "Set", "What"), tuple(data)))
    yield table(
        Table("Models", ("Role", "sha256"), tuple((role, sha[:16]) for role, sha in run.provenance.models.items()))
    )


def _words(what: Any) -> str:
    if isinstance(what, Mapping):
        return ", ".join(f"{name} {_words(value)}" for name, value in what.items())
    if isinstance(what, str) and re.fullmatch(r"[0-9a-f]{64}", what):
        return what[:16]
    if isinstance(what, Iterable) and not isinstance(what, str):
        return ", ".join(map(_words, what))
    return f"{what:,}" if isinstance(what, int) else str(what)
