"""What the clerk at the counter is told about a photo that cannot be used: one sentence with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from verify_service.biometrics.reasons import Reason
from verify_service.kit.languages import Language, Texts


def _say(zh_hans: str, zh_hant: str, en: str) -> Texts:
    return Texts.model_validate({"zh-Hans": zh_hans, "zh-Hant": zh_hant, "en": en})


UNREADABLE = _say(
    "这张照片打不开，请换一张或重新拍一张。",
    "呢張相片打唔開，請換一張或者重新影一張。",
    "The photo cannot be opened. Please send another one or take it again.",
)
ADVICE: Mapping[str, Texts] = {
    Reason.UNREADABLE: UNREADABLE,
    Reason.UNSUPPORTED_FORMAT: _say(
        "请用 JPEG、PNG 或 WebP 格式的照片。",
        "請用 JPEG、PNG 或者 WebP 格式嘅相片。",
        "Please send the photo as JPEG, PNG or WebP.",
    ),
    Reason.NO_FACE: _say(
        "照片里没有看到脸，请让老人正对镜头再拍一张。",
        "相片入面睇唔到塊面，請老人家面向鏡頭再影一張。",
        "There is no face in the photo. Please take one with the person facing the camera.",
    ),
    Reason.MANY_FACES: _say(
        "照片里不止一张脸，请只拍本人。",
        "相片入面唔止一塊面，請淨係影本人。",
        "There is more than one face in the photo. Please take one of the person alone.",
    ),
    Reason.TOO_DARK: _say(
        "照片太暗，请在亮的地方、面向光线再拍。",
        "相片太暗，請喺光嘅地方、面向光線再影。",
        "The photo is too dark. Please take it in a bright place, with the person facing the light.",
    ),
    Reason.TOO_BRIGHT: _say(
        "照片太亮，请避开强光再拍。",
        "相片太光，請避開強光再影。",
        "The photo is too bright. Please take it away from strong light.",
    ),
    Reason.BLURRED: _say(
        "照片不清楚，请擦净镜头、拿稳再拍。",
        "相片唔清楚，請抹乾淨鏡頭、攞穩再影。",
        "The photo is blurred. Please wipe the lens, hold still and take it again.",
    ),
    Reason.FACE_TURNED: _say(
        "脸没有正对镜头，请正面再拍。",
        "塊面冇正對鏡頭，請正面再影。",
        "The face is turned away. Please take it from the front.",
    ),
    Reason.FACE_COVERED: _say(
        "脸被挡住了，请摘下口罩或帽子再拍。",
        "塊面俾嘢遮住，請除低口罩或者帽再影。",
        "The face is covered. Please take the mask or hat off and take it again.",
    ),
    Reason.TOO_FAR: _say(
        "脸太小，请靠近一些再拍。",
        "塊面太細，請行近啲再影。",
        "The face is too small. Please go closer and take it again.",
    ),
    Reason.TOO_NEAR: _say(
        "脸太大、没有拍全，请退后一些再拍。",
        "塊面太大、未影晒，請退後啲再影。",
        "The face is too close and cut off. Please step back and take it again.",
    ),
}


def advice_for(reason: str, language: Language) -> str:
    """The sentence for a reason; for one that has none of its own, that another photo is needed."""
    return ADVICE.get(reason, UNREADABLE).say(language)
