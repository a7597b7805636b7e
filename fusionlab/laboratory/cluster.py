"""What experts cost in a cluster: the vectors that travel between devices, counted and measured.

A mixture of the zoo reads problems of its tasks, and its routers' choices are captured. From them
it is counted what every layer would send if the experts stood on several devices, by the rules for
placing them, and by random routed experts (RRE, https://arxiv.org/abs/2303.10845), which know each
token's domain. A few processes of this machine then really exchange the vectors of one layer. What
thousands of devices would send is worked out on paper, and marked so.
"""

import random
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, cast, get_args

import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from fusionlab.engines.memory import default_pool
from fusionlab.engines.transformers import TransformersModel
from fusionlab.events import Event, Progress
from fusionlab.experts.gating import balanced_map
from fusionlab.experts.group import measured
from fusionlab.experts.routing import capture
from fusionlab.experts.traffic import (
    DROPPED,
    PlacementRule,
    busiest,
    even,
    homes,
    limited,
    placed,
    sent,
    there_and_back,
    travelling,
)
from fusionlab.models.base import Level
from fusionlab.registry import Group, study
from fusionlab.zoo.tasks import TASKS

Drawn = dict[str, Any]
Mixture = Literal["zoo/mixture-fine", "zoo/mixture-top2", "zoo/mixture-top1"]
BYTES = 2
"""Of a number that travels, in bfloat16."""
INNER = 4
"""Of the measured layer, by its hidden size."""
PAPER_TOKENS, PAPER_HIDDEN, PAPER_K, PAPER_EXPERTS = 4096, 4096, 2, 8
"""Tokens and experts on each device, and the rest as in Mixtral 8x7B (arXiv 2401.04088)."""
PAPER_INNER = 14_336
LINK, LATENCY = 25e9, 5e-6
"""Bytes a second of a device's link (200 Gb/s InfiniBand), and seconds a message, assumed."""
FLOPS = 312e12
"""A second of a device (NVIDIA A100, bfloat16, by its data sheet), all assumed to be reached."""
MOST_LAYERS = 1000
"""By which seeds of layers are apart."""
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True, slots=True)
class _Read:
    """The tokens of all texts, and what they chose in each layer."""

    ids: Int[Tensor, " token"]
    domain: Int[Tensor, " token"]
    """The number of the task that the token's text belongs to."""
    chosen: dict[int, Int[Tensor, "token k"]]
    experts: int
    hidden: int


@study("cluster", paper="https://arxiv.org/abs/2006.16668")
def cluster(
    *,
    model: Annotated[
        Mixture, Group("basic"), Field(title="Mixture", description="whose routes are counted")
    ] = "zoo/mixture-fine",
    devices: Annotated[
        int,
        Group("basic"),
        Field(ge=1, le=16, title="Devices", description="over which its experts are spread"),
    ] = 4,
    placement: Annotated[
        PlacementRule,
        Group("basic"),
        Field(title="Placement", description="which experts stand together"),
    ] = "contiguous",
    texts: Annotated[
        Literal["mixed", "by-task"],
        Group("basic"),
        Field(title="Texts", description="of every task on each device, or each task on one"),
    ] = "mixed",
    capacity: Annotated[
        float,
        Group("expert"),
        Field(ge=0, le=8, title="Capacity factor", description="0: no token is dropped"),
    ] = 0.0,
    problems: Annotated[
        int,
        Group("expert"),
        Field(ge=1, le=64, title="Problems", description="of each task that are read"),
    ] = 12,
    processes: Annotated[
        int,
        Group("expert"),
        Field(ge=0, le=4, title="Processes", description="that really exchange one layer's"),
    ] = 4,
    seed: Annotated[int, Group("expert"), Field(ge=0, title="Seed")] = 0,
) -> Iterator[Event | Drawn]:
    """Count what experts on several devices send one another, and watch processes really do it."""
    tasks = [task for task in TASKS.values() if task.first is None]
    rng = random.Random(seed)  # noqa: S311  it draws problems
    asked = [
        (number, problem.prompt + problem.answer)
        for number, task in enumerate(tasks)
        for problem in task.problems(rng, "train", problems)
    ]
    if texts == "mixed":
        rng.shuffle(asked)
    read = yield from _read(model, asked)
    home = homes(len(read.ids), devices)
    rules = {
        rule: [
            _layer(layer, chosen, home, rule, read.experts, devices, capacity)
            for layer, chosen in read.chosen.items()
        ]
        for rule in get_args(PlacementRule)
    }
    rules["rre"] = [
        _random_routed(layer, read, home, devices, seed, capacity) for layer in read.chosen
    ]
    first = next(iter(read.chosen.values()))
    drawn: Drawn = {
        "study": "cluster",
        "model": model,
        "devices": devices,
        "experts": read.experts,
        "k": first.shape[1],
        "hidden": read.hidden,
        "bytes_each": BYTES,
        "tokens": len(read.ids),
        "placement": placement,
        "texts": texts,
        "capacity": capacity,
        "tasks": [task.name for task in tasks],
        "layers": rules[placement],
        "rules": {rule: _total(layers) for rule, layers in rules.items()},
        "measured": [],
        "paper": list(_paper()),
    }
    yield drawn
    for count in (2, 4):
        if count <= min(processes, read.experts):
            told = yield from _exchanged(first, placement, count, read, seed)
            drawn = {**drawn, "measured": [*drawn["measured"], told]}
            yield drawn


