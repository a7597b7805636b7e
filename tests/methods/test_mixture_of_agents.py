"""Layers that read the one before, references without blanks, and one member who ends it."""

import pytest

from fusionlab.errors import MemberError
from fusionlab.events import Measured, RunFinished, TextDelta
from fusionlab.methods.mixture_of_agents import SYNTHESISE
from fusionlab.models.base import Member
from fusionlab.recipe import Sampling
from tests.players import Player, cast, echoes, end, fails, found, held, player, says, sent, warned


def test_two_layers_are_three_answers_in_a_fourths_prompt() -> None:
    members = cast(says("one"), says("two"), says("three"), says("all of it"))
    events = held("mixture_of_agents", members)
    (prompt,) = player(members[3]).prompts
    assert prompt[0].role == "system"
    assert prompt[0].content == f"{SYNTHESISE}\n1. one\n2. two\n3. three"
    assert prompt[1].content == "What is 6 times 7?"
    assert sent(events) == [(1, "A", "D"), (1, "B", "D"), (1, "C", "D")]
    assert found(events) == [("A", 0, "one"), ("B", 0, "two"), ("C", 0, "three"), *[FINAL]]
    assert end(events) == RunFinished("all of it")
    assert sum(isinstance(event, Measured) for event in events) == 4


FINAL = ("D", 1, "all of it")


def test_proposers_answer_alone_at_first_and_then_read_the_layer_before() -> None:
    members = cast(says("a0", "a1", "a2"), says("b0", "b1", "b2"), says("end"))
    events = held("mixture_of_agents", members, layers=4)
    systems = [prompt[0].content for prompt in player(members[0]).prompts[1:]]
    assert len(player(members[0]).prompts[0]) == 1
    assert systems == [f"{SYNTHESISE}\n1. a{at}\n2. b{at}" for at in (0, 1)]
    assert player(members[2]).prompts[0][0].content == f"{SYNTHESISE}\n1. a2\n2. b2"
    pairs = [(s, r) for r in "AB" for s in "AB"]
    assert sent(events) == [
        *[(layer, s, r) for layer in (1, 2) for s, r in pairs],
        (3, "A", "C"),
        (3, "B", "C"),
    ]


def test_one_member_is_self_moa_and_its_samples_are_told_apart() -> None:
    members = cast(says("x", "y", "z", "end"))
    events = held("mixture_of_agents", members, samples=3)
    assert player(members[0]).prompts[3][0].content == f"{SYNTHESISE}\n1. x\n2. y\n3. z"
    assert [len(prompts) for prompts, _ in player(members[0]).calls] == [3, 1]
    assert found(events) == [("A", 0, "x"), ("A", 1, "y"), ("A", 2, "z"), ("A", 3, "end")]
    assert sent(events) == [(3, "A", "A")]
    texts = [event.sample for event in events if isinstance(event, TextDelta)]
    assert len(set(texts)) == 4


def test_references_are_added_to_the_instruction_there_is() -> None:
    editor = Member("B", Player(says("end")), "You are an editor.")
    held("mixture_of_agents", [*cast(says("one")), editor])
    (prompt,) = player(editor).prompts
    assert [message.role for message in prompt] == ["system", "user"]
    assert prompt[0].content == f"You are an editor.\n\n{SYNTHESISE}\n1. one"


def test_blanks_and_repeated_prompts_are_no_references() -> None:
    members = cast(says(""), echoes, says("two"), says("end"))
    events = held("mixture_of_agents", members)
    assert player(members[3]).prompts[0][0].content == f"{SYNTHESISE}\n1. two"
    assert sent(events) == [(1, "C", "D")]
    assert found(events)[:2] == [("A", 0, ""), ("B", 0, "")]


def test_where_all_proposals_are_blank_nothing_is_added_and_it_says_so() -> None:
    members = cast(says(""), says("end"))
    events = held("mixture_of_agents", members)
    assert len(player(members[1]).prompts[0]) == 1
    assert "all proposals are blank" in warned(events)


def test_a_proposer_that_fails_is_missed() -> None:
    events = held("mixture_of_agents", cast(fails, says("two"), says("end")))
    assert "A failed" in warned(events)
    assert sent(events) == [(1, "B", "C")]
    assert end(events).answer == "end"


@pytest.mark.parametrize("parts", [(fails, fails, says("end")), (says("one"), fails)])
def test_without_proposers_or_aggregator_the_run_fails(parts: tuple[object, ...]) -> None:
    with pytest.raises(MemberError, match="the line broke off"):
        held("mixture_of_agents", cast(*parts))  # type: ignore[arg-type]


def test_what_is_of_no_use_is_warned_of() -> None:
    assert "a single member with a single answer only reads itself" in warned(
        held("mixture_of_agents", cast(says("x")))
    )
    cold = held("mixture_of_agents", cast(says("x")), sampling=Sampling(), samples=2)
    assert "all the same" in warned(cold)
    assert not warned(held("mixture_of_agents", cast(says("x"), says("y"))))


def test_a_question_in_chinese() -> None:
    members = cast(says("四十二"), says("答案是 42。"))
    events = held("mixture_of_agents", members, "六乘以七？", answer="number", phrase="答案是")
    assert found(events) == [("A", 0, "42"), ("B", 1, "42")]
    assert end(events).answer == "答案是 42。"
