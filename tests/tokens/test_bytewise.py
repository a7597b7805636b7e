"""The byte-level distribution of one member is that of the texts it writes, by brute force."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import blake2s

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Float
from torch import Tensor

from fusionlab.models.base import Usage, check_rewind
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.bytewise import END, Bytewise, byte_vocabulary
from fusionlab.tokens.following import Reader

PIECES = (b"</s>", b"a", b"b", b"ab", b"ba", b"bb", b"aab", b"<pad>", b"ab")
TINY = Vocabulary(PIECES, frozenset({0}), frozenset({7}))
CHARACTERS = Vocabulary(
    (b"</s>", b"?", b"a", "é".encode(), "你".encode()), frozenset({0}), frozenset({1}), 1
)


def logits_of(ids: Sequence[int], size: int) -> Float[Tensor, " token"]:
    """Anything, but the same for the same ids."""
    seed = int.from_bytes(blake2s(repr(tuple(ids)).encode(), digest_size=4).digest())
    return 2 * torch.randn(size, generator=torch.Generator().manual_seed(seed))


class Made:
    """Rows of a model whose logits are a hash of what it has read."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rows = [[0]]
        self.spent = [Usage(tokens_reused=3)]
        self.passes = 0
        self.beside = False

    @property
    def ids(self) -> Sequence[Sequence[int]]:
        return self.rows

    @property
    def usage(self) -> Sequence[Usage]:
        return self.spent

    def feed(self, ids: Sequence[Sequence[int]]) -> None:
        for row, more in zip(self.rows, ids, strict=True):
            row += more

    def rewind(self, lengths: Sequence[int]) -> None:
        check_rewind(self.rows, lengths)
        for row, length in zip(self.rows, lengths, strict=True):
            del row[length:]

    def keep(self, rows: Sequence[int]) -> None:
        self.rows = [list(self.rows[row]) for row in rows]
        self.spent = [self.spent[row] for row in rows]

    def logits(self) -> Float[Tensor, "row token"]:
        """Each row in a pass of its own, of a second."""
        self.passes += len(self.rows)
        self.spent = [
            replace(each, forward_passes=each.forward_passes + 1, seconds=each.seconds + 1)
            for each in self.spent
        ]
        return torch.stack([logits_of(row, self.size) for row in self.rows])

    def close(self) -> None:
        pass


@cache
def next_token(ids: tuple[int, ...]) -> list[float]:
    """Probabilities of text and end given these ids, without the control token."""
    logits = logits_of(ids, len(PIECES)).double()
    logits[7] = -torch.inf
    probs: list[float] = logits.softmax(dim=0).tolist()
    return probs


def begins_with(text: bytes, ids: tuple[int, ...] = (0,)) -> float:
    """Probability that what is written after these ids begins with the text."""
    if not text:
        return 1.0
    total = 0.0
    for token, p in enumerate(next_token(ids)):
        said = TINY.said(token)
        if said and said.startswith(text):
            total += p
        elif said and text.startswith(said):
            total += p * begins_with(text[len(said) :], (*ids, token))
    return total


def is_exactly(text: bytes, ids: tuple[int, ...] = (0,)) -> float:
    """Probability that just this text is written after these ids."""
    probs = next_token(ids)
    if not text:
        return probs[0]
    return sum(
        p * is_exactly(text[len(said) :], (*ids, token))
        for token, p in enumerate(probs)
        if (said := TINY.said(token)) and text.startswith(said)
    )


def test_the_brute_force_itself_adds_up() -> None:
    whole = begins_with(b"ab")
    parts = sum(begins_with(b"ab" + bytes([byte])) for byte in range(256)) + is_exactly(b"ab")
    assert whole == pytest.approx(parts)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(b"ab"), max_size=7).map(bytes))
def test_each_byte_has_the_probability_of_the_texts_that_go_on_with_it(text: bytes) -> None:
    writer = Bytewise(Reader("tiny", TINY), Made(len(PIECES)), least=0.0, n_rows=10_000)
    for at in range(len(text) + 1):
        said = text[:at]
        logprobs = writer.logprobs()
        assert logprobs is not None
        probs = np.exp(logprobs)
        assert probs.sum() == pytest.approx(1)
        whole = begins_with(said)
        for byte in b"ab":
            expected = begins_with(said + bytes([byte])) / whole
            assert probs[byte] == pytest.approx(expected, rel=1e-6, abs=1e-12)
        assert probs[END] == pytest.approx(is_exactly(said) / whole, rel=1e-6, abs=1e-12)
        assert math.isclose(writer.forgone, 0, abs_tol=1e-12)
        if at < len(text):
            writer.say(text[at])


def test_what_was_spent_is_every_pass_and_what_was_kept_of_earlier_calls() -> None:
    rows = Made(len(PIECES))
    writer = Bytewise(Reader("tiny", TINY), rows)
    for byte in b"abba":
        writer.say(byte)
    writer.logprobs()
    most = max(each.forward_passes for each in rows.usage)
    assert writer.usage.forward_passes == rows.passes > most
    assert writer.usage.seconds == rows.passes
    assert writer.usage.tokens_reused == 3


def test_what_is_let_go_bounds_the_error() -> None:
    exact, short = (
        Bytewise(Reader("tiny", TINY), Made(len(PIECES)), least=least, n_rows=rows)
        for least, rows in ((0.0, 10_000), (0.02, 4))
    )
    lost = 0.0
    for byte in b"abbaabab":
        exact.say(byte)
        short.say(byte)
        ours, theirs = exact.logprobs(), short.logprobs()
        assert ours is not None
        assert theirs is not None
        lost += short.forgone
        assert np.abs(np.exp(ours) - np.exp(theirs)).max() <= lost + 1e-9
        assert len(short.rows.ids) <= 4
    assert 0 < short.forgone < 0.5


def test_a_member_reads_what_it_would_not_have_written() -> None:
    """Half a character it can only wait for; a whole one that it lacks is the unknown token."""
    rows = Made(5)
    writer = Bytewise(Reader("characters", CHARACTERS), rows)
    for byte in "a你".encode()[:-1]:
        writer.say(byte)
    assert writer.logprobs() is not None  # it has a token that goes on
    writer.say("你".encode()[-1])
    for byte in "ü".encode()[:1]:
        writer.say(byte)
    assert writer.logprobs() is not None  # é begins like it
    writer.say("ü".encode()[1])
    assert writer.logprobs() is not None
    assert rows.ids == [[0, 2, 4, 1]]
    writer.say("🦊".encode()[0])
    assert writer.logprobs() is None
    for byte in "🦊".encode()[1:]:
        writer.say(byte)
    assert writer.logprobs() is not None
    assert rows.ids == [[0, 2, 4, 1, 1]]


def test_bytes_have_names_and_one_end() -> None:
    named = byte_vocabulary(TINY)
    assert (named.text(97), named.text(0xE4), named.text(END)) == ("a", "\\xe4", "</s>")
    assert named.ends == {END}