def _read(ref: str, asked: list[tuple[int, str]]) -> Generator[Event, None, _Read]:
    """What the mixture's routers choose for all tokens of all texts."""
    ids, domain = list[int](), list[int]()
    chosen: dict[int, list[Tensor]] = {}
    experts = 0
    with default_pool().borrow() as loan:
        model = cast(TransformersModel, (yield from loan.load(ref, Level.INTERNALS)))
        with capture(model.module, ref) as seen, torch.inference_mode():
            for number, (task, text) in enumerate(asked):
                yield Progress("routes", number, len(asked), "items")
                tokens: list[int] = model.tokenizer(text)["input_ids"]
                model.module(torch.tensor([tokens]))
                for layer in seen.last:
                    chosen.setdefault(layer.layer, []).append(layer.chosen.clone())
                    experts = layer.logits.shape[-1]
                ids += tokens
                domain += [task] * len(tokens)
        hidden = int(model.module.config.hidden_size)  # type: ignore[union-attr, arg-type]
    layers = {layer: torch.cat(parts) for layer, parts in chosen.items()}
    return _Read(torch.tensor(ids), torch.tensor(domain), layers, experts, hidden)


def _layer(
    layer: int,
    chosen: Int[Tensor, "token k"],
    home: Int[Tensor, " token"],
    rule: PlacementRule,
    experts: int,
    devices: int,
    capacity: float,
) -> Drawn:
    device_of = placed(rule, chosen, home, experts, devices)
    kept = limited(chosen, experts, capacity) if capacity else chosen
    return _counted(layer, kept, home, device_of, devices)


def _random_routed(
    layer: int,
    read: _Read,
    home: Int[Tensor, " token"],
    devices: int,
    seed: int,
    capacity: float,
) -> Drawn:
    """The same where a token's domain says its group of experts, and its id which of them.

    A group stands on one device; a domain's is the group of the device that has most of its tokens.
    """
    tokens = read.ids
    device_of = placed("contiguous", read.chosen[layer], home, read.experts, devices)
    group_of = [
        int(torch.bincount(home[read.domain == task], minlength=devices).argmax())
        for task in range(int(read.domain.max()) + 1)
    ]
    k = read.chosen[layer].shape[1]
    chosen = torch.empty(len(tokens), k, dtype=torch.long)
    for task, device in enumerate(group_of):
        group, own = (device_of == device).nonzero()[:, 0], read.domain == task
        lots = balanced_map(int(tokens.max()) + 1, len(group), seed * MOST_LAYERS + layer)
        chosen[own] = _dealt(group, lots[tokens[own]], k)
    if capacity:
        chosen = limited(chosen, read.experts, capacity)
    return _counted(layer, chosen, home, device_of, devices)


def _dealt(
    group: Int[Tensor, " expert"], first: Int[Tensor, " token"], k: int
) -> Int[Tensor, "token k"]:
    """The expert of each token's lot and those after it, where the group has so many."""
    others = torch.arange(k)
    at = (first[:, None] + others) % len(group)
    return group[at].where(others < len(group), DROPPED)


def _counted(
    layer: int,
    chosen: Int[Tensor, "token k"],
    home: Int[Tensor, " token"],
    device_of: Int[Tensor, " expert"],
    devices: int,
) -> Drawn:
    counts = sent(chosen, home, device_of, devices)
    once = sent(chosen, home, device_of, devices, once=True)
    experts = len(device_of)
    tokens, k = chosen.shape
    return {
        "layer": layer,
        "device_of": device_of.tolist(),
        "counts": counts.tolist(),
        "choices": int((chosen >= 0).sum()),
        "dropped": int((chosen < 0).sum()),
        "travelling": travelling(counts),
        "once": travelling(once),
        "busiest": busiest(counts),
        "even": even(tokens, k, experts, devices),
    }


def _total(layers: list[Drawn]) -> Drawn:
    """The figures of all layers."""
    names = ("choices", "dropped", "travelling", "once", "busiest", "even")
    return {name: sum(layer[name] for layer in layers) for name in names}


def _exchanged(
    chosen: Int[Tensor, "token k"], placement: PlacementRule, count: int, read: _Read, seed: int
) -> Generator[Event, None, Drawn]:
    """What so many processes took, and whether as many vectors travelled as were counted."""
    home = homes(len(chosen), count)
    device_of = placed(placement, chosen, home, read.experts, count)
    found = yield from measured(chosen, device_of, count, read.hidden, INNER * read.hidden, seed)
    counts = sent(chosen, home, device_of, count)
    really = torch.tensor(found.vectors)
    return {
        **asdict(found),
        "travelling": travelling(really),
        "as_counted": bool(really.equal(counts)),
    }


def _paper() -> Iterator[Drawn]:
    """By the number of devices: bytes that each sends in a layer and pass, and seconds of them."""
    for devices in SIZES:
        vectors = even(PAPER_TOKENS, PAPER_K, PAPER_EXPERTS * devices, devices)
        once = even(PAPER_TOKENS, PAPER_K, PAPER_EXPERTS * devices, devices, once=True)
        out = there_and_back(vectors, PAPER_HIDDEN, BYTES)
        compute = 6 * PAPER_TOKENS * PAPER_K * PAPER_HIDDEN * PAPER_INNER / FLOPS
        yield {
            "devices": devices,
            "bytes": out,
            "bytes_once": there_and_back(once, PAPER_HIDDEN, BYTES),
            "link_s": out / LINK + 2 * (devices - 1) * LATENCY,
            "compute_s": compute,
        }
