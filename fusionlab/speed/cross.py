"""Ensembles across vocabularies, against one vocabulary, and against the published codes' way.

The second of two SmolLM2s gets a vocabulary of its own: its ids are shuffled, and a fifth of its
tokens become words that the first lacks. So it computes as much as before, and what is chosen has
to be mapped and, where it lacks the token, spelled. The published way keeps no cache for the
second member: before every token it tokenises the whole text again and reads all of it. Relative
representations are held against a search over the whole vocabulary, as it is published, with as
many anchors as ours; the authors' have all common tokens, and cost in proportion.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import torch

from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.events import Event
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import Level, Member, Message, ModelSpec, Prompt
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from fusionlab.sources.references import folder_for
from fusionlab.speed.align import vocabularies
from fusionlab.speed.ratio import SpeedResult, finished, in_turn, seconds
from fusionlab.tokens.aligned import aligned
from fusionlab.tokens.joint import Rule
from fusionlab.tokens.pooling import arithmetic
from fusionlab.tokens.relative import ANCHORS, RATE, inverse, related, representations

MODEL = "smollm2-135m"
PROMPT = "Write a long story about a lighthouse keeper and a storm."
TOKENS = 48
ROUNDS = 5
BAR = 1.15
"""Times an ensemble with one vocabulary, at most."""
SHARE = 0.03
"""Of a step, at most, that alignment and fusion take."""
RENAMED = 0.2
LENGTHS = (64, 256)
RULES: tuple[Rule, ...] = ("union", "exact", "mined", "gac")


@dataclass(frozen=True, slots=True)
class Size:
    """What two members' step costs: a Llama of this shape in transformers."""

    name: str
    other: int
    """Tokens of the other member's vocabulary."""
    tokens: int
    layers: int
    hidden: int
    inner: int
    heads: int
    groups: int
    """Heads of keys and values."""


SIZES = (
    Size("49k", 32_000, 49_152, 30, 576, 1536, 9, 3),
    Size("150k", 49_152, 151_936, 24, 896, 4864, 14, 2),
    Size("262k", 151_936, 262_144, 18, 640, 2048, 10, 2),
)
"""The shapes of SmolLM2-135M, Qwen2.5-0.5B and Gemma-3-270M."""


def measure_cross() -> Iterator[SpeedResult]:
    """Whole ensembles, the published way, and what alignment takes of a step."""
    folder = finished(folder_for(MODEL))
    spec = ModelSpec(MODEL, "transformers", Level.INTERNALS)
    first, second = load(folder, spec), load(folder, spec)
    for model in (first, second):  # no text ends, so that all are of one length
        known = model.vocabulary
        model.vocabulary = replace(known, ends=frozenset(), special=known.special | known.ends)
    renumbered = _Renumbered(second)
    yield from _ensembles(first, second, renumbered)
    yield _relative(first, renumbered)
    for length in LENGTHS:
        yield _published(first, renumbered, length)
    del first, second, renumbered
    for size in SIZES:
        yield _share(size)


class _Renumbered(TransformersModel):
    """The model under another vocabulary; see above."""

    def __init__(self, plain: TransformersModel) -> None:
        super().__init__(plain.spec, plain.model, plain.tokenizer)
        known = plain.vocabulary
        rng = random.Random(0)  # noqa: S311
        self.order = list(range(len(known.pieces)))
        rng.shuffle(self.order)
        self.places = {old: new for new, old in enumerate(self.order)}
        words = (f" q{number}z".encode() for number in count())
        pieces = (
            next(words)
            if len(known.pieces[old]) > 1 and old not in known.special and rng.random() < RENAMED
            else known.pieces[old]
            for old in self.order
        )
        special = frozenset(self.places[old] for old in known.special)
        self.vocabulary = Vocabulary(tuple(pieces), frozenset(), special)

    def encode(self, prompt: Prompt) -> list[int]:
        return [self.places[token] for token in super().encode(prompt)]

    @property
    def embedding(self) -> torch.Tensor:
        """In its own order."""
        return super().embedding[torch.tensor(self.order)]

    def open(self, prompts: Sequence[Sequence[int]], models: Any = ()) -> Any:
        return _Rows(super().open([self.old(ids) for ids in prompts], models), self)

    def old(self, ids: Sequence[int]) -> list[int]:
        """The ids that its weights know."""
        return [self.order[token] for token in ids]


