"""The published algorithms as their formulas have them, one step after the other."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Levenshtein

from fusionlab.models.vocabulary import Vocabulary


def looped_path(source: Sequence[str], target: Sequence[str]) -> list[tuple[int, int]]:
    """Dynamic time warping, cell by cell; back from the end by the first smallest of three."""
    total = np.full((len(source) + 1, len(target) + 1), np.inf)
    total[0, 0] = 0
    for i, one in enumerate(source):
        for j, other in enumerate(target):
            cost = Levenshtein.distance(one.replace(" ", ""), other.replace(" ", ""))
            total[i + 1, j + 1] = cost + min(total[i, j], total[i, j + 1], total[i + 1, j])
    i, j = len(source), len(target)
    path = [(i - 1, j - 1)]
    while (i, j) != (1, 1):
        steps = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
        i, j = steps[int(np.argmin([total[step] for step in steps]))]
        path.append((i - 1, j - 1))
    return path[::-1]


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
