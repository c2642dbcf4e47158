"""Which attacks are tried: for each species many clips, each of another source and with other parameters. All SYNTHETIC."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from scripts.evaluation.attacks.edits import REORDERINGS, RETOUCHINGS, Edited
from scripts.evaluation.attacks.mouth import OpeningHole, OtherMouth
from scripts.evaluation.attacks.people import Mask, PictureBetween, SwappedMidway, TwoFaces
from scripts.evaluation.attacks.photo import BentPhoto, MovedPhoto, RotatedPhoto
from scripts.evaluation.attacks.screen import ScreenReplay
from scripts.evaluation.attacks.sound import LateSound, OtherSound
from scripts.evaluation.bona_fide import Genuine, digit_clips, grid_clips, talking_man
from scripts.evaluation.trials import AsItIs, Maker, Trial
from verify_service.biometrics.evidence import Challenge, Locale

DIGITS_ASKED = 4  # as the service asks (docs/decisions/0007)
BETWEEN_EVERY = (2, 3, 5, 8, 12)
LATE_SECONDS = (0.5, 1.0, 1.5)


@dataclass(frozen=True)
class Saying:
    """A sound in which digits are said: a clip's or a recording's."""

    source: str
    challenge: Challenge


@dataclass(frozen=True)
class Cast:
    """Who is at hand: a man who says digits, all clips of him, clips of six others, and sounds of digits."""

    digits: tuple[Genuine, ...]
    same_man: tuple[Genuine, ...]
    others: tuple[Genuine, ...]
    sayings: tuple[Saying, ...]

    @classmethod
    def of(cls, media: Path) -> Cast:
        digits, grid = digit_clips(media), grid_clips(media)
        same = [clip for clip in grid if clip.person == "s1"]
        others = [clip for clip in grid if clip.person != "s1"]
        spoken = [Saying(clip.source, clip.challenge) for clip in digits]
        listed = json.loads((media / "mandarin_digits" / "digits.json").read_text("utf-8"))
        mandarin = [Saying(f"mandarin_digits/{e['file']}", Challenge("zh", digits=e["digits"])) for e in listed]
        # By turns a human voice and a synthetic one.
        sayings = [saying for pair in zip(spoken, mandarin, strict=False) for saying in pair]
        return cls(tuple(digits), (*digits, *same), (*others, talking_man()), tuple(sayings))

    @property
    def everybody(self) -> tuple[Genuine, ...]:
        """By turns the one man and the others, so that a few trials show all."""
        return tuple(clip for i, same in enumerate(self.same_man) for clip in (same, self.others[i % len(self.others)]))


T = TypeVar("T")
Plan = Callable[[Cast, int, np.random.Generator], Sequence[Trial]]


def attacks(media: Path, count: int, known_count: int, seed: int) -> list[Trial]:
    """`count` trials of each species; `known_count` of those in which the attacker's old clip happens to hold the asked digits."""
    cast = Cast.of(media)
    trials: list[Trial] = []
    for name, plan in SPECIES.items():
        wanted = known_count if name in KNOWN_DIGITS else count
        trials += plan(cast, wanted, np.random.default_rng([seed, zlib.crc32(name.encode())]))
    return trials


