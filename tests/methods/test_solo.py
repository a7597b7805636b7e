"""One member alone: the same answer whether its tokens are seen or only its text."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fusionlab.events import Event, Measured, RunFinished, TextDelta, TokenChosen
from fusionlab.methods.solo import N_TOP, solo
from fusionlab.models.base import Level, Member
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from tests.counted import Counted, counted

REQUESTS = [
    Request("the capital of France is 你好", Sampling(max_tokens=20)),
    Request("the capital of France is", Sampling(max_tokens=20, temperature=1.0, seed=7)),
]


@pytest.fixture(scope="module")
def model(tiny: Path) -> Counted:
    return counted(tiny, "a")


def told(events: Sequence[Event]) -> tuple[str, str, Event]:
    """The text as it came, its author, and the end."""
    deltas = [event for event in events if isinstance(event, TextDelta)]
    (author,) = {delta.author for delta in deltas}
    return "".join(delta.text for delta in deltas), author, events[-1]


@pytest.mark.parametrize("request_", REQUESTS)
def test_what_is_seen_token_by_token_is_what_the_model_answers(
    model: Counted, request_: Request
) -> None:
    events = list(solo([Member("ann", model)], request_))
    chunks = list(model.generate([Member("ann", model).prompt(request_)], request_.sampling))
    text, author, end = told(events)
    assert text == "".join(chunk.text for chunk in chunks)
    assert author == "ann"
    assert isinstance(end, RunFinished)
    assert (end.answer, end.reason) == (text.strip(), chunks[-1].reason)
    steps = [event for event in events if isinstance(event, TokenChosen)]
    spent = [event for event in events if isinstance(event, Measured)]
    usage = chunks[-1].usage
    assert usage is not None
    assert sum(each.tokens_out for each in spent) == len(steps) == usage.tokens_out
    assert sum(each.forward_passes for each in spent) == usage.forward_passes
    for step in steps:
        assert len(step.fused) == N_TOP
        assert step.divergence == pytest.approx(0, abs=1e-5)
        assert step.members["ann"].top == step.fused


def test_of_a_model_without_logits_the_text_is_all(model: Counted) -> None:
    request = REQUESTS[0]
    closed = counted_as_text(model)
    events = list(solo([Member("ann", closed)], request))
    assert not any(isinstance(event, TokenChosen) for event in events)
    assert told(events)[::2] == told(list(solo([Member("ann", model)], request)))[::2]


def counted_as_text(model: Counted) -> Counted:
    """The same model, known as one that gives only text."""
    spec = model.spec
    closed = object.__new__(type(model))
    closed.__dict__.update(model.__dict__)
    closed.spec = replace(spec, level=Level.TEXT)
    return closed