class _Rows:
    """Its rows, with the ids and the logits in its own order."""

    def __init__(self, rows: Any, model: _Renumbered) -> None:
        self._rows, self._model = rows, model
        self._order = torch.tensor(model.order)

    @property
    def ids(self) -> Any:
        return [[self._model.places[token] for token in ids] for ids in self._rows.ids]

    @property
    def usage(self) -> Any:
        return self._rows.usage

    @property
    def passes(self) -> int:
        passes: int = self._rows.passes
        return passes

    @property
    def beside(self) -> bool:
        beside: bool = self._rows.beside
        return beside

    def feed(self, ids: Sequence[Sequence[int]]) -> None:
        self._rows.feed([self._model.old(each) for each in ids])

    def rewind(self, lengths: Sequence[int]) -> None:
        self._rows.rewind(lengths)

    def keep(self, rows: Sequence[int]) -> None:
        self._rows.keep(rows)

    def logits(self) -> torch.Tensor:
        logits: torch.Tensor = self._rows.logits()[:, self._order]
        return logits

    def close(self) -> None:
        self._rows.close()


def _ensembles(
    first: TransformersModel, second: TransformersModel, renumbered: TransformersModel
) -> Iterator[SpeedResult]:
    one = [Member("poet", first), Member("geographer", second)]
    two = [Member("poet", first), Member("geographer", renumbered)]
    ways = [_decoding(one, "shared"), *(_decoding(two, rule) for rule in RULES)]
    shared, *aligned_ = in_turn(*ways, rounds=ROUNDS)
    for rule, spent in zip(RULES, aligned_, strict=True):
        yield SpeedResult(
            f"cross: {rule} / one vocabulary",
            spent / shared,
            BAR,
            "lower",
            {
                "aligned, ms a token": 1e3 * spent / TOKENS,
                "one vocabulary, ms a token": 1e3 * shared / TOKENS,
            },
            f"two SmolLM2, {TOKENS} tokens; {RENAMED:.0%} of the second's tokens are others",
        )


def _decoding(
    members: Sequence[Member], alignment: Any, tokens: int = TOKENS
) -> Callable[[], list[Event]]:
    request = Request(PROMPT, Sampling(max_tokens=tokens))
    return lambda: list(ensemble(members, request, alignment=alignment))


def _relative(first: TransformersModel, second: _Renumbered) -> SpeedResult:
    """Pooling in anchors and the way back, against whole matrices of relative representations."""
    members = [Member("poet", first), Member("geographer", second)]
    spent = min(seconds(_decoding(members, "relative")) for _ in range(2))
    meeting = aligned([("poet", first.vocabulary), ("geographer", second.vocabulary)], "relative")
    named = [("poet", first), ("geographer", second)]
    meeting.relative = related(named, meeting.joint, RATE)
    rng = torch.Generator().manual_seed(0)
    logits = [3 * torch.randn(len(first.vocabulary.pieces), generator=rng) for _ in named]
    weights = torch.full((2,), 0.5)
    embedding = first.embedding.float()
    rows = representations(embedding[: len(logits[0])], embedding[meeting.relative.anchors])

    def ours() -> None:
        meeting.pooled(meeting.logprobs(logits, range(2)), weights, "arithmetic")

    def whole() -> None:
        told = [each.softmax(dim=0) @ rows for each in logits]
        inverse(logits[0], (told[0] + told[1]) / 2, rows)

    here, there = in_turn(ours, whole, rounds=ROUNDS)
    return SpeedResult(
        "cross: relative, whole matrices / FusionLab, a step",
        there / here,
        1.0,
        "higher",
        {
            "FusionLab, ms": 1e3 * here,
            f"whole matrices of {ANCHORS} anchors, ms": 1e3 * there,
            "whole ensemble, ms a token": 1e3 * spent / TOKENS,
        },
        f"two SmolLM2, {TOKENS} tokens; the authors' code has all common tokens as anchors",
    )


