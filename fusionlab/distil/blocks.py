"""A text is cut into blocks, each short enough for every tokenizer that is to read it."""

from collections.abc import Callable, Iterator, Sequence

MOST = 2048
"""Tokens of a block at most, as published."""

Encode = Callable[[str], Sequence[int]]


def blocks_of(text: str, encoders: Sequence[Encode], most: int = MOST) -> Iterator[str]:
    """Pieces of at most `most` tokens for each encoder, which together are the text.

    They end after a line where one ends in their second half, else after a space, else anywhere
    between two characters; of one character there is never less.
    """
    while text:
        size = _fitting(text, encoders, most)
        if size < len(text):
            shorter = _rounded(text, size)
            size = shorter if _longest(text[:shorter], encoders) <= most else size
        yield text[:size]
        text = text[size:]


def _fitting(text: str, encoders: Sequence[Encode], most: int) -> int:
    """How many characters from the beginning fit all encoders, at least one."""
    fits, size = 0, min(len(text), most)
    beyond = len(text) + 1
    while fits < size < beyond:
        longest = _longest(text[:size], encoders)
        if longest <= most:
            fits = size
            guess = size * most // max(1, longest)
        else:
            beyond = size
            guess = size * most // longest
        if guess <= fits or guess >= beyond:
            guess = (fits + beyond) // 2
        size = min(guess, len(text))
    return max(1, fits)


def _longest(text: str, encoders: Sequence[Encode]) -> int:
    return max(len(encode(text)) for encode in encoders)


def _rounded(text: str, size: int) -> int:
    """The same size or less, so that the piece ends where a line or a word does."""
    for end in ("\n", " "):
        found = text.rfind(end, size // 2, size)
        if found >= 0:
            # A word's token begins with its space, a line's ends with its break.
            return max(1, found + (end == "\n"))
    return size
