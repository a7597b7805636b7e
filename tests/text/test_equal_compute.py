"""The baseline at equal tokens: as many samples as the exchange would have paid for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fusionlab.conversation import Message
from fusionlab.events import Event, Record, RunFinished
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import check
from fusionlab.text.equal_compute import at_equal_compute
from fusionlab.text.exchange import SO
from fusionlab.trace import Trace, fold
from tests.methods.test_debate import held, says


def traced(events: Sequence[Event], **settings: Any) -> Trace:
    members = tuple(MemberRecipe("smollm2-135m", name=name) for name in "AB")
    recipe = check(
        Recipe("debate", "What is 6 times 7?", members, {"answer": "number", **settings})
    )
    return fold(recipe, [Record(0.1 * at, event) for at, event in enumerate(events)])


def test_the_samples_cost_what_the_exchange_did() -> None:
    found = at_equal_compute(traced(held(says(1), says(2), max_rounds=2)))
    assert found is not None
    assert (found.samples, found.tokens, found.member) == (6, 90, "A")
    settings = found.recipe.settings
    assert (settings["samples"], settings["answer"]) == (6, "number")
    assert found.recipe.method == "self_consistency"
    check(found.recipe)


def test_it_asks_as_the_exchange_asked_first() -> None:
    found = at_equal_compute(traced(held(says(1), says(2), max_rounds=1)))
    assert found is not None
    assert found.recipe.prompt.startswith("What is 6 times 7?\n\nThink step by step.")
    assert found.recipe.members[0].system.startswith("You are a meticulous solver")
    short = at_equal_compute(traced(held(says(1), says(2), max_rounds=1), wording="short"))
    assert short is not None
    assert short.recipe.prompt == "What is 6 times 7?"
    assert short.recipe.settings["phrase"] == SO


def test_it_asks_after_the_same_earlier_turns() -> None:
    trace = traced(held(says(1), says(2), max_rounds=1))
    earlier = (Message("user", "What is 2 times 3?"), Message("assistant", "6"))
    messages = (*earlier, Message("user", "And 6 times 7?"))
    trace.recipe = replace(trace.recipe, prompt="", messages=messages)
    found = at_equal_compute(trace)
    assert found is not None
    assert found.recipe.request.earlier == earlier
    assert found.recipe.request.question.startswith("And 6 times 7?\n\nThink step by step.")


def test_samples_of_a_greedy_run_are_drawn_warm() -> None:
    trace = traced(held(says(1), says(2), max_rounds=1))
    found = at_equal_compute(trace)
    assert found is not None
    assert found.recipe.sampling == Sampling(temperature=0.7)


def test_there_is_none_for_what_is_not_over_or_cost_one_answer() -> None:
    events = held(says(42), says(42))
    assert isinstance(events[-1], RunFinished)
    assert at_equal_compute(traced(events[:-1])) is None
    found = at_equal_compute(traced(events))
    assert found is not None
    assert found.samples == 2
    alone = fold(Recipe("debate"), [Record(0.0, RunFinished("42"))])
    assert at_equal_compute(alone) is None
