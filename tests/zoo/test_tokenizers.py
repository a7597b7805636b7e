"""Both vocabularies say what they read, are the same at every call, and differ."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import UnknownName
from fusionlab.zoo.tasks import TASKS
from fusionlab.zoo.tokenizers import BOS, EOS, PAD, SPECIAL, tokenizer

BOTH = {name: tokenizer(name) for name in ("characters", "pieces")}
each = pytest.mark.parametrize("fast", BOTH.values(), ids=BOTH)


@each
@given(
    problem=st.builds(
        lambda task, rng: task.problem(rng),
        st.sampled_from(list(TASKS.values())),
        st.randoms(use_true_random=False),
    )
)
def test_what_is_read_is_said(fast: Any, problem: Any) -> None:
    text = problem.prompt + problem.answer
    ids = fast(text)["input_ids"]
    vocabulary = vocabulary_of(fast, None)
    assert ids[0] == fast.bos_token_id
    assert fast.decode(ids[1:]) == text
    assert b"".join(vocabulary.pieces[i] for i in ids[1:]).decode() == text


@given(st.text())
def test_pieces_say_any_text(text: str) -> None:
    fast = BOTH["pieces"]
    ids = fast(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    assert fast.decode(ids) == text


def test_a_character_is_a_token() -> None:
    fast = BOTH["characters"]
    text = "add 384+77="
    assert fast.tokenize(text) == list(text)
    assert fast.tokenize("é")[0] == fast.unk_token


def test_pieces_are_longer_than_characters_except_digits() -> None:
    tokens = BOTH["pieces"].tokenize("subtract 384-77=")
    assert len(tokens) < len("subtract 384-77=")
    assert [token for token in tokens if token.isdigit()] == ["3", "8", "4", "7", "7"]


@each
def test_special_tokens_have_the_same_ids_in_both(fast: Any) -> None:
    assert fast.convert_tokens_to_ids(list(SPECIAL)) == [0, 1, 2, 3]
    assert (fast.pad_token, fast.bos_token, fast.eos_token) == (PAD, BOS, EOS)


@pytest.mark.parametrize("name", BOTH)
def test_it_is_the_same_at_every_call_and_from_disk(name: Any, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    random.seed(1)
    again = tokenizer(name)
    assert again.backend_tokenizer.to_str() == BOTH[name].backend_tokenizer.to_str()
    again.save_pretrained(tmp_path)
    read = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    text = "second,sort kqtma=mq"
    assert read(text)["input_ids"] == again(text)["input_ids"]
    assert read.chat_template is None


def test_an_unknown_vocabulary_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown vocabulary 'words'"):
        tokenizer("words")  # type: ignore[arg-type]
