"""The method moe where the answer is begun already: what is given is read, and not written."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fusionlab.begun import Begun
from fusionlab.cli import main
from fusionlab.errors import RecipeError
from fusionlab.events import (
    Event,
    ExpertsRouted,
    Measured,
    RunFinished,
    TextDelta,
    TextGiven,
    TextScored,
    Warned,
)
from fusionlab.methods.moe import moe
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Request, get_method
from fusionlab.run import check
from fusionlab.runfiles import read_run
from fusionlab.tokens.beginning import spelled
from fusionlab.views.experts import expert_view
from fusionlab.views.notice import notice_view
from fusionlab.views.stages import stage_for
from tests.counted import Counted, counted, member
from tests.tiny import tiny_mixture

FIRST, SECOND = "the capital of France is 你好", "one two"
GREEDY = Sampling(max_tokens=14)
WARM = Sampling(max_tokens=14, temperature=1.0, seed=4)


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return counted(tiny_mixture(tmp_path_factory.mktemp("moe") / "m", "deepseek_v3"), "mixture")


def held(
    models: Sequence[Counted],
    sampling: Sampling,
    given: Sequence[int] = (),
    text: str | None = None,
    **settings: Any,
) -> list[Event]:
    """The run of an answer that begins with these tokens, or with this text."""
    said = spelled(given, models[0].vocabulary) if text is None else text
    request = Request(FIRST, sampling, begin=Begun(said or "", tuple(given)))
    members = [member(model, f"m{at}") for at, model in enumerate(models)]
    return list(moe(members, request, **get_method("moe").check(settings)))


def routed(events: Sequence[Event], sample: int = 0) -> list[ExpertsRouted]:
    return [e for e in events if isinstance(e, ExpertsRouted) and e.sample == sample]


def said(events: Sequence[Event], sample: int = 0) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta) and e.sample == sample)


def written(events: Sequence[Event], sample: int = 0) -> list[int]:
    """The answer's tokens that were read: all but the last."""
    return [fact.id for fact in routed(events, sample) if not fact.prompt]


@pytest.mark.parametrize("sampling", [GREEDY, WARM], ids=["greedy", "warm"])
@pytest.mark.parametrize("settings", [{}, {"compare": SECOND}, {"steer": "ban 0@all"}])
def test_begun_by_its_own_tokens_the_rest_is_that_of_the_whole_answer(
    mixture: Counted, sampling: Sampling, settings: dict[str, Any]
) -> None:
    whole = held([mixture], sampling, **settings)
    own = written(whole)
    for n in (1, 6):
        branch = held([mixture], sampling, own[:n], **settings)
        assert said(branch) == said(whole)
        ends = [events[-1] for events in (whole, branch)]
        assert ends[0] == ends[1]
        assert isinstance(ends[0], RunFinished)
        facts, before = routed(branch), routed(whole)
        assert [replace(fact, given=False, layers=()) for fact in facts] == [
            replace(fact, layers=()) for fact in before
        ]
        for one, other in zip(facts, before, strict=True):
            assert [each.experts for each in one.layers] == [each.experts for each in other.layers]
        answer = [fact.given for fact in facts if not fact.prompt]
        assert answer == [at < n for at in range(len(own))]
        assert not any(fact.given for fact in facts if fact.prompt)


def test_what_is_given_is_told_first_and_is_not_counted_as_written(mixture: Counted) -> None:
    own = written(held([mixture], GREEDY))
    events = held([mixture], GREEDY, own[:5])
    written_, text = (TextGiven, TextDelta), spelled(own[:5], mixture.vocabulary)
    given, first, *_ = (event for event in events if isinstance(event, written_))
    assert isinstance(given, TextGiven)
    assert (given.author, given.ids) == ("m0", tuple(own[:5]))
    assert first == TextDelta("m0", text or "")
    costs = [event for event in events if isinstance(event, Measured)]
    prompt = sum(fact.prompt for fact in routed(events))
    assert sum(cost.tokens_in for cost in costs) == prompt + 5
    assert sum(cost.tokens_out for cost in costs) == GREEDY.max_tokens - 5


