"""What is learned from fused distributions: parts of the loss, its limits, its gradient."""

import pytest
import torch
from torch.testing import assert_close

from fusionlab.distil.fusion import EMPTY, Expected
from fusionlab.distil.losses import distillation_loss, fusion_loss, sorted_distance
from fusionlab.errors import RecipeError, SettingError
from fusionlab.training.losses import IGNORED

BATCH, TOKENS, VOCAB, ENTRIES = 2, 5, 11, 3


@pytest.fixture
def logits() -> torch.Tensor:
    drawn = torch.randn(BATCH, TOKENS, VOCAB, generator=torch.Generator().manual_seed(0))
    return drawn.requires_grad_()


@pytest.fixture
def labels() -> torch.Tensor:
    ids = torch.randint(VOCAB, (BATCH, TOKENS), generator=torch.Generator().manual_seed(1))
    ids[0, :2] = IGNORED
    ids[1, 4] = IGNORED
    return ids


def clm(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=IGNORED
    )


def expected() -> Expected:
    rng = torch.Generator().manual_seed(2)
    ids = torch.stack([torch.randperm(VOCAB, generator=rng)[:ENTRIES] for _ in range(10)])
    probs = torch.randn(BATCH, TOKENS, ENTRIES, generator=rng).softmax(-1)
    return Expected(ids.reshape(BATCH, TOKENS, ENTRIES), probs)


def test_a_share_of_one_is_clm(logits: torch.Tensor, labels: torch.Tensor) -> None:
    ours = fusion_loss(logits, labels, expected(), 1.0)
    assert_close(ours, clm(logits, labels))
    (mine,) = torch.autograd.grad(ours, logits)
    (theirs,) = torch.autograd.grad(clm(logits, labels), logits)
    assert_close(mine, theirs)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_loss_is_its_formula(logits: torch.Tensor, labels: torch.Tensor, share: float) -> None:
    wanted = expected()
    dense = torch.zeros(BATCH, TOKENS, VOCAB).scatter(-1, wanted.ids, wanted.probs)
    learned = labels[:, 1:] != IGNORED
    crossed = -(dense * logits.log_softmax(-1)).sum(-1)[:, :-1][learned].mean()
    formula = share * clm(logits, labels) + (1 - share) * crossed
    ours = fusion_loss(logits, labels, wanted, share)
    assert_close(ours, formula)
    (mine,) = torch.autograd.grad(ours, logits)
    (theirs,) = torch.autograd.grad(formula, logits)
    assert_close(mine, theirs)


def test_the_label_for_certain_is_clm_again(logits: torch.Tensor, labels: torch.Tensor) -> None:
    ids = torch.nn.functional.pad(labels[:, 1:], (0, 1), value=EMPTY).clamp(min=EMPTY)[..., None]
    certain = Expected(ids, (ids >= 0).float())
    assert_close(fusion_loss(logits, labels, certain, 0.3), clm(logits, labels))


def test_positions_of_which_nothing_is_expected_count_for_clm_only(
    logits: torch.Tensor, labels: torch.Tensor
) -> None:
    whole = expected()
    probs = whole.probs.clone()
    probs[0] = 0
    part = fusion_loss(logits, labels, Expected(whole.ids, probs), 0.0)
    row = Expected(whole.ids[1:], whole.probs[1:])
    assert_close(part, fusion_loss(logits[1:], labels[1:], row, 0.0))
    nothing = Expected(torch.full_like(whole.ids, EMPTY), torch.zeros_like(probs))
    assert_close(fusion_loss(logits, labels, nothing, 0.9), 0.9 * clm(logits, labels))


def test_forbidden_tokens_leave_the_loss_a_number(
    logits: torch.Tensor, labels: torch.Tensor
) -> None:
    barred = logits.detach().clone()
    barred[..., 0] = -torch.inf
    learned = labels.clamp(min=1)
    entries = Expected(
        torch.tensor([5, EMPTY]).expand(BATCH, TOKENS, 2),
        torch.tensor([1.0, 0.0]).expand(BATCH, TOKENS, 2),
    )
    barred.requires_grad_()
    loss = fusion_loss(barred, learned, entries)
    (gradient,) = torch.autograd.grad(loss, barred)
    assert loss.isfinite()
    assert gradient.isfinite().all()


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_outside_is_refused(
    logits: torch.Tensor, labels: torch.Tensor, share: float
) -> None:
    with pytest.raises(SettingError, match="must lie between 0 and 1"):
        fusion_loss(logits, labels, expected(), share)


def test_a_batch_that_learns_nothing_is_refused(logits: torch.Tensor) -> None:
    masked = torch.full((BATCH, TOKENS), IGNORED)
    masked[:, 0] = 3  # the first token follows none
    with pytest.raises(RecipeError, match="all labels are masked"):
        fusion_loss(logits, masked, expected())
    with pytest.raises(RecipeError, match="all labels are masked"):
        distillation_loss(logits, logits, masked)


def test_distillation_is_hintons(logits: torch.Tensor, labels: torch.Tensor) -> None:
    teacher = torch.randn(BATCH, TOKENS, VOCAB, generator=torch.Generator().manual_seed(3))
    p, q = (each.div(2).softmax(-1) for each in (teacher, logits))
    learned = labels[:, 1:] != IGNORED
    divergence = (p * (p / q).log()).sum(-1)[:, :-1][learned].mean()
    assert_close(distillation_loss(logits, teacher, labels, 2.0), 4 * divergence)
    same = distillation_loss(logits, logits, labels)
    assert_close(same, torch.zeros(()), atol=1e-6, rtol=0)


def test_sorted_distances_need_no_common_vocabulary() -> None:
    logits = torch.tensor([[0.5, 0.3, 0.2]]).log()
    assert float(sorted_distance(logits, torch.tensor([[0.2, 0.5, 0.3]]))) == pytest.approx(
        0, abs=1e-6
    )
    assert float(sorted_distance(logits, torch.tensor([[0.9]]))) == pytest.approx(0.4 + 0.5)
    wide = torch.tensor([[0.5, 0.3, 0.1, 0.1]])
    assert float(sorted_distance(logits, wide)) == pytest.approx(0.1 + 0.1)
