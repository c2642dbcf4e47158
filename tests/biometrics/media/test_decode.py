"""The decoder as the service reaches it: through the sandbox, on clips made here with a real encoder."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.biometrics.media.clips import Recipe, made, open_ended, turned_midway, with_display_matrix
from verify_service.biometrics.evidence import Image
from verify_service.biometrics.media.caps import Caps, Sampling
from verify_service.biometrics.media.errors import (
    Damage,
    MediaError,
    OverCap,
    Quantity,
    Unreadable,
    Unsupported,
    UnsupportedFormat,
)
from verify_service.biometrics.media.sandbox import DecodeSandbox, SandboxPolicy


def uneven_times(seconds: float = 3.0) -> tuple[float, ...]:
    """Frames as a browser under load delivers them: 7 to 30 a second."""
    chance, at, times = random.Random(1), 0.0, []
    while at < seconds:
        times.append(round(at, 3))
        at += chance.uniform(1 / 30, 1 / 7)
    return tuple(times)


def tiny(**changes: object) -> Recipe:
    return replace(Recipe(width=64, height=48, tone=None), **changes)  # type: ignore[arg-type]


def refusal(sandbox: DecodeSandbox, content: bytes) -> MediaError:
    with pytest.raises(MediaError) as refused:
        sandbox.clip(content)
    return refused.value


@pytest.mark.parametrize(
    ("container", "video", "audio", "codecs"),
    [
        ("mp4", "libx264", "aac", ("mp4", "h264", "aac")),
        ("mp4", "libx265", "aac", ("mp4", "hevc", "aac")),
        ("mp4", "libx264", "libopus", ("mp4", "h264", "opus")),
        ("mov", "libx264", "aac", ("mp4", "h264", "aac")),
        ("webm", "libvpx", "libopus", ("matroska", "vp8", "opus")),
        ("webm", "libvpx-vp9", "libopus", ("matroska", "vp9", "opus")),
        ("webm", "libsvtav1", "libopus", ("matroska", "av1", "opus")),
        ("matroska", "libx264", "libopus", ("matroska", "h264", "opus")),
    ],
)
def test_every_allowed_pair_of_codecs_decodes_under_the_filter(
    sandbox: DecodeSandbox, container: str, video: str, audio: str, codecs: tuple[str, str, str]
) -> None:
    decoded = sandbox.clip(made(Recipe(container=container, video=video, audio=audio)))

    assert (decoded.facts.container, decoded.facts.video_codec, decoded.facts.audio_codec) == codecs
    assert abs(decoded.clip.seconds - 2.0) < 0.01
    assert decoded.facts.frames_decoded == 50
    assert [frame.at for frame in decoded.clip.frames] == pytest.approx([i * 0.08 for i in range(25)], abs=0.002)
    assert decoded.clip.sound is not None
    assert abs(decoded.clip.sound.seconds - 2.0) < 0.05
    assert np.sqrt(np.mean(decoded.clip.sound.samples**2)) > 0.2
    assert looks_upright(decoded.clip.frames[0].image)


def test_ten_bits_a_colour_as_newer_phones_record_become_eight(sandbox: DecodeSandbox) -> None:
    clip = sandbox.clip(made(Recipe(video="libx265", pixel_format="yuv420p10le", tone=None))).clip

    assert looks_upright(clip.frames[0].image)


def looks_upright(image: Image) -> bool:
    """The bright blue corner of `clips.picture` is at the top left."""
    height, width = image.shape[:2]
    corner, others = image[: height // 8, : width // 8], image[height // 2 :, width // 2 :]
    return float(corner[:, :, 0].mean()) > 200 and float(corner[:, :, 2].mean()) < 60 and float(others.mean()) < 100


@pytest.mark.parametrize("video", ["libvpx", "libvpx-vp9", "libx264"])
@pytest.mark.parametrize("shape", ["closed clusters", "open clusters"])
def test_a_recording_without_duration_at_an_uneven_rate_decodes(sandbox: DecodeSandbox, video: str, shape: str) -> None:
    times = uneven_times()
    container = "matroska" if video == "libx264" else "webm"
    recording = made(Recipe(container, video, "libopus", times=times, tone=(0.0, 3.0), streamed=True))
    if shape == "open clusters":
        recording = open_ended(recording)

    clip = sandbox.clip(recording).clip

    assert {round(frame.at, 3) for frame in clip.frames} <= set(times)
    assert abs(clip.seconds - times[-1] * len(times) / (len(times) - 1)) < 0.002
    assert clip.sound is not None
    assert abs(clip.sound.seconds - 3.0) < 0.05


@pytest.mark.parametrize(
    ("picture_begins_at", "sound_begins_at", "expected"), [(0.0, 0.5, 0.5), (1.0, 0.0, -1.0), (0.0, 0.0, 0.0)]
)
@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_the_sounds_start_is_kept_relative_to_the_first_picture(
    sandbox: DecodeSandbox, container: str, picture_begins_at: float, sound_begins_at: float, expected: float
) -> None:
    video, audio = ("libx264", "aac") if container == "mp4" else ("libvpx", "libopus")
    times = tuple(picture_begins_at + i / 25 for i in range(50))

    clip = sandbox.clip(made(Recipe(container, video, audio, times=times, tone=(sound_begins_at, 2.0)))).clip

    assert clip.sound is not None
    loud = np.abs(clip.sound.samples) > 0.1
    first_heard_at = clip.sound.starts_at + int(loud.argmax()) / 16_000
    assert abs(first_heard_at - expected) < 0.03
    assert clip.frames[0].at == 0.0


def test_a_clip_without_a_sound_track_has_no_sound(sandbox: DecodeSandbox) -> None:
    assert sandbox.clip(made(Recipe(tone=None))).clip.sound is None


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        ((0, 1, -1, 0), lambda upright: np.rot90(upright, 1)),
        ((-1, 0, 0, -1), lambda upright: np.rot90(upright, 2)),
        ((0, -1, 1, 0), lambda upright: np.rot90(upright, 3)),
        ((-1, 0, 0, 1), lambda upright: upright[:, ::-1]),
        ((1, 0, 0, -1), lambda upright: upright[::-1]),
    ],
    ids=["quarter right", "half", "quarter left", "mirrored front camera", "upside-down mirror"],
)
def test_a_phone_held_any_way_gives_upright_frames(
    sandbox: DecodeSandbox, matrix: tuple[int, int, int, int], turned: object
) -> None:
    stored = with_display_matrix(made(Recipe()), *matrix)

    frame = sandbox.clip(stored).clip.frames[0].image

    plain = sandbox.clip(made(Recipe())).clip.frames[0].image
    assert np.array_equal(turned(frame), plain)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(1920, 1080, (404, 720, 3)), (1080, 1920, (720, 404, 3)), (2160, 3840, (720, 404, 3))],
    ids=["full HD", "full HD standing", "4K standing, exactly the cap"],
)
def test_large_frames_are_scaled_down_to_the_sampling(
    sandbox: DecodeSandbox, width: int, height: int, shape: tuple[int, int, int]
) -> None:
    clip = sandbox.clip(made(Recipe(width=width, height=height, times=(0.0, 0.04, 0.08), tone=None))).clip

    assert {frame.image.shape for frame in clip.frames} == {shape}
    assert looks_upright(clip.frames[0].image)


def test_the_analysis_rate_is_the_samplings() -> None:
    with DecodeSandbox(SandboxPolicy(required=True), sampling=Sampling(rate_hz=5.0, frames_max=7)) as sandbox:
        clip = sandbox.clip(made(tiny())).clip

    assert [frame.at for frame in clip.frames] == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2], abs=0.002)
    assert abs(clip.seconds - 2.0) < 0.01


@pytest.mark.parametrize(
    ("recipe", "what"),
    [
        (tiny(container="avi"), Unsupported.CONTAINER),
        (tiny(container="flv"), Unsupported.CONTAINER),
        (tiny(video="mpeg4"), Unsupported.VIDEO_CODEC),
        (tiny(container="matroska", video="mjpeg", pixel_format="yuvj420p"), Unsupported.VIDEO_CODEC),
        (tiny(container="mov", audio="pcm_s16le", tone=(0.0, 2.0)), Unsupported.AUDIO_CODEC),
        (tiny(container="mp4", audio="libmp3lame", tone=(0.0, 2.0)), Unsupported.AUDIO_CODEC),
        (tiny(videos=2), Unsupported.SEVERAL_VIDEOS),
    ],
    ids=["avi", "flv", "mpeg-4 part 2", "mjpeg", "pcm", "mp3", "two pictures"],
)
def test_what_is_not_on_the_allow_list_is_unsupported(
    sandbox: DecodeSandbox, recipe: Recipe, what: Unsupported
) -> None:
    refused = refusal(sandbox, made(recipe))

    assert isinstance(refused, UnsupportedFormat)
    assert refused.what is what


def test_a_sound_without_a_picture_is_unreadable(sandbox: DecodeSandbox) -> None:
    refused = refusal(sandbox, made(Recipe(videos=0)))

    assert isinstance(refused, Unreadable)
    assert refused.damage is Damage.NO_VIDEO


@pytest.mark.parametrize(
    ("recipe", "quantity"),
    [
        (Recipe(width=7680, height=4320, times=(0.0, 0.04), tone=None), Quantity.PIXELS),
        (Recipe("webm", "libvpx", width=7680, height=4320, times=(0.0, 0.04), tone=None), Quantity.PIXELS),
        (tiny(times=tuple(i / 1_000 for i in range(2_000))), Quantity.FRAMES),
        (
            tiny(container="webm", video="libvpx", times=tuple(i / 1_000 for i in range(2_000)), streamed=True),
            Quantity.FRAMES,
        ),
        (Recipe(width=64, height=48, sounds=20, tone=(0.0, 0.1)), Quantity.STREAMS),
    ],
    ids=["8K mp4", "8K webm", "1000 fps mp4", "1000 fps webm", "20 sounds"],
)
def test_a_bomb_is_refused_within_two_seconds(sandbox: DecodeSandbox, recipe: Recipe, quantity: Quantity) -> None:
    content = made(recipe)
    began_at = time.monotonic()

    refused = refusal(sandbox, content)

    assert time.monotonic() - began_at < 2
    assert isinstance(refused, OverCap)
    assert refused.quantity is quantity


def test_a_clip_that_declares_ten_hours_is_not_decoded_at_all(sandbox: DecodeSandbox) -> None:
    ten_hours = made(tiny(times=tuple(i * 30.0 for i in range(1_200))))
    began_at = time.monotonic()

    decoded = sandbox.clip(ten_hours)

    assert time.monotonic() - began_at < 2
    assert decoded.clip.seconds > 35_000
    assert decoded.clip.frames == ()
    assert decoded.facts.frames_decoded == 0


def test_a_clip_that_turns_out_too_long_is_cut_shortly_after_the_cap() -> None:
    endless = made(tiny(container="webm", video="libvpx", times=tuple(i / 10 for i in range(600)), streamed=True))

    with DecodeSandbox(SandboxPolicy(required=True), Caps(seconds_max=5.0)) as sandbox:
        decoded = sandbox.clip(endless)

    assert 5.0 < decoded.clip.seconds < 5.5
    assert decoded.facts.frames_decoded < 60
    assert decoded.clip.frames[-1].at <= 5.0


@pytest.mark.parametrize(("container", "video", "audio"), [("mp4", "libx264", "aac"), ("webm", "libvpx", "libopus")])
def test_a_clip_cut_anywhere_is_unreadable(sandbox: DecodeSandbox, container: str, video: str, audio: str) -> None:
    whole = made(Recipe(container, video, audio, streamed=container == "webm"))
    chance = random.Random(5)

    for length in sorted(chance.randrange(1, len(whole)) for _ in range(20)):
        refused = refusal(sandbox, whole[:length])
        assert isinstance(refused, Unreadable), length


def test_flipped_bits_never_make_a_clip_shorter(sandbox: DecodeSandbox) -> None:
    whole = made(Recipe("webm", "libvpx", "libopus", streamed=True))
    chance = random.Random(9)
    lengths = set()

    for _ in range(60):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        try:
            lengths.add(sandbox.clip(bytes(flipped)).facts.frames_decoded)
        except MediaError:
            continue

    # VP8 carries no check of its own, so a smear may pass; a part of the clip may not.
    assert lengths == {50}


def test_a_change_of_size_midway_keeps_each_frames_own(sandbox: DecodeSandbox) -> None:
    shapes = [frame.image.shape for frame in sandbox.clip(turned_midway()).clip.frames]

    assert shapes == [(240, 320, 3)] * 13 + [(320, 240, 3)] * 12
