"""Members fused byte by byte: each one's next token as a distribution of the next byte.

A text x has been written in tokens c and the beginning of one more, which x ends with: s. With all
such (c, s) of weight P(c), x goes on with byte b with the probability
Σ P(c) P(next token begins with s b | c) / Σ P(c) P(next token begins with s | c).
That is the member's own distribution over texts, of all tokenisations, without its control tokens:
exact where all (c, s) are kept (https://arxiv.org/abs/2506.14123). Those of less than `LEAST` of
the whole are let go, and no more than `ROWS` are kept: each c is a row of the model.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from fusionlab.errors import MemberError
from fusionlab.events import Measured
from fusionlab.models.base import Member, Sequences, Usage
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.following import Reader

LEAST = 1e-3
ROWS = 8
END = 256
"""After the 256 bytes: the text ends."""


def byte_vocabulary(vocabulary: Vocabulary) -> Vocabulary:
    """The 256 bytes and one token that ends the text, named as the vocabulary's first such one."""
    named = vocabulary.pieces[min(vocabulary.ends)] if vocabulary.ends else b"</s>"
    return Vocabulary((*(bytes([byte]) for byte in range(END)), named), frozenset({END}))


class Tree:
    """The tokens of a vocabulary that are text, in the order of their bytes: a prefix is a span."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        said = [(vocabulary.said(token), token) for token in range(len(vocabulary.pieces))]
        ordered = sorted(each for each in said if each[0])
        self.pieces = [piece for piece, _ in ordered]
        self.ids = np.array([token for _, token in ordered], dtype=np.int64)
        self.ends = np.array(
            [token for token in sorted(vocabulary.ends) if token < len(said)], dtype=np.int64
        )
        self._branches: dict[bytes, Branches] = {}

    def below(self, prefix: bytes) -> "Branches":
        """Where the tokens that begin so go on; each prefix is looked up once."""
        found = self._branches.get(prefix)
        if found is None:
            found = self._branches[prefix] = self._found(prefix)
        return found

    def _found(self, prefix: bytes) -> "Branches":
        at = first = bisect_left(self.pieces, prefix)
        while at < len(self.pieces) and self.pieces[at] == prefix:
            at += 1
        whole, following, bounds = range(first, at), list[int](), [at]
        while at < len(self.pieces) and self.pieces[at].startswith(prefix):
            byte = self.pieces[at][len(prefix)]
            after = _after(prefix + bytes([byte]))
            at = bisect_left(self.pieces, after, at) if after else len(self.pieces)
            following.append(byte)
            bounds.append(at)
        return Branches(whole, np.array(following, dtype=np.int64), np.array(bounds))


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """The tokens that begin with some bytes."""

    whole: range
    """Places of those that are just these bytes."""
    following: np.ndarray
    """The bytes with which the longer ones go on, ascending."""
    bounds: np.ndarray
    """Places where the span of each of those begins; and where the last one ends."""


@dataclass(slots=True, eq=False)
class _Way:
    """One way in which the text may have been written so far."""

    row: int
    weight: float
    """Log P(c)."""
    begun: bytes = b""
    """s, the beginning of a token."""
    mass: Float64[np.ndarray, " place"] = field(default_factory=lambda: np.zeros(0))
    """Probability of the tokens before each place of the tree, and of all; given c."""
    end: float = 0.0
    """Probability that the text ends after c."""
    seen: bool = False
    """Whether its row was looked at."""


class Bytewise:
    """One member's text, led byte by byte."""

    def __init__(
        self,
        reader: Reader,
        rows: Sequences,
        *,
        least: float = LEAST,
        n_rows: int = ROWS,
    ) -> None:
        self.tree = Tree(reader.vocabulary)
        if not len(self.tree.ids):
            raise MemberError("text-not-spelled", name=reader.name, text="b''")
        self.reader = reader
        self.rows = rows
        self.usage = Usage()
        self.forgone = 0.0
        """Greatest share of its probability that was let go at a byte."""
        self._least, self._n_rows = least, n_rows
        self._ways = [_Way(0, 0.0)]
        self._known = list(rows.usage)
        self._passes = rows.passes
        self._lost: tuple[int, bytes] | None = None
        """Row, and what was written since, where the text is none that it could have written."""

    def logprobs(self) -> Float64[np.ndarray, " byte"] | None:
        """Log-probabilities of the next byte, or of the end; None where it cannot go on yet."""
        if self._lost is not None:
            return None
        self._look()
        probs = np.zeros(END + 1)
        heaviest = max(way.weight for way in self._ways)
        for way in self._ways:
            branches = self.tree.below(way.begun)
            share = np.exp(way.weight - heaviest)
            probs[branches.following] += share * np.diff(way.mass[branches.bounds])
            if not way.begun:
                probs[END] += share * way.end
        with np.errstate(divide="ignore"):
            logs: Float64[np.ndarray, " byte"] = np.log(probs / probs.sum())
        return logs

    def say(self, byte: int) -> None:
        """The text is longer by this byte."""
        if self._lost is not None:
            row, text = self._lost
            self._catch_up(row, text + bytes([byte]))
            return
        self._look()
        going = list(self._on(bytes([byte])))
        if not going:
            best = max(self._ways, key=lambda way: way.weight)
            self._catch_up(best.row, best.begun + bytes([byte]))
            return
        self._take(self._kept(going))

    def close(self) -> None:
        """The KV caches are free."""
        self.rows.close()

    def _on(self, byte: bytes) -> Iterator[tuple[float, _Way, int | None]]:
        """The ways that go on with the byte: log weight with what is begun, way, token that ends.

        A way without a token goes on within one.
        """
        for way in self._ways:
            begun = way.begun + byte
            branches = self.tree.below(begun)
            for place in branches.whole:
                p = way.mass[place + 1] - way.mass[place]
                if p > 0:
                    weight = way.weight + float(np.log(p))
                    yield weight, replace(way, weight=weight), int(self.tree.ids[place])
            if len(branches.following):
                p = way.mass[branches.bounds[-1]] - way.mass[branches.bounds[0]]
                if p > 0:
                    yield way.weight + float(np.log(p)), replace(way, begun=begun), None

    def _kept(
        self, going: list[tuple[float, _Way, int | None]]
    ) -> list[tuple[float, _Way, int | None]]:
        """The likeliest ways, and those within a token that need no row of their own."""
        going.sort(key=lambda each: -each[0])
        shares = np.exp(np.array([weight for weight, _, _ in going]) - going[0][0])
        shares /= shares.sum()
        kept = [
            each
            for at, (each, share) in enumerate(zip(going, shares, strict=True))
            if not at or (share >= self._least and at < self._n_rows)
        ]
        self.forgone = max(self.forgone, 1 - float(shares[: len(kept)].sum()))
        return kept

    def _take(self, kept: list[tuple[float, _Way, int | None]]) -> None:
        """These ways go on; a row that goes on in several is copied."""
        heaviest = kept[0][0]
        rows = [way.row for _, way, _ in kept]
        if rows != list(range(len(self._known))):
            self.rows.keep(rows)
            self._known = list(self.rows.usage)
        self._ways = []
        for row, (_, way, token) in enumerate(kept):
            weight = way.weight - heaviest  # so that it stays within the range of numbers
            if token is None:
                self._ways.append(replace(way, row=row, weight=weight))
            else:
                self._ways.append(_Way(row, weight))
        self.rows.feed([[] if token is None else [token] for _, _, token in kept])

    def _catch_up(self, row: int, text: bytes) -> None:
        """The text since then is read as the tokenizer reads it, once its last character is whole.

        That is where the others wrote what this member gave no probability at all.
        """
        read, pending = self.reader.read(text)
        if len(self._known) > 1 or row:
            self.rows.keep([row])
            self._known = list(self.rows.usage)
        if pending:
            self._lost = 0, text
            return
        self._lost = None
        self.rows.feed([[token for _, token in read]])
        self._ways = [_Way(0, 0.0)]

    def _look(self) -> None:
        """What every way's row wants next is known."""
        if all(way.seen for way in self._ways):
            return
        logits = self.rows.logits()
        self._count()
        for way in self._ways:
            if not way.seen:
                way.mass, way.end = self._spread(logits[way.row].cpu().double())
                way.seen = True

    def _spread(self, logits: Float[Tensor, " token"]) -> tuple[np.ndarray, float]:
        """Probabilities of the tokens before each place, and of the end; both together are 1."""
        text, ends = logits[self.tree.ids], logits[self.tree.ends]
        probs = torch.cat([text, ends]).softmax(dim=0).numpy()
        mass = np.concatenate([[0.0], probs[: len(text)].cumsum()])
        return mass, float(probs[len(text) :].sum())

    def _count(self) -> None:
        """What the look cost is added: a pass counts once, however many rows it had."""
        now, passes = list(self.rows.usage), self.rows.passes
        spent = sum(
            one.seconds - before.seconds for one, before in zip(now, self._known, strict=True)
        )
        self.usage = replace(
            self.usage,
            forward_passes=self.usage.forward_passes + passes - self._passes,
            seconds=self.usage.seconds + spent,
            batch=now[0].batch,
            tokens_reused=max(one.tokens_reused for one in now),
        )
        self._known, self._passes = now, passes


