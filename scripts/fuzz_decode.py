#!/usr/bin/env python3
"""Throw mutated clips and photos at the decoding sandbox, and count how each ends.

    .venv/bin/python scripts/fuzz_decode.py --count 100000 --seed 1

The parent must outlive all of them. A child that dies is counted by cause and its file kept; the same seed makes the same files.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from verify_service.biometrics.media.caps import Caps  # noqa: E402
from verify_service.biometrics.media.errors import (  # noqa: E402
    DecoderCrashed,
    MediaError,
    OverCap,
    Unreadable,
    UnsupportedFormat,
)
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy  # noqa: E402

BATCH = 100
# Numbers at which parsers err: nothing, the signs' edges, all ones.
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
PHOTOS = (".jpg", ".png", ".webp")
# Tight, so that a file that makes the decoder toil shows itself as a crash by time.
CAPS = Caps(cpu_seconds_max=5, wall_seconds_max=20.0)


@dataclass(frozen=True)
class Seed:
    """An honest file to start from. `name` tells by its ending whether it is a photo."""

    name: str
    content: bytes

    @property
    def is_photo(self) -> bool:
        return self.name.endswith(PHOTOS)


def mutated(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """The file after one to six changes. `other` is what spliced pieces come from."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        chance.choice(MUTATIONS)(changed, other, chance)
    return bytes(changed)


def _flip_bits(content: bytearray, _: bytes, chance: random.Random) -> None:
    for _flip in range(chance.choice((1, 2, 8, 64))):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _flip_in_header(content: bytearray, _: bytes, chance: random.Random) -> None:
    if content:
        content[chance.randrange(min(len(content), 1_024))] = chance.randrange(256)


def _set_edge(content: bytearray, _: bytes, chance: random.Random) -> None:
    width = chance.choice((1, 2, 4, 8))
    at = chance.randrange(max(1, len(content)))
    content[at : at + width] = (chance.choice(EDGES) % (1 << 8 * width)).to_bytes(width, "big")


def _cut(content: bytearray, _: bytes, chance: random.Random) -> None:
    del content[chance.randrange(len(content) + 1) :]


def _remove(content: bytearray, _: bytes, chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    del content[at : at + chance.choice((1, 4, 64, 1_024))]


def _repeat(content: bytearray, _: bytes, chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = content[at : at + chance.choice((1, 4, 64, 1_024))] * chance.choice((1, 2, 16))


def _splice(content: bytearray, other: bytes, chance: random.Random) -> None:
    length = chance.choice((4, 64, 1_024))
    at, source = chance.randrange(len(content) + 1), chance.randrange(max(1, len(other)))
    content[at : at + length] = other[source : source + length]


def _lose_packets(content: bytearray, _: bytes, chance: random.Random) -> None:
    # As a hole in a download: the length stays.
    at = chance.randrange(len(content) + 1)
    length = min(chance.choice((64, 1_024, 8_192)), len(content) - at)
    content[at : at + length] = bytes(length)


# Those that keep the length come more often: a file of the wrong length is refused before FFmpeg sees it.
IN_PLACE = (_flip_bits, _flip_in_header, _set_edge, _splice, _lose_packets)
MUTATIONS = (*IN_PLACE, *IN_PLACE, *IN_PLACE, _cut, _remove, _repeat)


def outcome(sandbox: DecodeSandbox, content: bytes, is_photo: bool) -> str:
    """How one file ended, as a word to count by. Anything but a MediaError is raised: it would end the service."""
    try:
        if is_photo:
            sandbox.photo(content)
        else:
            sandbox.clip(content)
    except DecoderCrashed as crash:
        return f"crashed: {crash.cause}" + (f" {crash.signal}" if crash.signal else "")
    except Unreadable as refusal:
        return f"unreadable: {refusal.damage}"
    except OverCap as refusal:
        return f"over cap: {refusal.quantity}"
    except UnsupportedFormat as refusal:
        return f"unsupported: {refusal.what}"
    except MediaError as refusal:
        return type(refusal).__name__
    return "decoded"


def _fuzz(job: tuple[int, int, Sequence[Seed], Path]) -> Counter[str]:
    """One batch in a worker process, with a sandbox of its own."""
    batch, count, seeds, kept = job
    chance = random.Random(batch)  # noqa: S311 - to be the same again, not to be secret
    ends: Counter[str] = Counter()
    with DecodeSandbox(SandboxPolicy(required=True), CAPS) as sandbox:
        for index in range(count):
            seed, other = chance.choice(seeds), chance.choice(seeds)
            content = mutated(seed.content, other.content, chance)
            end = outcome(sandbox, content, seed.is_photo)
            ends[end] += 1
            if end.startswith("crashed"):
                (kept / f"{batch:08d}-{index:03d}-{seed.name}").write_bytes(content)
    return ends


def seeds_in(folder: Path) -> list[Seed]:
    return [Seed(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()]


def _jobs(count: int, seed: int, seeds: Sequence[Seed], kept: Path) -> Iterator[tuple[int, int, Sequence[Seed], Path]]:
    for start in range(0, count, BATCH):
        yield seed * 1_000_000 + start // BATCH, min(BATCH, count - start), seeds, kept


def main(
    count: Annotated[int, typer.Option(help="How many mutated files.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same files.")] = 1,
    seeds: Annotated[
        Path | None, typer.Option(help="A folder of honest files; by default small ones are made.")
    ] = None,
    kept: Annotated[Path, typer.Option(help="Where files that killed a child are kept.")] = ROOT / "var" / "fuzz",
    processes: Annotated[int, typer.Option(help="How many at once.")] = os.cpu_count() or 1,
) -> None:
    """Fuzz the decoder; exit 1 where a child died of anything but its caps on time and memory."""
    os.environ.setdefault("SVT_LOG", "1")  # or the AV1 encoder of the seeds writes a page about itself
    from tests.biometrics.media.clips import seed_files

    starts = seeds_in(seeds) if seeds else [Seed(name, content) for name, content in seed_files().items()]
    kept.mkdir(parents=True, exist_ok=True)
    ends: Counter[str] = Counter()
    began_at = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with multiprocessing.get_context("spawn").Pool(processes) as pool, Progress(*columns) as progress:
        task = progress.add_task(f"{len(starts)} seeds", total=count)
        for batch in pool.imap_unordered(_fuzz, _jobs(count, seed, starts, kept)):
            ends += batch
            progress.advance(task, batch.total())
    _report(ends, time.monotonic() - began_at, kept)


def _report(ends: Counter[str], seconds: float, kept: Path) -> None:
    for end, times in ends.most_common():
        typer.echo(f"{times:>9}  {end}")
    crashes = sum(times for end, times in ends.items() if end.startswith("crashed"))
    typer.echo(
        f"{ends.total()} files in {seconds:.0f} s, {ends.total() / seconds:.0f} a second; {crashes} killed a child"
    )
    if crashes:
        typer.echo(f"their files lie in {kept}")
    if any(end.startswith(("crashed: signal", "crashed: forbidden", "crashed: exception")) for end in ends):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
