"""A llama.cpp server as a token model, in this process or elsewhere.

It runs a fixed number of parallel slots, each with a KV cache. Answers run in any free slot; one
that is led from outside keeps asking for a slot of its own, so that only what is new is computed.
The server may take that slot for something else in between: then the next step is slower, and the
same.
What it answers is checked for its shape: others serve at the same paths.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby, pairwise
from math import exp, nan
from typing import Any

from fusionlab.engines.endpoint import LONGEST_BODY, Endpoint
from fusionlab.engines.llama_answers import (
    PROBABILITIES,
    Candidate,
    Facts,
    Models,
    Probabilities,
    Props,
    Templated,
    Tokenized,
    Told,
)
from fusionlab.engines.llama_spelling import LOOK, spelled
from fusionlab.engines.llama_streams import chunks, request
from fusionlab.engines.prefixes import placed
from fusionlab.engines.reading import Hangup, Reading
from fusionlab.models.base import Chunk, Level, ModelSpec, Prompt, Usage, check_fits
from fusionlab.models.continuing import Said
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.recipe import Sampling

CERTAIN = 1e6
"""Bias that makes a token the one drawn; the probabilities that are told do not contain it."""
BYTES_PER_CANDIDATE = 256
"""Of the JSON that tells one; about 100 as a rule."""


class LlamaCppModel:
    """A model that a llama.cpp server runs; see `TokenModel`."""

    def __init__(
        self,
        spec: ModelSpec,
        endpoint: Endpoint,
        facts: Facts,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.facts = facts
        self.spec = replace(spec, level=Level.LOGPROBS)
        self.slots = facts.slots
        self.context = facts.context
        self.in_slot = Counter(dict.fromkeys(range(self.slots), 0))
        """How many open continuations use each slot."""
        self._resumed: dict[int, list[int]] = {}
        """The prompt that each slot was last asked to go on from."""
        self.mass = nan
        """Of the probabilities of all tokens, once the vocabulary was read."""
        self._stop = stop

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What each id stands for, as the server itself spells it."""
        candidates = self.candidates([self.facts.filler], self.facts.vocabulary)
        self.mass = sum(exp(each.logprob) for each in candidates)
        return spelled(self.endpoint, candidates)

    def encode(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat template, ready for the answer's first token."""
        turns = [{"role": message.role, "content": message.content} for message in prompt]
        answer = self.endpoint.post("/apply-template", {"messages": turns})
        text = self.endpoint.checked(Templated, answer).prompt
        ids = self.tokenized(text, marks=True, begins=True)
        if not ids:
            raise self.endpoint.strange(ids)
        return ids

    def begin(self, ids: Sequence[int]) -> "LlamaCppContinuation":
        """The answer to an encoded prompt, in the slot with the fewest of them."""
        return LlamaCppContinuation(self, ids)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """Answers to all prompts, in parallel slots; equal neighbours are prefilled once."""
        encoded = [self.encode(prompt) for prompt in prompts]
        for ids in encoded:
            check_fits(self, ids, sampling.max_tokens)
        batch = min(len(encoded), self.slots)

        def read(rows: Sequence[int], hangup: Hangup) -> Iterator[Chunk]:
            body = request(encoded[rows[0]], rows, sampling)
            return chunks(self.endpoint, body, rows, batch, hangup)

        return Reading(_equal_neighbours(encoded, self.slots), self.slots, read)

    def resume(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, anew: bool
    ) -> Iterator[Chunk]:
        """As `generate`, each row in the slot that has read most of it.

        More rows than slots are not resumed.
        """
        if len(prompts) > self.slots:
            return self.generate(prompts, sampling)
        encoded = [self.encode(prompt) for prompt in prompts]
        for ids in encoded:
            check_fits(self, ids, sampling.max_tokens)
        slots = placed(encoded, {} if anew else self._resumed, range(self.slots))
        self._resumed = dict(zip(slots, encoded, strict=True))

        def read(rows: Sequence[int], hangup: Hangup) -> Iterator[Chunk]:
            (row,) = rows
            body = request(encoded[row], rows, sampling)
            body |= {"id_slot": slots[row], "cache_prompt": not anew}
            return chunks(self.endpoint, body, rows, len(encoded), hangup)

        return Reading([[row] for row in range(len(encoded))], self.slots, read)

    def candidates(self, ids: Sequence[int], n: int, slot: int = -1) -> list[Candidate]:
        """The n most probable next tokens."""
        return self._told(ids, n, self.facts.filler, slot).top_logprobs

    def expected(
        self, ids: Sequence[int], label: int, n: int, slot: int = -1
    ) -> tuple[list[Candidate], float]:
        """The n most probable next tokens, and the log-probability of this one."""
        if _is_whole(self.vocabulary.said(label)):
            told = self._told(ids, n, label, slot)
            if told.logprob is None:
                raise self.endpoint.strange(told.model_dump())
            return told.top_logprobs, told.logprob
        every = self.candidates(ids, self.facts.vocabulary, slot)
        return every[:n], next(one.logprob for one in every if one.id == label)

    def tokenized(self, text: str, *, marks: bool = False, begins: bool = False) -> list[int]:
        """The text in tokens, with its mark where it `begins`; `marks` in it are marks, or text."""
        body = {"content": text, "add_special": begins, "parse_special": marks}
        ids = self.endpoint.checked(Tokenized, self.endpoint.post("/tokenize", body)).tokens
        if max(ids, default=0) >= self.facts.vocabulary:
            raise self.endpoint.strange(ids)
        return ids

    def _told(self, ids: Sequence[int], n: int, drawn: int, slot: int) -> Told:
        """The n best, and what is said of the token that is drawn.

        The server tells no probabilities where the token drawn ends the answer, or is no whole
        character: so it draws one that is neither.
        """
        body: dict[str, Any] = {"prompt": ids, "id_slot": slot, "n_probs": n, "cache_prompt": True}
        body |= {**LOOK, "logit_bias": [[drawn, CERTAIN]], "post_sampling_probs": False}
        body |= {"response_fields": [PROBABILITIES]}
        answer = self.endpoint.post("/completion", body, LONGEST_BODY + BYTES_PER_CANDIDATE * n)
        told = self.endpoint.checked(Probabilities, answer).completion_probabilities[0]
        best = told.top_logprobs
        found = {candidate.id for candidate in best}
        best_first = all(one.logprob >= next_.logprob for one, next_ in pairwise(best))
        if len(found) < len(best) or max(found) >= self.facts.vocabulary or not best_first:
            raise self.endpoint.strange(answer)
        return told.model_copy(update={"top_logprobs": best[:n]})

    def close(self) -> None:
        """No connection is open; a server of our own is stopped and its memory free."""
        self.endpoint.close()
        if self._stop is not None:
            self._stop()
            self._stop = None


class LlamaCppContinuation:
    """One answer; what the server has cached of it is not computed again. See `Continuation`."""

    def __init__(self, owner: LlamaCppModel, ids: Sequence[int]) -> None:
        if not ids:
            raise ValueError("a sequence starts with at least one id")
        self.owner = owner
        self._prompt = list(ids)
        self._said = Said(owner)
        self._usage = Usage(tokens_in=len(ids))
        self._top: list[Candidate] = []
        self._closed = False
        self.slot = min(owner.in_slot, key=lambda slot: owner.in_slot[slot])
        owner.in_slot[self.slot] += 1

    @property
    def ids(self) -> list[int]:
        """Prompt and answer, in tokens of the server's."""
        return [*self._prompt, *self._said.ids]

    @property
    def usage(self) -> Usage:
        """So far."""
        return self._usage

    def say(self, text: bytes) -> None:
        """The answer is longer by this text."""
        if self._said.add(text):
            self._top = []

    def rewind(self, length: int) -> None:
        """The answer is as if only its first `length` bytes had been said."""
        before = list(self._said.ids)
        self._said.cut(length)
        if self._said.ids != before:
            self._top = []

    def top(self, n: int) -> Sequence[tuple[bytes, float]]:
        """The n most probable next tokens."""
        if len(self._top) < n:
            self._top = self._ask(n)
        self._said.offer((bytes(one.bytes), one.id) for one in self._top[:n])
        return [(bytes(one.bytes), one.logprob) for one in self._top[:n]]

    def close(self) -> None:
        """The slot is free for others."""
        if not self._closed:
            self._closed = True
            self.owner.in_slot[self.slot] -= 1

    def _ask(self, n: int) -> list[Candidate]:
        start = time.perf_counter()
        candidates = self.owner.candidates(self.ids, n, self.slot)
        self._usage = replace(
            self._usage,
            forward_passes=self._usage.forward_passes + 1,
            seconds=self._usage.seconds + time.perf_counter() - start,
        )
        return candidates


def facts(endpoint: Endpoint) -> Facts:
    """What the llama.cpp server there says of itself; raises MemberError if it is another one."""
    props = endpoint.checked(Props, endpoint.get("/props"))
    tokens = endpoint.checked(Tokenized, endpoint.post("/tokenize", {"content": "a"})).tokens
    models = endpoint.checked(Models, endpoint.get("/v1/models")).data
    size = models[0].meta.n_vocab
    if not tokens or tokens[-1] >= size:
        raise endpoint.strange(tokens)
    return Facts(
        slots=props.total_slots,
        context=props.default_generation_settings.n_ctx,
        vocabulary=size,
        filler=tokens[-1],
    )


def _is_whole(piece: bytes) -> bool:
    """Whether the token is text of whole characters."""
    return piece.decode(errors="ignore").encode() == piece != b""


def _equal_neighbours(encoded: Sequence[list[int]], most: int) -> list[list[int]]:
    """The rows, in runs of equal prompts of at most `most`."""
    runs = [list(run) for _, run in groupby(range(len(encoded)), key=lambda row: encoded[row])]
    return [run[at : at + most] for run in runs for at in range(0, len(run), most)]
