"""Relative representations: what their geometry keeps, and the search that comes back from them."""

import math
from itertools import pairwise
from unittest.mock import patch

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens import relative as module
from fusionlab.tokens.joint import joint
from fusionlab.tokens.relative import Relative, _units, anchors, inverse, representations

SEEDS = st.integers(0, 2**31 - 1)


def drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(SEEDS, st.floats(0.1, 10))
def test_rotating_and_scaling_a_space_changes_nothing(seed: int, scale: float) -> None:
    space, turn = drawn(seed, 12, 6), torch.linalg.qr(drawn(seed + 1, 6, 6)).Q
    plain = representations(space, space[:5])
    assert_close(representations(scale * space @ turn, space[:5] @ turn), plain)
    assert_close(plain.sum(dim=-1), torch.ones(12, dtype=torch.float64))


@given(SEEDS, st.permutations(range(5)))
def test_the_order_of_anchors_does_not_matter(seed: int, order: list[int]) -> None:
    space, p, q = drawn(seed, 12, 6), drawn(seed + 1, 12), drawn(seed + 2, 12)
    plain, other = representations(space, space[:5]), representations(space, space[order])
    assert_close(other, plain[:, order])
    target = q.softmax(dim=0) @ plain
    assert_close(inverse(p, target[order], other), inverse(p, target, plain))


@given(SEEDS)
@settings(max_examples=30)
def test_the_search_takes_the_gradient_and_the_steps_of_the_published_code(seed: int) -> None:
    space, start, wanted = drawn(seed, 12, 6), 3 * drawn(seed + 1, 12), 3 * drawn(seed + 2, 12)
    rows = representations(space, space[:5]) + 1e-3
    rows /= rows.sum(dim=-1, keepdim=True)
    target = wanted.softmax(dim=0) @ rows
    scores = start.clone().requires_grad_()
    optimiser = torch.optim.AdamW([scores], lr=0.15, weight_decay=0, eps=2e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 10, eta_min=0.15 / 4)
    for _ in range(5):
        told = (scores.softmax(dim=0) @ rows).log()
        loss = torch.nn.functional.kl_div(told, target, reduction="sum")
        (scores.grad,) = torch.autograd.grad(loss, scores)
        optimiser.step()
        schedule.step()
    with patch.object(module, "ROUNDED", 0.0):
        assert_close(inverse(start, target, rows), scores.detach(), atol=1e-9, rtol=1e-9)
    assert_close(inverse(start, target, rows), scores.detach(), atol=0.02, rtol=0)


@given(SEEDS)
def test_a_step_moves_a_token_by_the_rate_at_most(seed: int) -> None:
    space, start = drawn(seed, 12, 6), 3 * drawn(seed + 1, 12)
    rows = representations(space, space[:5])
    target = (3 * drawn(seed + 2, 12)).softmax(dim=0) @ rows
    moved = (inverse(start, target, rows, rate=0.15, steps=1) - start).abs()
    assert float(moved.max()) <= 0.15 + 1e-9


@given(SEEDS)
@settings(max_examples=30)
def test_what_was_told_in_anchors_comes_back(seed: int) -> None:
    """From nowhere near, in many steps, to the first choice and to what the anchors tell."""
    space = drawn(seed, 12, 16)
    rows, wanted = representations(space, space), 3 * drawn(seed + 1, 12)
    target = wanted.softmax(dim=0) @ rows
    found = inverse(torch.zeros_like(wanted), target, rows, rate=0.5, steps=60)
    assert int(found.argmax()) == int(wanted.argmax())
    assert float((found.softmax(dim=0) @ rows - target).abs().max()) < 0.05


@given(SEEDS)
def test_who_wants_the_same_stays(seed: int) -> None:
    space, start = drawn(seed, 12, 6).float(), 3 * drawn(seed + 1, 12).float()
    rows = representations(space, space[:5])
    found = inverse(start, start.softmax(dim=0) @ rows, rows)
    assert_close(found.softmax(dim=0), start.softmax(dim=0), atol=1e-3, rtol=0)


