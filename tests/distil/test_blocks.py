"""A text in blocks: nothing is lost, and each fits every tokenizer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.distil.blocks import Encode, blocks_of
from tests.tiny import CORPUS, tiny_tokenizer


def by_bytes(text: str) -> list[int]:
    return list(text.encode())


def by_words(text: str) -> list[int]:
    return [len(word) for word in text.split()]


@given(st.text("a你 \n👨", max_size=60), st.integers(4, 12))
def test_blocks_are_the_text_and_fit(text: str, most: int) -> None:
    blocks = list(blocks_of(text, [by_bytes, by_words], most))
    assert "".join(blocks) == text
    assert all(0 < len(by_bytes(block)) <= most for block in blocks)


@pytest.mark.parametrize("most", [7, 40, 200])
def test_blocks_fit_tokenizers(most: int) -> None:
    small, large = tiny_tokenizer(300), tiny_tokenizer()
    encoders: list[Encode] = [
        lambda text: small(text)["input_ids"],
        lambda text: large(text)["input_ids"],
    ]
    text = "\n".join(CORPUS) * 8
    blocks = list(blocks_of(text, encoders, most))
    assert "".join(blocks) == text
    sizes = [max(len(encode(block)) for encode in encoders) for block in blocks]
    assert max(sizes) <= most
    assert sum(sizes) / len(sizes) > most / 3


def test_a_block_ends_with_a_line_or_before_a_space() -> None:
    assert list(blocks_of("one two\nthree four", [by_bytes], 10)) == ["one two\n", "three four"]
    assert list(blocks_of("one two three", [by_bytes], 9)) == ["one two", " three"]
    assert list(blocks_of("", [by_bytes])) == []


def test_a_character_of_more_tokens_than_fit_is_a_block() -> None:
    assert list(blocks_of("👨a", [by_bytes], 2)) == ["👨", "a"]
