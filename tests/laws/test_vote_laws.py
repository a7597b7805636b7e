"""What holds for every election."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from fusionlab.text.consensus import consensus, elect, merged, ranking
from fusionlab.text.similarity import char_lcs, word_rouge_l, words

METRICS = (word_rouge_l, char_lcs)
alphabet = st.sampled_from("abAB1 .,好的é")
text = st.text(alphabet, max_size=30) | st.text(max_size=30)
texts = st.lists(text, min_size=1, max_size=6)
scorer = RougeScorer(["rougeL"])


@given(texts)
def test_symmetric_within_bounds_and_one_on_the_diagonal(texts: list[str]) -> None:
    for metric in METRICS:
        table = metric(texts)
        assert torch.equal(table, table.T)
        assert bool(((table >= 0) & (table <= 1)).all())
        for i, one in enumerate(texts):
            nothing = not (words(one) if metric is word_rouge_l else one)
            assert table[i, i] == (0 if nothing else 1)


@given(st.data(), texts)
def test_order_of_candidates_does_not_change_their_scores(
    data: st.DataObject, texts: list[str]
) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    shuffled = [texts[i] for i in order]
    for metric in METRICS:
        table = metric(texts)
        assert torch.equal(metric(shuffled), table[order][:, order])
        scores = consensus(table)
        assert consensus(metric(shuffled)) == tuple(scores[i] for i in order)


@given(text, st.integers(1, 8))
def test_identical_candidates_elect_the_first(one: str, n: int) -> None:
    for metric in METRICS:
        scores = consensus(metric([one] * n))
        assert elect(scores) == 0
        assert ranking(scores) == tuple(range(n))


@given(text.filter(lambda one: any(words(one))), text)
def test_two_that_agree_win_against_one(pair: str, other: str) -> None:
    for metric in METRICS:
        if metric([pair, other])[0, 1] < 1:
            for place in range(3):
                candidates = [pair, pair]
                candidates.insert(place, other)
                assert candidates[elect(consensus(metric(candidates)))] == pair


@given(texts)
def test_merged_duplicates_score_as_if_each_text_stood_once(texts: list[str]) -> None:
    distinct = list(dict.fromkeys(texts))
    places, once = merged(texts, [1.0] * len(texts))
    scores = consensus(char_lcs(texts), once)
    alone = dict(zip(distinct, consensus(char_lcs(distinct)), strict=True))
    assert [scores[place] for place in places] == [alone[one] for one in texts]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(max_codepoint=0x24F), max_size=40), min_size=2, max_size=4))
def test_equals_rouge_score_on_text_in_latin_script(texts: list[str]) -> None:
    table = word_rouge_l(texts)
    for i, one in enumerate(texts):
        for j, other in enumerate(texts):
            expected = scorer.score(one, other)["rougeL"].fmeasure
            assert table[i, j] == pytest.approx(expected, abs=1e-9)
