"""What travels between devices is what a count by hand says, and what a real exchange sends."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from fusionlab.errors import FusionError, RecipeError
from fusionlab.experts.group import measured
from fusionlab.experts.traffic import (
    DROPPED,
    busiest,
    even,
    homes,
    limited,
    placed,
    sent,
    there_and_back,
    travelling,
)
from tests.drained import drained

RULES = ("contiguous", "round-robin", "together", "near")


@st.composite
def routes(draw: st.DrawFn) -> tuple[Tensor, int, int]:
    """Different experts for each token, their number, and a number of devices."""
    experts = draw(st.integers(2, 9))
    k = draw(st.integers(1, min(3, experts)))
    one = st.permutations(range(experts)).map(lambda order: order[:k])
    chosen = torch.tensor(draw(st.lists(one, min_size=1, max_size=12)))
    return chosen, experts, draw(st.integers(1, experts))


def by_hand(chosen: Tensor, home: Tensor, device_of: Tensor, devices: int, once: bool) -> Tensor:
    counts = torch.zeros(devices, devices, dtype=torch.long)
    for row, start in zip(chosen.tolist(), home.tolist(), strict=True):
        ends = [int(device_of[expert]) for expert in row if expert >= 0]
        for end in set(ends) if once else ends:
            counts[start, end] += 1
    return counts


@given(routes(), st.sampled_from(RULES), st.booleans())
def test_what_is_sent_is_what_a_count_by_hand_says(
    given: tuple[Tensor, int, int], rule: str, once: bool
) -> None:
    chosen, experts, devices = given
    home = homes(len(chosen), devices)
    device_of = placed(rule, chosen, home, experts, devices)  # type: ignore[arg-type]
    chosen = limited(chosen, experts, 1.0)
    counts = sent(chosen, home, device_of, devices, once=once)
    assert counts.equal(by_hand(chosen, home, device_of, devices, once))
    assert torch.bincount(device_of, minlength=devices).max() <= math.ceil(experts / devices)
    if devices == 1:
        assert travelling(counts) == 0
    order = torch.randperm(devices)
    moved = sent(chosen, order[home], order[device_of], devices, once=once)
    assert travelling(moved) == travelling(counts)
    assert busiest(moved) == busiest(counts)


@given(routes(), st.floats(0.2, 3.0))
def test_capacity_drops_the_last_of_a_queue(given: tuple[Tensor, int, int], factor: float) -> None:
    chosen, experts, _ = given
    kept = limited(chosen, experts, factor)
    room = math.ceil(factor * chosen.numel() / experts)
    used = [0] * experts
    for choice, token in itertools.product(range(chosen.shape[1]), range(len(chosen))):
        expert = int(chosen[token, choice])
        right = expert if used[expert] < room else DROPPED
        used[expert] += right != DROPPED
        assert int(kept[token, choice]) == right


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize(("experts", "k", "devices"), [(4, 1, 2), (4, 2, 4), (6, 3, 2)])
def test_even_routes_send_what_the_formula_says(
    experts: int, k: int, devices: int, once: bool
) -> None:
    every = torch.tensor(list(itertools.combinations(range(experts), k)))
    chosen = every.repeat_interleave(devices, 0)  # each choice once on every device
    home = torch.arange(devices).repeat(len(every))
    device_of = placed("round-robin", chosen, home, experts, devices)
    counts = sent(chosen, home, device_of, devices, once=once)
    assert travelling(counts) == pytest.approx(even(len(chosen), k, experts, devices, once=once))
    assert there_and_back(3, 5, 4) == 120.0


def test_experts_stand_where_they_are_wanted() -> None:
    home = torch.tensor([0, 0, 1, 1])
    chosen = torch.tensor([[3, 1], [3, 1], [0, 2], [0, 2]])
    near = placed("near", chosen, home, 4, 2)
    assert near.tolist() == [1, 0, 1, 0]
    assert travelling(sent(chosen, home, near, 2)) == 0
    together = placed("together", chosen, home, 4, 2)
    assert together[3] == together[1] != together[0] == together[2]


def test_what_cannot_be_is_refused() -> None:
    chosen = torch.tensor([[0]])
    with pytest.raises(RecipeError, match="devices"):
        homes(4, 0)
    with pytest.raises(RecipeError, match="3 devices for 2 experts"):
        placed("contiguous", chosen, torch.tensor([0]), 2, 3)
    for factor in (0.0, -1.0, float("nan")):
        with pytest.raises(RecipeError, match="capacity"):
            limited(chosen, 2, factor)


def test_several_processes_compute_what_one_does_and_send_what_is_counted() -> None:
    torch.manual_seed(1)
    chosen = torch.stack([torch.rand(6).argsort()[:2] for _ in range(30)])
    home = homes(30, 2)
    device_of = placed("near", chosen, home, 6, 2)
    chosen = limited(chosen, 6, 0.8)
    assert (chosen == DROPPED).any()
    _, found = drained(measured(chosen, device_of, 2, hidden=8, inner=16))
    assert found.difference < 1e-14
    assert torch.tensor(found.vectors).equal(sent(chosen, home, device_of, 2))


def test_a_process_that_fails_is_told_of() -> None:
    wrong = torch.tensor([[7]])  # an expert that no process has
    with pytest.raises(FusionError, match="processes"):
        drained(measured(wrong, torch.tensor([0, 1]), 2, hidden=4, inner=4))
