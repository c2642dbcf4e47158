"""Replay: is a clip found again that was altered and sent once more, and is no other clip taken for it?"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from scripts.evaluation import plots
from scripts.evaluation.attacks.edits import REORDERINGS, RETOUCHINGS, Edited
from scripts.evaluation.attacks.screen import ScreenReplay
from scripts.evaluation.attacks.sound import OtherSound
from scripts.evaluation.bona_fide import TALKING_MAN, AsPhonesSend
from scripts.evaluation.cache import sha256
from scripts.evaluation.crew import Tools, crew, source_key
from scripts.evaluation.figures import Figures, Goal, Plot, Proposal, Table
from scripts.evaluation.setting import Setting
from scripts.evaluation.trials import AsItIs, Maker, made
from verify_service.biometrics.face.tracking import followed
from verify_service.biometrics.fingerprint.fingerprint import distance, fingerprint, from_bytes, to_bytes
from verify_service.biometrics.fingerprint.value import Distance, Fingerprint
from verify_service.biometrics.limits import Limits
from verify_service.evaluation.intervals import Rate
from verify_service.verification.near_duplicates import CANDIDATES_MAX

ROOMS = ("biometrics/fingerprint", "biometrics/face", "biometrics/media")
VOICE = "mandarin_digits/4_00_zf_xiaobei_5260.flac"
TWO_MEN = "media_two_men"
AMOUNTS = (0.2, 0.8)
CLIPS_QUICK, KINDS_QUICK = 3, 3


@dataclass(frozen=True)
class Copy:
    """An altered copy of the clip `source`. `keeps` is what is left of it: the picture, the sound, or both."""

    kind: str
    source: str
    maker: Maker
    keeps: str = "both"


@dataclass(frozen=True)
class Pair:
    """Two clips laid side by side; `kind` says how they are akin."""

    kind: str
    first: str
    second: str
    apart: Distance


def measure(setting: Setting) -> Figures:
    """Fingerprints of all clips, then the distances of the pairs that matter."""
    sources = originals(setting.media)[: CLIPS_QUICK if setting.quick else None]
    altered = copies(sources, KINDS_QUICK if setting.quick else None)
    makers = [*(AsItIs(source) for source in sources), *(copy.maker for copy in altered)]
    known = crew(setting, "fingerprints", makers, fingerprint_of)
    own = dict(zip(sources, known, strict=False))
    planned = _planned(sources, altered, own, known[len(sources) :])
    apart = crew(setting, "distances", [(first, second) for *_, first, second in planned], distance_of)
    pairs = [Pair(kind, a, b, found) for (kind, a, b, *_), found in zip(planned, apart, strict=True)]
    listed = [
        _is_candidate(found, own, copy.source) for copy, found in zip(altered, known[len(sources) :], strict=True)
    ]
    found = figures_of(pairs, altered, listed, setting.limits)
    return replace(found, proposals=kept_limits(pairs, altered, setting.limits))


def kept_limits(pairs: Sequence[Pair], altered: Sequence[Copy], limits: Limits) -> list[Proposal]:
    """The two limits in force, each with what it finds of the copies that keep picture or sound, and of other clips."""
    keeps = {copy.kind: copy.keeps for copy in altered}
    return [
        _kept_limit(
            name,
            [p for p in pairs if keeps.get(p.kind) in ("both", name)],
            [p for p in pairs if p.kind not in keeps],
            limits,
        )
        for name in ("picture", "sound")
    ]


def _kept_limit(name: str, copied: Sequence[Pair], others: Sequence[Pair], limits: Limits) -> Proposal:
    limit = f"near_duplicate_{name}_distance_max"
    value = float(getattr(limits, limit))
    near, far = ([apart for p in group if (apart := getattr(p.apart, name)) is not None] for group in (copied, others))
    missed = Rate.of(sum(apart > value for apart in near), len(near))
    false = Rate.of(sum(apart <= value for apart in far), len(far))
    return Proposal(
        limit,
        value,
        "scripts/evaluate.py: the value in force, kept",
        "grid/ (19 clips), media_talking_man, media_two_men; synthetic copies of 20 of them",
        f"copies {len(near)}: {min(near):.2f} to {max(near):.2f}; other clips {len(far)}: {min(far):.2f} to {max(far):.2f}",
        f"by the {name} alone: misses {missed.text} copies; takes {false.text} other clips for copies",
    )


def originals(media: Path) -> list[str]:
    """Clips that share nothing: those of digits/ are cut together from the same takes, and are left out."""
    grid = [f"grid/{path.name}" for path in sorted((media / "grid").glob("*.mp4"), key=lambda p: p.stem[::-1])]
    return [*grid, TALKING_MAN, TWO_MEN]


def copies(sources: Sequence[str], kinds: int | None = None) -> list[Copy]:
    """Each kind of copy of each clip (the two men's is too small to be altered further)."""
    found = []
    for i, source in enumerate(source for source in sources if source != TWO_MEN):
        amount, other = AMOUNTS[i % 2], sources[(i + 1) % len(sources)]
        ways = [Copy(kind, source, Edited(source, kind, amount)) for kind in (*RETOUCHINGS, *REORDERINGS)]
        ways += [
            Copy("WebM", source, AsPhonesSend(source, container="webm")),
            Copy("filmed from a screen", source, ScreenReplay(source, i)),
            Copy("under another voice", source, OtherSound(source, VOICE, skipped=i % 4), "picture"),
            Copy("its sound under another picture", source, OtherSound(other, source), "sound"),
        ]
        found += ways[:kinds]
    return found


def fingerprint_of(tools: Tools, maker: Maker) -> Fingerprint:
    """As the pipeline takes it: of the decoded clip, by the places where the face was seen."""
    content = made(tools, maker)
    key = ("fingerprint", source_key(*ROOMS), sha256(content))
    kept = tools.cache.value(key, lambda: _as_json(_fingerprint(tools, content)))
    stored = from_bytes(base64.b64decode(kept["stored"]))
    bands, sought = (frozenset(map(bytes.fromhex, kept[name])) for name in ("bands", "sought"))
    return Fingerprint(stored.movement, stored.words, bands, sought)


def distance_of(tools: Tools, pair: tuple[Fingerprint, Fingerprint]) -> Distance:
    key = ("apart", source_key(ROOMS[0]), *(sha256(to_bytes(one)) for one in pair))
    kept = tools.cache.value(key, lambda: vars(distance(*pair)))
    return Distance(kept["picture"], kept["sound"])


def _fingerprint(tools: Tools, content: bytes) -> Fingerprint:
    clip = tools.eye.sandbox.clip(content).clip
    return fingerprint(clip, followed(tools.eye.follower.search(clip)))


def _as_json(found: Fingerprint) -> dict[str, Any]:
    return {
        "stored": base64.b64encode(to_bytes(found)).decode(),
        "bands": sorted(key.hex() for key in found.bands),
        "sought": sorted(key.hex() for key in found.sought_bands),
    }


Planned = tuple[str, str, str, Fingerprint, Fingerprint]


def _planned(
    sources: Sequence[str], altered: Sequence[Copy], own: dict[str, Fingerprint], found: Sequence[Fingerprint]
) -> list[Planned]:
    """Each copy beside its original and beside another clip, of the same person where there is one; each two originals."""
    planned: list[Planned] = [(_akin(a, b), a, b, own[a], own[b]) for a, b in combinations(sources, 2)]
    for copy, known in zip(altered, found, strict=True):
        planned.append((copy.kind, copy.source, copy.source, known, own[copy.source]))
        if copy.keeps == "both":
            akin = [s for s in sources if s != copy.source and _person(s) == _person(copy.source)]
            other = akin[len(planned) % len(akin)] if akin else next(s for s in sources if s != copy.source)
            planned.append(
                (f"copy beside another clip, {_akin(copy.source, other)}", copy.source, other, known, own[other])
            )
    return planned


def _person(source: str) -> str:
    return "s1" if "s1_" in source else source


def _akin(first: str, second: str) -> str:
    return "one person, one room" if _person(first) == _person(second) else "two people"


def _is_candidate(copy: Fingerprint, own: dict[str, Fingerprint], source: str) -> bool:
    """Whether the search by keys brings the original among those that are compared closely."""
    common = {name: len(copy.search_keys & found.keys) for name, found in own.items()}
    ahead = sum(count > common[source] for name, count in common.items() if name != source)
    return common[source] > 0 and ahead < CANDIDATES_MAX


def figures_of(pairs: Sequence[Pair], altered: Sequence[Copy], listed: Sequence[bool], limits: Limits) -> Figures:
    """`listed`: for each copy, whether the search by keys found its original."""
    of_copies = {kind: [p for p in pairs if p.kind == kind] for kind in dict.fromkeys(c.kind for c in altered)}
    others = [p for p in pairs if p.kind not in of_copies]
    false = Rate.of(sum(_is_repeat(p, limits) for p in others), len(others))
    candidates = {
        kind: Rate.of(sum(ok for copy, ok in zip(altered, listed, strict=True) if copy.kind == kind), len(found))
        for kind, found in of_copies.items()
    }
    copies_found = {
        kind: Rate.of(sum(_is_repeat(p, limits) for p in found), len(found)) for kind, found in of_copies.items()
    }
    kinds_of_others = {kind: [p for p in others if p.kind == kind] for kind in dict.fromkeys(p.kind for p in others)}
    return Figures(
        "replay",
        {
            "copies": {
                kind: {"found": rate.numbers, "candidate": candidates[kind].numbers, **_spread(of_copies[kind])}
                for kind, rate in copies_found.items()
            },
            "others": {
                "taken_for_a_copy": false.numbers,
                "by_kind": {kind: {"pairs": len(found), **_spread(found)} for kind, found in kinds_of_others.items()},
            },
        },
        [_copies_table(of_copies, copies_found, candidates), _others_table(kinds_of_others, limits)],
        [_plot(pairs, of_copies, limits)],
        data={"clips": len({p.first for p in pairs}), "copies": len(altered), "pairs of other clips": len(others)},
        goals=[
            Goal(
                "Altered copies found again",
                "all but those played backwards",
                ", ".join(f"{kind}: {rate.text}" for kind, rate in copies_found.items() if rate.hits < rate.trials)
                or "all",
                all(rate.hits == rate.trials for kind, rate in copies_found.items() if kind != "reversed"),
            ),
            Goal("Other clips taken for copies", "0", false.text, false.hits == 0),
        ],
    )


def _is_repeat(pair: Pair, limits: Limits) -> bool:
    return pair.apart.is_duplicate(
        picture_max=limits.near_duplicate_picture_distance_max, sound_max=limits.near_duplicate_sound_distance_max
    )


def _spread(pairs: Sequence[Pair]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("picture", "sound"):
        values = [value for pair in pairs if (value := getattr(pair.apart, name)) is not None]
        if values:
            found[name] = {
                "compared": len(values),
                "least": min(values),
                "median": median(values),
                "greatest": max(values),
            }
    return found


def _range(pairs: Sequence[Pair], name: str) -> str:
    spread = _spread(pairs).get(name)
    return "-" if spread is None else f"{spread['least']:.2f} / {spread['median']:.2f} / {spread['greatest']:.2f}"


def _copies_table(of_copies: dict[str, list[Pair]], found: dict[str, Rate], candidates: dict[str, Rate]) -> Table:
    rows = tuple(
        (kind, found[kind].text, candidates[kind].text, _range(pairs, "picture"), _range(pairs, "sound"))
        for kind, pairs in of_copies.items()
    )
    columns = ("copy (synthetic)", "found", "its original among those compared", "picture apart", "sound apart")
    note = (
        "Distances: least / median / greatest; picture 0 the same, 1 unrelated; sound 0 the same, 0.5 unrelated. "
        "Among so few originals the search by keys is easy; at 20,000 it was measured by its own test."
    )
    return Table("Copies of an earlier clip", columns, rows, note)


def _others_table(others: dict[str, list[Pair]], limits: Limits) -> Table:
    rows = tuple(
        (
            kind,
            Rate.of(sum(_is_repeat(p, limits) for p in pairs), len(pairs)).text,
            _range(pairs, "picture"),
            _range(pairs, "sound"),
        )
        for kind, pairs in others.items()
    )
    note = "Two clips of one sitting, same clothes, same light: next year's clip in the same room lies farther apart than these."
    return Table("Other clips", ("pair", "taken for a copy", "picture apart", "sound apart"), rows, note)


def _plot(pairs: Sequence[Pair], of_copies: dict[str, list[Pair]], limits: Limits) -> Plot:
    def of(is_copy: bool) -> list[float]:
        apart = [p.apart.picture for p in pairs if (p.kind in of_copies) is is_copy]
        return [value for value in apart if value is not None]

    svg = plots.histogram(
        of(True),
        of(False),
        {"limit in force": limits.near_duplicate_picture_distance_max},
        names=("copies", "other clips"),
        x_label="distance of the pictures",
        bins=40,
    )
    return Plot(
        "Distance of the pictures", svg, "Copies whose picture was kept lie left of the limit, other clips right of it."
    )
