"""Who may decide, role by role."""

import dataclasses

import pytest

from approvals.policy import Actor, Approval, Refusal, Step, TextFacts, is_cleared, may_decide

HEADS, LEADERS = 4, 5
HEAD_STEP, LEADER_STEP = Step(order=1, key="head", group_id=HEADS), Step(order=2, key="leadership", group_id=LEADERS)
FACTS = TextFacts(digest="d1", steps=(HEAD_STEP, LEADER_STEP), contributors=frozenset({1}), is_under_way=True)
AFTER_HEAD = dataclasses.replace(FACTS, approvals=(Approval(step=1, actor_id=10, digest="d1"),))


def person(
    user_id: int,
    *groups: int,
    is_active: bool = True,
    is_superuser: bool = False,
    has_second_factor: bool = True,
) -> Actor:
    return Actor(
        user_id=user_id,
        name="N",
        is_active=is_active,
        is_superuser=is_superuser,
        group_ids=frozenset(groups),
        has_second_factor=has_second_factor,
    )


@pytest.mark.parametrize(
    ("actor", "step", "facts", "refusal"),
    [
        (person(10, HEADS), HEAD_STEP, FACTS, None),
        (person(20, LEADERS), LEADER_STEP, AFTER_HEAD, None),
        (person(10, HEADS, is_active=False), HEAD_STEP, FACTS, Refusal.NOT_ACTIVE),
        (person(10, HEADS, is_superuser=True), HEAD_STEP, FACTS, Refusal.SUPERUSER),
        (person(20, LEADERS), HEAD_STEP, FACTS, Refusal.NOT_IN_GROUP),
        (person(1, HEADS), HEAD_STEP, FACTS, Refusal.CONTRIBUTOR),
        (person(10, HEADS, LEADERS), LEADER_STEP, AFTER_HEAD, Refusal.DECIDED_BEFORE),
        (person(20, LEADERS), LEADER_STEP, FACTS, Refusal.NOT_THE_TURN),
        (person(10, HEADS, has_second_factor=False), HEAD_STEP, FACTS, Refusal.NO_SECOND_FACTOR),
        (person(11, HEADS), HEAD_STEP, AFTER_HEAD, Refusal.NOT_THE_TURN),
        (person(10, HEADS), HEAD_STEP, dataclasses.replace(FACTS, is_under_way=False), Refusal.NOT_THE_TURN),
    ],
)
def test_decides_only_who_may(actor, step, facts, refusal):
    verdict = may_decide(actor=actor, step=step, facts=facts)

    assert verdict.refusal is refusal
    assert bool(verdict) is (refusal is None)


@pytest.mark.parametrize(
    ("approvals", "digest", "expected"),
    [
        ([(1, 10, "d1"), (2, 20, "d1")], "d1", True),
        ([(1, 10, "d1")], "d1", False),
        ([(1, 10, "d1"), (2, 20, "d1")], "d2", False),
        ([(1, 10, "d1"), (2, 10, "d1")], "d1", False),
        ([(1, 1, "d1"), (2, 20, "d1")], "d1", False),
        ([(1, 10, "d0"), (2, 20, "d1")], "d1", False),
        ([], "d1", False),
    ],
)
def test_cleared_is_what_all_steps_approved_by_different_people(approvals, digest, expected):
    rows = tuple(Approval(step=step, actor_id=actor, digest=seen) for step, actor, seen in approvals)

    assert is_cleared(facts=dataclasses.replace(FACTS, approvals=rows), digest=digest) is expected


def test_a_route_without_steps_clears_nothing():
    assert is_cleared(facts=TextFacts(digest="d1", steps=(), is_under_way=True), digest="d1") is False
