"""A layer of experts, computed by several processes of this machine and held against one.

`measured` starts them over gloo: tokens and weights come from seeded random numbers, the choices
from routes. Each process answers for its part of the tokens, forward and backward; what they give
together is compared with the same layer in one process, in double precision.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import torch
from jaxtyping import Float64, Int
from safetensors.torch import load_file, save_file
from torch import Tensor, distributed
from torch.multiprocessing.spawn import start_processes

from fusionlab.background import in_process
from fusionlab.errors import FusionError
from fusionlab.events import Progress
from fusionlab.experts.gating import Routed, none_full
from fusionlab.experts.layer import Experts, sorted_layer
from fusionlab.experts.parallel import spread
from fusionlab.experts.traffic import DROPPED, homes

ROUNDS = 5
"""Passes, of which the fastest counts."""
PATIENCE = timedelta(seconds=60)
"""For a process that does not answer."""
ROUTES, FIGURES = "routes.safetensors", "figures.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """What several processes took, and whether they computed what one does."""

    processes: int
    vectors: tuple[tuple[int, ...], ...]
    """Sent from each process (row) to each, once for every choice."""
    seconds: float
    """Of a pass forward and backward, that of the slowest process."""
    alone_seconds: float
    difference: float
    """The largest of outputs and gradients between them and one process, over the largest value."""


def measured(
    chosen: Int[Tensor, "token k"],
    device_of: Int[Tensor, " expert"],
    processes: int,
    hidden: int,
    inner: int,
    seed: int = 0,
) -> Generator[Progress, None, Measured]:
    """Starts the processes and ends them; closing the generator ends them too.

    Tokens stand on the processes as `homes` says. Raises FusionError where they fail.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_file({"chosen": chosen.contiguous(), "device_of": device_of}, folder / ROUTES)
        arguments = [folder, processes, hidden, inner, seed]
        code, log = yield from in_process(
            ["-m", __name__, *map(str, arguments)],
            "processes",
            env={"GLOO_SOCKET_IFNAME": _loopback(), "OMP_NUM_THREADS": "1"},
        )
        if code or not (folder / FIGURES).exists():
            lines = [line for line in log.splitlines() if line.strip()]
            raise FusionError("processes-failed", said=lines[-1][:300] if lines else str(code))
        said = json.loads((folder / FIGURES).read_text())
    return Measured(**{**said, "vectors": tuple(map(tuple, said["vectors"]))})


def _loopback() -> str:
    """The network interface by which processes of this machine reach one another."""
    return "lo0" if sys.platform == "darwin" else "lo"


@dataclass(frozen=True, slots=True)
class _Layer:
    """All of a layer and its task, which every process makes from the same seed."""

    tokens: Float64[Tensor, "token hidden"]
    chosen: Int[Tensor, "token k"]
    weights: Float64[Tensor, "token k"]
    experts: Experts
    goal: Float64[Tensor, "token hidden"]
    """By what each output is multiplied in the sum whose gradients are taken."""

    def routed(self, experts: int) -> Routed:
        """What is chosen of so many experts, without what was dropped."""
        token, choice = (self.chosen != DROPPED).nonzero(as_tuple=True)
        expert, weight = self.chosen[token, choice], self.weights[token, choice]
        return Routed(token, expert, weight, none_full(), len(self.chosen), experts)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What a pass gave for some tokens and experts."""

    result: Float64[Tensor, "token hidden"]
    gradients: tuple[Tensor, ...]
    """By the tokens, and by the experts' two matrices."""
    going: list[int]
    seconds: float
    """Of the fastest of the passes."""


def _layer(chosen: Int[Tensor, "token k"], experts: int, hidden: int, inner: int) -> _Layer:
    def normal(*shape: int) -> Float64[Tensor, "..."]:
        return torch.randn(*shape, dtype=torch.double)

    return _Layer(
        normal(len(chosen), hidden),
        chosen,
        torch.rand(chosen.shape, dtype=torch.double),
        Experts(
            normal(experts, hidden, inner) / hidden**0.5,
            normal(experts, inner, hidden) / inner**0.5,
        ),
        normal(len(chosen), hidden),
    )


def _passes(
    layer: _Layer,
    compute: Callable[[Tensor, Experts], tuple[Tensor, list[int]]],
    together: Callable[[], object],
) -> _Pass:
    """The last of some passes forward and backward; `together` waits for the other processes."""
    best = float("inf")
    for _ in range(ROUNDS):
        some = layer.experts
        leaves = [each.detach().requires_grad_() for each in (layer.tokens, some.up, some.down)]
        together()
        began = time.perf_counter()
        result, going = compute(leaves[0], Experts(leaves[1], leaves[2]))
        gradients = torch.autograd.grad((result * layer.goal).sum(), leaves, materialize_grads=True)
        together()
        best = min(best, time.perf_counter() - began)
    return _Pass(result.detach(), gradients, going, best)


def _work(rank: int, folder: Path, processes: int, hidden: int, inner: int, seed: int) -> None:
    """One process: its part of the tokens, and its experts."""
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo",
        init_method=f"file://{folder / 'meeting'}",  # a file: no port that could be taken
        rank=rank,
        world_size=processes,
        timeout=PATIENCE,
    )
    routes = load_file(folder / ROUTES)
    device_of = routes["device_of"]
    torch.manual_seed(seed)
    layer = _layer(routes["chosen"], len(device_of), hidden, inner)
    mine = homes(len(layer.tokens), processes) == rank
    own = device_of == rank
    part = _Layer(
        layer.tokens[mine],
        layer.chosen[mine],
        layer.weights[mine],
        Experts(layer.experts.up[own], layer.experts.down[own]),
        layer.goal[mine],
    )
    routed = part.routed(len(device_of))

    def spread_out(tokens: Tensor, experts: Experts) -> tuple[Tensor, list[int]]:
        return spread(tokens, routed, experts, device_of)

    parts: list[_Pass] = [_passes(part, spread_out, distributed.barrier)] * processes
    distributed.all_gather_object(parts, parts[rank])
    if rank == 0:
        told = _compared(parts, layer, device_of)
        (folder / FIGURES).write_text(json.dumps(asdict(told)))
    distributed.barrier()
    distributed.destroy_process_group()


def _compared(parts: Sequence[_Pass], layer: _Layer, device_of: Int[Tensor, " expert"]) -> Measured:
    """The parts against the same in this process alone."""

    routed = layer.routed(len(device_of))

    def by_itself(tokens: Tensor, experts: Experts) -> tuple[Tensor, list[int]]:
        return sorted_layer(tokens, routed, experts), []

    whole = _passes(layer, by_itself, lambda: None)
    home = homes(len(layer.tokens), len(parts))
    apart = 0.0
    for rank, part in enumerate(parts):
        mine, own = home == rank, device_of == rank
        by_tokens, by_up, by_down = whole.gradients
        rights = (whole.result[mine], by_tokens[mine], by_up[own], by_down[own])
        for got, right in zip((part.result, *part.gradients), rights, strict=True):
            if right.numel():
                apart = max(apart, float((got - right).abs().max() / right.abs().max()))
    return Measured(
        len(parts),
        tuple(tuple(part.going) for part in parts),
        max(part.seconds for part in parts),
        whole.seconds,
        apart,
    )


def _start() -> None:
    folder, *numbers = sys.argv[1:]
    processes, hidden, inner, seed = map(int, numbers)
    arguments = Path(folder), processes, hidden, inner, seed
    method = "fork" if sys.platform == "linux" else "spawn"  # nothing has threads yet
    start_processes(_work, arguments, processes, start_method=method)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    _start()
