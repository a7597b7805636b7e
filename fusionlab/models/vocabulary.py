"""Tokens as bytes, and bytes as text that can be shown.

Every tokenizer spells its tokens in its own alphabet ("Ġ", "▁", `<0x0A>`); here a vocabulary is the
list of the bytes each id stands for, so that tokens of different models can be compared.
"""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What each token id stands for."""

    pieces: tuple[bytes, ...]
    ends: frozenset[int] = frozenset()
    """Ids that end an answer."""
    special: frozenset[int] = frozenset()
    """Control tokens; they are no text."""
    unknown: int | None = None
    """The token for text that has none of its own."""
    in_bytes: bool = True
    """Whether the pieces are what the tokenizer decodes to; else they are its own spelling."""
    tokenised: Callable[[str], Sequence[int]] | None = field(
        default=None, compare=False, repr=False
    )
    """How the tokenizer reads text in the middle of an answer, where that is known."""

    def text(self, token: int) -> str:
        """The token as it is shown; bytes that are no whole character are spelled out."""
        return shown(self.pieces[token]) if token < len(self.pieces) else f"<unused {token}>"

    def said(self, token: int) -> bytes:
        """What the token adds to the answer: nothing where it is a control token."""
        silent = token in self.special or token in self.ends or token >= len(self.pieces)
        return b"" if silent else self.pieces[token]


def shown(piece: bytes) -> str:
    """The bytes as text; those that form no character appear as `\\xf0`."""
    return piece.decode("utf-8", "backslashreplace")


@dataclass(slots=True)
class TextStream:
    """Bytes go in as they come, whole characters come out."""

    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    def push(self, piece: bytes) -> str:
        """The characters that these bytes complete."""
        return self._decoder.decode(piece)

    def flush(self) -> str:
        """What is left: a character that was never completed, as U+FFFD."""
        return self._decoder.decode(b"", final=True)