@dataclass(slots=True)
class ByteLockstep:
    """All members, each over rows of its own; see `together`."""

    members: Sequence[Member]
    writers: Sequence[Bytewise]
    tokens_in: Sequence[int]
    told: list[Usage]
    full: bool = False
    given: Sequence[int] = ()
    """How many tokens of its own each member was given after the prompt, if any."""

    def logprobs(
        self,
        vocab: int,  # noqa: ARG002  bytes and the end
        heard: Sequence[int] | None = None,
    ) -> Float[Tensor, "heard byte"]:
        """What each member wants next; one that cannot go on yet wants what the others want."""
        writers = self.writers if heard is None else [self.writers[at] for at in heard]
        rows = [writer.logprobs() for writer in writers]
        given = [row for row in rows if row is not None]
        if not given:
            raise MemberError("text-not-spelled", name=writers[0].reader.name, text="…")
        with np.errstate(divide="ignore"):
            mean = np.log(np.mean([np.exp(row) for row in given], axis=0))
        return torch.tensor(np.stack([mean if row is None else row for row in rows])).float()

    def feed(self, ids: Sequence[int]) -> None:
        """Every member's text is longer by these bytes."""
        for writer in self.writers:
            for byte in ids:
                writer.say(byte)

    def begin(self, ids: Sequence[int]) -> None:
        """The text begins with these bytes, which count as the tokens that each tokenizer reads."""
        text = bytes(byte for byte in ids if byte != END)  # nobody reads on after the end
        self.feed(text)
        self.given = [
            _n_tokens(text, writer.reader, len(writer.rows.ids[0]) - prompt)
            for writer, prompt in zip(self.writers, self.tokens_in, strict=True)
        ]

    def measured(self, tokens_out: int) -> Iterator[Measured]:
        """What each member spent since it was asked last."""
        given = self.given or [0] * len(self.members)
        for at, (member, writer) in enumerate(zip(self.members, self.writers, strict=True)):
            if not writer.usage.forward_passes:
                continue
            tokens_in = self.tokens_in[at] + given[at]
            now = replace(writer.usage, tokens_in=tokens_in, tokens_out=tokens_out)
            yield member.measured(now.since(self.told[at]))
            self.told[at] = now


def _n_tokens(text: bytes, reader: Reader, written: int) -> int:
    """In how many tokens it is read; where only otherwise than from the left, as it was written."""
    try:
        return len(reader.read(text)[0])
    except MemberError:
        return written


def _after(prefix: bytes) -> bytes:
    """The first bytes that come after all which begin so; nothing where none do."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else b""
