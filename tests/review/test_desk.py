"""The desk's logic: who may decide what, and that nobody is refused by one person or by a machine."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_service.cases.states import CaseState
from verify_service.review.desk import (
    SECOND_OPINION_ROLES,
    Action,
    Decider,
    Effect,
    Standing,
    effect_of,
    possible_actions,
)
from verify_service.review.errors import (
    ActionImpossible,
    AssignedToAnother,
    CaseClosed,
    ReviewError,
    SecondOpinionByRole,
    SecondPersonNeeded,
)

CASE, ANNA, BAO, CHEN = UUID(int=0), UUID(int=1), UUID(int=2), UUID(int=3)
OPEN = Standing(CASE, CaseState.OPEN, has_open_verification=True)
WAITING = replace(OPEN, state=CaseState.SECOND_OPINION, refused_by=ANNA)

staff_ids = st.sampled_from([ANNA, BAO, CHEN])
roles = st.sampled_from(["clerk", "approver", "supervisor"])
standings = st.builds(
    Standing,
    st.just(CASE),
    st.sampled_from(list(CaseState)),
    st.booleans(),
    st.none() | staff_ids,
    st.none() | staff_ids,
)
deciders = st.builds(Decider, staff_ids, roles)


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        (Action.CONFIRM, Effect.CLOSE),
        (Action.RETRY, Effect.CLOSE),
        (Action.REFUSE, Effect.ASK_SECOND),
        (Action.VISIT, Effect.KEEP),
    ],
)
def test_one_person_confirms_asks_again_or_visits_but_only_asks_to_refuse(action: Action, effect: Effect) -> None:
    assert effect_of(OPEN, Decider(ANNA, "clerk"), action) is effect


def test_a_second_person_with_the_role_refuses() -> None:
    assert effect_of(WAITING, Decider(BAO, "approver"), Action.REFUSE) is Effect.CLOSE


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.RETRY, Action.VISIT])
def test_who_does_not_agree_to_refuse_opens_the_case_again(action: Action) -> None:
    assert effect_of(WAITING, Decider(BAO, "supervisor"), action) is Effect.REOPEN


def test_the_first_person_is_not_the_second_whatever_the_role() -> None:
    for action in (Action.REFUSE, Action.CONFIRM):
        with pytest.raises(SecondPersonNeeded):
            effect_of(WAITING, Decider(ANNA, "supervisor"), action)


def test_a_clerk_gives_no_second_opinion() -> None:
    with pytest.raises(SecondOpinionByRole):
        effect_of(WAITING, Decider(BAO, "clerk"), Action.REFUSE)


def test_without_a_record_of_the_first_nobody_counts_as_the_second() -> None:
    with pytest.raises(SecondPersonNeeded):
        effect_of(replace(WAITING, refused_by=None), Decider(BAO, "approver"), Action.REFUSE)


def test_a_case_of_somebody_else_is_left_alone_but_by_a_supervisor() -> None:
    taken = replace(OPEN, state=CaseState.ASSIGNED, assigned_to=ANNA)

    assert effect_of(taken, Decider(ANNA, "clerk"), Action.CONFIRM) is Effect.CLOSE
    assert effect_of(taken, Decider(CHEN, "supervisor"), Action.CONFIRM) is Effect.CLOSE
    with pytest.raises(AssignedToAnother):
        effect_of(taken, Decider(BAO, "approver"), Action.CONFIRM)


def test_a_case_whose_verification_waits_cannot_just_be_closed() -> None:
    with pytest.raises(ActionImpossible) as caught:
        effect_of(OPEN, Decider(ANNA, "clerk"), Action.CLOSE)
    assert caught.value.possible == ("confirm", "retry", "refuse", "visit")


def test_where_nothing_was_verified_nothing_is_confirmed_or_refused() -> None:
    assistance = replace(OPEN, has_open_verification=False)

    assert effect_of(assistance, Decider(ANNA, "clerk"), Action.CLOSE) is Effect.CLOSE
    for action in (Action.CONFIRM, Action.RETRY, Action.REFUSE):
        with pytest.raises(ActionImpossible):
            effect_of(assistance, Decider(ANNA, "clerk"), action)


@given(standings, deciders, st.sampled_from(list(Action)))
def test_a_closed_case_allows_nothing(standing: Standing, decider: Decider, action: Action) -> None:
    closed = replace(standing, state=CaseState.CLOSED)

    assert possible_actions(closed) == ()
    with pytest.raises(CaseClosed):
        effect_of(closed, decider, action)


@given(standings, deciders)
def test_a_refusal_closes_a_case_only_as_the_second_opinion_of_another_person(
    standing: Standing, decider: Decider
) -> None:
    try:
        effect = effect_of(standing, decider, Action.REFUSE)
    except ReviewError:
        return
    if effect is Effect.CLOSE:
        assert standing.state is CaseState.SECOND_OPINION
        assert standing.refused_by not in (None, decider.staff_id)
        assert decider.role in SECOND_OPINION_ROLES


@given(standings, deciders, st.sampled_from(list(Action)))
def test_every_possible_action_of_a_free_case_has_an_effect(
    standing: Standing, decider: Decider, action: Action
) -> None:
    free = replace(standing, assigned_to=None, state=CaseState.OPEN)

    if action in possible_actions(free):
        assert effect_of(free, decider, action) in set(Effect)