def met(seed: int, rate: float = 0.15) -> tuple[Relative, list[int]]:
    """Two members of one space, of which the second has turned it, and numbers tokens otherwise.

    A third of the tokens are other words to it.
    """
    order = torch.randperm(30, generator=torch.Generator().manual_seed(seed)).tolist()
    one = Vocabulary(tuple(f"w{n}".encode() for n in range(30)))
    two = Vocabulary(tuple(f"{'w' if n % 3 else 'v'}{n}".encode() for n in order))
    space, turn = drawn(seed, 30, 8), torch.linalg.qr(drawn(seed + 1, 8, 8)).Q
    whole = joint([("one", one), ("two", two)], "relative")
    spaces = [space.float(), (2 * space[order] @ turn).float()]
    chosen = anchors(whole)
    units = [
        _units(each, seat.back[chosen]) for each, seat in zip(spaces, whole.seats, strict=True)
    ]
    return Relative(spaces, whole.seats, chosen, units, rate), order


@given(SEEDS)
@settings(max_examples=50)
def test_who_wants_the_same_in_a_space_that_is_turned_moves_nobody(seed: int) -> None:
    """Not even where a third of what it wants are words that the first one does not have."""
    relative, order = met(seed)
    wanted = (3 * drawn(seed + 2, 30)).float().log_softmax(dim=0)
    own = [wanted, wanted[order]]
    found = relative.pooled(own, torch.stack([wanted] * 2), torch.full((2,), 0.5), "arithmetic")
    assert_close(found, wanted, atol=1e-4, rtol=0)


@given(SEEDS)
@settings(max_examples=50)
def test_a_token_that_only_the_other_has_counts_for_what_it_is_near(seed: int) -> None:
    """It is the first member's own token under another name, which no map of spellings finds.

    So that gains, if no more than the common tokens that it is nearest to.
    """
    relative, order = met(seed, rate=1.0)
    theirs = torch.full((30,), -9.0)
    theirs[order.index(12)] = 9.0
    ours = torch.zeros(30).log_softmax(dim=0)
    found = relative.pooled(
        [ours, theirs], torch.stack([ours] * 2), torch.tensor([0.1, 0.9]), "arithmetic"
    )
    assert float(found[12]) > float(ours[12])
    assert float(found.min()) < float(ours[12])


def test_every_end_of_a_member_is_the_end() -> None:
    one = Vocabulary((b"a", b"b", b"</s>"), frozenset({2}), frozenset({2}))
    two = Vocabulary((b"a", b"b", b"<1>", b"<2>"), frozenset({2, 3}), frozenset({2, 3}))
    whole = joint([("one", one), ("two", two)], "relative")
    spaces, chosen = [drawn(5, 3, 8).float(), drawn(6, 4, 8).float()], anchors(whole)
    units = [
        _units(each, seat.back[chosen]) for each, seat in zip(spaces, whole.seats, strict=True)
    ]
    relative = Relative(spaces, whole.seats, chosen, units, 1.0)
    ours, weights = torch.zeros(3).log_softmax(dim=0), torch.tensor([0.1, 0.9])
    for end in (2, 3):
        theirs = torch.full((4,), -9.0)
        theirs[end] = 9.0
        found = relative.pooled([ours, theirs], torch.stack([ours] * 2), weights, "arithmetic")
        assert int(found.argmax()) == 2


def test_impossible_anchors_leave_numbers() -> None:
    space = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    rows = representations(space, space)
    target = torch.tensor([0.0, 1.0])
    found = inverse(torch.tensor([0.0, -50.0]), target, rows, rate=10.0)
    assert bool(found.isfinite().all())


def test_anchors_are_common_spread_and_have_the_ends() -> None:
    one = Vocabulary((b"</s>", *(f"w{n}".encode() for n in range(200)), b""), frozenset({0}))
    two = Vocabulary((*(f"w{n}".encode() for n in range(0, 400, 2)), b"<e>"), frozenset({200}))
    whole = joint([("one", one), ("two", two)], "relative")
    found = anchors(whole, 10).tolist()
    assert found[0] == 0
    assert len(found) == 11
    assert all(token % 2 for token in found[1:])  # w0 is token 1: what both have
    assert found[1] == 1
    assert found[-1] == 199
    assert len(anchors(whole)) == 101
    assert max(b - a for a, b in pairwise(found[1:])) <= math.ceil(200 / 9) + 2


@pytest.mark.parametrize("most", [1, 3])
def test_few_common_tokens_do(most: int) -> None:
    one = Vocabulary(tuple(f"w{n}".encode() for n in range(most)))
    two = Vocabulary(tuple(f"w{n}".encode() for n in range(5)))
    assert len(anchors(joint([("one", one), ("two", two)], "relative"))) == most
