"""Steering changes what it names, as the model weighs it, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from fusionlab.errors import NoRouting, SettingError
from fusionlab.events import LayerSteered
from fusionlab.experts.choosing import Choosing, _Watching
from fusionlab.experts.reporting import layer_routings
from fusionlab.experts.routing import Routing, capture, joined, routers_of
from fusionlab.experts.steering import Rule, parse_rules, steered
from tests.counted import Counted, counted
from tests.experts.test_architectures import IDS, WHOLE, made, mixtures
from tests.tiny import MIXTURES, tiny_mixture

KINDS = [kind for kind in mixtures() if kind not in (*WHOLE, "doge", "phimoe")]
"""Whose routers choose by scores, or by a table; Doge's are not captured."""

NOT_ONE = ("longcat_flash",)
"""Whose own code fails with one expert a token, steered or not."""


@pytest.fixture(scope="module", params=MIXTURES)
def mixture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    folder = tiny_mixture(tmp_path_factory.mktemp("steered") / "m", request.param)
    return counted(folder, request.param)


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def under(model: Any, rules: str, top_k: int = 0) -> tuple[torch.Tensor, tuple[Routing, ...]]:
    """Logits and routes of one pass under these rules, and of every other.

    In the first, all that the routers do is watched; in those after it, most run by themselves.
    """
    with capture(model, "it") as experts, steered(experts, parse_rules(rules), top_k):
        logits, first = model(torch.tensor([IDS])).logits, experts.now
        assert torch.equal(model(torch.tensor([IDS])).logits, logits)
        routes = first.read()
        assert layer_routings(joined([first, experts.now]), slice(None)) == [
            *layer_routings(routes, slice(None)),
            *layer_routings(experts.last, slice(None)),
        ]
        for one, other in zip(routes, experts.last, strict=True):
            assert torch.equal(one.chosen, other.chosen)
            assert torch.equal(one.weights, other.weights)
            assert (one.own is None) == (other.own is None)
            if one.own is not None and other.own is not None:
                assert torch.equal(one.own, other.own)
    return logits, routes


@pytest.mark.parametrize("kind", KINDS)
def test_every_captured_router_is_steered(kind: str) -> None:
    model = made(kind)
    before, plain = under(model, "")
    at, chosen = plain[-1].layer, plain[-1].chosen
    one = int(chosen[0, 0])
    other = (one + 1) % 8
    idle = next((e for e in range(8) if not (chosen == e).any()), None)
    if idle is not None:
        logits, routes = under(model, f"ban {idle}@{at}")
        assert torch.equal(logits, before)
        assert torch.equal(routes[-1].chosen, chosen)
    logits, routes = under(model, f"ban {one}@{at}")
    assert not (routes[-1].chosen == one).any()
    assert not torch.equal(logits, before)
    assert routes[-1].own is not None
    assert torch.equal(routes[-1].own.sort()[0], chosen.sort()[0])
    untouched = ~(chosen == one).any(-1)
    assert torch.equal(routes[-1].weights[untouched], plain[-1].weights[untouched])
    _, routes = under(model, f"force {other}@{at}")
    assert (routes[-1].chosen == other).any(-1).all()
    assert (routes[-1].weights > 0)[routes[-1].chosen == other].all()
    for k in (1, 3):
        if kind in NOT_ONE and k == 1:
            with pytest.raises(NoRouting, match=r"LongcatFlashExperts.*choose another number"):
                under(model, "", k)
            continue
        _, routes = under(model, "", k)
        assert {each.chosen.shape[-1] for each in routes} == {k}
    _, routes = under(model, f"swap {one}-{other}@{at}")
    places = torch.arange(9)
    places[one], places[other] = other, one
    assert torch.equal(
        routes[-1].chosen.sort()[0], places[chosen.long()].sort()[0].to(chosen.dtype)
    )
    assert torch.equal(routes[-1].weights.sum(-1), plain[-1].weights.sum(-1))
    assert torch.equal(model(torch.tensor([IDS])).logits, before)