def _photo(name: str, kind: type[MovedPhoto] | type[BentPhoto] | type[RotatedPhoto]) -> Plan:
    def plan(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
        trials = []
        for i in range(count):
            person, saying = _of(cast.everybody, i), _saying(cast, i)
            maker = kind(person.source, _share(chance), saying.source, i)
            trials.append(_claiming(name, "", maker, person, saying.challenge))
        return trials

    return plan


def _opening_hole(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        person, saying = _of(cast.everybody, i), _saying(cast, i)
        maker = OpeningHole(person.source, _share(chance), saying.source, round(float(chance.uniform(0.3, 0.7)), 2), i)
        trials.append(_claiming("photo_hole_opening", "", maker, person, saying.challenge))
    return trials


def _other_mouth(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        person, speaker = _of(cast.others, i), _of(cast.digits, i)
        maker = OtherMouth(person.source, _share(chance), speaker.source, round(float(chance.uniform(0.1, 0.4)), 2), i)
        trials.append(_claiming("photo_hole_other_mouth", "", maker, person, speaker.challenge))
    return trials


def _screen_replay(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    clips = cast.everybody
    return [
        _claiming(
            "screen_replay", "", ScreenReplay(_of(clips, i).source, i), _of(clips, i), _asked(chance, _of(clips, i))
        )
        for i in range(count)
    ]


def _screen_replay_known(cast: Cast, count: int, _: np.random.Generator) -> Sequence[Trial]:
    clips = cast.digits
    return [
        _claiming(
            "screen_replay_known", "", ScreenReplay(_of(clips, i).source, i), _of(clips, i), _of(clips, i).challenge
        )
        for i in range(count)
    ]


def _sound_swapped(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    """What is asked is what the lips say; the sound says other digits."""
    trials = []
    for i in range(count):
        clip = _of(cast.digits, i)
        fits = [s for s in cast.sayings if s.challenge.digits != clip.challenge.digits]
        maker = OtherSound(clip.source, fits[int(chance.integers(len(fits)))].source, skipped=i // len(cast.digits))
        trials.append(_claiming("sound_swapped", "", maker, clip, clip.challenge))
    return trials


def _sound_late(cast: Cast, count: int, _: np.random.Generator) -> Sequence[Trial]:
    clips = [*cast.same_man, *cast.others]
    trials = []
    for i in range(count):
        clip, seconds = _of(clips, i // len(LATE_SECONDS)), LATE_SECONDS[i % len(LATE_SECONDS)]
        # A second round over the clips is late by a little more, so that no two trials are alike.
        later = round(seconds + 0.08 * (i // (len(clips) * len(LATE_SECONDS))), 2)
        trials.append(_claiming("sound_late", f"{seconds} s", LateSound(clip.source, later), clip, clip.challenge))
    return trials


def _person_swapped(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        speaker, other = _of(cast.digits, i), _of(cast.others, i)
        first, second = (speaker, other) if i % 2 else (other, speaker)
        maker = SwappedMidway(first.source, second.source, speaker.source, round(float(chance.uniform(0.25, 0.75)), 2))
        # The resident shows first and leaves, or comes at the end.
        claimed = first if i % 4 < 2 else second
        trials.append(_claiming("person_swapped", "", maker, claimed, speaker.challenge))
    return trials


def _two_faces(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        speaker, other = _of(cast.digits, i), _of(cast.others, i)
        scale, begin = round(float(chance.uniform(0.55, 1.0)), 2), round(float(chance.uniform(0.0, 0.6)), 2)
        maker = TwoFaces(speaker.source, other.source, scale, begin)
        trials.append(_claiming("two_faces", "", maker, speaker, speaker.challenge))
    return trials


def _mask(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        speaker, other, grown = _of(cast.digits, i), _of(cast.others, i), round(float(chance.uniform(0.95, 1.1)), 2)
        resident, impostor = (other, speaker) if i % 2 else (_of(cast.same_man, i), other)
        maker = Mask(resident.source, _share(chance), impostor.source, speaker.source, grown)
        trials.append(_claiming("mask", "", maker, resident, speaker.challenge))
    return trials


def _picture_between(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        speaker, other, every = _of(cast.digits, i), _of(cast.others, i), BETWEEN_EVERY[i % len(BETWEEN_EVERY)]
        resident, impostor = (other, speaker) if i % 2 else (_of(cast.same_man, i), other)
        maker = PictureBetween(resident.source, _share(chance), impostor.source, speaker.source, every)
        trials.append(_claiming("picture_between", f"every {every}", maker, resident, speaker.challenge))
    return trials


def _edited(name: str, kinds: Sequence[str]) -> Plan:
    def plan(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
        clips = cast.everybody
        trials = []
        for i in range(count):
            clip, kind = _of(clips, i // len(kinds)), _of(kinds, i)
            maker = Edited(clip.source, kind, _share(chance))  # type: ignore[arg-type]
            trials.append(_claiming(name, kind, maker, clip, _asked(chance, clip)))
        return trials

    return plan


def _reordered_known(cast: Cast, count: int, chance: np.random.Generator) -> Sequence[Trial]:
    trials = []
    for i in range(count):
        clip, kind, saying = _of(cast.everybody, i), _of(REORDERINGS, i), _saying(cast, i)
        maker = Edited(clip.source, kind, _share(chance), saying.source)
        trials.append(_claiming("old_reordered_live_voice", kind, maker, clip, saying.challenge))
    return trials


def _voice_over(cast: Cast, count: int, _: np.random.Generator) -> Sequence[Trial]:
    trials: list[Trial] = []
    step = 0
    while len(trials) < count:
        clip, saying = _of(cast.everybody, step), _saying(cast, step)
        if saying.challenge.digits != clip.challenge.digits:
            maker = OtherSound(clip.source, saying.source, skipped=step % 5)
            voice = "Kokoro" if saying.challenge.locale == "zh" else "human"
            trials.append(_claiming("voice_over", voice, maker, clip, saying.challenge))
        step += 1
    return trials


def _zero_effort(cast: Cast, count: int, _: np.random.Generator) -> Sequence[Trial]:
    """A live impostor who says what is asked of him. Not synthetic."""
    people = [cast.digits[0], *cast.others]
    clips = [*cast.same_man, *cast.others]
    pairs = [(clip, resident) for resident in people for clip in clips if clip.person != resident.person]
    turned = [pairs[(i * 37) % len(pairs)] for i in range(len(pairs))]
    return [
        Trial("zero_effort", "", AsItIs(clip.source), clip.challenge, resident.reference, resident.person)
        for clip, resident in turned[:count]
    ]


def _claiming(species: str, detail: str, maker: Maker, resident: Genuine, asked: Challenge) -> Trial:
    return Trial(species, detail, maker, asked, resident.reference, resident.person)


def _of(items: Sequence[T], index: int) -> T:
    return items[index % len(items)]


def _saying(cast: Cast, index: int) -> Saying:
    # A step and a half each time: everybody and the sayings both go by turns, and every person should meet both voices.
    return _of(cast.sayings, index + index // 2)


def _share(chance: np.random.Generator) -> float:
    return round(float(chance.uniform(0.02, 0.98)), 3)


def _asked(chance: np.random.Generator, clip: Genuine, locale: Locale = "en") -> Challenge:
    """Digits as the service would ask, other than those that the clip says."""
    while True:
        digits = "".join(str(digit) for digit in chance.integers(0, 10, DIGITS_ASKED))
        if digits != clip.challenge.digits:
            return Challenge(locale, digits=digits)


SPECIES: Mapping[str, Plan] = {
    "photo_moved": _photo("photo_moved", MovedPhoto),
    "photo_bent": _photo("photo_bent", BentPhoto),
    "photo_rotated": _photo("photo_rotated", RotatedPhoto),
    "photo_hole_opening": _opening_hole,
    "photo_hole_other_mouth": _other_mouth,
    "screen_replay": _screen_replay,
    "screen_replay_known": _screen_replay_known,
    "sound_swapped": _sound_swapped,
    "sound_late": _sound_late,
    "person_swapped": _person_swapped,
    "picture_between": _picture_between,
    "old_reordered": _edited("old_reordered", REORDERINGS),
    "old_reordered_live_voice": _reordered_known,
    "two_faces": _two_faces,
    "mask": _mask,
    "old_retouched": _edited("old_retouched", RETOUCHINGS),
    "voice_over": _voice_over,
    "zero_effort": _zero_effort,
}
# The asked digits are heard although nobody says them now: what only picture and sound together could show.
KNOWN_DIGITS = frozenset({"screen_replay_known", "old_reordered_live_voice"})
