"""The majority is elected, by value and not by spelling; of equals the first."""

from collections.abc import Iterator
from typing import Any

import pytest

from fusionlab.events import AnswerExtracted, Event, RunFinished, Warned
from fusionlab.methods.self_consistency import self_consistency
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from tests.scripted import scripted

ASKED = Request("How many?", Sampling(temperature=0.7))


def asked(*texts: str, sampling: Sampling = ASKED.sampling, **settings: Any) -> list[Event]:
    events: Iterator[Event] = self_consistency(
        [scripted("ann", *texts)],
        Request("How many?", sampling),
        samples=len(texts),
        **{"answer": "number", **settings},
    )
    return list(events)


@pytest.mark.parametrize(
    ("texts", "elected"),
    [
        (["It is 3.", "It is 4.", "So 4.0"], "4"),
        (["3", "4"], "3"),
        (["5", "1,000", "$1000", "5", "1000.0"], "1000"),
        (["none", "7", "nothing"], "7"),
        (["none", "nothing"], "none"),
        (["9"], "9"),
    ],
)
def test_the_majority_is_elected(texts: list[str], elected: str) -> None:
    last = asked(*texts)[-1]
    assert isinstance(last, RunFinished)
    assert (last.answer, last.reason) == (elected, "elected")


def test_a_tie_is_told() -> None:
    told = asked("72", "144", "none", "144", "72")
    assert told[-1] == RunFinished("72", "elected", ("72", "144"))
    says = "a tie, 2 each: 72, 144; the first was taken"
    assert says in [e.message for e in told if isinstance(e, Warned)]
    assert asked("72", "144", "72")[-1] == RunFinished("72", "elected")


def test_every_extracted_answer_is_told() -> None:
    told = asked("The answer is 3, not 4", "none", phrase="answer is")
    assert [e for e in told if isinstance(e, AnswerExtracted)] == [
        AnswerExtracted("ann", "3", 0),
        AnswerExtracted("ann", "", 1),
    ]
    assert any(isinstance(e, Warned) and "1 of 2 texts" in e.message for e in told)


def test_samples_at_temperature_0_are_warned_of() -> None:
    assert isinstance(asked("1", "2", sampling=Sampling())[0], Warned)
    assert not isinstance(asked("1", sampling=Sampling())[0], Warned)
