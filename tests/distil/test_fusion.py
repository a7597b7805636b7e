"""A source's distributions in the target's vocabulary, and mixtures of several."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Float
from torch import Tensor
from torch.testing import assert_close

from fusionlab.distil.alignment import joined, warped
from fusionlab.distil.fusion import (
    EMPTY,
    Beside,
    Expected,
    FusionRule,
    copied,
    filled,
    fused,
    mixed,
    stacked,
    transferred,
    weights,
)
from fusionlab.distil.observed import Observed, topped
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.maps import exact_map, nearest_map
from fusionlab.tokens.spelling import byte_ends, characters
from tests.distil.reference import cut_at_random, vocabulary_of_pieces

TEXTS = ("the capital of France is Paris 👨‍👩‍👧", "你好，世界。Ｗｉｄｅ x", "aaaa aaab aa " * 5)
ENTRIES = 4


class Reading:
    """A text in random pieces, and random distributions over them."""

    def __init__(self, text: str, seed: int, share: float) -> None:
        rng = np.random.default_rng(seed)
        self.pieces = cut_at_random(text, rng, share)
        others = cut_at_random(text, rng, share)
        self.vocabulary = vocabulary_of_pieces(self.pieces, others)
        places = {piece: token for token, piece in enumerate(self.vocabulary.pieces)}
        self.ids = [places[piece] for piece in self.pieces]
        self.ends = byte_ends(self.vocabulary, self.ids, text, "random")
        self.tokens = torch.tensor(self.ids)
        logits = torch.from_numpy(rng.normal(size=(len(self.ids), len(places)))) * 3
        labels = torch.tensor([*self.ids[1:], 0])
        self.seen = topped(self.tokens, logits.float(), labels, ENTRIES)
        self.seen.label[-1] = torch.nan

    def beside(self, target: "Reading", *, exact: bool = False, by_bytes: bool = True) -> Beside:
        rule = exact_map if exact else nearest_map
        if by_bytes:
            alone = joined(self.ends, target.ends).alone
        else:
            one, other = (list(map(characters, each.pieces)) for each in (self, target))
            alone = warped(one, other).alone
        mapping = torch.from_numpy(rule(self.vocabulary, target.vocabulary))
        cross_entropy = self.seen.nats_per_byte(self.vocabulary)
        return Beside(self.seen, torch.from_numpy(alone), mapping, cross_entropy)


def dense(expected: Expected, size: int) -> Float[Tensor, "token vocab"]:
    table = torch.zeros(len(expected.ids), size + 1)
    table.scatter_add_(1, expected.ids.where(expected.ids >= 0, size), expected.probs)
    assert (table[:, size] == 0).all()
    return table[:, :size]


def looped(beside: Beside, target: Sequence[int], *, published: bool) -> list[dict[int, float]]:
    """The transfer as published, one position after the other."""
    seen, rows = beside.seen, []
    for i, token in enumerate(target):
        j = int(beside.alone[i])
        logprobs: dict[int, float] = {}
        if j >= 0 and int(beside.mapping[seen.tokens[j]]) == token:
            for entry, logprob in zip(seen.ids[j].tolist(), seen.logprobs[j].tolist(), strict=True):
                there = int(beside.mapping[entry])
                if there >= 0 and there not in logprobs:
                    logprobs[there] = logprob
        elif published:
            logprobs[token] = 0.0
        elif i + 1 < len(target):
            logprobs[target[i + 1]] = 0.0
        total = sum(np.exp(list(logprobs.values())))
        rows.append({token: float(np.exp(each)) / total for token, each in logprobs.items()})
    return rows


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("by_bytes", [True, False])
@pytest.mark.parametrize("published", [True, False])
def test_transfer_is_that_of_the_loops(
    text: str, exact: bool, by_bytes: bool, published: bool
) -> None:
    source, target = Reading(text, 0, 0.5), Reading(text, 1, 0.6)
    beside = source.beside(target, exact=exact, by_bytes=by_bytes)
    moved = transferred(beside, target.tokens, published=published)
    size = len(target.vocabulary.pieces)
    table = torch.zeros(len(target.ids), size)
    for row, entries in enumerate(looped(beside, target.ids, published=published)):
        for token, prob in entries.items():
            table[row, token] = prob
    assert_close(dense(moved, size), table)
    assert copied(beside, target.tokens).any()


def test_one_that_does_not_align_expects_the_next_token_not_this_one() -> None:
    """The published code's one-hot is one step late."""
    seen = Observed(
        torch.tensor([0, 1]),
        torch.tensor([[1], [0]]),
        torch.zeros(2, 1),
        torch.zeros(2),
        torch.zeros(2),
    )
    beside = Beside(seen, torch.tensor([0, -1, -1]), torch.tensor([5, 6]), 1.0)
    tokens = torch.tensor([5, 7, 8])
    assert transferred(beside, tokens).ids.tolist() == [[6], [8], [EMPTY]]
    assert transferred(beside, tokens, published=True).ids.tolist() == [[6], [7], [8]]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("rule", ["mince", "avgce"])
@pytest.mark.parametrize("by_bytes", [True, False])
def test_the_target_itself_as_its_only_source_changes_nothing(
    text: str, rule: FusionRule, by_bytes: bool
) -> None:
    target = Reading(text, 2, 0.5)
    own = fused(target.tokens, [target.beside(target, by_bytes=by_bytes)], target.seen, rule)
    assert_close(own.ids, target.seen.ids)
    assert_close(own.probs, target.seen.probs)


