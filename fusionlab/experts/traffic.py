"""What it costs that experts stand on several devices: the vectors that travel to them and back.

Tokens are computed where their text is; each is sent to the devices of the experts that its router
chose, and the results come back (https://arxiv.org/abs/2006.16668). Everything is counted from the
routes of one layer in one pass; nothing is estimated, but for `even`.
"""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.experts.gating import checked_factor, queued
from fusionlab.experts.load import together

DROPPED = -1
"""In the place of an expert that a token wanted and was too full for it."""

PlacementRule = Literal["contiguous", "round-robin", "together", "near"]


def homes(tokens: int, devices: int) -> Int[Tensor, " token"]:
    """Equal consecutive parts of the tokens for each device; raises RecipeError for none."""
    _check_devices(devices)
    return torch.arange(tokens) * devices // max(tokens, 1)


def placed(
    rule: PlacementRule,
    chosen: Int[Tensor, "token k"],
    home: Int[Tensor, " token"],
    experts: int,
    devices: int,
) -> Int[Tensor, " expert"]:
    """The device of every expert, at most ⌈experts / devices⌉ on each.

    `contiguous` and `round-robin` look at no route. `together` puts experts on one device that are
    chosen for the same tokens; `near` puts each where most of the tokens are that choose it. Both
    are greedy: the busiest expert first. `chosen` is what was wanted, before any token is dropped.
    Raises RecipeError for fewer experts than devices.
    """
    _check_devices(devices)
    if experts < devices:
        raise RecipeError("devices-without-experts", devices=devices, experts=experts)
    each = torch.arange(experts)
    match rule:
        case "contiguous":
            return each * devices // experts
        case "round-robin":
            return each % devices
        case "near":
            return _greedy(_wanted_by(chosen, home, experts, devices))
        case "together":
            return _beside(chosen, experts, devices)


def limited(chosen: Int[Tensor, "token k"], experts: int, factor: float) -> Int[Tensor, "token k"]:
    """The same with what is over capacity dropped: ⌈factor · tokens · k / experts⌉ for each expert.

    First choices of all tokens come before second ones, earlier tokens before later ones. Raises
    RecipeError for a factor that is not positive.
    """
    room = math.ceil(checked_factor(factor) * chosen.numel() / experts)
    by_choice = chosen.T
    wanted = by_choice != DROPPED
    place = torch.full_like(by_choice, room)
    place[wanted] = queued(by_choice[wanted], experts)
    return by_choice.where(place < room, DROPPED).T.contiguous()


def sent(
    chosen: Int[Tensor, "token k"],
    home: Int[Tensor, " token"],
    device_of: Int[Tensor, " expert"],
    devices: int,
    *,
    once: bool = False,
) -> Int[Tensor, "device device"]:
    """How many vectors go from each device (row) to each (column); on the diagonal none travels.

    With `once` a token that has several experts on one device is sent there once.
    """
    there = torch.zeros(len(chosen), devices, dtype=torch.long)
    goes = (chosen >= 0).long()
    there.scatter_add_(1, device_of[chosen.clamp(min=0)], goes)
    if once:
        there = (there > 0).long()
    return torch.zeros(devices, devices, dtype=torch.long).index_add_(0, home, there)


def travelling(counts: Int[Tensor, "device device"]) -> int:
    """How many vectors leave their device."""
    return int(counts.sum() - counts.diagonal().sum())


def busiest(counts: Int[Tensor, "device device"]) -> int:
    """The most vectors that one device sends or receives on the way there; the others wait for it.

    On the way back the same vectors go the other way round.
    """
    away = counts.clone().fill_diagonal_(0)
    return int(torch.maximum(away.sum(0), away.sum(1)).max())


def there_and_back(vectors: int | float, hidden: int, bytes_each: int) -> float:
    """Bytes of so many vectors, sent and returned."""
    return 2.0 * vectors * hidden * bytes_each


def even(tokens: int, k: int, experts: int, devices: int, *, once: bool = False) -> float:
    """The vectors that travel on average where every expert is as likely as any other.

    tokens · k · (1 − 1/devices); with `once` a device is left out where none of its experts is
    among the k different ones. Experts are spread evenly.
    """
    if not once:
        return tokens * k * (1 - 1 / devices)
    here = experts // devices
    none = math.comb(experts - here, k) / math.comb(experts, k)
    return tokens * (devices - 1) * (1 - none)


def _check_devices(devices: int) -> None:
    if devices < 1:
        raise RecipeError("devices-none", devices=devices)


def _wanted_by(
    chosen: Int[Tensor, "token k"], home: Int[Tensor, " token"], experts: int, devices: int
) -> Int[Tensor, "expert device"]:
    """How many tokens of each device choose each expert."""
    pairs = chosen * devices + home[:, None]
    return pairs.flatten().bincount(minlength=experts * devices).view(experts, devices)


def _greedy(wanted: Int[Tensor, "expert device"]) -> Int[Tensor, " expert"]:
    """Each expert on the device that wants it most and has room."""
    experts, devices = wanted.shape
    room = [math.ceil(experts / devices)] * devices
    device_of = torch.zeros(experts, dtype=torch.long)
    for expert in _busiest_first(wanted.sum(1)):
        likes = wanted[expert].tolist()
        best = max((at for at in range(devices) if room[at]), key=lambda at: (likes[at], room[at]))
        device_of[expert] = best
        room[best] -= 1
    return device_of


def _beside(chosen: Int[Tensor, "token k"], experts: int, devices: int) -> Int[Tensor, " expert"]:
    """Each expert on the device whose experts are chosen with it most often."""
    beside = torch.tensor(together(chosen.tolist(), experts))
    size = math.ceil(experts / devices)
    on: list[list[int]] = [[] for _ in range(devices)]
    for expert in _busiest_first(beside.diagonal()):
        fits = [at for at in range(devices) if len(on[at]) < size]
        shared = {at: float(beside[expert, on[at]].sum()) if on[at] else 0.0 for at in fits}
        best = max(fits, key=lambda at: (shared[at], -len(on[at])))
        on[best].append(expert)
    device_of = torch.zeros(experts, dtype=torch.long)
    for device, names in enumerate(on):
        device_of[names] = device
    return device_of


def _busiest_first(counts: Tensor) -> Sequence[int]:
    found: list[int] = counts.argsort(descending=True, stable=True).tolist()
    return found
