"""One text under two tokenizers: warped as published, and joined where bytes end together."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.distil.alignment import Aligned, distances, joined, warped, warping_path
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import MemberError
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.speed.align import looped_path
from fusionlab.tokens.spelling import byte_ends, characters
from tests.distil.reference import cut_at_random, walked
from tests.tiny import CORPUS, tiny_tokenizer

TEXTS = [*CORPUS, "Ｗｉｄｅ and narrow: ﷽ é e\u0301\n\n\tdef f(x):  return x", "a", "👨‍👩‍👧"]
TOKENS = st.lists(st.text("ab 你", max_size=3), min_size=1, max_size=9)


def spans(aligned: Aligned) -> list[list[int]]:
    return [list(range(*each)) for each in zip(aligned.first, aligned.stop, strict=True)]


@given(TOKENS, TOKENS)
@example(["a", "", " "], ["", "a"])
def test_the_path_is_that_of_the_published_loops(source: list[str], target: list[str]) -> None:
    path = looped_path(source, target)
    assert warping_path(distances(source, target)).tolist() == [list(step) for step in path]
    there = [sorted(i for i, at in path if at == j) for j in range(len(target))]
    assert spans(warped(source, target)) == there


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_cut_anyhow_is_warped_as_published(text: str) -> None:
    rng = np.random.default_rng(0)
    one, other = (list(map(characters, cut_at_random(text, rng, s))) for s in (0.3, 0.5))
    path = warping_path(distances(one, other)).tolist()
    assert path == [list(step) for step in looped_path(one, other)]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_with_itself_is_the_identity(text: str) -> None:
    tokenizer = tiny_tokenizer()
    vocabulary = vocabulary_of(tokenizer, None)
    ids = tokenizer(text)["input_ids"]
    ends = byte_ends(vocabulary, ids, text, "tiny")
    identity = list(range(len(ids)))
    assert joined(ends, ends).alone.tolist() == identity
    tokens = [characters(vocabulary.pieces[token]) for token in ids]
    assert warped(tokens, tokens).alone.tolist() == identity


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_are_joined_as_by_walking(text: str) -> None:
    rng = np.random.default_rng(1)
    for share in (0.2, 0.5, 0.9):
        one, other = (
            np.cumsum([len(piece) for piece in cut_at_random(text, rng, each)], dtype=np.int64)
            for each in (share, 0.4)
        )
        groups = walked(one.tolist(), other.tolist())
        there = {here: mine for mine, theirs in groups for here in theirs}
        assert spans(joined(one, other)) == [there[at] for at in range(len(other))]


def test_a_character_split_in_two_is_one_group_with_the_whole_one() -> None:
    """The emoji is two tokens for the source, one for the target."""
    aligned = joined(np.array([1, 3, 5, 6]), np.array([1, 5, 6]))
    assert spans(aligned) == [[0], [1, 2], [3]]
    assert aligned.alone.tolist() == [0, -1, 3]


def test_control_tokens_are_joined_with_their_like() -> None:
    begins_both = joined(np.array([0, 2, 4, 4]), np.array([0, 4, 4]))
    assert spans(begins_both) == [[0], [1, 2], [3]]
    only_source = joined(np.array([0, 0, 2, 4]), np.array([2, 4]))
    assert only_source.alone.tolist() == [2, 3]
    only_target = joined(np.array([2, 4]), np.array([0, 2, 4]))
    assert only_target.alone.tolist() == [-1, 0, 1]


def test_nothing_is_aligned_with_nothing() -> None:
    assert warped([], ["a"]).alone.tolist() == [-1]
    assert warped(["a"], []).alone.tolist() == []
    assert joined(np.zeros(0, dtype=np.int64), np.array([1])).alone.tolist() == [-1]


def test_a_space_before_the_text_counts_for_nothing() -> None:
    vocabulary = Vocabulary((b"<s>", b" Paris", b" is", b" "), special=frozenset({0}))
    assert byte_ends(vocabulary, [0, 1, 2], "Paris is", "x").tolist() == [0, 5, 8]
    assert byte_ends(vocabulary, [1], " Paris", "x").tolist() == [6]


@pytest.mark.parametrize("ids", [[0, 1], [1, 2, 2], []])
def test_tokens_that_are_not_the_text_are_refused(ids: list[int]) -> None:
    vocabulary = Vocabulary((b"<unk>", b"Paris", b" is"), special=frozenset({0}))
    with pytest.raises(MemberError, match="a model: its tokens are not the bytes of the text"):
        byte_ends(vocabulary, ids, "Paris is", "a model")
