"""One text, and how what several models expect of it is put together: all of it as plain data.

What a training on fused distributions would learn of this text, seen before or after it. Passages
that a blank line parts are blocks of their own, as documents are: each is read by itself, and has
its own cross-entropies, by which sources are chosen or weighed. What stands before `|||` in one is
a question: it is read, but not learned, and no cross-entropy counts it.
"""

import math
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fusionlab.background import in_background
from fusionlab.distil.alignment import Aligned, joined, warped
from fusionlab.distil.fusion import (
    EMPTY,
    Beside,
    Expected,
    FusionRule,
    copied,
    filled,
    fused,
    transferred,
    weights,
)
from fusionlab.distil.observed import N_TOP, Observed, observed
from fusionlab.encoding import well_formed
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress
from fusionlab.models.base import Level
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.sources.schemes import parse
from fusionlab.tokens.maps import MapRule, TokenMap, token_map
from fusionlab.tokens.spelling import byte_ends, characters, fingerprint, silent

FORMAT = 1
"""Of the data; fields are only added."""
MOST = 200
"""Tokens of the text, for each model that reads it."""
MOST_SOURCES = 4
N_SHOWN = 5
"""Entries of each distribution."""
PARTED = re.compile(r"\n(?:[^\S\n]*\n)+")
MARK = "|||"
"""Between a question and what is said to it."""

