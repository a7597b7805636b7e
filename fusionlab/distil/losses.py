"""What a target learns from distributions: FuseLLM's loss, and two of its relatives.

FuseLLM: λ·CLM + (1−λ)·CE(fused, model), λ = 0.9. Distillation, https://arxiv.org/abs/1503.02531:
T²·KL(teacher ‖ student) at temperature T. ULD, https://arxiv.org/abs/2402.12030: the L1 distance
of both distributions' probabilities, each sorted, which needs no common vocabulary.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from fusionlab.distil.fusion import Expected
from fusionlab.errors import RecipeError, SettingError
from fusionlab.training.losses import IGNORED

CLM_SHARE = 0.9
"""λ, as published."""


def fusion_loss(
    logits: Float[Tensor, "batch token vocab"],
    labels: Int64[Tensor, "batch token"],
    expected: Expected,
    clm_share: float = CLM_SHARE,
) -> Float[Tensor, ""]:
    """λ·CLM + (1−λ)·CE(fused, model) in nats, each the mean over the learned positions.

    `labels` are the ids to be learned, elsewhere IGNORED; both parts are read off one log-softmax.
    Positions of which nothing is expected count for CLM only. Raises SettingError for a share
    outside 0 to 1, RecipeError where no label is learned.
    """
    if not 0 <= clm_share <= 1:
        raise SettingError("distil-share-outside", value=f"{clm_share:g}")
    following, learned = _following(labels)
    logprobs = logits.float().log_softmax(dim=-1)
    if clm_share == 1:
        return _clm(logprobs.gather(-1, following[..., None])[..., 0], learned)
    wanted = torch.cat([following[..., None], expected.ids.clamp(min=0)], dim=-1)
    picked = logprobs.gather(-1, wanted)
    probs = expected.probs * learned[..., None]
    # Entries without probability may be of tokens that the model forbids: 0 · ∞ is no number.
    crossed = -(probs * picked[..., 1:].masked_fill(probs == 0, 0)).sum()
    fused = crossed / (probs > 0).any(dim=-1).sum().clamp(min=1)
    return clm_share * _clm(picked[..., 0], learned) + (1 - clm_share) * fused


def distillation_loss(
    logits: Float[Tensor, "batch token vocab"],
    teacher: Float[Tensor, "batch token vocab"],
    labels: Int64[Tensor, "batch token"],
    temperature: float = 1.0,
) -> Float[Tensor, ""]:
    """T²·KL(teacher ‖ student) in nats, the mean over the learned positions.

    Both have one vocabulary, and `teacher` are its logits. Raises RecipeError where no label is
    learned.
    """
    _, learned = _following(labels)
    student, wanted = (
        (each[learned].float() / temperature).log_softmax(dim=-1) for each in (logits, teacher)
    )
    divergence = torch.nn.functional.kl_div(student, wanted, reduction="batchmean", log_target=True)
    return temperature**2 * divergence


def sorted_distance(
    logits: Float[Tensor, "position vocab"], teacher: Float[Tensor, "position entry"]
) -> Float[Tensor, ""]:
    """ULD: Σ |student's i-th largest probability − teacher's|, the mean over the positions.

    `teacher` are probabilities in any order; what they lack, in entries or in mass, counts as 0.
    The positions are those that stand beside each other in both tokenizers.
    """
    student = logits.float().softmax(dim=-1).sort(dim=-1, descending=True).values
    wanted = teacher.float().sort(dim=-1, descending=True).values
    size = max(student.shape[-1], wanted.shape[-1])
    pad = torch.nn.functional.pad
    student, wanted = (pad(each, (0, size - each.shape[-1])) for each in (student, wanted))
    return (student - wanted).abs().sum(dim=-1).mean()


def _following(
    labels: Int64[Tensor, "batch token"],
) -> tuple[Int64[Tensor, "batch token"], Bool[Tensor, "batch token"]]:
    """The id to be learned after each position (0 where none is), and where there is one."""
    following = torch.nn.functional.pad(labels[:, 1:], (0, 1), value=IGNORED)
    learned = following != IGNORED
    if not learned.any():
        raise RecipeError("distil-nothing-learned", rows=len(labels), tokens=labels.shape[1])
    return following.clamp(min=0), learned


def _clm(
    picked: Float[Tensor, "batch token"], learned: Bool[Tensor, "batch token"]
) -> Float[Tensor, ""]:
    return -picked.masked_fill(~learned, 0).sum() / learned.sum()
