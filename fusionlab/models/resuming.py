"""Models that can go on from what they computed for an earlier prompt of the same beginning."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from fusionlab.models.base import Chunk, LanguageModel, Prompt
from fusionlab.recipe import Sampling


@runtime_checkable
class ResumingModel(LanguageModel, Protocol):
    """A model that keeps the KV cache of each row between two calls."""

    def resume(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, anew: bool
    ) -> Iterator[Chunk]:
        """As `generate`; a row computes only what one of the call before had not.

        `anew` computes everything, so that a run does not hang on what was asked before it.
        What was reused is in `Usage.tokens_reused`.
        """
        ...


@runtime_checkable
class KeepingModel(ResumingModel, Protocol):
    """A model whose kept KV caches take memory beside its weights, and can be let go."""

    @property
    def kept_bytes(self) -> int:
        """Of what is kept between two calls."""
        ...

    def forget(self) -> None:
        """Nothing is kept: the next call computes everything."""
        ...


def begun(
    model: LanguageModel, prompts: Sequence[Prompt], sampling: Sampling, *, resumes: bool | None
) -> Iterator[Chunk]:
    """The model's answers; resumed where that is asked for (not None) and the model can."""
    if resumes is not None and isinstance(model, ResumingModel):
        return model.resume(prompts, sampling, anew=not resumes)
    return model.generate(prompts, sampling)
