"""The layer that sorts its tokens equals the einsum form, in what it makes and in its gradients."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.experts.gating import GATES, Routed, Router, Setting, gshard, gshard_capacity, top_k
from fusionlab.experts.layer import Experts, einsum_layer, sorted_layer
from fusionlab.speed import moe

WIDTH, HIDDEN, N_EXPERTS = 6, 10, 4


def experts(seed: int, n_experts: int = N_EXPERTS) -> Experts:
    random = torch.Generator().manual_seed(seed)
    up = torch.randn(n_experts, WIDTH, HIDDEN, generator=random)
    down = torch.randn(n_experts, HIDDEN, WIDTH, generator=random)
    return Experts(up.requires_grad_(), down.requires_grad_())


def routed_by(name: str, x: Tensor, gate: Tensor) -> Routed:
    random = torch.Generator().manual_seed(1)
    ids = torch.arange(len(x))
    return GATES[name](Router(x @ gate, x @ gate.flip(1), ids=ids, random=random), Setting())


@pytest.mark.parametrize("name", GATES)
@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 24))
def test_the_layer_equals_the_einsum_form(name: str, seed: int, tokens: int) -> None:
    random = torch.Generator().manual_seed(seed)
    outcomes = []
    start = torch.randn(tokens, WIDTH, generator=random)
    start_gate = torch.randn(WIDTH, N_EXPERTS, generator=random)
    for form in (sorted_layer, lambda *given: einsum_layer(*given)[0]):
        x, gate, mixture = start.clone().requires_grad_(), start_gate.clone(), experts(seed)
        gate.requires_grad_()
        made = form(x, routed_by(name, x, gate), mixture)
        made.square().sum().backward()  # type: ignore[no-untyped-call]
        grads = [x.grad, mixture.up.grad, mixture.down.grad]
        outcomes.append([made, *grads, *([] if gate.grad is None else [gate.grad])])
    for ours, reference in zip(*outcomes, strict=True):
        size = reference.detach().abs().max().clamp(min=1)
        assert_close(ours / size, reference / size, atol=1e-5, rtol=0)


@given(st.integers(0, 10_000))
def test_permuted_tokens_give_permuted_outputs(seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    x, gate = torch.randn(9, WIDTH, generator=random), torch.randn(WIDTH, 4, generator=random)
    turned = torch.randperm(9, generator=random)
    mixture = experts(seed)
    made = sorted_layer(x, top_k(Router(x @ gate), Setting()), mixture)
    other = sorted_layer(x[turned], top_k(Router(x[turned] @ gate), Setting()), mixture)
    assert_close(other, made[turned], atol=1e-4, rtol=1e-5)


def test_a_token_that_no_expert_reads_gets_nothing() -> None:
    x = torch.ones(40, WIDTH)
    logits = torch.tensor([9.0, 8.0, 0.0, 0.0]).expand(40, 4)
    routed = gshard(Router(logits, random=torch.Generator().manual_seed(0)), Setting(factor=1.0))
    room = gshard_capacity(40, 4, 1.0)
    made = sorted_layer(x, routed, experts(0))
    dropped = [token for token in range(40) if token not in routed.token.tolist()]
    assert dropped
    assert made[dropped].abs().max() == 0
    assert routed.load.max() == room
    assert_close(einsum_layer(x, routed, experts(0), room)[0], made, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("frozen", ["x", "up", "down"])
def test_what_is_frozen_gets_no_gradient_and_changes_no_other(frozen: str) -> None:
    given = []
    for keeps in (False, True):
        mixture, x = experts(3), torch.ones(7, WIDTH).cumsum(0).requires_grad_()
        parts = {"x": x, "up": mixture.up, "down": mixture.down}
        parts[frozen].requires_grad_(not keeps)
        routed = top_k(Router(x.detach() @ torch.ones(WIDTH, 4).cumsum(1)), Setting())
        sorted_layer(x, routed, mixture).square().sum().backward()  # type: ignore[no-untyped-call]
        given.append({name: part.grad for name, part in parts.items()})
    free, fixed = given
    assert fixed.pop(frozen) is None
    for name, gradient in fixed.items():
        other = free[name]
        assert gradient is not None
        assert other is not None
        assert torch.equal(gradient, other)


def test_the_steps_have_the_shapes_of_the_paper() -> None:
    x = torch.ones(5, WIDTH)
    _, steps = einsum_layer(x, top_k(Router(torch.ones(5, 4)), Setting(k=1)), experts(0), 8)
    assert [step.result for step in steps] == [
        (4, 8, WIDTH),
        (4, 8, HIDDEN),
        (4, 8, WIDTH),
        (5, WIDTH),
    ]
    assert steps[0].operands == ((5, 4, 8), (5, WIDTH))
    assert [step.name for step in steps] == ["dispatch", "up", "down", "combine"]


@pytest.mark.parametrize("implementation", moe.LIBRARY)
def test_what_speed_compares_computes_the_same(
    implementation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moe, "TOKENS", 32)
    x, routed, mixture = moe._problem(4)
    chosen, weights = (part.view(32, moe.K) for part in (routed.expert, routed.weight))
    theirs = moe._library(mixture, implementation)(x, chosen, weights)
    assert_close(theirs, sorted_layer(x, routed, mixture), atol=1e-5, rtol=1e-5)
    assert_close(theirs, moe._einsum(x, routed, mixture), atol=1e-5, rtol=1e-5)
