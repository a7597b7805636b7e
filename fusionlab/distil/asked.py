"""What a model expects that only tells log-probabilities: a server, here or elsewhere.

llama.cpp is asked once a token, for the best next tokens and for the one that came; what it has
read of the block stays in its cache, and its vocabulary is its own, as the server spells it. vLLM
and SGLang tell a whole block in one answer.
"""

from collections.abc import Iterator, Sequence

import torch

from fusionlab.distil.observed import N_TOP, Observed, observed_blocks
from fusionlab.distil.storing import Source
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.prompts import Expected, PromptModel
from fusionlab.errors import LevelTooLow
from fusionlab.models.base import LanguageModel, Level, LogitModel, check_fits


def source_of(model: LanguageModel, made_by: str) -> Source:
    """The model as a source of distributions, whether it gives logits or tells log-probabilities.

    `made_by` is a hash of its weights, or names what is served. Raises LevelTooLow before anything
    is read where the model gives text only.
    """
    if isinstance(model, LogitModel):
        reads = model
        return Source(
            model.spec.id,
            made_by,
            model.vocabulary,
            lambda blocks, n_top: observed_blocks(reads, blocks, n_top),
        )
    if isinstance(model, LlamaCppModel | PromptModel):
        asked = model
        return Source(
            model.spec.id,
            made_by,
            model.vocabulary,
            lambda blocks, n_top: asked_blocks(asked, blocks, n_top),
        )
    needed = Level.LOGPROBS.named
    raise LevelTooLow(
        "level-too-low", name=model.spec.id, gives=model.spec.level.named, needed=needed
    )


def asked_blocks(
    model: LlamaCppModel | PromptModel, blocks: Sequence[Sequence[int]], n_top: int = N_TOP
) -> Iterator[Observed]:
    """The blocks as the model reads them, a question a token or a block; raises MemberError.

    Raises PromptTooLong where a block does not fit the model: of llama.cpp before the first
    question.
    """
    entries = min(n_top, len(model.vocabulary.pieces))
    if isinstance(model, PromptModel):
        for ids in blocks:
            yield _observed(ids, model.expected(ids, entries))
        return
    for ids in blocks:
        check_fits(model, ids, 1)
    for ids in blocks:
        yield _observed(ids, _one_by_one(model, ids, entries))


def _one_by_one(model: LlamaCppModel, ids: Sequence[int], n_top: int) -> list[Expected]:
    best = [
        model.expected(ids[:read], label, n_top, slot=0) for read, label in enumerate(ids[1:], 1)
    ]
    best.append((model.candidates(ids, n_top, slot=0), float("nan")))
    return [(tuple((one.id, one.logprob) for one in top), label) for top, label in best]


def _observed(ids: Sequence[int], best: Sequence[Expected]) -> Observed:
    logprobs = torch.tensor([[logprob for _, logprob in top] for top, _ in best])
    return Observed(
        torch.tensor(list(ids)),
        torch.tensor([[token for token, _ in top] for top, _ in best]),
        logprobs,
        (1 - logprobs.double().exp().sum(dim=-1)).clamp(0, 1).float(),
        torch.tensor([label for _, label in best]),
    )
