"""Members write side by side: one batch a model, models in turn; who fails holds nobody up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from fusionlab.errors import MemberError
from fusionlab.events import Event, Measured, TextDelta, Warned
from fusionlab.models.base import Chunk, Level, Member, Message, ModelSpec, Prompt, Usage
from fusionlab.recipe import Sampling
from fusionlab.text.writing import Ask, all_written, written
from tests.drained import drained
from tests.scripted import Scripted

SAMPLING = Sampling(max_tokens=20, seed=0)


def ask(model: Any, name: str = "m", text: str = "Why?", sample: int = 0) -> Ask:
    return Ask(Member(name, model), [Message("user", text)], sample)


@dataclass(slots=True)
class Breaking:
    """A model that says some words and then breaks."""

    words: int
    closed: bool = False

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec("breaking", engine="scripted", level=Level.TEXT)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        assert prompts
        assert sampling
        for _ in range(self.words):
            yield Chunk(0, "word ")
        raise MemberError("server-broke-off", server="breaking")

    def close(self) -> None: ...


@dataclass(slots=True)
class Resuming(Scripted):
    """A model that says how it was asked to go on."""

    asked: tuple[bool, ...] = ()

    def resume(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, anew: bool
    ) -> Iterator[Chunk]:
        self.asked += (anew,)
        for chunk in self.generate(prompts, sampling):
            usage = chunk.usage and Usage(7, 1, 1, 0.1, 1, 0 if anew else 5)
            yield Chunk(chunk.row, chunk.text, chunk.reason, usage)


def test_one_model_writes_all_its_asks_in_one_batch() -> None:
    model = Scripted(["one", "two", "three"])
    asks = [ask(model, "a", sample=4), ask(model, "b"), ask(model, "c")]
    events, texts = drained(written(asks, SAMPLING))
    assert texts == ["one", "two", "three"]
    assert len(model.calls) == 1
    assert {(e.author, e.sample) for e in events if isinstance(e, TextDelta)} == {
        ("a", 4),
        ("b", 0),
        ("c", 0),
    }
    assert [e.member for e in events if isinstance(e, Measured)] == ["a", "b", "c"]


def test_models_take_turns_and_so_finish_together() -> None:
    asks = [ask(Scripted(["aaaabbbbcccc"]), "x"), ask(Scripted(["ddddeeeeffff"]), "y")]
    events, texts = drained(written(asks, SAMPLING))
    assert [e.author for e in events if isinstance(e, TextDelta)] == ["x", "y"] * 3
    assert texts == ["aaaabbbbcccc", "ddddeeeeffff"]


def test_who_fails_holds_nobody_up() -> None:
    asks = [ask(Breaking(1), "bad"), ask(Scripted(["a good answer"]), "good")]
    events, texts = drained(written(asks, SAMPLING))
    assert isinstance(texts[0], MemberError)
    assert texts[1] == "a good answer"
    assert TextDelta("bad", "word ") in events


def test_where_nobody_may_fail_the_failure_is_raised() -> None:
    asks = [ask(Scripted(["fine"])), ask(Breaking(0))]
    with pytest.raises(MemberError, match="breaking broke off"):
        drained(all_written(asks, SAMPLING))


def test_texts_that_were_cut_off_are_counted() -> None:
    asks = [ask(Scripted(["a", "far too long a text"])), ask(Scripted(["b"]))]
    events, _ = drained(written(asks, Sampling(max_tokens=3, seed=1)))
    (warning,) = [event for event in events if isinstance(event, Warned)]
    assert warning.message == "1 of 2 texts were cut off at 3 tokens"
    events, _ = drained(written(asks, Sampling(max_tokens=30, seed=1)))
    assert not any(isinstance(event, Warned) for event in events)


def test_closing_closes_every_model() -> None:
    models = [Scripted(["a long answer"]), Scripted(["another one"])]
    events: Iterator[Event] = written([ask(model) for model in models], SAMPLING)
    next(events)
    next(events)
    assert [model.running for model in models] == [1, 1]
    events.close()  # type: ignore[attr-defined]
    assert [model.running for model in models] == [0, 0]


def test_a_model_that_can_resume_is_told_whether_to_begin_anew() -> None:
    model = Resuming(["so"])
    for resumes in (False, True):
        events, _ = drained(written([ask(model)], SAMPLING, resumes=resumes))
        reused = [e.tokens_reused for e in events if isinstance(e, Measured)]
        assert reused == [5 if resumes else 0]
    assert model.asked == (True, False)
    drained(written([ask(model)], SAMPLING))
    assert model.asked == (True, False)
