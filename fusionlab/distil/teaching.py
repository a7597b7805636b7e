"""What a target learns at each step: batches with distributions, and what it loses on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fusionlab.distil.fusing import Fused
from fusionlab.distil.fusion import EMPTY, Expected
from fusionlab.distil.losses import distillation_loss, fusion_loss, sorted_distance
from fusionlab.training.losses import IGNORED, Batch, answer_loss, by_length
from fusionlab.training.packing import Course


@dataclass(frozen=True, slots=True)
class Taught(Batch):
    """A batch with what is expected of each position."""

    entries: Int64[Tensor, "batch seq entry"] | None = None
    probs: Float[Tensor, "batch seq entry"] | None = None

    @property
    def expected(self) -> Expected:
        """Both together."""
        if self.entries is None or self.probs is None:
            raise ValueError("a taught batch has its distributions")
        return Expected(self.entries, self.probs)


def draw(fused: Fused, course: Course, generator: torch.Generator, step: int) -> Taught:
    """The batch of a step; the course's units are the documents that were fused."""
    batch = course.draw(generator, step)
    expected = fused.rows(course.drawn(step), batch.ids.shape[1])
    return Taught(
        batch.ids, batch.labels, batch.tokens, batch.positions, None, expected.ids, expected.probs
    )


def fused_loss(model: Any, batch: Batch, *, clm_share: float) -> Float[Tensor, ""]:
    """λ·CLM + (1−λ)·CE(fused, model)."""
    return _in_parts(
        model,
        batch,
        lambda logits, part: fusion_loss(logits, part.labels, part.expected, clm_share),
    )


def sorted_loss(model: Any, batch: Batch, *, clm_share: float) -> Float[Tensor, ""]:
    """λ·CLM + (1−λ)·ULD, of the positions that stand beside each other."""

    def lost(logits: Tensor, part: Taught) -> Tensor:
        expected = part.expected
        said = fusion_loss(logits, part.labels, expected, 1.0)
        beside = (expected.probs > 0).any(dim=-1)
        if not beside.any() or clm_share == 1:
            return clm_share * said
        distance = sorted_distance(logits[beside], expected.probs[beside])
        return clm_share * said + (1 - clm_share) * distance

    return _in_parts(model, batch, lost)


def plain_loss(
    model: Any, batch: Batch, *, teacher: Any, clm_share: float, temperature: float
) -> Float[Tensor, ""]:
    """λ·CLM + (1−λ)·T²·KL(teacher ‖ model), the teacher reading the same tokens."""
    if clm_share == 1:
        return answer_loss(model, batch)
    total = (batch.labels != IGNORED).sum()
    said = []
    for part, _ in by_length(batch):
        with torch.no_grad():
            wanted = teacher(input_ids=part.ids, use_cache=False).logits
        logits = model(input_ids=part.ids, use_cache=False).logits
        empty = torch.full((*part.ids.shape, 1), EMPTY, device=part.ids.device)
        nothing = Expected(empty, torch.zeros(empty.shape, device=empty.device))
        known = min(logits.shape[-1], wanted.shape[-1])  # logits may be padded
        lost = clm_share * fusion_loss(logits, part.labels, nothing, 1.0) + (
            1 - clm_share
        ) * distillation_loss(logits[..., :known], wanted[..., :known], part.labels, temperature)
        said.append(lost * ((part.labels != IGNORED).sum() / total))
    return torch.stack(said).sum()


def _in_parts(
    model: Any, batch: Batch, lost: Callable[[Tensor, Taught], Tensor]
) -> Float[Tensor, ""]:
    """The mean loss of the batch, rows of similar length together."""
    if not isinstance(batch, Taught):
        raise TypeError("a taught batch has its distributions")
    total = (batch.labels != IGNORED).sum()
    said = []
    for part, _ in by_length(batch):
        logits = model(input_ids=part.ids, use_cache=False).logits
        share = (part.labels != IGNORED).sum() / total
        said.append(lost(logits, part) * share)
    return torch.stack(said).sum()
