"""Alignment by walking, and texts cut at random; the published loops stand in `speed.align`."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from fusionlab.models.vocabulary import Vocabulary


def walked(source: Sequence[int], target: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Groups of positions between ends in common; every token has bytes."""
    groups, mine, theirs = [], list[int](), list[int]()
    i = j = 0
    while i < len(source) or j < len(target):
        ends = (source[i - 1] if i else 0, target[j - 1] if j else 0)
        if ends[0] <= ends[1] and i < len(source):
            mine.append(i)
            i += 1
        else:
            theirs.append(j)
            j += 1
        if mine and theirs and source[i - 1] == target[j - 1]:
            groups.append((mine, theirs))
            mine, theirs = [], []
    return groups


def cut_at_random(text: str, rng: np.random.Generator, share: float) -> list[bytes]:
    """The text's bytes in pieces, which may split characters."""
    data = text.encode()
    cuts = [0, *(np.flatnonzero(rng.random(len(data) - 1) < share) + 1).tolist(), len(data)]
    return [data[a:b] for a, b in pairwise(cuts)]


def vocabulary_of_pieces(*texts: Sequence[bytes]) -> Vocabulary:
    """A vocabulary of all these pieces, the last of which ends an answer."""
    pieces = tuple(sorted({piece for text in texts for piece in text}))
    return Vocabulary((*pieces, b"</s>"), frozenset({len(pieces)}))
