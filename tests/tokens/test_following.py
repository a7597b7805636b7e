"""Members follow a text in tokens of their own, and read no more of it anew than has to be."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.following import Follower, Reader
from fusionlab.tokens.joint import joint
from tests.tokens.families import BYTE_LEVEL, CHARACTERS, FAMILIES, SENTENCEPIECE

TEXTS = st.lists(
    st.sampled_from(["你好", "世", "👨‍👩‍👧", "🇫🇷", " the", " lighthouse", "é", "\n\n", "  ", "x1"])
    | st.text(st.characters(codec="utf-8"), max_size=3),
    max_size=8,
).map("".join)


class Read:
    """What one member has read of a text that is chosen token by token."""

    def __init__(self, pivot: Vocabulary, own: Vocabulary) -> None:
        seat = joint([("pivot", pivot), ("own", own)], "exact").seats[1]
        self.pivot, self.own = pivot, own
        self.follower = Follower(Reader("own", own), seat.back, seat.known)
        self.ids: list[int] = []
        self.anew = 0

    def choose(self, token: int) -> None:
        kept, new = self.follower.follow(token, self.pivot.said(token))
        assert kept <= len(self.ids)
        self.anew = len(self.ids) - kept
        self.ids[kept:] = new

    def said(self) -> bytes:
        return b"".join(map(self.own.said, self.ids)) + self.follower.pending


def chosen(vocabulary: Vocabulary, text: str) -> list[int]:
    """The text in the longest tokens that fit: the tokenizer's own may not be this text."""
    tokens, _ = Reader("pivot", vocabulary).read(text.encode())
    return [token for _, token in tokens]


@given(TEXTS, st.sampled_from(["byte-level", "tiktoken", "sentencepiece"]), st.data())
def test_what_is_read_is_what_is_said(text: str, family: str, data: st.DataObject) -> None:
    own = FAMILIES[family]
    pivot = FAMILIES[data.draw(st.sampled_from(["byte-level", "tiktoken", "sentencepiece"]))]
    read, said = Read(pivot, own), b""
    for token in chosen(pivot, text):
        read.choose(token)
        said += pivot.said(token)
        assert read.said() == said
        assert read.follower.pending == b""  # all three have every byte
        assert read.anew <= 70


def test_a_word_that_could_not_be_chosen_whole_is_read_whole() -> None:
    pivot = Vocabulary((b"</s>", b"l", b"o", b"w", b" low", b"lo"), frozenset({0}))
    own = Vocabulary((b"</s>", b"low", b"lo", b"w", b"l", b"o", b" low"), frozenset({0}))
    read = Read(pivot, own)
    for token in (5, 3):
        read.choose(token)
    assert read.ids == [1]
    assert read.anew == 1


def test_what_could_have_been_chosen_whole_is_read_as_it_was_chosen() -> None:
    pivot = Vocabulary((b"</s>", b"low", b"lo", b"w"), frozenset({0}))
    own = Vocabulary((b"</s>", b"w", b"lo", b"low", b"x"), frozenset({0}))
    read = Read(pivot, own)
    for token in (2, 3):
        read.choose(token)
    assert read.ids == [2, 1]


def test_a_character_in_parts_is_one_token_of_who_has_it() -> None:
    byte = [bytes([each]) for each in "你".encode()]
    pivot = Vocabulary((b"a", *byte))
    with_bytes = Read(pivot, Vocabulary((b"a", "你".encode(), *byte)))
    without = Read(pivot, Vocabulary((b"a", "你".encode())))
    steps = []
    for token in (0, 1, 2, 3):
        with_bytes.choose(token)
        without.choose(token)
        steps.append((list(with_bytes.ids), list(without.ids), without.follower.pending))
    assert steps[2] == ([0, 2, 3], [0], "你".encode()[:2])
    assert steps[3] == ([0, 1], [0, 1], b"")


def test_text_without_a_token_is_the_unknown_one() -> None:
    pivot = FAMILIES["byte-level"]
    read = Read(pivot, CHARACTERS)
    for token in chosen(pivot, "a🦊b"):
        read.choose(token)
    unknown = CHARACTERS.unknown
    assert [CHARACTERS.text(token) for token in read.ids] == ["a", "<unk>", "b"]
    assert unknown in read.ids


def test_long_texts_without_spaces_are_not_read_again_as_a_whole() -> None:
    own = vocabulary_of(SENTENCEPIECE, None)
    read = Read(vocabulary_of(BYTE_LEVEL, None), own)
    for token in chosen(read.pivot, "你好世界机器学习很有趣" * 20):
        read.choose(token)
        assert read.anew <= 70
        kept = read.follower
        assert len(kept._open) <= 70


def test_control_tokens_are_read_by_who_has_them() -> None:
    pivot = Vocabulary((b"</s>", b"a", b"<tool>"), frozenset({0}), frozenset({2}))
    has = Read(pivot, Vocabulary((b"<tool>", b"a"), special=frozenset({0})))
    lacks = Read(pivot, Vocabulary((b"<tool>", b"a")))
    for read in (has, lacks):
        for token in (1, 2, 1):
            read.choose(token)
    assert (has.ids, lacks.ids) == ([1, 0, 1], [1, 1])
    assert torch.is_tensor(has.follower.back)
