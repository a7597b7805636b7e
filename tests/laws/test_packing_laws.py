"""Laws of the weights under which the pool predicts the prompt best."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from fusionlab.errors import VocabularyMismatch
from fusionlab.events import Measured
from fusionlab.models.base import Message
from fusionlab.tokens import packing
from fusionlab.tokens.packing import common_end, greedy
from tests.counted import Counted, counted, member
from tests.laws.test_ensemble_laws import GREEDY, held, ids, steps
from tests.tiny import tiny_llama
from tests.tokens.relabelled import relabelled

TARGETS = torch.tensor([0, 1, 2, 0])
picked = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(lambda p: torch.tensor(p).log())
whole = st.lists(st.floats(-4, 4), min_size=12, max_size=12).map(
    lambda z: torch.tensor(z).view(4, 3).log_softmax(-1)
)


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


@pytest.mark.parametrize("geometric", [False, True])
@given(st.data())
def test_the_pool_found_predicts_no_worse_than_its_best_member(
    geometric: bool, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(whole if geometric else picked, min_size=1, max_size=4))
    mix, loss = packing._geometric(TARGETS) if geometric else packing._ARITHMETIC
    weights = greedy(rows, mix, loss)
    assert_close(weights.sum(), torch.tensor(1.0))
    assert (weights >= 0).all()
    stacked = torch.stack(rows)
    pooled: Tensor
    if geometric:
        pooled = torch.einsum("m,mtv->tv", weights, stacked).log_softmax(-1)
        nats = -float(pooled.gather(-1, TARGETS[:, None]).sum())
    else:
        nats = -float(torch.logsumexp(stacked + weights.log()[:, None], dim=0).sum())
    assert nats <= min(loss(row) for row in rows) + 1e-4


def test_two_members_weigh_what_a_search_of_all_shares_finds() -> None:
    rows = [torch.tensor([0.9, 0.1, 0.9]).log(), torch.tensor([0.1, 0.9, 0.1]).log()]
    ways = [at / packing.STEPS for at in range(packing.STEPS + 1)]
    best = max(ways, key=lambda w: math.prod((w * p + (1 - w) * (1 - p)) for p in (0.9, 0.1, 0.9)))
    assert_close(greedy(rows, *packing._ARITHMETIC), torch.tensor([best, 1 - best]))
    assert 0.5 < best < 1


def test_a_member_that_adds_nothing_weighs_nothing() -> None:
    better, worse = torch.tensor([0.9, 0.8]).log(), torch.tensor([0.5, 0.5]).log()
    assert greedy([worse, better, better], *packing._ARITHMETIC).tolist() == [0, 1, 0]


def test_the_common_end_leaves_every_prompt_a_beginning() -> None:
    assert common_end([[1, 2, 3], [9, 2, 3]]) == 2
    assert common_end([[1, 2, 3], [1, 2, 3]]) == 2
    assert common_end([[2, 3], [1, 2, 3]]) == 1
    assert common_end([[1], [1]]) == 0
    assert common_end([[1, 2], [1, 3]]) == 0


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
def test_the_weights_are_those_that_predict_the_prompt_best(
    pooling: str, a: Counted, b: Counted
) -> None:
    """Against a search over the whole prompt by the engines' own sequences, token by token."""
    prompt = a.encode([Message("user", GREEDY.question)])
    read = []
    for model in (a, b):
        rows, own = model.open([prompt[:1]]), []
        for token in prompt[1:]:
            own.append(rows.logits()[0].log_softmax(-1))
            rows.feed([[token]])
        rows.close()
        read.append(torch.stack(own)[[bool(a.vocabulary.said(t)) for t in prompt[1:]]])
    targets = torch.tensor([t for t in prompt[1:] if a.vocabulary.said(t)])[:, None]
    tried = {}
    for at in range(packing.STEPS + 1):
        w = at / packing.STEPS
        if pooling == "geometric":
            mixed = (w * read[0] + (1 - w) * read[1]).log_softmax(-1)
        else:
            mixed = (w * read[0].exp() + (1 - w) * read[1].exp()).log()
        tried[w] = -float(mixed.gather(-1, targets).sum())
    best = min(tried, key=tried.__getitem__)
    events = held([member(a, "ann"), member(b, "bob")], pooling=pooling, weighting="optimised")
    (first, *others) = steps(events)
    assert first.members["ann"].weight == pytest.approx(best, abs=1e-6)
    assert all(step.members["ann"].weight == first.members["ann"].weight for step in others)
    costs = [event for event in events if isinstance(event, Measured)]
    assert [cost.tokens_in for cost in costs[:2]] == [len(prompt), len(prompt)]


def test_what_only_one_member_was_told_does_not_count(a: Counted) -> None:
    members = [member(a, "ann", "one two"), member(a, "bob", "three")]
    weights = [
        each.weight for each in steps(held(members, weighting="optimised"))[0].members.values()
    ]
    assert sum(filter(None, weights)) == pytest.approx(1)


def test_a_model_with_its_twin_is_itself(a: Counted) -> None:
    twins = held([member(a, "ann"), member(a, "bob")], weighting="optimised")
    assert ids(twins) == ids(held([member(a, "ann")]))


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """Its vocabulary is the beginning of the others'."""
    folder = tiny_llama(tmp_path_factory.mktemp("short"), seed=2, vocab_size=300)
    return counted(folder, "short")


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
@pytest.mark.parametrize("alignment", ["exact", "gac", "union", "bytes"])
def test_the_weights_do_not_go_by_what_is_drawn_from(
    alignment: str, pooling: str, a: Counted, b: Counted, short: Counted
) -> None:
    """Nor by the tokens that only the larger of two vocabularies has."""
    assert len(short.vocabulary.pieces) < len(a.vocabulary.pieces)
    for other in (b, short):
        shared, told = (
            steps(
                held(
                    [member(a, "ann"), member(other, "bob")],
                    weighting="optimised",
                    pooling=pooling,
                    alignment=each,
                )
            )[0]
            for each in ("shared", alignment)
        )
        for name, step in shared.members.items():
            assert told.members[name].weight == step.weight


def test_members_with_different_vocabularies_are_refused(a: Counted, tiny: Path) -> None:
    members = [member(a, "ann"), member(relabelled(tiny, "again"), "bob")]
    with pytest.raises(VocabularyMismatch, match="ann and bob have different ones"):
        held(members, weighting="optimised", alignment="union")
