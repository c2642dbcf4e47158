"""Why a case is here, in words for staff. Nothing of this may reach a phone: an attacker could learn from it."""

from __future__ import annotations

from collections.abc import Mapping

from verify_service.biometrics.reasons import Reason
from verify_service.kit.languages import Language, Texts


def _say(zh_hans: str, zh_hant: str, en: str) -> Texts:
    return Texts.model_validate({"zh-Hans": zh_hans, "zh-Hant": zh_hant, "en": en})


CASE_REASONS: Mapping[str, Texts] = {
    Reason.UNREADABLE: _say("视频打不开", "影片打唔開", "The video could not be opened"),
    Reason.UNSUPPORTED_FORMAT: _say("视频格式不支持", "影片格式唔支援", "The video is of a kind that cannot be read"),
    Reason.CLIP_SHORT: _say("视频太短", "影片太短", "The video is too short"),
    Reason.CLIP_LONG: _say("视频太长", "影片太長", "The video is too long"),
    Reason.NO_FACE: _say("画面里没有看到脸", "畫面睇唔到塊面", "No face was seen"),
    Reason.MANY_FACES: _say("画面里不止一个人", "畫面唔止一個人", "More than one person is in the picture"),
    Reason.TOO_DARK: _say("光线太暗", "光線太暗", "It is too dark"),
    Reason.TOO_BRIGHT: _say("光线太强", "光線太猛", "It is too bright"),
    Reason.BLURRED: _say("画面模糊", "畫面矇", "The picture is blurred"),
    Reason.FACE_TURNED: _say("脸没有正对镜头", "塊面冇正對鏡頭", "The face is turned away"),
    Reason.FACE_COVERED: _say("脸被挡住", "塊面俾嘢遮住", "The face is covered"),
    Reason.TOO_FAR: _say("离镜头太远", "離鏡頭太遠", "The face is too far away"),
    Reason.TOO_NEAR: _say("离镜头太近", "離鏡頭太近", "The face is too near"),
    Reason.NO_SOUND: _say("没有声音", "冇聲", "There is no sound"),
    Reason.SPEECH_UNCLEAR: _say("听不清在说什么", "聽唔清楚講乜", "The speech cannot be made out"),
    Reason.WRONG_WORDS: _say(
        "说的不是屏幕上的话", "講嘅唔係螢幕上嘅字", "What was said is not what the screen asked for"
    ),
    Reason.PERSON_CHANGED: _say(
        "视频中途像是换了人", "影片中途似係換咗人", "The person in the video seems to change midway"
    ),
    Reason.LIPS_STILL: _say(
        "有说话声，但嘴没有动", "有講嘢聲，但個嘴冇郁", "There is speech, but the mouth does not move"
    ),
    Reason.NO_MOTION: _say(
        "画面不像真人在动，可能是照片",
        "畫面唔似真人郁動，可能係相片",
        "It does not move like a person: perhaps a photo",
    ),
    Reason.LIPS_APART_FROM_SOUND: _say(
        "口型和声音对不上", "口型同聲音對唔上", "The lips and the sound do not go together"
    ),
    Reason.PRESENTATION: _say(
        "画面像是翻拍的照片或屏幕，请人工查看",
        "畫面似係翻拍嘅相片或者螢幕，請人手睇",
        "It may be a photo or a screen before the camera: please look",
    ),
    Reason.COMPARISON: _say(
        "和登记的照片不够像，请人工比对",
        "同登記嘅相片唔夠似，請人手比對",
        "Not like enough to the enrolled photo: please compare",
    ),
    Reason.NOT_MEASURED: _say("有一项没有测到", "有一項未能測到", "Something could not be measured"),
    "replay": _say("这段视频以前用过", "呢段影片以前用過", "This recording was used before"),
    "near_duplicate": _say(
        "这段视频和以前的一段几乎一样，可能是改过再用",
        "呢段影片同以前一段幾乎一樣，可能係改過再用",
        "This recording repeats an earlier one, perhaps altered",
    ),
    "confirmation_stands": _say(
        "本年度已有认证，请核对",
        "本年度已有認證，請核對",
        "A confirmation of this year stands already, or was suspended: please check",
    ),
    "no_reference": _say(
        "没有登记过可比对的照片", "未登記過可以比對嘅相片", "There is no enrolled photo to compare with"
    ),
    "crashed_clip": _say(
        "系统多次处理不了这段视频，请人工查看",
        "系統多次處理唔到呢段影片，請人手睇",
        "The system failed on this video several times: please look",
    ),
    "assistance": _say("老人希望由工作人员办理", "老人家想由職員辦理", "The resident wants a person to help"),
}


def case_reason(code: str, language: Language) -> str:
    """The words for a reason; a reason that has none yet is told by its code rather than kept from staff."""
    texts = CASE_REASONS.get(code)
    return texts.say(language) if texts else code
