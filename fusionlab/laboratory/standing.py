"""Where the tokens of a text stand on the ruler of its bytes.

Tokens that are text have to be the text's bytes, one after another; a space before a token counts
for nothing where the text has none, as SentencePiece and WordPiece put one there. A control token
that the tokenizer adds takes no bytes; one that is written out in the text takes those, and so does
the sign for what the tokenizer does not know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

from fusionlab.errors import MemberError
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.spelling import SPACE, silent

Kind = Literal["text", "part", "control", "unknown"]
QUOTED = 16
"""Bytes of the text that an error quotes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A token and the bytes of the text that it stands on, from `start` up to before `end`."""

    token: int
    start: int
    end: int
    kind: Kind
    """A `part` is bytes that are no whole characters."""


def standing(tokenizer: Any, vocabulary: Vocabulary, text: str, name: str) -> list[Standing]:
    """The tokens of the text, in order.

    Raises MemberError, which speaks of the tokenizer as `name`, where they are not its bytes.
    """
    read = tokenizer(text, return_offsets_mapping=True, verbose=False)
    places = [0, *accumulate(len(character.encode()) for character in text)]
    spans = [(places[first], places[stop]) for first, stop in read["offset_mapping"]]
    found = list(_placed(tokenizer, vocabulary, text.encode(), read["input_ids"], spans, name))
    end = max((each.end for each in found), default=0)
    if end < places[-1]:
        raise _not_the_bytes(text.encode(), end, b"", name)
    return found


def ends_of(tokens: Sequence[Standing]) -> list[int]:
    """Where tokens with bytes end, the end of the text left out."""
    ends = sorted({each.end for each in tokens if each.end > each.start})
    return ends[:-1]


def _placed(
    tokenizer: Any,
    vocabulary: Vocabulary,
    text: bytes,
    ids: Sequence[int],
    spans: Sequence[tuple[int, int]],
    name: str,
) -> Iterator[Standing]:
    at = 0
    for token, (first, stop) in zip(ids, spans, strict=True):
        known = token < len(vocabulary.pieces)
        piece = vocabulary.pieces[token] if known else b""
        if token == tokenizer.unk_token_id or silent(vocabulary, token):
            start, at = (at, at) if first == stop else (max(at, first), max(at, stop))
            written = first == stop or text[first:stop].strip() == piece.strip()
            yield Standing(token, start, at, "control" if written else "unknown")
            continue
        said = piece
        if not text.startswith(piece, at):
            said = piece.removeprefix(SPACE)  # it goes without saying before a text, or a word
        if not text.startswith(said, at):
            raise _not_the_bytes(text, at, piece, name)
        start, at = at, at + len(said)
        yield Standing(token, start, at, "text" if is_text(piece) else "part")


def is_text(piece: bytes) -> bool:
    """Whether the bytes are whole characters."""
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _not_the_bytes(text: bytes, at: int, piece: bytes, name: str) -> MemberError:
    return MemberError(
        "tokenizers-not-bytes",
        name=name,
        at=at,
        text=repr(text[at : at + QUOTED].decode("utf-8", "replace")),
        token=repr(piece.decode("utf-8", "replace")),
    )
