"""Some hundred mutated files on every run; `scripts/fuzz_decode.py` does a hundred thousand."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from scripts.fuzz_decode import mutated, outcome
from tests.biometrics.media.clips import seed_files
from verify_service.biometrics.media.sandbox import DecodeSandbox


@pytest.mark.parametrize("name", sorted(seed_files()))
def test_no_mutated_file_harms_the_parent_or_breaks_out_of_its_child(sandbox: DecodeSandbox, name: str) -> None:
    seeds = seed_files()
    chance, is_photo = random.Random(name), name.startswith("photo")

    assert outcome(sandbox, seeds[name], is_photo) == "decoded"
    ends = Counter(
        outcome(sandbox, mutated(seeds[name], chance.choice(sorted(seeds.values())), chance), is_photo)
        for _ in range(40)
    )

    assert ends.total() == 40
    assert not [end for end in ends if end.startswith("crashed: forbidden_call")]
    assert outcome(sandbox, seeds[name], is_photo) == "decoded"
