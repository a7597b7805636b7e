"""A llama.cpp server as a token model, in this process or elsewhere.

It runs a fixed number of parallel slots, each with a KV cache. Answers run in any free slot; one
that is led from outside keeps asking for a slot of its own, so that only what is new is computed.
The server may take that slot for something else in between: then the next step is slower, and the
same.
What it answers is checked for its shape: others serve at the same paths.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby, pairwise
from math import exp, nan
from typing import Any

from fusionlab.engines.endpoint import LONGEST_BODY, Endpoint
from fusionlab.engines.llama_answers import (
    PROBABILITIES,
    Candidate,
    Drafted,
    Facts,
    Models,
    Probabilities,
    Props,
    Sampled,
    Templated,
    Tokenized,
    Told,
)
from fusionlab.engines.llama_led import LlamaCppContinuation, share_request, shares_of
from fusionlab.engines.llama_spelling import LOOK, spelled
from fusionlab.engines.llama_streams import chunks, request
from fusionlab.engines.prefixes import placed
from fusionlab.engines.reading import Hangup, Reading
from fusionlab.models.base import Chunk, Level, ModelSpec, Prompt, check_fits
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

    def begin(self, ids: Sequence[int]) -> LlamaCppContinuation:
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

    def candidates(
        self, ids: Sequence[int], n: int, slot: int = -1, hangup: Hangup | None = None
    ) -> list[Candidate]:
        """The n most probable next tokens."""
        return self._told(ids, n, self.facts.filler, slot, hangup).top_logprobs

    def expected(
        self,
        ids: Sequence[int],
        label: int,
        n: int,
        slot: int = -1,
        hangup: Hangup | None = None,
    ) -> tuple[list[Candidate], float]:
        """The n most probable next tokens, and the log-probability of this one."""
        if _is_whole(self.vocabulary.said(label)):
            told = self._told(ids, n, label, slot, hangup)
            if told.logprob is None:
                raise self.endpoint.strange(told.model_dump())
            return told.top_logprobs, told.logprob
        every = self.candidates(ids, self.facts.vocabulary, slot)
        return every[:n], next(one.logprob for one in every if one.id == label)

    def drafted(
        self, ids: Sequence[int], tokens: int, n: int, slot: int, hangup: Hangup
    ) -> Drafted:
        """The n best of so many places, the best token taken each time, as far as it is told."""
        body = {"prompt": ids, "id_slot": slot, "n_probs": n, "cache_prompt": True}
        body |= {**LOOK, "n_predict": tokens, "post_sampling_probs": False, "return_tokens": True}
        body |= {"response_fields": [PROBABILITIES, "tokens"]}
        most = LONGEST_BODY + BYTES_PER_CANDIDATE * n * tokens
        told = self.endpoint.checked(Drafted, self.endpoint.post("/completion", body, most, hangup))
        if len(told.tokens) > tokens:
            raise self.endpoint.strange(told.model_dump())
        return told

    def shares(
        self, ids: Sequence[int], lifted: Mapping[int, float], slot: int, hangup: Hangup
    ) -> dict[int, float]:
        """The probabilities of these next tokens among themselves, each lifted by so many nats."""
        body = {**share_request(ids, lifted, slot), "response_fields": [PROBABILITIES]}
        most = LONGEST_BODY + BYTES_PER_CANDIDATE * len(lifted)
        answer = self.endpoint.post("/completion", body, most, hangup)
        told = shares_of(self.endpoint.checked(Sampled, answer), lifted)
        if told is None:
            raise self.endpoint.strange(answer)
        return told

    def tokenized(self, text: str, *, marks: bool = False, begins: bool = False) -> list[int]:
        """The text in tokens, with its mark where it `begins`; `marks` in it are marks, or text."""
        body = {"content": text, "add_special": begins, "parse_special": marks}
        ids = self.endpoint.checked(Tokenized, self.endpoint.post("/tokenize", body)).tokens
        if max(ids, default=0) >= self.facts.vocabulary:
            raise self.endpoint.strange(ids)
        return ids

    def _told(
        self, ids: Sequence[int], n: int, drawn: int, slot: int, hangup: Hangup | None = None
    ) -> Told:
        """The n best, and what is said of the token that is drawn.

        The server tells no probabilities where the token drawn ends the answer, or is no whole
        character: so it draws one that is neither.
        """
        body: dict[str, Any] = {"prompt": ids, "id_slot": slot, "n_probs": n, "cache_prompt": True}
        body |= {**LOOK, "logit_bias": [[drawn, CERTAIN]], "post_sampling_probs": False}
        body |= {"response_fields": [PROBABILITIES]}
        most = LONGEST_BODY + BYTES_PER_CANDIDATE * n
        answer = self.endpoint.post("/completion", body, most, hangup)
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
