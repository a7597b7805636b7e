"""Exchange-of-Thought: who reads what, when it stops, and what is elected; no defect of old."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from fusionlab.errors import MemberError
from fusionlab.events import (
    AnswerExtracted,
    Event,
    Measured,
    MessageSent,
    RunFinished,
    TextDelta,
    Warned,
)
from fusionlab.methods.debate import debate
from fusionlab.models.base import Chunk, Level, Member, ModelSpec, Prompt, Usage
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method
from fusionlab.text.topology import messages

QUESTION = "What is 6 times 7?"


@dataclass(slots=True)
class Player:
    """A model that plays a part: what it says to a prompt may depend on the prompt."""

    part: Callable[[str], str]
    name: str = "player"
    calls: list[list[str]] = field(default_factory=list)

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(self.name, engine="player", level=Level.TEXT)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        texts = ["\n".join(message.content for message in prompt) for prompt in prompts]
        self.calls.append(texts)
        for row, text in enumerate(texts):
            yield Chunk(row, self.part(text))
            yield Chunk(row, "", "end", Usage(10, 5, 5, 0.1, len(texts)))

    def close(self) -> None: ...


def says(*answers: Any) -> Callable[[str], str]:
    """These answers in turn, the last one for ever."""
    left = list(answers)
    return lambda _: f"Well. The answer is {left.pop(0) if len(left) > 1 else left[0]}."


def held(*parts: Callable[[str], str], **settings: Any) -> list[Event]:
    members = [Member("ABCDEFGH"[i], Player(part, f"m{i}")) for i, part in enumerate(parts)]
    return run(members, **settings)


def run(members: Sequence[Member], **settings: Any) -> list[Event]:
    given = {"answer": "number", **settings}
    return list(debate(members, Request(QUESTION), **get_method("debate").check(given)))


def rounds(events: Sequence[Event]) -> list[list[str]]:
    """The answers of every round."""
    found: dict[int, list[str]] = {}
    for event in events:
        if isinstance(event, AnswerExtracted):
            found.setdefault(event.sample, []).append(event.answer)
    return [found[number] for number in sorted(found)]


def end(events: Sequence[Event]) -> RunFinished:
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last


@pytest.mark.parametrize("topology", ["memory", "report", "relay", "debate"])
@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_as_many_messages_a_round_as_the_table_says(topology: Any, n: int) -> None:
    events = held(*[says(i, i) for i in range(n)], topology=topology, max_rounds=2)
    for number in (1, 2):
        sent = [e for e in events if isinstance(e, MessageSent) and e.round == number]
        assert len(sent) + n == messages(topology, n)


def test_who_agrees_at_once_exchanges_nothing() -> None:
    events = held(says(42), says("42.0"), says("42"))
    assert rounds(events) == [["42", "42.0", "42"]]
    assert not any(isinstance(event, MessageSent) for event in events)
    assert end(events).answer == "42"


def test_a_majority_stops_where_that_is_asked_for() -> None:
    parts = (says(42), says(42), says(41))
    assert len(rounds(held(*parts, stop="majority"))) == 1
    assert len(rounds(held(says(42), says(42), says(41), max_rounds=4))) == 5


def test_half_is_no_majority() -> None:
    assert len(rounds(held(says(42), says(41), stop="majority", max_rounds=2))) == 3


def test_who_says_the_same_twice_leaves_and_is_still_heard() -> None:
    changing = says(1, 2, 3, 3)
    events = held(says(42), changing, stop="stable", max_rounds=6)
    assert rounds(events) == [["42", "1"], ["42", "2"], ["3"], ["3"]]
    heard = [e for e in events if isinstance(e, MessageSent) and e.round == 2]
    assert [(e.sender, e.receiver) for e in heard] == [("A", "B")]


def test_at_the_cap_the_most_frequent_answer_is_elected() -> None:
    events = held(says(7), says(42), says(42), max_rounds=1)
    assert end(events) == RunFinished("42", "elected")


def test_a_tie_is_told_and_the_first_is_elected() -> None:
    events = held(says(7), says(42), says(42), says(7), max_rounds=1)
    assert end(events) == RunFinished("7", "elected", ("7", "42"))
    said = [event.message for event in events if isinstance(event, Warned)]
    assert "a tie, 2 each: 7, 42; the first was taken" in said


def test_blanks_do_not_count() -> None:
    silent = lambda _: "I do not know."  # noqa: E731
    events = held(silent, silent, says(42), max_rounds=1)
    assert rounds(events)[0] == ["", "", "42"]
    assert end(events).answer == "42"


def test_where_nobody_answers_nothing_is_elected_and_it_says_so() -> None:
    events = held(lambda _: "", lambda _: "Hm.", max_rounds=2)
    assert len(rounds(events)) == 3  # no answer is no agreement
    assert end(events).answer == ""
    assert any(isinstance(e, Warned) and "no agent gave an answer" in e.message for e in events)


def test_a_blank_is_no_confidence() -> None:
    prompts: list[str] = []
    silent = lambda _: "No idea."  # noqa: E731

    def listening(text: str) -> str:
        prompts.append(text)
        return "The answer is 1."

    held(listening, silent, max_rounds=2)
    assert "confidence" not in prompts[1]
    assert "The solution of B (confidence 0.00)" in prompts[2]


def test_confidence_is_the_share_of_the_most_frequent_answer() -> None:
    events = held(says(1, 2, 1, 5), says(9), max_rounds=3)
    told = {(e.round, e.sender): e.confidence for e in events if isinstance(e, MessageSent)}
    assert told == {
        (1, "A"): None,
        (1, "B"): None,
        (2, "A"): 1 / 2,
        (2, "B"): 1.0,
        (3, "A"): 2 / 3,
        (3, "B"): 1.0,
    }


def test_a_prompt_holds_ones_own_solution_and_only_what_is_heard() -> None:
    members = [Member(name, Player(says(i), name)) for i, name in enumerate("ABC")]
    run(members, topology="relay", max_rounds=1)
    prompt = member_calls(members[0])[1]
    assert QUESTION in prompt
    assert "Your previous solution:\nWell. The answer is 0." in prompt
    assert "The solution of B:\nWell. The answer is 1." in prompt
    assert "The answer is 2." not in prompt


def test_agents_of_one_model_write_in_one_batch() -> None:
    model = Player(says(*range(9)))
    run([Member(name, model) for name in "ABC"], max_rounds=2)
    assert [len(call) for call in model.calls] == [3, 3, 3]


def test_agents_without_an_instruction_are_three_characters() -> None:
    model = Player(says(1))
    members = [Member("A", model), Member("B", model, "You are B."), Member("C", model)]
    run(members)
    first = model.calls[0]
    assert "meticulous" in first[0]
    assert "You are B." in first[1]
    assert "creative" in first[2]


def test_an_agent_that_fails_is_missed_and_not_waited_for() -> None:
    def failing(text: str) -> str:
        if "previous" in text:
            raise MemberError("server-broke-off", server="the line")
        return "The answer is 1."

    events = held(says(2), failing, says(3), max_rounds=2)
    assert any(isinstance(e, Warned) and "B failed in round 1" in e.message for e in events)
    assert rounds(events) == [["2", "1", "3"], ["2", "3"], ["2", "3"]]
    last = [e for e in events if isinstance(e, MessageSent) and e.round == 2]
    assert {(e.sender, e.receiver) for e in last} == {("A", "C"), ("C", "A")}
    with pytest.raises(MemberError, match="the line broke off"):
        held(says(2), failing, on_failure="stop", max_rounds=2)


def test_where_all_fail_the_run_fails() -> None:
    def failing(_: str) -> str:
        raise MemberError("server-broke-off", server="somebody")

    with pytest.raises(MemberError):
        held(failing, failing)


def test_a_choice_is_not_any_capital_letter() -> None:
    events = held(
        lambda _: "A good question. I think The answer is (C).",
        lambda _: "BECAUSE it is so, the ANSWER IS (c)",
        answer="choice",
    )
    assert rounds(events) == [["C", "C"]]


def test_an_agent_that_repeats_its_prompt_gives_no_answer_of_its_own() -> None:
    events = held(lambda text: text.partition("Think")[0], says(42), max_rounds=1, answer="choice")
    assert rounds(events)[0][0] == ""


def test_a_question_in_chinese() -> None:
    model = Player(lambda _: "六乘以七。The answer is 42.")
    events = list(
        debate(
            [Member("甲", model), Member("乙", model)],
            Request("六乘以七等于多少？"),
            **get_method("debate").check({"answer": "number"}),
        )
    )
    assert end(events).answer == "42"
    assert "六乘以七等于多少？" in model.calls[0][0]


def test_short_wording_is_what_readers_have_learned() -> None:
    model = Player(lambda text: "461 so 164" if "you" in text else "451 so 154")
    other = Player(lambda _: "461 so 164", "other")
    events = run(
        [Member("one", model), Member("two", other)],
        wording="short",
        answer="exact",
        max_rounds=2,
    )
    assert model.calls[0] == [QUESTION]
    assert model.calls[1] == [f"you 451 so 154\nB 461 so 164\n{QUESTION}"]
    assert rounds(events) == [["154", "164"], ["164", "164"]]
    assert end(events).answer == "164"


def test_every_answer_is_told_by_round_and_paid_for() -> None:
    events = held(says(1, 2), says(3), max_rounds=1)
    told = {(e.author, e.sample) for e in events if isinstance(e, TextDelta)}
    assert told == {("A", 0), ("B", 0), ("A", 1), ("B", 1)}
    assert sum(isinstance(event, Measured) for event in events) == 4


def member_calls(member: Member) -> list[str]:
    model = member.model
    assert isinstance(model, Player)
    return [text for call in model.calls for text in call]


def test_a_right_answer_may_be_given_as_a_number() -> None:
    assert get_method("debate").check({"truth": 733})["truth"] == "733"