AlignRule = Literal["bytes", "warped"]
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be seen."""

    text: str
    target: str
    sources: tuple[str, ...]
    rule: FusionRule = "mince"
    vocabulary: MapRule = "mined"
    alignment: AlignRule = "bytes"
    trained: str = ""
    """The target after a training, if there is one."""


EXAMPLE = Asked(
    "add 347+285=|||632\n\nsubtract 632-285=|||347\n\nweekday mon 20h+12h=|||tue",
    "zoo/base",
    ("zoo/pieces-adder", "zoo/pieces-subtracter"),
)
"""What is shown before anything is asked: two passages of which one source each knows the answer,
and one that neither does, with a token that takes three of the target's.
"""
RECORD = "aligned/example.json"
"""What it comes to, among what came with FusionLab."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A question, which may be empty, and the text that is learned."""

    asked: str
    text: str

    @property
    def whole(self) -> str:
        """What a model reads."""
        return self.asked + self.text


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A passage as one model reads it."""

    ref: str
    vocabulary: Vocabulary
    seen: Observed
    start: int
    """The first position that tells of a token of the text."""

    @property
    def nats_per_byte(self) -> float:
        """Of the text without the question; NaN where that is no number."""
        columns = ("tokens", "ids", "logprobs", "tail", "label")
        learned = Observed(*(getattr(self.seen, name)[self.start :] for name in columns))
        return learned.nats_per_byte(self.vocabulary)


def pictured(asked: Asked, pool: Pool | None = None) -> Generator[Event, None, Plain]:
    """The passages of the text: tokens, which of the sources' stand at each, and what is expected.

    Models are read one after the other. Raises RecipeError for what cannot be seen, MemberError
    where bytes are aligned and tokens are not the bytes of the text, and what loading raises.
    """
    parts = passages(asked.text)
    _check(asked, parts)
    readings: dict[str, list[_Read]] = {}
    for ref in filter(None, (asked.target, *asked.sources, asked.trained)):
        if ref not in readings:
            readings[ref] = yield from _reading(ref, parts, pool or default_pool())
    target, trained = readings[asked.target], readings.get(asked.trained)
    vocabulary = target[0].vocabulary
    if trained and fingerprint(trained[0].vocabulary) != fingerprint(vocabulary):
        raise RecipeError("align-trained-differs", trained=asked.trained, target=asked.target)
    maps: list[TokenMap] = []
    for ref in asked.sources:
        find = partial(token_map, readings[ref][0].vocabulary, vocabulary, asked.vocabulary)
        maps.append((yield from in_background(find, f"mapping the tokens of {ref}")))
    rows = [
        _Block(
            asked,
            part,
            [readings[ref][at] for ref in asked.sources],
            maps,
            target[at],
            trained[at] if trained else None,
        ).to_json()
        for at, part in enumerate(parts)
    ]
    said: Plain = well_formed(asdict(asked))
    return {"format": FORMAT, **said, "sources": list(asked.sources), "blocks": rows}


def as_asked(found: Plain) -> Asked:
    """What the data answer."""
    told = {each.name: found[each.name] for each in fields(Asked)}
    return Asked(**{**told, "sources": tuple(told["sources"])})


def passages(text: str) -> list[Passage]:
    """The passages of the text, without the breaks around them."""
    whole: str = well_formed(text.replace("\r\n", "\n"))
    parts = (each.strip("\n") for each in PARTED.split(whole) if each.strip())
    found = []
    for part in parts:
        before, mark, after = part.partition(MARK)
        found.append(Passage(before, after) if mark else Passage("", part))
    return found


class _Block:
    """One passage and all readings of it."""

    def __init__(
        self,
        asked: Asked,
        passage: Passage,
        sources: Sequence[_Read],
        maps: Sequence[Int64[np.ndarray, " _"]],
        target: _Read,
        trained: _Read | None,
    ) -> None:
        self.rule = asked.rule
        self.vocabulary, self.own = target.vocabulary, target.seen
        self.target, self.trained, self.sources = target, trained, sources
        self.places = [_aligned(asked.alignment, passage.whole, each, target) for each in sources]
        self.besides = [
            Beside(
                each.seen,
                torch.from_numpy(places.alone),
                torch.from_numpy(mapping),
                each.nats_per_byte,
            )
            for each, places, mapping in zip(sources, self.places, maps, strict=True)
        ]

    def to_json(self) -> Plain:
        """The block as plain data; what is expected only where it is learned."""
        shares = weights([each.nats_per_byte for each in self.besides], self.rule).tolist()
        moved = [transferred(each, self.own.tokens) for each in self.besides]
        how = [list(self._how(*each)) for each in zip(self.besides, moved, strict=True)]
        sources = [
            {
                "tokens": _tokens(each),
                "first": places.first.tolist(),
                "stop": places.stop.tolist(),
                "how": ways,
                "share": share,
                "nats": _number(each.nats_per_byte),
            }
            for each, places, ways, share in zip(
                self.sources, self.places, how, shares, strict=True
            )
        ]
        return {
            "tokens": _tokens(self.target),
            "start": self.target.start,
            "own": _number(self.target.nats_per_byte),
            "trained": self.trained and _number(self.trained.nats_per_byte),
            "sources": sources,
            "positions": list(self._positions(moved, how)),
        }

    def _how(self, beside: Beside, moved: Expected) -> Iterator[str]:
        """By position what the source gives: its distribution `copied`, the next token for
        `certain`, or nothing, so that the target's `own` stands.
        """
        taken = copied(beside, self.own.tokens).tolist()
        some = (moved.ids != EMPTY).any(dim=-1).tolist()
        for is_taken, is_some in zip(taken, some, strict=True):
            yield "own" if not is_some else "copied" if is_taken else "certain"

    def _positions(
        self, moved: Sequence[Expected], how: Sequence[Sequence[str]]
    ) -> Iterator[Plain]:
        """What is expected after each token from `start` to the last but one."""
        tokens, spare = self.own.tokens, Expected(self.own.ids, self.own.probs)
        each_source = [filled(each, spare) for each in moved]
        right = fused(tokens, self.besides, self.own, self.rule)
        late = fused(tokens, self.besides, self.own, self.rule, published=True)
        for at in range(self.target.start, len(tokens) - 1):
            following = int(tokens[at + 1])
            yield {
                "next": self.vocabulary.text(following),
                "fused": self._expected(right, at),
                "published": self._expected(late, at),
                "own": self._seen(self.own, at),
                "trained": self.trained and self._seen(self.trained.seen, at),
                "sources": [
                    self._of_source(number, each, at, how[number][at])
                    for number, each in enumerate(each_source)
                ],
            }

    def _expected(self, expected: Expected, at: int) -> Plain:
        ids, probs = expected.ids[at], expected.probs[at]
        right = float(probs[ids == self.own.tokens[at + 1]].sum())
        return {"top": self._top(ids, probs), "right": _short(right)}

    def _seen(self, seen: Observed, at: int) -> Plain:
        right = math.exp(float(seen.label[at]))
        return {"top": self._top(seen.ids[at], seen.logprobs[at].exp()), "right": _number(right)}

    def _of_source(self, number: int, expected: Expected, at: int, how: str) -> Plain:
        """What the source gives; `called` is how it spells tokens that the target spells otherwise,
        and `lost` how many of its entries have no counterpart.
        """
        found = self._expected(expected, at)
        if how != "copied":
            return found
        beside, there = self.besides[number], self.sources[number].vocabulary
        said = beside.seen.ids[beside.alone[at]]
        pairs = zip(said.tolist(), expected.ids[at].tolist(), strict=False)
        called = {
            self.vocabulary.text(token): there.text(theirs)
            for theirs, token in pairs
            if token != EMPTY and there.pieces[theirs] != self.vocabulary.pieces[token]
        }
        return {**found, "called": called, "lost": int((beside.mapping[said] == EMPTY).sum())}

    def _top(self, ids: Int64[Tensor, " entry"], probs: Float[Tensor, " entry"]) -> list[list[Any]]:
        """The most probable tokens, best first, each with its probability."""
        best = probs.argsort(descending=True, stable=True)[:N_SHOWN]
        pairs = zip(ids[best].tolist(), probs[best].tolist(), strict=True)
        return [[self.vocabulary.text(token), _short(p)] for token, p in pairs if token != EMPTY]


def _check(asked: Asked, parts: Sequence[Passage]) -> None:
    if not parts:
        raise RecipeError("align-no-text")
    for number, part in enumerate(parts, 1):
        if not part.text:
            raise RecipeError("align-only-asked", number=number)
    if not asked.target or not asked.sources:
        raise RecipeError("align-no-models")
    if len(asked.sources) > MOST_SOURCES:
        raise RecipeError("align-many-sources", count=len(asked.sources), most=MOST_SOURCES)
    for ref in filter(None, (asked.target, *asked.sources, asked.trained)):
        parse(ref)  # no model is loaded before every name is known


def _reading(ref: str, parts: Sequence[Passage], pool: Pool) -> Generator[Event, None, list[_Read]]:
    """What the model expects at each position of the passages."""
    with pool.borrow() as loan:
        model = yield from loan.load(ref, Level.INTERNALS)
        if not isinstance(model, TransformersModel):
            raise TypeError(f"{ref} is no model of transformers")
        encoded = [_encoded(model, part) for part in parts]
        _check_size(ref, model, [ids for ids, _ in encoded])
        found = []
        for number, (ids, start) in enumerate(encoded):
            yield Progress(f"aligning with {ref}", number, len(encoded), "items")
            found.append(_Read(ref, model.vocabulary, observed(model, ids, N_TOP), start))
        return found


def _encoded(model: TransformersModel, passage: Passage) -> tuple[list[int], int]:
    """The passage as a document, with what begins and ends one for this tokenizer; and the position
    from which its text is foretold. A token that begins in the question belongs to it.
    """
    options = {"return_offsets_mapping": True, "return_special_tokens_mask": True}
    found = model.tokenizer(passage.whole, verbose=False, **options)
    ids, end = list(found["input_ids"]), model.tokenizer.eos_token_id
    spans = zip(found["offset_mapping"], found["special_tokens_mask"], strict=True)
    learned = (
        at
        for at, ((begin, _), special) in enumerate(spans)
        if not special and begin >= len(passage.asked)
    )
    first = next(learned, len(ids) - 1)
    ids = ids if end is None or ids[-1:] == [end] else [*ids, end]
    return ids, max(0, first - 1)


def _check_size(ref: str, model: TransformersModel, blocks: Sequence[Sequence[int]]) -> None:
    tokens, longest = sum(map(len, blocks)), max(map(len, blocks))
    if tokens > MOST:
        raise RecipeError("align-too-long", name=ref, tokens=tokens, most=MOST)
    if longest > model.context:
        raise RecipeError("align-over-context", name=ref, tokens=longest, context=model.context)
    for number, ids in enumerate(blocks, 1):
        if len(ids) < 2:
            raise RecipeError("distil-block-short", number=number, tokens=len(ids))


def _aligned(rule: AlignRule, text: str, source: _Read, target: _Read) -> Aligned:
    """Which of the source's positions stand at each of the target's."""
    pair = [(each, each.seen.tokens.tolist()) for each in (source, target)]
    if rule == "warped":
        return warped(
            *([characters(each.vocabulary.pieces[token]) for token in ids] for each, ids in pair)
        )
    return joined(*(byte_ends(each.vocabulary, ids, text, each.ref) for each, ids in pair))


def _tokens(read: _Read) -> list[Plain]:
    return [
        {"text": read.vocabulary.text(token), "silent": silent(read.vocabulary, token)}
        for token in read.seen.tokens.tolist()
    ]


def _number(value: float) -> float | None:
    """The value, where it is a number."""
    return _short(value) if math.isfinite(value) else None


def _short(value: float) -> float:
    """With as many digits as a picture shows, and two more."""
    return float(f"{value:.5g}")
