from __future__ import annotations

from verify_service.biometrics.media.sandbox import DecodeSandbox


def test_the_demo_clip_becomes_frames_and_sound_on_one_timeline(sandbox: DecodeSandbox, talking_man: bytes) -> None:
    decoded = sandbox.clip(talking_man)

    clip = decoded.clip
    assert abs(clip.seconds - 5.77) < 0.01
    assert {frame.image.shape for frame in clip.frames} == {(480, 640, 3)}
    assert [frame.at for frame in clip.frames] == sorted(frame.at for frame in clip.frames)
    assert clip.frames[0].at == 0.0
    assert clip.sound is not None
    assert clip.sound.rate_hz == 16_000
    assert abs(clip.sound.seconds - 5.78) < 0.01
