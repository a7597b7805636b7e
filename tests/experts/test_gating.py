"""Gates do what their papers' algorithms do when walked through one token at a time."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.errors import RecipeError
from fusionlab.experts.gating import (
    GATES,
    Router,
    Setting,
    balance,
    balanced_map,
    bias_balanced,
    expert_choice,
    fine_grained,
    gshard,
    next_bias,
    noisy_top_k,
    random_routed,
    switch,
    top_k,
    z_loss,
)
from fusionlab.figures import rounded

ROOMY = Setting(factor=1000.0)
SEEDS = st.integers(0, 2**32 - 1)
Pair = tuple[int, int]
Placed = dict[Pair, tuple[int, float]]


def drawn(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def logits_of(seed: int, tokens: int, experts: int) -> Tensor:
    return 2 * torch.randn(tokens, experts, generator=drawn(seed), dtype=torch.double)


def walked(logits: Tensor, factor: float, seed: int) -> tuple[Placed, set[Pair]]:
    """GShard's top 2 token by token: {(token, expert): (place, weight)}, and what overflowed."""
    tokens, experts = logits.shape
    room = max(4, int(tokens * factor / experts))
    while room % 4:
        room += 1
    luck = torch.rand(tokens, generator=drawn(seed), dtype=logits.dtype).tolist()
    filled, seconds = [0] * experts, list[tuple[int, int, float]]()
    kept, over = Placed(), set[Pair]()
    for token, row in enumerate(logits.softmax(-1).tolist()):
        first = max(range(experts), key=lambda e: row[e])
        second = max((e for e in range(experts) if e != first), key=lambda e: row[e])
        total = row[first] + row[second] + 1e-9
        seconds.append((token, second, row[second] / total))
        if filled[first] < room:
            kept[token, first] = (filled[first], row[first] / total)
            filled[first] += 1
        else:
            over.add((token, first))
    for token, second, weight in seconds:
        if luck[token] >= weight / 0.2:
            continue
        if filled[second] < room:
            kept[token, second] = (filled[second], weight)
            filled[second] += 1
        else:
            over.add((token, second))
    return kept, over


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 60), st.integers(2, 6), st.sampled_from([0.3, 1.0, 2.0]))
def test_gshard_is_its_simulation(seed: int, tokens: int, experts: int, factor: float) -> None:
    logits = logits_of(seed, tokens, experts)
    routed = gshard(Router(logits, random=drawn(seed)), Setting(factor=factor))
    kept, over = walked(logits, factor, seed)
    rows = zip(routed.token.tolist(), routed.expert.tolist(), strict=True)
    found = dict(
        zip(rows, zip(routed.position.tolist(), routed.weight.tolist(), strict=True), strict=True)
    )
    assert found.keys() == kept.keys()
    for pair, (place, weight) in kept.items():
        assert found[pair][0] == place
        assert math.isclose(found[pair][1], weight, rel_tol=1e-9)
    assert {tuple(pair) for pair in routed.full.tolist()} == over


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 40), st.integers(1, 6), st.sampled_from([0.25, 1.0, 1.5]))
def test_switch_fills_in_order(seed: int, tokens: int, experts: int, factor: float) -> None:
    logits = logits_of(seed, tokens, experts)
    routed = switch(Router(logits), Setting(factor=factor))
    room = max(1, int(tokens * factor / experts))
    kept, over = list[Pair](), list[Pair]()
    for token, best in enumerate(logits.argmax(-1).tolist()):
        fits = sum(expert == best for _, expert in kept) < room
        (kept if fits else over).append((token, best))
    assert list(zip(routed.token.tolist(), routed.expert.tolist(), strict=True)) == kept
    assert [tuple(pair) for pair in routed.full.tolist()] == over
    assert_close(routed.weight, logits.softmax(-1)[routed.token, routed.expert])


