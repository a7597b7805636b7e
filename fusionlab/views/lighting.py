"""Words that candidates share: which parts of each text the others have too, and how many of them.

A word is what ROUGE-L counts (`fusionlab.text.similarity.words`), here with its place in the text.
The work is linear in the characters read, and these are limited: what is beyond stays plain.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fusionlab.text.similarity import words

MOST_TEXTS = 64
MOST_CHARACTERS = 200_000
"""Read of all texts together; each may have its equal share of them."""

Segment = str | list[str | float]
"""Plain text; or words and the share of the other texts that have each of them."""
Span = tuple[str, int, int]
"""A word in lower case, and where it begins and ends."""


@dataclass(frozen=True, slots=True)
class Lighting:
    """What is lit in the first `len(segments)` texts, and what had to be left out."""

    segments: tuple[list[Segment], ...]
    """Joined, they are the text."""
    shares: tuple[float, ...]
    """Of each text: the share of the others that have a word of it, averaged over its words."""
    notes: tuple[dict[str, Any], ...] = ()
    """What is not lit, by key."""


def lighting(texts: Sequence[str]) -> Lighting:
    """Each text in segments, words lit by the share of the other texts in which they are too.

    Of more than `MOST_TEXTS` texts the first are compared, and of long ones the beginnings.
    """
    read = texts[:MOST_TEXTS]
    if len(read) < 2:
        return Lighting((), ())
    room = MOST_CHARACTERS // len(read)
    spans = [_spans(text, room) for text in read]
    holders = Counter(word for each in spans for word in {word for word, _, _ in each})
    share = {word: (n - 1) / (len(read) - 1) for word, n in holders.items()}
    return Lighting(
        tuple(_segments(text, each, share) for text, each in zip(read, spans, strict=True)),
        tuple(_mean([share[word] for word, _, _ in each]) for each in spans),
        tuple(_notes(texts, room)),
    )


def _spans(text: str, room: int) -> list[Span]:
    """The words in the first `room` characters; none that breaks off there."""
    head = text[:room]
    lower = head.lower()
    if len(lower) != len(head):  # İ becomes two characters: places would no longer be the same
        lower = "".join(c if len(c := letter.lower()) == 1 else " " for letter in head)
    spans = []
    end = 0
    for word in words(lower):
        start = lower.find(word, end)
        if start < 0:
            break
        end = start + len(word)
        if end < room or room >= len(text):
            spans.append((word, start, end))
    return spans


def _segments(text: str, spans: Sequence[Span], share: Mapping[str, float]) -> list[Segment]:
    """Plain text and lit words in turn; neighbours with one share are one segment."""
    segments: list[Segment] = []
    lit: list[tuple[int, int, float]] = []
    for word, start, end in spans:
        if not share[word]:
            continue
        here = round(share[word], 3)
        if lit and lit[-1][2] == here and text[lit[-1][1] : start].strip(" ") == "":
            lit[-1] = (lit[-1][0], end, here)
        else:
            lit.append((start, end, here))
    at = 0
    for start, end, here in lit:
        if at < start:
            segments.append(text[at:start])
        segments.append([text[start:end], here])
        at = end
    return [*segments, text[at:]] if at < len(text) else segments


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares) if shares else 0.0


def _notes(texts: Sequence[str], room: int) -> Iterator[dict[str, Any]]:
    """What is not lit; nothing where everything is."""
    n = min(len(texts), MOST_TEXTS)
    if n < len(texts):
        yield {"key": "ballots-lit-first", "values": {"all": len(texts), "lit": n}}
    if any(len(text) > room for text in texts[:n]):
        yield {"key": "ballots-lit-beginnings", "values": {"characters": room}}
