"""The tokens of a text in another tokenizer's vocabulary: by EM, MinED, the union's rule and bytes.

- EM: the token with the same bytes.
- MinED: that one, or else the first of the nearest by edit distance (FuseLLM,
  https://arxiv.org/abs/2401.10491).
- Union: that one, or else the first sub-token that is no space of what the other tokenizer makes
  of the token's text (UniTE, https://arxiv.org/abs/2410.03777), or of its bytes.
- Bytes: how many tokens of the other vocabulary begin with the token's bytes.

Control tokens have control tokens as their counterparts, or none.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from fusionlab.errors import MemberError
from fusionlab.laboratory.standing import is_text
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.following import Reader
from fusionlab.tokens.maps import NOWHERE, TokenMap, exact_map, nearest_map
from fusionlab.tokens.spelling import characters, silent

ABOVE = b"\xff"
"""Above every byte that begins a character."""


@dataclass(frozen=True)
class Opened:
    """A tokenizer as it is compared."""

    name: str
    tokenizer: Any
    vocabulary: Vocabulary

    @cached_property
    def reader(self) -> Reader:
        """How its tokenizer reads some bytes, as when such members are fused."""
        return Reader(self.name, self.vocabulary)

    @cached_property
    def spelled(self) -> list[bytes]:
        """The texts of the vocabulary in the order of their bytes, one for each token."""
        pieces = enumerate(self.vocabulary.pieces)
        return sorted(piece for token, piece in pieces if not silent(self.vocabulary, token))

    @cached_property
    def words(self) -> list[str]:
        """The same as characters, without what is empty."""
        return [characters(piece) for piece in self.spelled if piece]

    def beginning(self, piece: bytes) -> int:
        """How many tokens of the vocabulary begin with these bytes."""
        low = bisect_left(self.spelled, piece)
        after = bisect_left(self.spelled, piece + ABOVE * self._longest, low)
        return after - low

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.spelled), default=0) + 1


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A token of one tokenizer, and what stands for it in another one's vocabulary."""

    token: int
    em: int | None
    mined: int | None
    distance: int
    """Edits between the token and MinED's."""
    ties: int
    """Tokens that are as near as MinED's, itself among them."""
    union: int | None
    how: str
    """The union's token: `own`, the first `sub`-token, the first `bytes`, `unknown` or `none`."""
    begin: int
    """Tokens of the other vocabulary that begin with the token's bytes."""


def counterparts(tokens: Sequence[int], source: Opened, target: Opened) -> list[Counterpart]:
    """Those of each different token, in the order in which they come first."""
    exact = exact_map(source.vocabulary, target.vocabulary)
    each = list(dict.fromkeys(tokens))
    near = nearest_of(each, exact, source.vocabulary, target.vocabulary)
    ties = _ties([token for token in each if token in near], near, source.vocabulary, target)
    return [_counterpart(token, exact, near, ties, source, target) for token in each]


def share_exact(source: Vocabulary, target: Vocabulary) -> float:
    """The share of the source's tokens, control tokens left out, that EM finds in the target."""
    told = [
        token for token, piece in enumerate(source.pieces) if piece and not silent(source, token)
    ]
    found = exact_map(source, target)[told]
    return float((found != NOWHERE).mean()) if told else 0.0


def nearest_of(
    tokens: Sequence[int], exact: TokenMap, source: Vocabulary, target: Vocabulary
) -> dict[int, int]:
    """MinED's tokens for those of these that EM does not find: what `nearest_map` has for them."""
    lacking = [
        token
        for token in tokens
        if exact[token] == NOWHERE and source.pieces[token] and not silent(source, token)
    ]
    if not lacking:
        return {}
    few = Vocabulary(tuple(source.pieces[token] for token in lacking))
    found = nearest_map(few, target).tolist()
    return {token: near for token, near in zip(lacking, found, strict=True) if near != NOWHERE}


def _counterpart(
    token: int,
    exact: TokenMap,
    near: dict[int, int],
    ties: dict[int, int],
    source: Opened,
    target: Opened,
) -> Counterpart:
    em = int(exact[token]) if exact[token] != NOWHERE else None
    mined = near.get(token, em)
    piece = source.vocabulary.pieces[token]
    hushed = silent(source.vocabulary, token)
    distance = 0
    if mined is not None and em is None:
        distance = Levenshtein.distance(
            characters(piece), characters(target.vocabulary.pieces[mined])
        )
    union, how = (em, "own") if em is not None else (None, "none")
    if em is None and not hushed:
        union, how = _first_part(piece, target)
    begin = 0 if hushed else target.beginning(piece)
    return Counterpart(token, em, mined, distance, ties.get(token, 1), union, how, begin)


def _first_part(piece: bytes, target: Opened) -> tuple[int | None, str]:
    """The first token that is no space of what the target makes of the text."""
    try:
        first = target.reader.first(piece)
    except MemberError:  # it cannot be written at all
        return None, "none"
    if first is None:
        return None, "none"
    if first == target.vocabulary.unknown:
        return first, "unknown"
    return first, "sub" if is_text(piece) else "bytes"


def _ties(
    tokens: Sequence[int], near: dict[int, int], source: Vocabulary, target: Opened
) -> dict[int, int]:
    """Of each of these tokens, how many different texts of the target are as near as MinED's."""
    return dict(zip(tokens, _counted(tokens, near, source, target), strict=True))


def _counted(
    tokens: Sequence[int], near: dict[int, int], source: Vocabulary, target: Opened
) -> Iterator[int]:
    among = list(dict.fromkeys(target.words))
    for token in tokens:
        word = characters(source.pieces[token])
        best = Levenshtein.distance(word, characters(target.vocabulary.pieces[near[token]]))
        row = cdist([word], among, scorer=Levenshtein.distance, dtype=np.uint32, score_cutoff=best)
        yield int((row <= best).sum())