@pytest.mark.parametrize("kind", ["mixtral", "olmoe", "qwen2_moe", "gpt_oss"])
def test_a_router_of_one_plain_choice_is_watched_only_once(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = list[Choosing]()

    class Counting(_Watching):
        def __init__(self, choosing: Choosing) -> None:
            super().__init__(choosing)
            watched.append(choosing)

    monkeypatch.setattr("fusionlab.experts.choosing._Watching", Counting)
    with capture(made(kind), "it") as experts, steered(experts, parse_rules("ban 0@all")):
        for _ in range(3):
            made(kind)(torch.tensor([IDS]))
    assert len(watched) == len(experts.routers)


def test_a_router_that_goes_by_the_token_is_steered_too() -> None:
    model = made("deepseek_v4")
    before, plain = under(model, "")
    one = int(plain[0].chosen[0, 0])
    logits, routes = under(model, f"ban {one}@0")
    assert not (routes[0].chosen == one).any()
    kept = (plain[0].chosen == one).any(-1)
    for row in kept.nonzero().flatten().tolist():
        stayed = set(plain[0].chosen[row].tolist()) - {one}
        assert stayed <= set(routes[0].chosen[row].tolist())
    assert not torch.equal(logits, before)


def test_a_router_that_does_not_choose_by_score_is_refused_by_name() -> None:
    with pytest.raises(NoRouting, match="the choice of PhimoeTopKRouter cannot be steered"):
        under(made("phimoe"), "ban 0@all")
    assert not any("forward" in part.__dict__ for part in made("phimoe").modules())


def test_weights_are_made_as_the_model_makes_them(mixture: Counted) -> None:
    """Those of k experts are the model's own, where it is made to choose k."""
    _, routes = under(mixture.module, "", 2)
    modules: list[Any] = [router.module for router in routers_of(mixture.module, "it")]
    usual = modules[0].top_k
    for module in modules:
        module.top_k = 2
    _, own = under(mixture.module, "")
    for each, theirs in zip(routes, own, strict=True):
        assert torch.equal(each.chosen, theirs.chosen)
        assert_close(each.weights, theirs.weights, rtol=0, atol=0)
    for module in modules:
        module.top_k = usual


def test_a_swap_there_and_back_is_none(mixture: Counted) -> None:
    """Swapped experts whose weights are swapped too are the model itself."""
    before, plain = under(mixture.module, "")
    layer = plain[-1].layer
    experts = mixture.module.get_submodule(
        next(
            path
            for path, part in mixture.module.named_modules()
            if path.endswith("experts") and f".{layer}." in path and "shared" not in path
        )
    )
    order = torch.arange(plain[-1].logits.shape[-1])
    order[0], order[1] = 1, 0

    def exchange() -> None:
        for tensor in experts.parameters(recurse=False):
            tensor.copy_(tensor[order])

    exchange()
    after, _ = under(mixture.module, f"swap 0-1@{layer}")
    exchange()
    assert_close(after, before)


def test_paused_it_is_the_model(mixture: Counted) -> None:
    before, plain = under(mixture.module, "")
    with capture(mixture.module, "it") as experts:
        with steered(experts, parse_rules("ban 0@all"), 1) as control:
            steered_logits = mixture.module(torch.tensor([IDS])).logits
            with control.paused():
                assert torch.equal(mixture.module(torch.tensor([IDS])).logits, before)
                assert all(each.steered is None and each.own is None for each in experts.last)
        assert torch.equal(mixture.module(torch.tensor([IDS])).logits, before)
    assert not torch.equal(steered_logits, before)
    assert len(plain) == len(experts.last)


def test_the_fact_says_what_was_asked_and_what_would_have_been(mixture: Counted) -> None:
    _, plain = under(mixture.module, "")
    one = int(plain[-1].chosen[0, 0])
    _, routes = under(mixture.module, f"ban {one}@{plain[-1].layer}")
    (first, *_), own = layer_routings(routes, slice(None)), layer_routings(plain, slice(None))
    assert first[-1].steered == LayerSteered(banned=(one,))
    assert sorted(first[-1].own) == sorted(own[0][-1].experts)
    assert first[0].steered is None
    for told in layer_routings(routes, slice(None)):
        assert not told[-1].own or one in told[-1].own


def test_so_many_experts_are_chosen_in_these_layers_and_no_others(mixture: Counted) -> None:
    """A rule counts more than the number for all layers; a span takes what has experts in it."""
    _, plain = under(mixture.module, "")
    numbers = [each.layer for each in plain]
    _, routes = under(mixture.module, f"top 1@0-{numbers[-1] - 1}")
    own = plain[-1].chosen.shape[-1]
    assert [each.chosen.shape[-1] for each in routes] == [1] * (len(numbers) - 1) + [own]
    _, routes = under(mixture.module, f"top 1@{numbers[-1]}", 2)
    assert [each.chosen.shape[-1] for each in routes] == [2] * (len(numbers) - 1) + [1]


def test_rows_and_passes_are_steered_alike(mixture: Counted) -> None:
    rules = parse_rules("force 0@all")
    long, short = [*IDS, 7, 42], [11, 80, 3]
    with capture(mixture.module, "it") as experts, steered(experts, rules):
        alone = [mixture.open([ids]).logits()[0] for ids in (long, short)]
        with closing(mixture.open([long, short])) as rows:
            assert_close(rows.logits(), torch.stack(alone), rtol=1e-4, atol=1e-4)
            rows.feed([[17], [60]])
            rows.logits()
        assert all((each.chosen == 0).any(-1).all() for each in experts.last)


@pytest.mark.parametrize(
    ("rules", "top_k", "says"),
    [
        ("ban 99@all", 0, "there is no expert 99 in layer"),
        ("ban 0@77", 0, r"ban 0@77: it has no experts there .*layers with experts"),
        ("top 1@1, top 2@all", 0, "layer 1 different numbers of experts: 1, 2"),
        ("top 9@2", 0, "9 experts per token are asked for, but layer 2 of it has only 4"),
        ("", 99, "99 experts per token are asked for, but layer .* has only"),
        (", ".join(f"ban {e}@2" for e in range(4)), 0, "all experts of layer 2 of it are banned"),
        ("ban 0@2, ban 1@2, ban 2@2", 0, "the bans leave only 1"),
        ("force 0@2, force 1@2", 1, "2 experts are forced in layer 2 of it, which gives .* only 1"),
        ("ban 0@2, force 0@all", 0, "speak of expert 0 in layer 2 more than once"),
        ("swap 0-1@2, swap 1-2@2", 0, "speak of expert 1 in layer 2 more than once"),
    ],
)
def test_what_cannot_be_is_refused(
    rules: str, top_k: int, says: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    model = counted(tiny_mixture(tmp_path_factory.mktemp("four") / "m", "mixtral"), "it").module
    with pytest.raises(SettingError, match=says) as caught:
        under(model, rules, top_k)
    assert caught.value.hint
    assert not any("forward" in part.__dict__ for part in model.modules())


def test_rules_are_read() -> None:
    assert parse_rules(" ban 3@2, Force 1@all;\nswap 0 - 5 @ 4, ") == (
        Rule("ban", 3, 2),
        Rule("force", 1, None),
        Rule("swap", 0, 4, 5),
    )
    assert parse_rules("top 1@4 - 7, ban 2@0-3") == (
        Rule("top", 1, 4, None, 7),
        Rule("ban", 2, 0, None, 3),
    )
    assert parse_rules("") == ()


@given(
    st.builds(
        Rule,
        st.sampled_from(["ban", "force"]),
        st.integers(0, 999_999),
        st.none() | st.integers(0, 999_999),
    )
    | st.builds(Rule, st.just("swap"), st.just(3), st.none() | st.integers(0, 99), st.just(4))
    | st.builds(
        Rule, st.just("top"), st.integers(1, 99), st.integers(0, 9), st.none(), st.integers(9, 99)
    )
)
def test_a_rule_reads_as_it_is_written(rule: Rule) -> None:
    assert parse_rules(str(rule)) == (rule,)


@pytest.mark.parametrize(
    "wrong",
    [
        *("ban 3", "ban x@2", "forbid 3@2", "swap 3@2", "ban 1-2@3", "swap 1-1@2", "ban -1@2"),
        *("top 0@1", "top 1-2@3", "ban 1@4-2", "ban 1@all-2"),
    ],
)
def test_what_is_no_rule_is_refused(wrong: str) -> None:
    with pytest.raises(SettingError, match="not a rule of steering") as caught:
        parse_rules(f"ban 0@1, {wrong}")
    assert "swap 0-5@4" in caught.value.hint