def test_losses_of_even_routing_are_known() -> None:
    even = 5 * torch.eye(4, dtype=torch.double).repeat(3, 1)
    assert_close(switch(Router(even), ROOMY).losses["balance"].item(), 1.0)
    assert_close(GATES["glam"](Router(even), ROOMY).losses["balance"].item(), 1.0)
    assert_close(fine_grained(Router(even), Setting(k=1)).losses["balance"].item(), 1.0)
    noisy = noisy_top_k(Router(even), Setting(k=1))
    assert_close(noisy.losses["importance"].item(), 0.0)
    flat = torch.zeros(6, 4, dtype=torch.double)
    assert_close(z_loss(flat).item(), math.log(4) ** 2)
    uneven = torch.zeros(8, 4, dtype=torch.double)
    uneven[:, 0] = 50
    assert_close(switch(Router(uneven), ROOMY).losses["balance"].item(), 4.0)
    assert_close(noisy_top_k(Router(uneven), Setting(k=1)).losses["importance"].item(), 3.0)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(1, 3))
def test_smooth_load_is_the_chance_of_a_place(seed: int, k: int) -> None:
    """P(x, i) against drawing expert i's noise again many times, all other noise kept."""
    logits, spread = logits_of(seed, 1, 4), logits_of(seed + 1, 1, 4)
    routed = noisy_top_k(Router(logits, spread, random=drawn(seed)), Setting(k=k))
    scale = torch.nn.functional.softplus(spread)
    noisy = logits + torch.randn(1, 4, generator=drawn(seed), dtype=torch.double) * scale
    again = logits + torch.randn(20_000, 4, generator=drawn(seed + 2), dtype=torch.double) * scale
    shares = []
    for expert in range(4):
        others = torch.cat([noisy[0, :expert], noisy[0, expert + 1 :]])
        shares.append((again[:, expert] > others.topk(k).values[-1]).double().mean())
    share = torch.stack(shares)
    expected = share.var(correction=0) / share.mean() ** 2
    assert_close(routed.losses["load"], expected, atol=0.06, rtol=0.06)


