"""Names as people write them, and the one form in which two spellings of a name are compared."""

from __future__ import annotations

import unicodedata

from verify_service.residents.errors import NameInvalid

LONGEST = 60
# The dot between the parts of a name (买买提·艾力) has one place on the card and many on keyboards.
MIDDLE_DOTS = dict.fromkeys(map(ord, "·•‧∙⋅・･᛫●．"), "·")


def written(text: str) -> str:
    """The name as it is kept and shown: NFC, no space around it. Raises NameInvalid."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= LONGEST or any(unicodedata.category(c).startswith("C") for c in name):
        raise NameInvalid
    return name


def compared(text: str) -> str:
    """The form in which names are compared: width, case, spaces and the kind of middle dot do not tell two apart.

    It makes no character of another one: 後 and 后 stay two, since the card has one of them.
    """
    # The dots first: NFKC would make a full stop of the full-width one, and an ordinary full stop stays what it is.
    folded = unicodedata.normalize("NFKC", text.translate(MIDDLE_DOTS)).translate(MIDDLE_DOTS).casefold()
    # And composed once more: without the space, an accent may have found its letter.
    return unicodedata.normalize("NFKC", "".join(folded.split()))
