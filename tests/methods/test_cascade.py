"""Members are asked in turn until one agrees with itself; the last one's answer stands."""

import pytest

from fusionlab.errors import MemberError
from fusionlab.events import Measured, MemberChosen, RunFinished
from fusionlab.recipe import Sampling
from tests.players import cast, chosen, echoes, end, fails, found, held, player, says, warned


def test_who_is_sure_spares_the_others() -> None:
    members = cast(says("It is 42.", "42.0", "So: 42"), says("7"))
    events = held("cascade", members, answer="number")
    assert chosen(events) == MemberChosen("A", "agreement", {"A": 1.0})
    assert end(events) == RunFinished("42", "elected")
    assert player(members[1]).prompts == []
    assert {event.member for event in events if isinstance(event, Measured)} == {"A"}
    assert found(events) == [("A", 0, "42"), ("A", 1, "42.0"), ("A", 2, "42")]


def test_who_is_not_sure_hands_on() -> None:
    events = held("cascade", cast(says("1", "2", "3"), says("42"), says("7")), answer="number")
    assert chosen(events) == MemberChosen("B", "agreement", {"A": 1 / 3, "B": 1.0})
    assert end(events).answer == "42"


@pytest.mark.parametrize(
    ("threshold", "member"), [(2 / 3, "A"), (0.67, "B"), (0.0, "A"), (1.0, "B")]
)
def test_at_the_threshold_the_answer_is_taken(threshold: float, member: str) -> None:
    members = cast(says("1", "2", "2"), says("42"))
    events = held("cascade", members, answer="number", threshold=threshold)
    assert chosen(events).member == member


def test_the_last_ones_answer_stands_however_unsure_it_is() -> None:
    members = cast(says("1", "1", "2"), says("7", "8", "9"))
    events = held("cascade", members, answer="number", threshold=1.0)
    assert chosen(events) == MemberChosen("B", "agreement", {"A": 2 / 3, "B": 1 / 3})
    assert end(events).answer == "7"
    assert end(events).tied == ("7", "8", "9")
    assert warned(events) == "a tie, 1 each: 7, 8, 9; the first was taken"


def test_blanks_are_no_agreement() -> None:
    members = cast(says(""), says("I do not know."), says("", "42", "42"))
    events = held("cascade", members, answer="number", threshold=0.0)
    assert chosen(events).scores == {"A": 0.0, "B": 0.0, "C": 2 / 3}
    assert end(events).answer == "42"
    assert found(events)[0] == ("A", 0, "")


def test_where_the_last_comes_to_nothing_the_surest_before_it_stands() -> None:
    members = cast(says("1", "2", "3"), says("5", "5", "6"), says(""))
    events = held("cascade", members, answer="number", threshold=1.0)
    assert end(events).answer == "5"
    assert "that of B is taken" in warned(events)
    nothing = held("cascade", cast(says(""), says("Hm.")), answer="number")
    assert end(nothing).answer == "Hm."
    assert "no member gave an answer" in warned(nothing)


def test_a_member_that_repeats_the_prompt_is_not_sure_of_it() -> None:
    events = held("cascade", cast(echoes, says("42")), answer="number")
    assert chosen(events).scores == {"A": 0.0, "B": 1.0}


def test_a_member_that_fails_is_passed_over() -> None:
    events = held("cascade", cast(fails, says("42")), answer="number")
    assert end(events).answer == "42"
    assert "A failed" in warned(events)
    events = held("cascade", cast(says("1", "2", "3"), fails), answer="number")
    assert chosen(events).member == "A"
    with pytest.raises(MemberError, match="the line broke off"):
        held("cascade", cast(fails, fails))


def test_at_temperature_0_each_is_asked_once_and_it_says_so() -> None:
    members = cast(says(""), says("42"))
    events = held("cascade", members, sampling=Sampling(), answer="number")
    assert [len(player(each).prompts) for each in members] == [1, 1]
    assert "always agrees with itself" in warned(events)
    once = held("cascade", cast(says("1"), says("42")), samples=1)
    assert "always agrees with itself" in warned(once)
    assert chosen(once).member == "A"


def test_members_over_one_model_draw_differently() -> None:
    members = cast(says("1", "2", "3"), says("42"))
    held("cascade", members, answer="number", sampling=Sampling(temperature=0.7, seed=5))
    (first,), (second,) = (player(each).calls for each in members)
    assert first[1].seed == 5
    assert second[1].seed not in range(5 - 3, 5 + 3)


def test_a_question_in_chinese() -> None:
    events = held("cascade", cast(says("四十二。"), says("7")), "六乘以七等于多少？")
    assert end(events).answer == "四十二。"
    assert chosen(events).scores == {"A": 1.0}