def test_losses_reach_the_router() -> None:
    for name in ("noisy-top-k", "gshard", "switch", "fine-grained"):
        logits = logits_of(3, 12, 4).requires_grad_()
        spread = logits_of(4, 12, 4).requires_grad_()
        routed = GATES[name](Router(logits, spread, random=drawn(0)), Setting())
        torch.stack(list(routed.losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        assert logits.grad is not None
        assert logits.grad.isfinite().all()
        assert logits.grad.abs().sum() > 0


@pytest.mark.parametrize("k", [1, 2, 4])
def test_weights_of_a_token_sum_to_one(k: int) -> None:
    logits = logits_of(1, 9, 4)
    for gate in (top_k, noisy_top_k, *([bias_balanced] if k > 1 else [])):
        combine = gate(Router(logits), Setting(k=k)).combine
        assert_close(combine.sum(1), torch.ones(9, dtype=torch.double), atol=1e-6, rtol=0)
        assert (combine > 0).sum(1).tolist() == [k] * 9


def test_expert_choice_is_even_and_each_takes_its_best() -> None:
    routed = expert_choice(Router(logits_of(2, 12, 4)), Setting(factor=2.0))
    assert routed.load.tolist() == [6] * 4
    assert routed.entropy == pytest.approx(1)
    scores = logits_of(2, 12, 4).softmax(-1)
    for expert in range(4):
        taken = routed.combine[:, expert] > 0
        assert scores[taken, expert].min() >= scores[~taken, expert].max()


def test_shared_experts_read_every_token() -> None:
    routed = fine_grained(Router(logits_of(2, 7, 6)), Setting(k=3, shared=2))
    assert routed.experts == 8
    assert_close(routed.combine[:, :2], torch.ones(7, 2, dtype=torch.double))
    assert ((routed.combine[:, 2:] > 0).sum(1) == 3).all()


def test_a_bias_moves_the_choice_and_no_weight() -> None:
    logits = torch.tensor([[2.0, 1.0, 0.0]], dtype=torch.double)
    bias = torch.tensor([0.0, 0.0, 5.0], dtype=torch.double)
    combine = bias_balanced(Router(logits, bias=bias), Setting(k=2)).combine[0]
    scores = logits[0].sigmoid()
    assert combine[1] == 0
    assert_close(combine[2], scores[2] / (scores[0] + scores[2]), atol=1e-8, rtol=0)


def test_one_expert_under_a_bias_keeps_its_score_so_that_the_router_learns() -> None:
    logits = logits_of(1, 9, 4).requires_grad_()
    combine = bias_balanced(Router(logits), Setting(k=1)).combine
    assert_close(combine.sum(1), logits.sigmoid().amax(1), atol=1e-12, rtol=0)
    combine.sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad.abs().max() > 0.01


def test_the_bias_ends_a_collapse_without_a_loss() -> None:
    logits = logits_of(5, 200, 4)
    logits[:, 0] += 6
    bias = torch.zeros(4, dtype=torch.double)
    before = bias_balanced(Router(logits, bias=bias), Setting(k=1)).entropy
    for _ in range(500):
        load = bias_balanced(Router(logits, bias=bias), Setting(k=1)).load
        bias = next_bias(bias, load, 5e-3)
    after = bias_balanced(Router(logits, bias=bias), Setting(k=1)).entropy
    assert before < 0.3
    assert after > 0.95


@given(SEEDS, st.integers(0, 40), st.integers(1, 7))
def test_lots_are_even_seeded_and_grow(seed: int, ids: int, experts: int) -> None:
    lots = balanced_map(ids, experts, seed)
    counts = lots.bincount(minlength=experts)
    assert counts.max() - counts.min() <= 1
    assert balanced_map(ids + 9, experts, seed)[:ids].equal(lots)


def test_random_routed_stays_in_its_group_and_reads_no_logit() -> None:
    ids, groups = torch.arange(20) % 10, torch.arange(20) // 10
    setting = Setting(n_groups=2)
    first = random_routed(Router(logits_of(0, 20, 6), ids=ids, groups=groups), setting)
    other = random_routed(Router(logits_of(1, 20, 6), ids=ids, groups=groups), setting)
    assert first.expert.equal(other.expert)
    assert first.expert.div(3, rounding_mode="floor").equal(groups)
    assert (first.expert[:10] + 3).equal(first.expert[10:])


@pytest.mark.parametrize("name", GATES)
def test_one_token_is_routed(name: str) -> None:
    router = Router(logits_of(0, 1, 4), ids=torch.tensor([7]), random=drawn(0))
    routed = GATES[name](router, Setting(k=1))
    assert routed.load.sum() >= 1
    assert set(routed.token.tolist()) == {0}


@pytest.mark.parametrize("factor", [0.0, -1.0, math.inf, math.nan])
@pytest.mark.parametrize("name", ["gshard", "glam", "switch", "expert-choice"])
def test_no_room_is_an_error(name: str, factor: float) -> None:
    with pytest.raises(RecipeError, match="capacity factor"):
        GATES[name](Router(logits_of(0, 5, 4)), Setting(factor=factor))


@pytest.mark.parametrize("k", [0, -1, 5])
@pytest.mark.parametrize("name", ["top-k", "noisy-top-k", "fine-grained", "bias-balanced"])
def test_a_k_out_of_range_is_an_error(name: str, k: int) -> None:
    with pytest.raises(RecipeError, match=f"{rounded(k, 0)} of 4 experts"):
        GATES[name](Router(logits_of(0, 5, 4)), Setting(k=k))


def test_what_random_routing_needs_is_said() -> None:
    with pytest.raises(RecipeError, match="ids of the tokens"):
        random_routed(Router(logits_of(0, 5, 4)), Setting())
    with pytest.raises(RecipeError, match="4 experts cannot be divided evenly into 3 groups"):
        random_routed(Router(logits_of(0, 5, 4), ids=torch.arange(5)), Setting(n_groups=3))


def test_balance_of_nothing_is_nothing() -> None:
    nothing = torch.zeros(4, 3, dtype=torch.double)
    assert balance(nothing, torch.zeros(4, 1, dtype=torch.long)).item() == 0
