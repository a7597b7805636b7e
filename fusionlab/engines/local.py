"""What models that are computed in this process have in common: text in, rows of ids, text out.

Of a conversation in rounds, each round computes only what the round before had not read: see
`LocalModel.resume`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Generic

from fusionlab.engines.chat import ChatTemplate
from fusionlab.engines.prefixes import Prefixes, State
from fusionlab.engines.tokenizer import check_embedded, vocabulary_of
from fusionlab.models.base import (
    Chunk,
    Continuation,
    LogitModel,
    ModelSpec,
    Prompt,
    Sequences,
    check_fits,
)
from fusionlab.models.continuing import continued
from fusionlab.models.decoding import decode
from fusionlab.recipe import Sampling


class LocalModel(ABC, Generic[State]):
    """A causal language model with its tokenizer; see `LogitModel` and `KeepingModel`."""

    def __init__(
        self,
        spec: ModelSpec,
        tokenizer: Any,
        *,
        ends: int | Sequence[int] | None,
        embedded: int,
        context: int,
    ) -> None:
        """`ends` are the ids that end an answer, `embedded` is how many have an embedding.

        `context` 0 stands for one without an end.
        """
        self.spec = spec
        self.tokenizer = tokenizer
        self._template = ChatTemplate(tokenizer, spec.id)
        self._embedded = embedded
        self.vocabulary = vocabulary_of(tokenizer, ends, embedded)
        self.context = context or 2**20
        self._prefixes = Prefixes[State]()

    @property
    @abstractmethod
    def trunk(self) -> LogitModel:
        """The model whose weights it computes with: its base, or itself."""

    @abstractmethod
    def open(
        self, prompts: Sequence[Sequence[int]], models: Sequence[LogitModel] = ()
    ) -> Sequences:
        """One row a prompt; what can be read once is."""

    @abstractmethod
    def close(self) -> None:
        """The weights are let go, and what was kept of its reading."""

    @abstractmethod
    def _rows(
        self, encoded: Sequence[Sequence[int]], prefixes: Prefixes[State] | None
    ) -> Sequences:
        """Rows of this model alone; with prefixes they go on from them, and are kept there."""

    @property
    def _keeps(self) -> bool:
        """Whether what it reads now may be reused."""
        return True

    def encode(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat template; a base model without one gets the plain text."""
        ids = self._template.encode(prompt)
        check_embedded(self.tokenizer, ids, self._embedded, self.spec.id)
        return ids

    def begin(self, ids: Sequence[int]) -> Continuation:
        """The answer to an encoded prompt, of which nothing is said yet."""
        return continued(self, ids)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """Answers to all prompts in one batch; a row leaves it when it ends."""
        return self._answers(prompts, sampling, None)

    def resume(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, anew: bool
    ) -> Iterator[Chunk]:
        """As `generate`; what a row has in common with one of the call before is not read again."""
        keeps = self._keeps
        if anew or not keeps:
            self._prefixes.clear()
        return self._answers(prompts, sampling, self._prefixes if keeps else None)

    @property
    def kept_bytes(self) -> int:
        """Of the KV caches that are kept for the next call."""
        return self._prefixes.bytes

    def forget(self) -> None:
        """No KV cache is kept."""
        self._prefixes.clear()

    def _answers(
        self, prompts: Sequence[Prompt], sampling: Sampling, prefixes: Prefixes[State] | None
    ) -> Iterator[Chunk]:
        if not prompts:
            return
        encoded = [self.encode(prompt) for prompt in prompts]
        for ids in encoded:
            check_fits(self, ids, sampling.max_tokens)
        with closing(self._rows(encoded, prefixes)) as rows:
            yield from decode(self.vocabulary, rows, [len(ids) for ids in encoded], sampling)
