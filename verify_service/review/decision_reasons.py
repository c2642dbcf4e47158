"""The reasons that staff can give, by action: codes, so that they can be counted, and words, so that they are understood."""

from __future__ import annotations

from collections.abc import Mapping

from verify_service.kit.languages import Texts
from verify_service.review.desk import Action
from verify_service.review.errors import ReasonUnknown


def _say(zh_hans: str, zh_hant: str, en: str) -> Texts:
    return Texts.model_validate({"zh-Hans": zh_hans, "zh-Hant": zh_hant, "en": en})


DECISION_REASONS: Mapping[Action, Mapping[str, Texts]] = {
    Action.CONFIRM: {
        "same_person_seen": _say(
            "看过视频和照片，是本人", "睇過影片同相片，係本人", "Seen on video and photo: the same"
        ),
        "met_in_person": _say("当面见到本人", "當面見到本人", "Met in person"),
        "video_call": _say("视频通话见到本人", "視像通話見到本人", "Met on a video call"),
    },
    Action.RETRY: {
        "picture_unclear": _say("画面看不清，请重录", "畫面睇唔清，請重錄", "The picture is not clear enough"),
        "sound_unclear": _say("声音听不清，请重录", "聲音聽唔清，請重錄", "The sound is not clear enough"),
        "technical": _say("系统原因，请重录", "系統原因，請重錄", "The system is to blame"),
    },
    Action.REFUSE: {
        "other_person": _say("不是本人", "唔係本人", "It is another person"),
        "recording_of_recording": _say(
            "翻拍或用过的视频", "翻拍或者用過嘅影片", "A recording of a recording, or used before"
        ),
        "manipulated": _say("视频被改动过", "影片被改動過", "The video was manipulated"),
        "deceased": _say("核实本人已去世", "核實本人已去世", "The resident has died, as was verified"),
    },
    Action.VISIT: {
        "cannot_tell": _say("看不出来，需要上门", "睇唔出，需要上門", "It cannot be told without going there"),
        "cannot_use_phone": _say("老人不便用手机", "老人家唔方便用手機", "The resident cannot use a phone"),
        "visit_wanted": _say("老人希望上门", "老人家想上門", "The resident wants a visit"),
    },
    Action.CLOSE: {
        "helped": _say("已帮老人办好", "已幫老人家辦好", "The resident was helped"),
        "withdrawn": _say("老人已撤回", "老人家已撤回", "The resident no longer wants it"),
        "not_reached": _say(
            "多次联系不上，已转街道跟进", "多次聯絡唔到，已轉街道跟進", "Not reached; the street follows up"
        ),
    },
}


def require_reason(action: Action, reason_code: str) -> None:
    """Raises ReasonUnknown for a code that is none of this action's."""
    if reason_code not in DECISION_REASONS[action]:
        raise ReasonUnknown(action, reason_code, DECISION_REASONS[action])