def test_every_answer_of_the_run_begins_so(mixture: Counted) -> None:
    given = written(held([mixture], WARM))[3:6]
    text = spelled(given, mixture.vocabulary) or ""
    beside = held([mixture], GREEDY, given, compare=SECOND)
    steered = held([mixture], GREEDY, given, steer="top 1@all")
    two = held([mixture, mixture], GREEDY, given)
    for events in (beside, steered, two):
        for sample in (0, 1):
            answer = [fact for fact in routed(events, sample) if not fact.prompt]
            assert [fact.id for fact in answer if fact.given] == given
            assert [answer[0].given, answer[-1].given] == [True, False]
            assert said(events, sample).startswith(text)
        assert sum(isinstance(event, TextGiven) for event in events) == 1
    assert said(two, 0) == said(two, 1)
    measured = [event for event in steered if isinstance(event, TextScored)]
    assert {len(event.tokens) for event in measured} == {GREEDY.max_tokens - len(given)}


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "full"])
def test_where_all_of_it_is_given_only_routes_are_told(mixture: Counted, *, ends: bool) -> None:
    own = written(held([mixture], GREEDY))[:4]
    model = Counted(mixture.spec, mixture.model, mixture.tokenizer)
    if ends:
        assert own[3] not in own[:3]
        model.vocabulary = replace(model.vocabulary, ends=frozenset({own[3]}))
    sampling = GREEDY if ends else replace(GREEDY, max_tokens=4)
    events = held([model], sampling, own)
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.reason == ("end" if ends else "length")
    assert end.answer == said(events).strip()
    assert written(events) == own[:3]  # after the last nothing follows, so it is not read
    assert all(fact.given for fact in routed(events) if not fact.prompt)
    assert sum(event.tokens_out for event in events if isinstance(event, Measured)) == 0


def test_text_is_read_by_the_tokenizer_and_foreign_tokens_anew(mixture: Counted) -> None:
    by_text = held([mixture], GREEDY, text="It is 好")
    assert said(by_text).startswith("It is 好")
    assert not any(isinstance(event, Warned) for event in by_text)
    foreign = held([mixture], GREEDY, given=[10**6], text="It is 好")
    assert said(foreign) == said(by_text)
    (warned,) = (event for event in foreign if isinstance(event, Warned))
    assert warned.sentence is not None
    assert warned.sentence.key == "begin-read-anew"
    with pytest.raises(RecipeError, match="5"):
        held([mixture], replace(GREEDY, max_tokens=2), written(by_text)[:5])


def test_a_recipe_may_begin_the_answer_of_a_mixture_but_not_of_a_server(tmp_path: Path) -> None:
    folder = tiny_mixture(tmp_path / "m", "deepseek_v3")
    begun = Recipe("moe", FIRST, (MemberRecipe(f"path:{folder}"),), begin=Begun("It"))
    assert check(begun).begin == Begun("It")
    out = tmp_path / "run.jsonl"
    asked = ["run", "moe", "--member", f"path:{folder}", "--prompt", FIRST, "--max-tokens", "6"]
    assert main([*asked, "--begin", "It", "--out", str(out)]) == 0
    trace = read_run(out)
    assert trace.answer.startswith("It")
    assert trace.recipe.begin == Begun("It")
    given = trace.given
    assert given is not None
    assert [fact.id for fact in trace.routed if fact.given] == list(given.ids)
    steps = [step for step in expert_view(trace)["steps"] if not step["prompt"]]
    assert [step["given"] for step in steps] == [at < len(given.ids) for at in range(len(steps))]
    assert stage_for(trace).component == "experts"
    (note, *_) = notice_view(trace)["sentences"]
    assert (note["key"], note["values"]) == ("notice-begun", {"n": len(given.ids)})
    server = replace(begun, members=(MemberRecipe("api:http://127.0.0.1:1#m"),))
    with pytest.raises(RecipeError, match="begun"):
        check(server)
