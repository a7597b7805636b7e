"""The losses of 1991 have the gradients that the paper derives, and what follows from them."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from fusionlab.experts.local import (
    LOSSES,
    LocalLoss,
    blended,
    gradients,
    losses,
    responsibilities,
    squares,
)

DRAWN = st.tuples(st.integers(0, 9_999), st.integers(1, 5), st.integers(1, 6), st.integers(1, 3))


def drawn(seed: int, cases: int, experts: int, out: int) -> tuple[torch.Tensor, ...]:
    """Targets, outputs and the gate's logits, in double precision."""
    random = torch.Generator().manual_seed(seed)
    shapes = ((cases, out), (cases, experts, out), (cases, experts))
    targets, outputs, logits = (
        2 * torch.randn(shape, generator=random, dtype=torch.float64) for shape in shapes
    )
    return targets, outputs, logits


@pytest.mark.parametrize("loss", LOSSES)
@given(DRAWN)
@settings(max_examples=25, deadline=None)
def test_gradients_are_those_of_autograd(loss: LocalLoss, shape: tuple[int, int, int, int]) -> None:
    targets, outputs, logits = drawn(*shape)
    outputs.requires_grad_()
    logits.requires_grad_()
    every = losses(loss, targets, outputs, torch.softmax(logits, 1)).sum()
    right = torch.autograd.grad(every, (outputs, logits))
    found = gradients(loss, targets, outputs.detach(), torch.softmax(logits.detach(), 1))
    assert_close(found[0], right[0])
    assert_close(found[1], right[1])


@given(DRAWN)
@settings(max_examples=25, deadline=None)
def test_the_likelihood_s_gradients_are_the_paper_s(shape: tuple[int, int, int, int]) -> None:
    targets, outputs, logits = drawn(*shape)
    probs = torch.softmax(logits, 1)
    for case, (target, said, p) in enumerate(zip(targets, outputs, probs, strict=True)):
        near = [
            share * math.exp(-0.5 * ((target - each) ** 2).sum())
            for share, each in zip(p, said, strict=True)
        ]
        held = [float(each) / float(sum(near)) for each in near]
        of_outputs, of_logits = (
            each[case] for each in gradients("likelihood", targets, outputs, probs)
        )
        value = losses("likelihood", targets, outputs, probs)[case]
        assert_close(float(value), -math.log(sum(near)))
        for k, h in enumerate(held):
            assert_close(of_outputs[k], -h * (target - said[k]))
            assert_close(float(of_logits[k]), float(p[k]) - h)


@given(DRAWN)
@settings(max_examples=25, deadline=None)
def test_losses_keep_their_order_and_one_expert_has_one_error(
    shape: tuple[int, int, int, int],
) -> None:
    targets, outputs, logits = drawn(*shape)
    probs = torch.softmax(logits, 1)
    wrong = squares(targets, outputs)
    together = (targets - blended(outputs, probs)).square().sum(1)
    mean = losses("competitive", targets, outputs, probs)
    assert_close(losses("cooperative", targets, outputs, probs), together)
    assert (together <= mean + 1e-9).all()  # Jensen: the mean is at least as near as its parts
    assert (losses("likelihood", targets, outputs, probs) <= mean / 2 + 1e-9).all()
    held = responsibilities(targets, outputs, probs)
    assert_close(held.sum(1), torch.ones(len(held), dtype=held.dtype))
    # The best fit gains: no expert holds less of a case than the gate gave it and fits it best.
    best = wrong.argmin(1, keepdim=True)
    assert (held.gather(1, best) >= probs.gather(1, best) - 1e-9).all()
    if shape[2] == 1:
        assert_close(together, mean)
        assert_close(losses("likelihood", targets, outputs, probs), mean / 2)


def test_an_expert_that_fits_takes_over_under_the_likelihood_and_only_its_own_case() -> None:
    targets = torch.tensor([[0.0]])
    outputs = torch.tensor([[[0.1], [5.0]]])
    probs = torch.tensor([[0.5, 0.5]])
    held = responsibilities(targets, outputs, probs)
    assert float(held[0, 0]) > 0.99999
    far = gradients("likelihood", targets, outputs, probs)[0][0, 1]
    assert abs(float(far)) < 1e-4  # the one that is far off is left alone, and free for others
    assert abs(float(gradients("competitive", targets, outputs, probs)[0][0, 1])) > 1
