"""A layer of experts against GShard's einsum form and transformers' own, forward and backward.

All compute the same: two matrices an expert with a ReLU between them, and two experts a token. Peak
memory is that of a program with one pass, over that of one that only makes the layer.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor
from transformers import NemotronHConfig
from transformers.models.nemotron_h.modeling_nemotron_h import NemotronHExperts

from fusionlab.experts.gating import Routed, Router, Setting, top_k
from fusionlab.experts.layer import Experts, einsum_layer, sorted_layer
from fusionlab.speed.programs import ran
from fusionlab.speed.ratio import SpeedResult, in_turn

TOKENS, N_EXPERTS, WIDTH, HIDDEN, K = 4096, 64, 256, 512, 2
FEW, MANY = 8, 256
ROUNDS, EINSUM_ROUNDS = 7, 3
MEGABYTE = 2**20
EINSUM_BAR, MEMORY_BAR, LIBRARY_BAR, GROWTH_BAR = 10.0, 0.1, 1.0, 1.5
LIBRARY = ("grouped_mm", "eager")

Form = Callable[[Tensor, Routed, Experts], Tensor]


def measure_moe() -> Iterator[SpeedResult]:
    """Time and memory against the einsum form, time against transformers, growth with experts."""
    yield _time_against_einsum()
    yield _memory_against_einsum()
    for name in LIBRARY:
        yield _against_library(name)
    yield _growth()


def _einsum(x: Tensor, routed: Routed, experts: Experts) -> Tensor:
    return einsum_layer(x, routed, experts)[0]


FORMS: dict[str, Form] = {"sorted": sorted_layer, "einsum": _einsum}


def program(form: str) -> tuple[str, ...]:
    """One pass of a form, or the problem alone, as a program of its own."""
    return (sys.executable, "-c", f"from fusionlab.speed.moe import once; once({form!r})")


def _time_against_einsum() -> SpeedResult:
    x, routed, experts = _problem(N_EXPERTS)
    ours, reference = in_turn(
        *(partial(_there_and_back, form, x, routed, experts) for form in FORMS.values()),
        rounds=EINSUM_ROUNDS,
    )
    parts = {"sorted_ms": 1e3 * ours, "einsum_ms": 1e3 * reference}
    name = "layer of experts: time of the einsum form / of the sorted one"
    return SpeedResult(name, reference / ours, EINSUM_BAR, "higher", parts, _shape())


def _memory_against_einsum() -> SpeedResult:
    with tempfile.TemporaryDirectory() as folder:
        peaks = {name: ran(program(name), Path(folder)).memory for name in ("none", *FORMS)}
    grown = {name: peaks[name] - peaks["none"] for name in FORMS}
    parts = {f"{name}_mb": size / MEGABYTE for name, size in grown.items()}
    name = "layer of experts: peak memory of the sorted form / of the einsum one"
    ratio = grown["sorted"] / grown["einsum"]
    return SpeedResult(name, ratio, MEMORY_BAR, "lower", parts, _shape())


def _against_library(implementation: str) -> SpeedResult:
    x, routed, experts = _problem(N_EXPERTS)
    module = _library(experts, implementation)
    chosen, weights = (part.view(TOKENS, K) for part in (routed.expert, routed.weight))

    def theirs() -> None:
        made: Tensor = module(x, chosen, weights)
        made.backward(torch.ones_like(made))  # type: ignore[no-untyped-call]

    ours, reference = in_turn(
        partial(_there_and_back, sorted_layer, x, routed, experts), theirs, rounds=ROUNDS
    )
    parts = {"sorted_ms": 1e3 * ours, f"{implementation}_ms": 1e3 * reference}
    name = f"layer of experts: time of transformers' {implementation} / of ours"
    return SpeedResult(name, reference / ours, LIBRARY_BAR, "higher", parts, _shape())


def _growth() -> SpeedResult:
    sizes = (FEW, N_EXPERTS, MANY)
    problems = [_problem(size) for size in sizes]
    times = in_turn(
        *(partial(_there_and_back, sorted_layer, *problem) for problem in problems), rounds=ROUNDS
    )
    parts = {f"experts_{size}_ms": 1e3 * time for size, time in zip(sizes, times, strict=True)}
    name = f"layer of experts: time at {MANY} experts / at {FEW}, {K} a token"
    return SpeedResult(name, times[-1] / times[0], GROWTH_BAR, "lower", parts, _shape())


def _problem(n_experts: int) -> tuple[Float[Tensor, "token width"], Routed, Experts]:
    """Tokens, their routes and the experts, at random; gradients of tokens and experts wanted."""
    random = torch.Generator().manual_seed(0)
    x = torch.randn(TOKENS, WIDTH, generator=random).requires_grad_()
    logits = torch.randn(TOKENS, n_experts, generator=random)
    up = torch.randn(n_experts, WIDTH, HIDDEN, generator=random) / WIDTH**0.5
    down = torch.randn(n_experts, HIDDEN, WIDTH, generator=random) / HIDDEN**0.5
    experts = Experts(up.requires_grad_(), down.requires_grad_())
    return x, top_k(Router(logits), Setting(k=K)), experts


def _there_and_back(form: Form, x: Tensor, routed: Routed, experts: Experts) -> None:
    for tensor in (x, experts.up, experts.down):
        tensor.grad = None
    made = form(x, routed, experts)
    made.backward(torch.ones_like(made))  # type: ignore[no-untyped-call]


def _library(experts: Experts, implementation: str) -> NemotronHExperts:
    """transformers' layer with the same matrices: its experts, too, are two with no gate."""
    n_experts, width, hidden = experts.up.shape
    config = NemotronHConfig(
        n_routed_experts=n_experts,
        hidden_size=width,
        moe_intermediate_size=hidden,
        mlp_hidden_act="relu",
        experts_implementation=implementation,
    )
    module = NemotronHExperts(config)
    with torch.no_grad():
        module.up_proj.copy_(experts.up.transpose(1, 2))
        module.down_proj.copy_(experts.down.transpose(1, 2))
    return module


def once(name: str) -> None:
    """The problem, and one pass of the form of this name there and back; none for "none"."""
    problem = _problem(N_EXPERTS)
    if name in FORMS:
        _there_and_back(FORMS[name], *problem)


def _shape() -> str:
    return f"{TOKENS} tokens, {N_EXPERTS} experts, width {WIDTH}, hidden {HIDDEN}, {K} a token"
