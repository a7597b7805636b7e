"""A layer of experts against GShard's einsum form and transformers' own, forward and backward.

All compute the same: two matrices an expert with a ReLU between them, two experts a token, and the
gradients of tokens, matrices and weights of the choice, by which a gate learns. Peak memory is that
of a program with one pass, over that of one that only makes the layer.

What limits each figure, for S tokens, H hidden units and a fullest expert with f times its share:

- Time against the einsum form. That form multiplies f (1 + 5 S / 6 H) times as often as the sorted
  one: 9 times with 512 hidden units and 33 with 128 (f is 1.18 here). So a bar of 10 is out of
  reach with the first and well within it with the second. Both are measured, since the size is a
  choice: twice the width, or half of it as in OLMoE's layers of 64 experts
  (https://arxiv.org/abs/2409.02060). What the sorted form takes is nearly all its six products for
  each expert, and the clearing of fresh memory for gradients by the system.
- Memory. Both forms have to give the gradients of tokens and experts, which with 512 hidden units
  are most of what the sorted form takes and alone more than a tenth of what the einsum form does.
  `beyond_gradients` is the ratio of what they take besides.
- Growth with the number of experts, k fixed. As much is multiplied, but with fewer rows at a time:
  256 experts have 32 each, which takes 1.4 times as long. And there are more gradients to write:
  256 MB for 256 experts, in fresh memory, which the system clears page by page. `room_…` is the
  time of that clearing alone, `forward_…` that of a pass without gradients.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
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
FINE = 128
"""Hidden units of an expert as fine as OLMoE's, for this width."""
FEW, MANY = 8, 256
ROUNDS, EINSUM_ROUNDS = 7, 3
MEGABYTE = 2**20
EINSUM_BAR, MEMORY_BAR, LIBRARY_BAR, GROWTH_BAR = 10.0, 0.1, 1.0, 1.5
LIBRARY = ("grouped_mm", "eager")

Form = Callable[[Tensor, Routed, Experts], Tensor]


def measure_moe() -> Iterator[SpeedResult]:
    """Time and memory against the einsum form, time against transformers, growth with experts."""
    for hidden in (HIDDEN, FINE):
        yield _time_against_einsum(hidden)
        yield _memory_against_einsum(hidden)
    for name in LIBRARY:
        yield _against_library(name)
    yield _growth()


def _einsum(x: Tensor, routed: Routed, experts: Experts) -> Tensor:
    return einsum_layer(x, routed, experts)[0]


FORMS: dict[str, Form] = {"sorted": sorted_layer, "einsum": _einsum}


def program(form: str, hidden: int = HIDDEN) -> tuple[str, ...]:
    """One pass of a form, or the problem alone, as a program of its own."""
    return (sys.executable, "-c", f"from fusionlab.speed.moe import once; once({form!r}, {hidden})")


def _time_against_einsum(hidden: int) -> SpeedResult:
    problem = _problem(N_EXPERTS, hidden)
    ours, reference = in_turn(
        *(partial(_there_and_back, form, *problem) for form in FORMS.values()),
        rounds=EINSUM_ROUNDS,
    )
    parts = {"sorted_ms": 1e3 * ours, "einsum_ms": 1e3 * reference}
    name = f"layer of experts, {hidden} hidden units: time of the einsum form / of the sorted one"
    return SpeedResult(name, reference / ours, EINSUM_BAR, "higher", parts, _shape(hidden))


def _memory_against_einsum(hidden: int) -> SpeedResult:
    with tempfile.TemporaryDirectory() as folder:
        peaks = {name: ran(program(name, hidden), Path(folder)).memory for name in ("none", *FORMS)}
    grown = {name: peaks[name] - peaks["none"] for name in FORMS}
    x, _, experts = _problem(N_EXPERTS, hidden)
    gradients = sum(each.nbytes for each in (x, experts.up, experts.down))
    ours, reference = (grown[name] - gradients for name in FORMS)
    parts = {f"{name}_mb": size / MEGABYTE for name, size in grown.items()}
    parts |= {"gradients_mb": gradients / MEGABYTE, "beyond_gradients": ours / reference}
    name = f"layer of experts, {hidden} hidden units: peak memory of the sorted form / of einsum's"
    ratio = grown["sorted"] / grown["einsum"]
    return SpeedResult(name, ratio, MEMORY_BAR, "lower", parts, _shape(hidden))


def _against_library(implementation: str) -> SpeedResult:
    x, routed, experts = _problem(N_EXPERTS)
    module = _library(experts, implementation)
    chosen, weights = (part.view(TOKENS, K) for part in (routed.expert, routed.weight))
    weights = weights.detach().requires_grad_()

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
    problems = {size: _problem(size) for size in (FEW, N_EXPERTS, MANY)}
    timed: dict[str, Callable[[], object]] = {}
    for size, (x, routed, experts) in problems.items():
        timed[f"experts_{size}_ms"] = partial(_there_and_back, sorted_layer, x, routed, experts)
        timed[f"forward_{size}_ms"] = partial(_there, x, routed, experts)
        timed[f"room_{size}_ms"] = partial(_room, experts)
    times = dict(zip(timed, in_turn(*timed.values(), rounds=ROUNDS), strict=True))
    parts = {name: 1e3 * time for name, time in times.items()}
    name = f"layer of experts: time at {MANY} experts / at {FEW}, {K} a token"
    ratio = times[f"experts_{MANY}_ms"] / times[f"experts_{FEW}_ms"]
    return SpeedResult(name, ratio, GROWTH_BAR, "lower", parts, _shape())


def _problem(
    n_experts: int, hidden: int = HIDDEN
) -> tuple[Float[Tensor, "token width"], Routed, Experts]:
    """Tokens, their routes and the experts, at random; gradients of all of them wanted."""
    random = torch.Generator().manual_seed(0)
    x = torch.randn(TOKENS, WIDTH, generator=random).requires_grad_()
    logits = torch.randn(TOKENS, n_experts, generator=random)
    up = torch.randn(n_experts, WIDTH, hidden, generator=random).div_(WIDTH**0.5)
    down = torch.randn(n_experts, hidden, WIDTH, generator=random).div_(hidden**0.5)
    experts = Experts(up.requires_grad_(), down.requires_grad_())
    routed = top_k(Router(logits), Setting(k=K))
    return x, replace(routed, weight=routed.weight.requires_grad_()), experts


def _there_and_back(form: Form, x: Tensor, routed: Routed, experts: Experts) -> None:
    for tensor in (x, routed.weight, experts.up, experts.down):
        tensor.grad = None
    made = form(x, routed, experts)
    made.backward(torch.ones_like(made))  # type: ignore[no-untyped-call]


def _there(x: Tensor, routed: Routed, experts: Experts) -> None:
    with torch.no_grad():
        sorted_layer(x, routed, experts)


def _room(experts: Experts) -> None:
    """Fresh memory for the experts' gradients, which the system clears."""
    for tensor in (experts.up, experts.down):
        torch.empty_like(tensor).fill_(0)


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


def once(name: str, hidden: int) -> None:
    """The problem, and one pass of the form of this name there and back; none for "none"."""
    problem = _problem(N_EXPERTS, hidden)
    if name in FORMS:
        _there_and_back(FORMS[name], *problem)


def _shape(hidden: int = HIDDEN) -> str:
    return f"{TOKENS} tokens, {N_EXPERTS} experts, width {WIDTH}, hidden {hidden}, {K} a token"