def _published(first: TransformersModel, second: _Renumbered, tokens: int) -> SpeedResult:
    """GaC's union as published: sparse matrices, no cache for the second, all tokenised again."""
    members = [Member("poet", first), Member("geographer", second)]
    ours = seconds(_decoding(members, "gac", tokens))
    theirs = seconds(lambda: _as_published(first, second, tokens))
    return SpeedResult(
        f"cross: the published way / FusionLab, {tokens} tokens",
        theirs / ours,
        1.0,
        "higher",
        {
            "FusionLab, ms a token": 1e3 * ours / tokens,
            "published way, ms a token": 1e3 * theirs / tokens,
        },
        "no cache for the second member, and its whole text is tokenised and read at every step",
    )


def _as_published(first: TransformersModel, second: _Renumbered, tokens: int) -> bytes:
    meeting = aligned([("first", first.vocabulary), ("second", second.vocabulary)], "gac")
    size = len(meeting.vocabulary.pieces)
    matrices = [_matrix(seat.here, size) for seat in meeting.joint.seats]
    prompt = [Message("user", PROMPT)]
    read = first.encode(prompt)
    rows = first.open([read])
    start, said = second.old(second.encode(prompt)), b""
    for _ in range(tokens):
        tail = second.tokenizer.backend_tokenizer.encode(
            said.decode("utf-8", "ignore"), add_special_tokens=False
        ).ids
        with torch.inference_mode():
            logits = second.model(torch.tensor([start + tail]), use_cache=False).logits[0, -1]
        both = (rows.logits()[0], logits.float()[torch.tensor(second.order)])
        probs = [
            torch.sparse.mm(matrix, each.softmax(dim=-1)[:, None])[:, 0]
            for matrix, each in zip(matrices, both, strict=True)
        ]
        token = int((probs[0] + probs[1]).argmax())
        said += meeting.vocabulary.said(token)
        (kept, new), _ = meeting.follow(token)
        rows.rewind([len(read) + kept])
        rows.feed([new])
    rows.close()
    return said


def _matrix(here: torch.Tensor, size: int) -> torch.Tensor:
    own = torch.arange(len(here))
    there = here >= 0
    places = torch.stack([here[there], own[there]])
    ones = torch.ones(int(there.sum()))
    shape = (size, len(here))
    return torch.sparse_coo_tensor(places, ones, shape, check_invariants=True).coalesce()


def _share(size: Size) -> SpeedResult:
    """Mapping both members' logits, pooling them, and following, against both members' passes."""
    one, other = map(_spelling, vocabularies(size.other, size.tokens))
    step = 2 * _step(size)
    spent = {}
    for rule in RULES:
        if rule == "mined":  # the same at every step as the others, after a long search
            continue
        meeting = aligned([("first", other), ("second", one)], rule)
        rng = torch.Generator().manual_seed(0)
        logits = [3 * torch.randn(len(each.pieces), generator=rng) for each in (other, one)]
        weights = torch.full((2,), 0.5)

        def fuse(meeting: Any = meeting, logits: Any = logits, weights: Any = weights) -> None:
            token = int(arithmetic(meeting.logprobs(logits, range(2)), weights).argmax())
            meeting.follow(token)

        fuse()
        spent[rule] = statistics.median(seconds(fuse) for _ in range(20))
    return SpeedResult(
        f"cross: alignment and fusion / a step, {size.name} tokens",
        spent["union"] / step,
        SHARE,
        "lower",
        {f"{rule}, ms": 1e3 * each for rule, each in spent.items()}
        | {"passes of both members, ms": 1e3 * step},
        f"{size.tokens} and {size.other} tokens; both members of the larger one's shape, in fp32",
    )


def _spelling(vocabulary: Vocabulary) -> Vocabulary:
    """The same with a token for every byte, so that whatever is chosen can be followed."""
    lacking = {bytes([value]) for value in range(256)} - set(vocabulary.pieces)
    return replace(vocabulary, pieces=(*vocabulary.pieces, *sorted(lacking)))


def _step(size: Size) -> float:
    """Seconds of one token in a model of this shape that has read 64."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=size.tokens,
        hidden_size=size.hidden,
        intermediate_size=size.inner,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.groups,
        tie_word_embeddings=True,
    )
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model = model.to_empty(device="cpu").eval()
    with torch.inference_mode():
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.fill_(0.01)
        cache = model(torch.zeros(1, 64, dtype=torch.long), use_cache=True).cache
        token = torch.zeros(1, 1, dtype=torch.long)
        times = [seconds(lambda: model(token, cache=cache, use_cache=True)) for _ in range(12)]
    return statistics.median(times[2:])
