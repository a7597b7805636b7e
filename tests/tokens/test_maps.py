"""Maps between vocabularies: exact ones, nearest ones, and those that are kept."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.speed.align import vocabularies
from fusionlab.tokens import maps
from fusionlab.tokens.maps import (
    NOWHERE,
    exact_map,
    nearest,
    nearest_map,
    nearest_map_steps,
    token_map,
)
from fusionlab.tokens.spelling import characters, fingerprint
from tests.tiny import tiny_tokenizer

SMALL = vocabulary_of(tiny_tokenizer(300), None)
LARGE = vocabulary_of(tiny_tokenizer(), None)
WORDS = st.lists(st.text("ab 你é", max_size=5), min_size=1, max_size=12)


def spelled(*pieces: str, ends: frozenset[int] = frozenset()) -> Vocabulary:
    return Vocabulary(tuple(piece.encode() for piece in pieces), ends)


@given(WORDS, WORDS)
def test_the_nearest_is_the_first_smallest_distance(words: list[str], among: list[str]) -> None:
    looped = [
        min(range(len(among)), key=lambda at: Levenshtein.distance(word, among[at]))
        for word in words
    ]
    assert nearest(words, among).tolist() == looped


@pytest.mark.parametrize("vocabulary", [SMALL, LARGE, spelled("A", "b", "A", "", "")])
def test_a_vocabulary_maps_to_itself_by_identity(vocabulary: Vocabulary) -> None:
    identity = list(range(len(vocabulary.pieces)))
    assert exact_map(vocabulary, vocabulary).tolist() == identity
    assert nearest_map(vocabulary, vocabulary).tolist() == identity


@pytest.mark.parametrize(("source", "target"), [(SMALL, LARGE), (LARGE, SMALL)])
def test_the_nearest_map_is_the_exact_one_where_there_is_one(
    source: Vocabulary, target: Vocabulary
) -> None:
    exact, near = exact_map(source, target), nearest_map(source, target)
    known = exact != NOWHERE
    assert (near[known] == exact[known]).all()
    for token in np.flatnonzero(known):
        assert source.pieces[token] == target.pieces[exact[token]]
    for token in np.flatnonzero(~known):
        distances = [
            Levenshtein.distance(characters(source.pieces[token]), characters(piece))
            if other not in target.special
            else 99
            for other, piece in enumerate(target.pieces)
        ]
        assert near[token] == np.argmin(distances)
    assert known.any()
    assert (near != NOWHERE).all()


def test_spaces_bytes_and_characters_are_compared_as_bytes() -> None:
    byte_level = Vocabulary((b" Paris", "你".encode(), "👨".encode()[:2], b"\n"))
    pieces = Vocabulary((b"\n", "👨".encode()[:2], "你".encode(), b" Paris"))
    assert exact_map(byte_level, pieces).tolist() == [3, 2, 1, 0]


def test_distances_count_characters_and_lone_bytes() -> None:
    source = Vocabulary(("你好吗".encode(), "👨".encode()[:3]))
    target = Vocabulary((b"abc", "你好".encode(), "👨".encode()[:2]))
    assert nearest_map(source, target).tolist() == [1, 2]


def test_control_tokens_are_no_text() -> None:
    source = Vocabulary((b"<s>", b"</s>", b"<pad>", b"x"), frozenset({1}), frozenset({0, 2}))
    target = Vocabulary((b"<s>", b"<pa", b"<end>", b"x"), frozenset({2}), frozenset())
    assert exact_map(source, target).tolist() == [NOWHERE, 2, NOWHERE, 3]
    assert nearest_map(source, target).tolist() == [NOWHERE, 2, NOWHERE, 3]


def test_of_equal_tokens_a_character_counts_more_than_a_lone_byte() -> None:
    """SentencePiece has `<0x41>` beside A, and text never holds the former."""
    pieces = spelled("A", "b", "A")
    assert exact_map(spelled("A"), pieces).tolist() == [2]
    assert exact_map(pieces, spelled("b", "A")).tolist() == [1, 0, 1]
    assert nearest_map(spelled("AA"), pieces).tolist() == [2]


def test_nothing_is_near_where_the_target_has_no_text() -> None:
    assert nearest_map(spelled("a"), spelled("x", ends=frozenset({0}))).tolist() == [NOWHERE]


def test_a_map_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    found = token_map(LARGE, SMALL, "mined")
    with monkeypatch.context() as broken:
        broken.setattr(maps, "nearest", None)
        assert (token_map(LARGE, SMALL, "mined") == found).all()
    (file,) = (tmp_path / "maps").iterdir()
    file.write_bytes(file.read_bytes()[:50])  # damaged: it is found anew
    assert (token_map(LARGE, SMALL, "mined") == found).all()
    assert (token_map(LARGE, SMALL, "em") == exact_map(LARGE, SMALL)).all()


def test_a_search_tells_how_far_it_is_and_ends_where_it_is_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(maps, "AT_ONCE", 100)
    source, target = vocabularies(300, 600)
    search = nearest_map_steps(source, target)
    next(search)
    search.close()
    assert list(search) == []
    shares = list(nearest_map_steps(source, target))
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.3 <= shares[-1] < 1
    assert len(shares) > 10


def test_a_fingerprint_tells_vocabularies_apart() -> None:
    one = spelled("ab", "c")
    others = [spelled("a", "bc"), spelled("c", "ab"), spelled("ab", "c", ends=frozenset({1}))]
    assert fingerprint(one) == fingerprint(spelled("ab", "c"))
    assert len({fingerprint(each) for each in (one, *others)}) == 4


def test_the_vocabularies_that_are_timed_are_as_large_as_said() -> None:
    source, target = vocabularies(500, 1500)
    assert (len(source.pieces), len(target.pieces)) == (500, 1500)
    assert int((exact_map(source, target) == NOWHERE).sum()) == 100
