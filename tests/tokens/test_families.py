"""Tokens of every tokenizer family are bytes, and keep them through the maps between families."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.engines.tokenizer import vocabulary_of, wordpiece_bytes
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.sources.opening import open_tokenizer
from fusionlab.sources.references import folder_for
from fusionlab.speed.ratio import finished
from fusionlab.tokens.following import Reader
from fusionlab.tokens.joint import joint, united
from fusionlab.tokens.maps import NOWHERE, exact_map
from tests.strategies import text
from tests.tokens.families import FAMILIES, TOKENIZERS, without_bytes

COMPLETE = [name for name in FAMILIES if name not in ("wordpiece", "zoo-characters")]
"""Those that have every byte."""


def read(vocabulary: Vocabulary, said: str) -> list[int]:
    tokens, pending = Reader("any", vocabulary).read(said.encode())
    assert pending == b""
    return [token for _, token in tokens]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_known_as_bytes(name: str) -> None:
    assert FAMILIES[name].in_bytes


def test_a_tokenizer_that_adds_what_no_token_spells_is_not_known_as_bytes() -> None:
    assert not vocabulary_of(without_bytes(), None).in_bytes


def test_wordpiece_spells_the_space_before_a_word() -> None:
    assert [wordpiece_bytes(each) for each in ("##ing", "go", "好")] == [
        b"ing",
        b" go",
        " 好".encode(),
    ]


@pytest.mark.parametrize("name", COMPLETE)
@given(said=text)
def test_any_text_survives_in_every_complete_family(name: str, said: str) -> None:
    vocabulary = FAMILIES[name]
    ids = read(vocabulary, said)
    assert b"".join(map(vocabulary.said, ids)).decode() == said


@pytest.mark.parametrize("name", COMPLETE)
@given(said=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12))
def test_what_the_tokenizer_reads_is_what_it_decodes(name: str, said: str) -> None:
    """SentencePiece's space before the text is a token's, and its decoder takes it away."""
    backend: Any = TOKENIZERS[name].backend_tokenizer
    vocabulary = FAMILIES[name]
    ids = backend.encode(said, add_special_tokens=False).ids
    if any(token in vocabulary.special for token in ids):  # the text spells a control token
        return
    spelled = b"".join(vocabulary.pieces[token] for token in ids).decode()
    lead = " " if name == "sentencepiece" and spelled else ""
    assert spelled == lead + backend.decode(ids, skip_special_tokens=False) == lead + said


@given(said=text)
def test_wordpiece_keeps_what_it_has_words_for(said: str) -> None:
    backend: Any = TOKENIZERS["wordpiece"].backend_tokenizer
    vocabulary = FAMILIES["wordpiece"]
    ids = backend.encode(said, add_special_tokens=False).ids
    known = [token for token in ids if token not in vocabulary.special]
    spelled = b"".join(vocabulary.pieces[token] for token in known).decode()
    assert spelled.replace(" ", "") == backend.decode(known).replace(" ", "")


@given(st.sampled_from(COMPLETE), st.sampled_from(COMPLETE), text)
def test_text_survives_from_family_to_family(one: str, other: str, said: str) -> None:
    """Canonical, mapped where there is a counterpart, read anew where not, and decoded."""
    source, target = FAMILIES[one], FAMILIES[other]
    mapping = exact_map(source, target)
    out = b""
    for token in read(source, said):
        mapped = int(mapping[token])
        piece = source.said(token)
        if mapped == NOWHERE:
            tokens, pending = Reader("other", target).read(piece)
            assert pending == b""
            out += b"".join(target.said(each) for _, each in tokens)
        else:
            assert target.said(mapped) == piece
            out += target.said(mapped)
    assert out.decode() == said


def test_the_union_has_every_token_of_all_and_each_once() -> None:
    every = tuple(FAMILIES.values())
    whole = united(every)
    for vocabulary in every:
        mapping = exact_map(vocabulary, whole)
        lost = [
            i for i, at in enumerate(mapping.tolist()) if at == NOWHERE and vocabulary.pieces[i]
        ]
        assert lost == []
    added = list(whole.pieces[len(every[0].pieces) :])
    assert len(added) == len(set(added))
    assert whole.pieces[: len(every[0].pieces)] == every[0].pieces


@pytest.mark.parametrize("rule", ["exact", "mined", "union", "gac"])
def test_every_pair_of_families_meets(
    rule: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    for one, other in product(FAMILIES, FAMILIES):
        found = joint([("one", FAMILIES[one]), ("other", FAMILIES[other])], rule)
        for seat, vocabulary in zip(found.seats, (FAMILIES[one], FAMILIES[other]), strict=True):
            for own in (seat.here != NOWHERE).nonzero().flatten().tolist()[::7]:
                place = int(seat.here[own])
                if bool(seat.known[own]):
                    assert found.vocabulary.said(place) == vocabulary.said(own)


@pytest.mark.real
def test_smollm2_is_known_as_bytes() -> None:
    vocabulary = vocabulary_of(open_tokenizer(finished(folder_for("smollm2-135m"))), None)
    assert vocabulary.in_bytes
    for said in ("lighthouse keeper 你好 👨‍👩‍👧\n\n", "  é\u0301 ﬁ 🇫🇷"):
        assert b"".join(map(vocabulary.said, read(vocabulary, said))).decode() == said
