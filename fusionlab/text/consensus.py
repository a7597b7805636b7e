"""Scores candidates by their similarity to the others; the highest score is elected.

qᵢ = Σ_{j≠i} wⱼ sᵢⱼ / Σ_{j≠i} wⱼ: minimum Bayes risk decoding over all candidates but the one that
is scored. The textbook form, argmax Σⱼ wⱼ sᵢⱼ over all j, also counts the candidate's own ballot:
https://aclanthology.org/N04-1022. With equal weights both elect the same candidate. With unequal
weights they differ: of two candidates, each is scored by the other alone in the first form, so they
always tie; in the second the heavier one wins.

In the first form, with s = 1 for equal and 0 for different answers, equal weights elect the most
frequent answer. Unequal weights may elect another than a count of all ballots would: for the
answers A, B, B with the weights 3, 1, 1 the count elects A by 3 to 2, and so does the textbook
form, but q is 0, ¼, ¼. The winning team of the WSDM Cup 2024 took the argmax of Σ_{j≠i} sᵢⱼ, which
elects the same with equal weights: https://github.com/zhangzhao219/WSDM-Cup-2024
"""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.text.ties import NEAR, levels

HEAVIEST = 1e200
"""The largest weight; sums of many such are still finite."""


def consensus(
    similarity: Float[Tensor, "text text"],
    weights: Sequence[float] | None = None,
    *,
    own_ballot: bool = False,
) -> tuple[float, ...]:
    """Each candidate's mean similarity to the others, weighted by their votes (default 1).

    With `own_ballot` the mean includes the candidate's similarity to itself.

    A candidate that nobody votes on, because it is alone or all others weigh 0, scores 0. Sums are
    rounded once, so equal candidates have equal scores in any order.
    Raises RecipeError on a weight that is negative or above `HEAVIEST`.
    """
    rows = similarity.tolist()
    votes = [1.0] * len(rows) if weights is None else [float(weight) for weight in weights]
    if len(votes) != len(rows):
        raise RecipeError("votes-of-another-number", votes=len(votes), candidates=len(rows))
    for vote in votes:
        if not 0 <= vote <= HEAVIEST:
            raise RecipeError("vote-too-heavy", weight=f"{vote:g}", most=f"{HEAVIEST:g}")
    return tuple(_score(row, votes, None if own_ballot else i) for i, row in enumerate(rows))


def elect(scores: Sequence[float]) -> int:
    """The candidate with the highest score; among equals the first."""
    return leaders(scores)[0]


def leaders(scores: Sequence[float]) -> tuple[int, ...]:
    """All candidates that have the highest score, in their order."""
    falling = sorted(scores, reverse=True)
    least = falling[0]
    for score in falling:
        if least - score > NEAR:
            break
        least = score
    return tuple(i for i, score in enumerate(scores) if score >= least)


def ranking(scores: Sequence[float]) -> tuple[int, ...]:
    """All candidates, best first; among equals the earlier one comes first."""
    return tuple(np.argsort(levels(np.array(scores, dtype=float)), kind="stable").tolist())


def merged(texts: Sequence[str], weights: Sequence[float]) -> tuple[list[int], list[float]]:
    """The place where each text first appears, and weights that count every distinct text once.

    The first of several equal texts takes the largest of their weights; the others weigh 0.
    """
    first = {text: i for i, text in reversed(list(enumerate(texts)))}
    places = [first[text] for text in texts]
    once = [0.0] * len(texts)
    for place, weight in zip(places, weights, strict=True):
        once[place] = max(once[place], weight)
    return places, once


def _score(row: Sequence[float], votes: Sequence[float], silent: int | None) -> float:
    heard = [j for j in range(len(row)) if j != silent]
    weight = math.fsum(votes[j] for j in heard)
    if weight == 0:
        return 0.0
    return math.fsum(votes[j] * row[j] for j in heard) / weight
