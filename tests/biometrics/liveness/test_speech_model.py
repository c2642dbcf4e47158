from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from verify_service.biometrics.evidence import Sound, SpeechSpan
from verify_service.biometrics.inference.manifest import Manifest, WrongHash
from verify_service.biometrics.liveness.speech_model import ROLES, FilesApart, SpeechModel, spoken_stretch


def manifest_with(folder: Path, manifest: Manifest, moved: str | None = None, damaged: str | None = None) -> Manifest:
    """The real speech files under another manifest: one of them in a folder of its own, or changed."""
    lines = []
    for role in ROLES:
        asset = manifest.asset(role)
        place = folder / ("elsewhere" if role == moved else "together") / asset.file.name
        place.parent.mkdir(exist_ok=True)
        if role in (moved, damaged):
            shutil.copy(asset.file, place)
        else:
            place.symlink_to(asset.file.absolute())
        if role == damaged:
            place.write_bytes(place.read_bytes() + b" ")
        lines.append(f"[{role}]\nkind = 'model'\nfile = '-'\nsha256 = '{asset.sha256}'\nlicence = 'MIT'")
        lines.append(f"source = {{ local = '{place}' }}")
    (folder / "manifest.toml").write_text("\n".join(lines))
    return Manifest.load(folder / "manifest.toml")


def test_a_changed_tokenizer_is_not_loaded(tmp_path: Path, manifest: Manifest) -> None:
    with pytest.raises(WrongHash, match="speech_tokenizer"):
        SpeechModel.load(manifest_with(tmp_path, manifest, damaged="speech_tokenizer"))


def test_files_of_two_folders_are_not_one_model(tmp_path: Path, manifest: Manifest) -> None:
    with pytest.raises(FilesApart):
        SpeechModel.load(manifest_with(tmp_path, manifest, moved="speech_config"))


def test_only_the_speech_and_a_margin_beside_it_are_heard() -> None:
    sound = Sound(np.linspace(0, 1, 10 * 16_000, dtype=np.float32), starts_at=2.0)

    stretch = spoken_stretch(sound, (SpeechSpan(5.0, 5.5), SpeechSpan(6.0, 7.0)))

    # 0.3 s before 5.0 − 2.0 until 0.3 s after 7.0 − 2.0.
    np.testing.assert_array_equal(stretch, sound.samples[round(2.7 * 16_000) : round(5.3 * 16_000)])


def test_where_nobody_speaks_nothing_is_heard(speech_model: SpeechModel) -> None:
    sound = Sound(np.zeros(16_000, np.float32))

    assert speech_model.hear(sound, ()) is None
    assert speech_model.hear(Sound(sound.samples[:100]), (SpeechSpan(0.0, 0.006),)) is None


def test_sound_that_is_no_number_is_refused(speech_model: SpeechModel) -> None:
    with pytest.raises(ValueError, match="not finite"):
        speech_model.hear(Sound(np.full(16_000, np.nan, np.float32)), (SpeechSpan(0.0, 1.0),))


def test_sound_of_another_rate_is_refused(speech_model: SpeechModel) -> None:
    with pytest.raises(ValueError, match="8000"):
        speech_model.hear(Sound(np.zeros(8000, np.float32), rate_hz=8000), (SpeechSpan(0.0, 1.0),))


def test_at_most_half_a_minute_is_heard(speech_model: SpeechModel) -> None:
    sound = Sound(np.random.default_rng(1).normal(0, 0.01, 40 * 16_000).astype(np.float32))

    memory = speech_model.hear(sound, (SpeechSpan(0.0, 40.0),))

    assert memory is not None
    assert memory.layers[0][1].shape[1] == 1500  # fifty steps a second


def test_a_text_that_another_begins_with_is_opened_as_it_is_alone(speech_model: SpeechModel) -> None:
    memory, begun = speech_model.silence(), speech_model.opening("en")
    texts = [begun, (*begun, *speech_model.tokens(" It is me.")), (*begun, *speech_model.tokens(" My numbers"))]

    together = speech_model.open(memory, texts)

    for row, text in enumerate(texts):
        alone = speech_model.open(memory, [text])
        np.testing.assert_allclose(together.states[row], alone.states[0], atol=2e-3)
        assert together.past.filled[row].sum() == alone.past.filled[0].sum() == len(text)
