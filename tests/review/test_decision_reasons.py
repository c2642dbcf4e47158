from __future__ import annotations

import pytest

from verify_service.review.decision_reasons import DECISION_REASONS, require_reason
from verify_service.review.desk import Action
from verify_service.review.errors import ReasonUnknown


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_reasons(action: Action) -> None:
    assert len(DECISION_REASONS[action]) >= 2
    for code in DECISION_REASONS[action]:
        require_reason(action, code)


def test_a_reason_of_another_action_is_none_of_this_one() -> None:
    with pytest.raises(ReasonUnknown) as caught:
        require_reason(Action.CONFIRM, "other_person")
    assert "met_in_person" in caught.value.known
