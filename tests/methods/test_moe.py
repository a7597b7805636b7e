"""The method moe: the model's own text, and a fact for every token that was read."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from fusionlab.engines.memory import Pool
from fusionlab.errors import NoRouting, PromptTooLong, SettingError
from fusionlab.events import (
    Event,
    ExpertsRouted,
    LayerSteered,
    Measured,
    RunFinished,
    TextDelta,
    TextScored,
)
from fusionlab.experts.reporting import layer_routings
from fusionlab.experts.routing import capture
from fusionlab.methods.moe import Scored, moe
from fusionlab.models.base import Member
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Request, get_method
from fusionlab.run import run
from fusionlab.tokens.together import MEASURE_EVERY
from tests.counted import Counted, counted, member
from tests.tiny import tiny_mixture

FIRST, SECOND = "the capital of France is 你好", "one two"
GREEDY = Sampling(max_tokens=20)
WARM = Sampling(max_tokens=20, temperature=1.0, seed=4)


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return counted(tiny_mixture(tmp_path_factory.mktemp("moe") / "m", "deepseek_v3"), "mixture")


@pytest.fixture(autouse=True)
def _all_left_as_it_was(mixture: Counted) -> Iterator[None]:
    yield
    assert mixture.running == 0
    parts = mixture.module.modules()
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in parts)


def held(
    model: Counted, compare: str = "", sampling: Sampling = GREEDY, prompt: str = FIRST
) -> list[Event]:
    settings = get_method("moe").check({"compare": compare})
    return list(moe([member(model, "ann")], Request(prompt, sampling), **settings))


def routed(events: Sequence[Event], sample: int = 0) -> list[ExpertsRouted]:
    return [e for e in events if isinstance(e, ExpertsRouted) and e.sample == sample]


def text(events: Sequence[Event], sample: int = 0) -> str:
    return "".join(e.text for e in events if isinstance(e, TextDelta) and e.sample == sample)


def solo(model: Counted, prompts: Sequence[str], sampling: Sampling) -> list[str]:
    """What the model says without anybody watching."""
    said = [""] * len(prompts)
    asked = [Member("ann", model).prompt(Request(prompt)) for prompt in prompts]
    for chunk in model.generate(asked, sampling):
        said[chunk.row] += chunk.text
    return said


@pytest.mark.parametrize("sampling", [GREEDY, WARM])
def test_the_text_is_the_models_own(mixture: Counted, sampling: Sampling) -> None:
    events = held(mixture, SECOND, sampling)
    assert [text(events, 0), text(events, 1)] == solo(mixture, [FIRST, SECOND], sampling)
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.answer == text(events, 0).strip()


@pytest.mark.parametrize("sampling", [GREEDY, WARM])
def test_every_token_that_was_read_is_there_once(mixture: Counted, sampling: Sampling) -> None:
    events = held(mixture, SECOND, sampling)
    for sample, prompt in enumerate((FIRST, SECOND)):
        ids = mixture.encode(Member("ann", mixture).prompt(Request(prompt)))
        facts = routed(events, sample)
        assert [fact.position for fact in facts] == list(range(len(facts)))
        assert [fact.id for fact in facts if fact.prompt] == ids
        assert [fact.prompt for fact in facts] == [at < len(ids) for at in range(len(facts))]
        out = sum(e.tokens_out for e in events if isinstance(e, Measured)) // 2
        assert len(facts) == len(ids) + out - 1  # the token drawn last is never read
        assert {tuple(layer.layer for layer in fact.layers) for fact in facts} == {(1, 2)}


def test_what_is_said_of_a_token_is_what_its_routers_said(mixture: Counted) -> None:
    facts = routed(held(mixture))
    ids = [fact.id for fact in facts]
    with torch.inference_mode(), capture(mixture.module, "it") as experts:
        mixture.module(torch.tensor([ids]))
    for fact, layers in zip(facts, layer_routings(experts.last, slice(None)), strict=True):
        for own, theirs in zip(fact.layers, layers, strict=True):
            assert own.experts == theirs.experts
            assert own.weights == pytest.approx(theirs.weights, abs=1e-4)
            assert own.probs == pytest.approx(theirs.probs, abs=1e-4)


@pytest.mark.parametrize("settings", [{}, {"compare": SECOND}, {"steer": "ban 0@all, swap 1-2@2"}])
def test_routes_read_together_are_those_read_one_by_one(
    mixture: Counted, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    together = steering(mixture, WARM, **settings)
    monkeypatch.setattr("fusionlab.methods.moe.SMALL", 0)
    alone = steering(mixture, WARM, **settings)
    facts = [event for event in alone if isinstance(event, ExpertsRouted)]
    assert [event for event in together if isinstance(event, ExpertsRouted)] == facts
    assert [text(together, sample) for sample in (0, 1)] == [text(alone, s) for s in (0, 1)]
    first = alone.index(next(fact for fact in facts if not fact.prompt))
    assert sum(isinstance(event, TextDelta) for event in alone[:first]) < 4


def test_a_second_prompt_changes_nothing_of_the_first(mixture: Counted) -> None:
    alone, beside = routed(held(mixture)), routed(held(mixture, SECOND))
    assert [(fact.id, fact.text) for fact in alone] == [(fact.id, fact.text) for fact in beside]
    for one, other in zip(alone, beside, strict=True):
        assert [x.experts for x in one.layers] == [x.experts for x in other.layers]


def test_a_model_that_sees_padding_reads_its_prompts_one_after_the_other(
    mixture: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = held(mixture, SECOND)
    monkeypatch.setattr(mixture, "takes_padding", False)
    apart = held(mixture, SECOND)
    for sample in (0, 1):
        assert text(apart, sample) == text(together, sample)
        for one, other in zip(routed(apart, sample), routed(together, sample), strict=True):
            assert (one.position, one.id, one.prompt) == (other.position, other.id, other.prompt)
            assert [x.experts for x in one.layers] == [x.experts for x in other.layers]
    assert apart[-1] == together[-1]


def test_the_same_prompt_twice_is_read_once_and_drawn_twice(mixture: Counted) -> None:
    events = held(mixture, FIRST, WARM)
    one, other = routed(events, 0), routed(events, 1)
    n_prompt = sum(fact.prompt for fact in one)
    assert [f.layers for f in one[:n_prompt]] == [f.layers for f in other[:n_prompt]]
    assert text(events, 0) != text(events, 1)


def test_text_of_tokens_joins_to_what_was_said(mixture: Counted) -> None:
    events = held(mixture, sampling=WARM)
    facts = routed(events)
    joined = "".join(fact.text or "" for fact in facts if not fact.prompt)
    assert text(events).startswith(joined)
    read = "".join(fact.text or "" for fact in facts if fact.prompt)
    assert FIRST in read
    assert "<|im_start|>" in {fact.token for fact in facts}
    assert "<|im_start|>" not in read


def test_an_answer_that_ends_leaves_the_batch(mixture: Counted) -> None:
    def ends_at(sample: int) -> list[Event]:
        """The answers, where the third token of this one ends an answer."""
        ending = frozenset({plain[sample][2]})
        model = Counted(mixture.spec, mixture.model, mixture.tokenizer)
        model.vocabulary = replace(model.vocabulary, ends=ending)
        return held(model, SECOND, WARM)

    events = held(mixture, SECOND, WARM)
    plain = [[f.id for f in routed(events, sample) if not f.prompt] for sample in (0, 1)]
    for sample in (0, 1):
        shorter = ends_at(sample)
        answer = [f.id for f in routed(shorter, sample) if not f.prompt]
        assert answer == plain[sample][: plain[sample].index(plain[sample][2])]
        other = [f.id for f in routed(shorter, 1 - sample) if not f.prompt]
        assert other == plain[1 - sample][: len(other)]
        end = shorter[-1]
        assert isinstance(end, RunFinished)
        if sample == 0:
            assert end.reason == "end"


def test_costs_are_counted_for_both_and_as_the_run_goes(mixture: Counted) -> None:
    sampling = replace(GREEDY, max_tokens=MEASURE_EVERY + 4)
    events = held(mixture, SECOND, sampling)
    costs = [event for event in events if isinstance(event, Measured)]
    prompts = [
        len(mixture.encode(Member("ann", mixture).prompt(Request(p)))) for p in (FIRST, SECOND)
    ]
    assert sum(cost.tokens_in for cost in costs) == sum(prompts)
    assert sum(cost.tokens_out for cost in costs) == 2 * sampling.max_tokens
    assert sum(cost.forward_passes for cost in costs) == 2 * sampling.max_tokens
    assert {cost.batch for cost in costs} == {2}
    assert [cost.tokens_out for cost in costs] == [MEASURE_EVERY, MEASURE_EVERY, 4, 4]


def test_a_prompt_that_does_not_fit_is_refused(mixture: Counted) -> None:
    for prompt, compare in ((FIRST, "one " * 600), ("one " * 600, "")):
        with pytest.raises(PromptTooLong):
            held(mixture, compare, prompt=prompt)


def test_stopped_at_any_event_it_leaves_nothing_behind(mixture: Counted) -> None:
    settings: dict[str, Any] = get_method("moe").check({"compare": SECOND})
    request = Request(FIRST, replace(WARM, max_tokens=3))
    for taken in range(0, 60, 7):
        events = moe([member(mixture, "ann")], request, **settings)
        with closing(events):  # type: ignore[type-var]
            for _, _ in zip(range(taken), events, strict=False):
                pass
        assert mixture.running == 0


def test_a_dense_model_is_refused(tiny: Path) -> None:
    recipe = Recipe("moe", FIRST, (MemberRecipe(f"path:{tiny}"),))
    with closing(Pool(10**10)) as pool, pytest.raises(NoRouting, match="is dense"):
        list(run(recipe, pool))


def steering(model: Counted, sampling: Sampling = GREEDY, **settings: Any) -> list[Event]:
    checked = get_method("moe").check(settings)
    return list(moe([member(model, "ann")], Request(FIRST, sampling), **checked))


def test_steered_the_answer_without_steering_stands_beside(mixture: Counted) -> None:
    events = steering(mixture, WARM, steer="ban 0@all, ban 1@2", top_k=2)
    plain = held(mixture, sampling=WARM)
    assert text(events, 1) == text(plain)
    assert [(f.id, f.layers) for f in routed(events, 1)] == [
        (f.id, f.layers) for f in routed(plain)
    ]
    for fact in routed(events):
        assert [layer.steered for layer in fact.layers] == [
            LayerSteered((0,), top_k=2),
            LayerSteered((0, 1), top_k=2),
        ]
        assert all(0 not in layer.experts and len(layer.experts) == 2 for layer in fact.layers)
        assert {layer.shared for layer in fact.layers} == {1}


def test_what_steering_changed_is_what_the_two_models_say(mixture: Counted) -> None:
    events = steering(mixture, steer="ban 0@all")
    told = {event.what: event for event in events if isinstance(event, TextScored)}
    assert set(told) == {"answer", "plain"}
    prompt = [fact.id for fact in routed(events) if fact.prompt]
    pairs: tuple[tuple[Scored, int], ...] = (("answer", 0), ("plain", 1))
    for what, sample in pairs:
        read = [fact.id for fact in routed(events, sample) if not fact.prompt]
        with torch.inference_mode():
            logits = mixture.module(torch.tensor([[*prompt, *read]])).logits[0]
        theirs = logits.log_softmax(-1)[len(prompt) - 1 : -1]
        expected = theirs.gather(-1, torch.tensor(read)[:, None])[:, 0].tolist()
        assert told[what].plain[: len(read)] == pytest.approx(expected, abs=1e-4)
        assert len(told[what].tokens) == len(read) + 1  # the token drawn last too
    assert sum(told["answer"].logprobs) != pytest.approx(sum(told["answer"].plain))


def test_a_given_text_is_measured_instead(mixture: Counted) -> None:
    events = steering(mixture, steer="force 3@1", text="one two three", compare=SECOND)
    told = [event for event in events if isinstance(event, TextScored)]
    assert [event.what for event in told] == ["answer", "given"]
    assert "".join(told[1].tokens).replace("Ġ", " ").strip().endswith("two three")
    assert {layer.steered is None for f in routed(events, 1) for layer in f.layers} == {False, True}


def test_an_expert_that_nothing_chose_can_be_banned_without_a_trace(tmp_path: Path) -> None:
    model = counted(tiny_mixture(tmp_path / "m", "gpt_oss"), "biased")
    with torch.no_grad():
        for name, bias in model.module.named_parameters():
            if name.endswith("router.bias"):
                bias[3] = -100  # no token will choose this one
    plain = held(model)
    events = steering(model, steer="ban 3@all")
    assert [f.layers[0].steered for f in routed(events)][:1] == [LayerSteered(banned=(3,))]
    assert text(events) == text(plain)
    for event in events:
        if isinstance(event, TextScored):
            assert event.logprobs == event.plain


def test_wrong_steering_is_refused_with_the_setting(mixture: Counted) -> None:
    for settings in ({"steer": "ban"}, {"steer": "ban 9@2"}, {"steer": "ban 0@0"}, {"top_k": 9}):
        with pytest.raises(SettingError):
            steering(mixture, **settings)
    with pytest.raises(SettingError, match="top_k"):
        get_method("moe").check({"top_k": -1})


def test_two_mixtures_answer_the_same_prompt_each_as_alone(
    mixture: Counted, tmp_path: Path
) -> None:
    other = counted(tiny_mixture(tmp_path / "other", "mixtral"), "other")
    settings = get_method("moe").check({})
    pair = [member(mixture, "ann"), member(other, "ben")]
    for sampling in (GREEDY, WARM):
        request = Request(FIRST, sampling)
        events = list(moe(pair, request, **settings))
        for sample, each in enumerate(pair):
            alone = list(moe([each], request, **settings))
            assert text(events, sample) == text(alone)
            told = [(fact.id, fact.layers) for fact in routed(events, sample)]
            assert told == [(fact.id, fact.layers) for fact in routed(alone)]
            assert {fact.member for fact in routed(events, sample)} == {each.name}
    with pytest.raises(SettingError, match="two models are compared at one prompt"):
        list(moe(pair, Request(FIRST), **get_method("moe").check({"top_k": 1})))


def test_experts_in_every_second_layer_are_told_with_the_models_depth(tmp_path: Path) -> None:
    """As GLaM has them; the layers between are dense."""
    model = counted(tiny_mixture(tmp_path / "m", "glam"), "glam")
    facts = routed(held(model))
    assert {tuple(each.layer for each in fact.layers) for fact in facts} == {(1, 3)}
    assert {fact.depth for fact in facts} == {5}
