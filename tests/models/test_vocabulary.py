"""Tokens are bytes; text comes in whole characters, however the bytes are cut."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from fusionlab.engines.tokenizer import byte_level_bytes, sentencepiece_bytes, vocabulary_of
from fusionlab.models.vocabulary import TextStream, Vocabulary, shown
from tests.strategies import text
from tests.tiny import SPECIAL, tiny_tokenizer

TOKENIZER = tiny_tokenizer()
VOCABULARY = vocabulary_of(TOKENIZER, None)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)] or [data]


@given(text, st.lists(st.integers(0, 1000)))
@example("a👨‍👩‍👧é", [2, 3, 4, 5, 6, 7, 8, 9])
def test_whole_characters_come_for_every_split(said: str, places: list[int]) -> None:
    stream, out = TextStream(), ""
    pushed = b""
    for piece in cut(said.encode(), places):
        out += stream.push(piece)
        pushed += piece
        assert out == pushed.decode("utf-8", "ignore")  # nothing half, nothing held back
    assert stream.flush() == ""
    assert out == said


@given(st.binary(max_size=40), st.lists(st.integers(0, 100)))
@example("é".encode()[:1], [])
@example(b"a\xf0\x9f\x98", [1, 2, 3])
def test_bytes_that_are_no_text_become_the_same_for_every_split(
    data: bytes, places: list[int]
) -> None:
    stream = TextStream()
    out = "".join(stream.push(piece) for piece in cut(data, places)) + stream.flush()
    assert out == data.decode("utf-8", "replace")


def test_streams_are_independent() -> None:
    one, other = TextStream(), TextStream()
    assert one.push("é".encode()[:1]) == ""
    assert other.push(b"e") == "e"
    assert one.push("é".encode()[1:]) == "é"


def test_gpt2s_alphabet_is_a_bijection() -> None:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    assert sorted(map(byte_level_bytes, alphabet)) == [bytes([byte]) for byte in range(256)]
    assert (byte_level_bytes("Ġ"), byte_level_bytes("Ċ")) == (b" ", b"\n")


def test_gpt2s_alphabet_is_that_of_the_tokenizers_library() -> None:
    for token in pre_tokenizers.ByteLevel.alphabet():
        piece = byte_level_bytes(token)
        assert decoders.ByteLevel().decode([token]) == piece.decode("utf-8", "replace")


@given(text)
@example("a<|im_end|>b\n<|im_start|>")
@example("👨‍👩‍👧 世界\0")
def test_the_bytes_of_encoded_text_are_the_text(said: str) -> None:
    ids = TOKENIZER(said)["input_ids"]
    assert b"".join(VOCABULARY.pieces[token] for token in ids) == said.encode()


def test_every_id_has_its_bytes() -> None:
    assert len(VOCABULARY.pieces) == len(TOKENIZER)
    assert all(VOCABULARY.pieces)
    for token in range(len(TOKENIZER)):
        whole = VOCABULARY.pieces[token].decode("utf-8", "replace")
        assert TOKENIZER.decode([token]) == whole


def test_ends_and_control_tokens_are_known() -> None:
    control = {TOKENIZER.convert_tokens_to_ids(token) for token in SPECIAL}
    assert VOCABULARY.special == control
    assert VOCABULARY.ends == {TOKENIZER.eos_token_id}
    assert vocabulary_of(TOKENIZER, 7).ends == {TOKENIZER.eos_token_id, 7}
    assert vocabulary_of(TOKENIZER, [7, 8]).ends == {TOKENIZER.eos_token_id, 7, 8}


@given(st.integers(0, 1000))
def test_control_tokens_and_padding_are_shown_but_not_said(token: int) -> None:
    silent = token in VOCABULARY.special or token >= len(VOCABULARY.pieces)
    assert (VOCABULARY.said(token) == b"") == silent
    assert VOCABULARY.text(token)


def test_an_end_that_is_no_control_token_is_not_said_either() -> None:
    vocabulary = Vocabulary((b"a", b"stop"), ends=frozenset({1}))
    assert (vocabulary.said(0), vocabulary.said(1), vocabulary.text(1)) == (b"a", b"", "stop")


@given(text, st.binary(max_size=8))
def test_any_bytes_can_be_shown(said: str, piece: bytes) -> None:
    assert shown(said.encode()) == said
    assert "\ufffd" not in shown(piece) or "\ufffd".encode() in piece
    assert shown(said.encode() + b"\xf0\x9f") == f"{said}\\xf0\\x9f"


@pytest.mark.parametrize(
    ("token", "piece"),
    [
        ("▁the", b" the"),
        ("▁", b" "),
        ("<0x0A>", b"\n"),
        ("<0xf0>", b"\xf0"),
        ("<0x0A>x", b"<0x0A>x"),
        ("世界", "世界".encode()),
        ("Ġ", "Ġ".encode()),
    ],
)
def test_sentencepiece_tokens(token: str, piece: bytes) -> None:
    assert sentencepiece_bytes(token) == piece


def test_a_sentencepiece_vocabulary_is_told_from_a_byte_level_one() -> None:
    spelled = {"<unk>": 0, "▁hi": 1, "<0xC3>": 2, "<0xA9>": 3, "Ġ": 4}
    core = Tokenizer(models.BPE(vocab=spelled, merges=[], byte_fallback=True))
    core.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback()])
    end = "▁end"
    core.add_special_tokens([AddedToken(end, special=True)])
    tokenizer: Any = PreTrainedTokenizerFast(tokenizer_object=core, eos_token=end)
    vocabulary = vocabulary_of(tokenizer, None)
    assert vocabulary.pieces[1:6] == (b" hi", b"\xc3", b"\xa9", "Ġ".encode(), end.encode())
    assert vocabulary.ends == {5}
