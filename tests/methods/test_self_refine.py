"""A member reads itself, mends what it found, and stops where there is nothing to mend."""

from itertools import pairwise

import pytest

from fusionlab.methods.self_refine import CRITICISE, NOTHING_TO_MEND, nothing_to_mend
from tests.players import Part, cast, end, found, held, player, says, sent, warned


def script(critique: str, *answers: object) -> Part:
    """Answers in turn, and this critique whenever one is asked for."""
    left = says(*(f"The answer is {answer}." for answer in answers))
    return lambda prompt: critique if prompt[-1].content == CRITICISE else left(prompt)


def test_critiques_and_refinements_are_texts_of_their_own() -> None:
    events = held("self_refine", cast(script("You forgot one.", 41, 42, 43)), answer="number")
    answers = [("A", 0, "41"), ("A", 1, ""), ("A", 2, "42"), ("A", 3, ""), ("A", 4, "43")]
    assert found(events) == answers
    assert sent(events) == [(number, "A", "A") for number in (1, 2, 3, 4)]
    assert end(events).answer == "43"


def test_it_stops_where_there_is_nothing_to_mend() -> None:
    members = cast(script(f"I looked twice.\n**{NOTHING_TO_MEND.lower()}.**", 42, 0))
    events = held("self_refine", members, answer="number", iterations=4)
    assert found(events) == [("A", 0, "42"), ("A", 1, "")]
    assert end(events).answer == "42"


@pytest.mark.parametrize(
    "critique", [CRITICISE, "There is nothing to mend but the sum.", "Mend nothing.", ""]
)
def test_only_a_line_of_these_words_alone_is_the_marker(critique: str) -> None:
    assert not nothing_to_mend(critique)


def test_one_conversation_grows() -> None:
    members = cast(script("You forgot one.", 41, 42))
    held("self_refine", members, answer="number", iterations=1)
    prompts = player(members[0]).prompts
    assert [[message.role for message in prompt] for prompt in prompts] == [
        ["user", "assistant"] * number + ["user"] for number in range(3)
    ]
    assert all(list(new[: len(old)]) == list(old) for old, new in pairwise(prompts))
    assert player(members[0]).anew == [True, False, False]


def test_a_blank_critique_leaves_the_answer_as_it_is() -> None:
    events = held("self_refine", cast(script("", 42, 0)), answer="number")
    assert end(events).answer == "42"
    assert "criticism is blank" in warned(events)


@pytest.mark.parametrize("mended", ["", "I have mended it."])
def test_a_refinement_without_an_answer_takes_none_away(mended: str) -> None:
    left = says("The answer is 42.", mended)
    part: Part = lambda prompt: "Bad." if prompt[-1].content == CRITICISE else left(prompt)  # noqa: E731
    events = held("self_refine", cast(part), answer="number", iterations=1)
    assert found(events)[-1] == ("A", 2, "")
    assert end(events).answer == "42"


def test_blanks_are_never_sent_back() -> None:
    members = cast(says(""))
    events = held("self_refine", members, answer="number")
    assert end(events).answer == ""
    assert "none of the texts has an answer" in warned(events)
    assert all(message.content for prompt in player(members[0]).prompts for message in prompt)