@given(st.lists(st.floats(0, 20), min_size=1, max_size=6))
def test_weights_sum_to_one_and_favour_the_lowest_entropy(entropies: list[float]) -> None:
    for rule in ("mince", "avgce"):
        shares = weights(entropies, rule)
        assert float(shares.sum()) == pytest.approx(1)
        assert float(shares[int(np.argmin(entropies))]) == float(shares.max())
    assert_close(
        weights(entropies, "avgce"),
        torch.softmax(1 / torch.tensor(entropies, dtype=torch.float64).exp(), dim=0).float(),
    )


def test_a_source_without_a_figure_has_the_least_weight() -> None:
    assert weights([float("nan"), 3.0], "mince").tolist() == [0, 1]
    assert weights([float("nan"), 3.0], "avgce")[0] < 0.5


@pytest.mark.parametrize("text", TEXTS)
def test_the_order_of_sources_changes_no_average(text: str) -> None:
    target = Reading(text, 3, 0.5)
    sources = [Reading(text, seed, 0.4).beside(target) for seed in range(4, 7)]
    size = len(target.vocabulary.pieces)
    one = dense(fused(target.tokens, sources, target.seen, "avgce"), size)
    other = dense(fused(target.tokens, sources[::-1], target.seen, "avgce"), size)
    assert_close(one, other)
    assert_close(one.sum(-1), torch.ones(len(one)))
    shares = weights([each.nats_per_byte for each in sources], "avgce")
    spare = Expected(target.seen.ids, target.seen.probs)
    parts = [dense(filled(transferred(each, target.tokens), spare), size) for each in sources]
    assert_close(one, sum(share * part for share, part in zip(shares, parts, strict=True)))
    best = min(sources, key=lambda each: each.nats_per_byte)
    chosen = fused(target.tokens, sources, target.seen, "mince")
    assert_close(dense(chosen, size), dense(filled(transferred(best, target.tokens), spare), size))


def test_what_cannot_be_said_is_what_the_target_expects() -> None:
    seen = Observed(
        torch.tensor([0, 0]),
        torch.tensor([[1, 2], [2, 0]]),
        torch.tensor([[0.6, 0.4], [0.9, 0.1]]).log(),
        torch.zeros(2),
        torch.zeros(2),
    )
    own = Observed(
        torch.tensor([4, 4]),
        torch.tensor([[7, 8, 9], [7, 8, 9]]),
        torch.tensor([[0.5, 0.3, 0.2]] * 2).log(),
        torch.zeros(2),
        torch.zeros(2),
    )
    beside = Beside(seen, torch.tensor([0, 1]), torch.tensor([4, EMPTY, EMPTY]), 1.0)
    expected = fused(own.tokens, [beside], own)
    assert_close(expected.probs[0], torch.tensor([0.5, 0.3, 0.2]))
    assert expected.ids[0].tolist() == [7, 8, 9]
    assert expected.ids[1, 0] == 4
    assert_close(expected.probs[1], torch.tensor([1.0, 0, 0]))
    alone = fused(own.tokens, [beside])
    assert float(alone.probs[0].sum()) == 0


def test_of_two_tokens_with_one_counterpart_the_first_counts() -> None:
    seen = Observed(
        torch.tensor([0]),
        torch.tensor([[1, 2, 3]]),
        torch.tensor([[0.5, 0.3, 0.2]]).log(),
        torch.zeros(1),
        torch.zeros(1),
    )
    beside = Beside(seen, torch.tensor([0]), torch.tensor([0, 5, 5, 6]), 1.0)
    moved = transferred(beside, torch.tensor([0]))
    assert moved.ids.tolist() == [[5, EMPTY, 6]]
    assert_close(moved.probs, torch.tensor([[5 / 7, 0, 2 / 7]]))


def test_one_token_of_several_sources_is_one_entry() -> None:
    one = Expected(torch.tensor([[3, 4]]), torch.tensor([[0.9, 0.1]]))
    other = Expected(torch.tensor([[4, EMPTY]]), torch.tensor([[1.0, 0]]))
    both = mixed([one, other], torch.tensor([0.25, 0.75]))
    assert both.ids.tolist()[0][:2] == [4, 3]
    assert_close(both.probs, torch.tensor([[0.775, 0.225, 0, 0]]))


def test_blocks_are_stacked_with_nothing_behind_them() -> None:
    one = Expected(torch.tensor([[3, 4], [5, EMPTY]]), torch.tensor([[0.9, 0.1], [1, 0]]))
    other = Expected(torch.tensor([[7]]), torch.tensor([[1.0]]))
    batch = stacked([one, other], 3)
    assert batch.ids.tolist()[1] == [[7, EMPTY], [EMPTY, EMPTY], [EMPTY, EMPTY]]
    assert_close(batch.probs[0, :2], one.probs)


def test_ends_of_answers_are_carried_over() -> None:
    """Whatever a tokenizer calls the end, it is the end."""
    source = Vocabulary((b"a", b"</s>"), frozenset({1}))
    target = Vocabulary((b"<|end|>", b"a"), frozenset({0}))
    seen = topped(torch.tensor([0]), torch.tensor([[0.0, 5.0]]), torch.tensor([1]), 2)
    mapping = torch.from_numpy(nearest_map(source, target))
    moved = transferred(Beside(seen, torch.tensor([0]), mapping, 1.0), torch.tensor([1]))
    assert moved.ids.tolist() == [[0, 1]]
