"""What the phone tells an old person after a clip that did not do: one sentence with the next step, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

DisplayLocale = Literal["zh-Hans", "zh-Hant", "en"]

# Order is urgency: the phone shows the first. A sentence names one thing to do and blames nobody.
SENTENCES: Mapping[str, Mapping[DisplayLocale, str]] = {
    "unreadable": {
        "zh-Hans": "这段视频没有传好，请再录一次。",
        "zh-Hant": "呢段影片未有傳好，請再錄一次。",
        "en": "The video did not arrive well. Please record it once more.",
    },
    "unsupported_format": {
        "zh-Hans": "这段视频的格式读不了，请用本页面直接录制。",
        "zh-Hant": "呢段影片嘅格式讀唔到，請用本頁面直接錄影。",
        "en": "This kind of video cannot be read. Please record it in the app itself.",
    },
    "clip_short": {
        "zh-Hans": "录得太短了，请把整句话说完再停。",
        "zh-Hant": "錄得太短，請講完成句先停。",
        "en": "The video was too short. Please finish the whole sentence before you stop.",
    },
    "clip_long": {
        "zh-Hans": "录得太长了，说完这句话就可以停。",
        "zh-Hant": "錄得太長，講完呢句就可以停。",
        "en": "The video was too long. You can stop as soon as the sentence is said.",
    },
    "no_face": {
        "zh-Hans": "没有看到您的脸，请把手机举到面前。",
        "zh-Hant": "睇唔到您塊面，請將手機舉到面前。",
        "en": "We could not see your face. Please hold the phone in front of you.",
    },
    "many_faces": {
        "zh-Hans": "画面里有别人，请让您一个人在画面里。",
        "zh-Hant": "畫面入面有其他人，請只留您一個人。",
        "en": "Somebody else is in the picture. Please be alone in it.",
    },
    "too_far": {
        "zh-Hans": "离得太远了，请把手机拿近一些。",
        "zh-Hant": "離得太遠，請將手機攞近啲。",
        "en": "You are too far away. Please bring the phone closer.",
    },
    "too_near": {
        "zh-Hans": "离得太近了，请把手机拿远一些。",
        "zh-Hant": "離得太近，請將手機攞遠啲。",
        "en": "You are too close. Please hold the phone further away.",
    },
    "too_dark": {
        "zh-Hans": "光线太暗了，请到亮一点的地方，面向窗户或灯。",
        "zh-Hant": "光線太暗，請去光啲嘅地方，面向窗或者燈。",
        "en": "It is too dark. Please go where it is brighter and face the window or a lamp.",
    },
    "too_bright": {
        "zh-Hans": "光线太强了，请背开强光再录。",
        "zh-Hant": "光線太猛，請避開強光再錄。",
        "en": "It is too bright. Please turn away from the strong light.",
    },
    "blurred": {
        "zh-Hans": "画面不清楚，请擦一擦镜头，把手机拿稳。",
        "zh-Hant": "畫面唔清楚，請抹一抹鏡頭，攞穩手機。",
        "en": "The picture is blurred. Please wipe the lens and hold the phone still.",
    },
    "face_turned": {
        "zh-Hans": "请正对着手机，眼睛看着屏幕。",
        "zh-Hant": "請面向手機，望住螢幕。",
        "en": "Please face the phone and look at the screen.",
    },
    "face_covered": {
        "zh-Hans": "脸被挡住了，请摘下口罩或移开手。",
        "zh-Hant": "塊面俾嘢遮住，請除低口罩或者移開隻手。",
        "en": "Your face is covered. Please take off the mask or move your hand away.",
    },
    "no_sound": {
        "zh-Hans": "没有录到声音，请打开麦克风，再大声读一遍。",
        "zh-Hant": "錄唔到聲，請開咪高峰，再大聲讀一次。",
        "en": "There was no sound. Please allow the microphone and read the sentence aloud.",
    },
    "speech_unclear": {
        "zh-Hans": "听不太清，请到安静的地方，慢慢读一遍。",
        "zh-Hant": "聽得唔清楚，請去靜啲嘅地方，慢慢讀一次。",
        "en": "We could not hear you well. Please go to a quiet place and read slowly.",
    },
    "say_again": {
        "zh-Hans": "请看着手机，把屏幕上的话再读一遍。",
        "zh-Hant": "請望住手機，將螢幕上嘅字再讀一次。",
        "en": "Please look at the phone and read the words on the screen once more.",
    },
    "challenge_expired": {
        "zh-Hans": "这句话已过时，我们给您换一句新的。",
        "zh-Hant": "呢句已經過時，我哋幫您換一句新嘅。",
        "en": "The time for this sentence is over. You get a new one.",
    },
}


def sentence(code: str, locale: DisplayLocale) -> str:
    """The sentence of an advice code. Raises KeyError for a code that is not listed: a test holds the lists together."""
    return SENTENCES[code][locale]


def most_useful_first(codes: list[str]) -> list[str]:
    """Codes in the order in which they help: without a face in the picture, its light is no matter."""
    order = list(SENTENCES)
    return sorted(codes, key=order.index)
