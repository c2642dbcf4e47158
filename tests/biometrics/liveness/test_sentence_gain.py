from __future__ import annotations

import pytest

from scripts.evaluation.utterances import at_16_khz
from scripts.evaluation.voices import PHRASES, RATE_HZ, MandarinVoice
from verify_service.biometrics.evidence import Challenge, Clip, Sound
from verify_service.biometrics.limits import Limits
from verify_service.biometrics.liveness.challenge import Heard, Listener
from verify_service.biometrics.liveness.voice_activity import VoiceActivity
from verify_service.biometrics.reasons import Reason

HIS_SENTENCE = "Hi, I'm Jon Peirce, I'm a lecturer at the University of Nottingham and I'm the originator of PsychoPy"
OTHER_SENTENCES = [
    "It is a fine day and I am well",
    "I like to read the newspaper after breakfast",
    "Good evening, my name is on the list, I would like to see the garden and talk to the people who look after it",
    "Hi, I'm the manager, I'm a seller at the market of the city and I'm the owner of a bicycle",
]
DAILY_WALK = "我每天早上走半个小时的路锻炼身体"


@pytest.fixture(scope="module")
def heard(listener: Listener, voice_activity: VoiceActivity, talking_man: Clip) -> Heard:
    assert talking_man.sound is not None
    return listener.hear(talking_man.sound, voice_activity.spans(talking_man.sound), "en")


def test_the_talking_man_said_his_sentence(listener: Listener, heard: Heard, limits: Limits) -> None:
    (check,) = listener.check(heard, Challenge("en", sentence=HIS_SENTENCE), limits)

    assert (check.result, check.reason) == ("pass", None)


@pytest.mark.parametrize("sentence", OTHER_SENTENCES)
def test_he_said_no_other_sentence(listener: Listener, heard: Heard, limits: Limits, sentence: str) -> None:
    (check,) = listener.check(heard, Challenge("en", sentence=sentence), limits)

    assert (check.result, check.reason) == ("fail", Reason.WRONG_WORDS)


@pytest.mark.parametrize(("begins", "ends"), [(0.0, 0.6), (0.4, 1.0)])
def test_a_part_of_the_sentence_is_not_the_sentence(
    listener: Listener, voice_activity: VoiceActivity, talking_man: Clip, limits: Limits, begins: float, ends: float
) -> None:
    assert talking_man.sound is not None
    samples = talking_man.sound.samples
    part = Sound(samples[round(begins * len(samples)) : round(ends * len(samples))])
    heard = listener.hear(part, voice_activity.spans(part), "en")

    (check,) = listener.check(heard, Challenge("en", sentence=HIS_SENTENCE), limits)

    assert check.reason is Reason.WRONG_WORDS


def test_a_mandarin_sentence_is_told_from_another(
    listener: Listener, voice_activity: VoiceActivity, mandarin_voice: MandarinVoice, limits: Limits
) -> None:
    sound = Sound(at_16_khz(mandarin_voice.say(PHRASES[DAILY_WALK]), RATE_HZ))
    heard = listener.hear(sound, voice_activity.spans(sound), "zh")

    (said,) = listener.check(heard, Challenge("zh", sentence=DAILY_WALK), limits)
    (not_said,) = listener.check(heard, Challenge("zh", sentence="年轻的时候，我在一家自行车厂里工作"), limits)

    assert said.reason is None
    assert not_said.reason is Reason.WRONG_WORDS


@pytest.mark.parametrize("sentence", ["", " … "])
def test_a_sentence_without_words_cannot_be_asked(listener: Listener, heard: Heard, sentence: str) -> None:
    with pytest.raises(ValueError, match="without words"):
        listener.score(heard, Challenge("en", sentence=sentence))
