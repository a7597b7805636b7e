"""Answers that are led in bytes, over models whose sequences are ids."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from fusionlab.errors import MemberError
from fusionlab.models.base import LogitModel, Sequences, TokenModel, Usage
from fusionlab.models.leading import Score
from fusionlab.models.vocabulary import Vocabulary


def continued(model: LogitModel, ids: Sequence[int]) -> "Continued":
    """The answer to an encoded prompt, over a row of the model."""
    return Continued(model, len(ids), model.open([ids]))


@dataclass(slots=True)
class Continued:
    """One row, led in bytes; see `Continuation`."""

    model: LogitModel
    prompt_tokens: int
    rows: Sequences
    said: "Said" = field(init=False)

    def __post_init__(self) -> None:
        self.said = Said(self.model)

    @property
    def usage(self) -> Usage:
        """So far."""
        return replace(self.rows.usage[0], tokens_in=self.prompt_tokens)

    def say(self, text: bytes) -> None:
        """The answer is longer by this text."""
        self.rows.feed([self.said.add(text)])

    def rewind(self, length: int) -> None:
        """The answer is as if only its first `length` bytes had been said."""
        kept = self.said.cut(length)
        self.rows.rewind([self.prompt_tokens + kept])
        self.rows.feed([self.said.ids[kept:]])

    def top(self, n: int) -> Sequence[tuple[bytes, float]]:
        """The n most probable next tokens."""
        best = self.rows.logits()[0].log_softmax(dim=-1).topk(n)
        ids, logprobs = best.indices.tolist(), best.values.tolist()
        pieces = [self.model.vocabulary.said(token) for token in ids]
        self.said.offer(zip(pieces, ids, strict=True))
        return list(zip(pieces, logprobs, strict=True))

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score]:
        """Of each piece as the next token; see `Scoring`."""
        logprobs = self.rows.logits()[0].log_softmax(dim=-1)
        named = [self.said.tokens_of(piece) for piece in pieces]
        best = [max(logprobs[list(tokens)].tolist(), default=-math.inf) for tokens, _ in named]
        return [Score(lp, whole) for lp, (_, whole) in zip(best, named, strict=True)]

    def close(self) -> None:
        """The KV cache is free."""
        self.rows.close()


@dataclass(slots=True)
class Said:
    """What was said of an answer, in tokens."""

    model: TokenModel
    ids: list[int] = field(default_factory=list)
    _pieces: list[bytes] = field(default_factory=list)
    """What each of the ids says."""
    _offered: dict[bytes, int] = field(default_factory=dict)
    _spelling: "Spelling | None" = None

    def offer(self, tokens: Iterable[tuple[bytes, int]]) -> None:
        """What is said next is the first of these tokens with its bytes, if there is one."""
        self._offered = {}
        for piece, token in tokens:
            self._offered.setdefault(piece, token)

    def add(self, text: bytes) -> list[int]:
        """The ids that are new with this text; raises MemberError where it cannot be said."""
        if not text:
            return []
        offered = self._offered.get(text)
        added = self._spelled(text) if offered is None else [(text, offered)]
        self._offered = {}
        self._pieces += (piece for piece, _ in added)
        new = [token for _, token in added]
        self.ids += new
        return new

    def tokens_of(self, piece: bytes) -> tuple[Sequence[int], bool]:
        """The tokens that `piece` may be as the next one, and whether they say all of it.

        Where no token does, it is the first with which the piece is spelled; without bytes, all
        that end an answer. Raises MemberError where it cannot be said.
        """
        if not piece:
            return self.silent, True
        ((first, token), *more) = self._spelled(piece)
        return [self._offered.get(first, token)], not more

    @property
    def silent(self) -> Sequence[int]:
        """The tokens that say nothing."""
        vocabulary = self.model.vocabulary
        return sorted(
            token
            for token in {*vocabulary.special, *vocabulary.ends}
            if token < len(vocabulary.pieces)
        )

    def cut(self, length: int) -> int:
        """The answer has only its first `length` bytes; returns how many of its ids stayed.

        Where a token is cut in two, the ids after those say what is left of it.
        """
        said = sum(map(len, self._pieces))
        if not 0 <= length <= said:
            raise ValueError(f"cannot rewind {said} bytes to {length}")
        kept, rest = 0, length
        while kept < len(self.ids) and len(self._pieces[kept]) <= rest:
            rest -= len(self._pieces[kept])
            kept += 1
        if kept < len(self.ids):
            left = self._pieces[kept][:rest]
            self._offered = {}
            del self.ids[kept:], self._pieces[kept:]
            self.add(left)
        return kept

    def _spelled(self, text: bytes) -> list[tuple[bytes, int]]:
        if self._spelling is None:
            self._spelling = spelling(self.model.vocabulary)
        known, at, found = self._spelling, 0, list[tuple[bytes, int]]()
        while at < len(text):
            piece = known.at(text, at)
            if not piece:
                rest = repr(text[at : at + 16])
                raise MemberError("text-not-spelled", name=self.model.spec.id, text=rest)
            found.append((piece, known.ids[piece]))
            at += len(piece)
        return found


@dataclass(frozen=True, slots=True)
class Spelling:
    """The tokens that are text, by their bytes."""

    ids: dict[bytes, int]
    longest: int
    """Bytes of the longest token."""

    def at(self, text: bytes, start: int) -> bytes:
        """The longest token that the text goes on with there; nothing where none fits."""
        pieces = (text[start : start + size] for size in range(self.longest, 0, -1))
        return next((piece for piece in pieces if piece in self.ids), b"")


def spelling(vocabulary: Vocabulary) -> Spelling:
    """Of equal tokens the last one counts."""
    ids: dict[bytes, int] = {}
    for token in range(len(vocabulary.pieces)):
        if piece := vocabulary.said(token):
            ids[piece] = token  # bytes by themselves come first in a vocabulary, then characters
    return Spelling(ids, max(map(len, ids), default=0))
