"""Groups of texts that mean the same: average linkage over their likenesses, cut at a threshold.

The two groups whose texts are most alike in the mean of all pairs are joined, again and again, as
long as that mean is at least the threshold (UPGMA). How alike two texts of one meaning are depends
on the metric: unrelated English shares half its characters in order, but few of its words.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

from fusionlab.text.ties import NEAR

ALIKE: Mapping[str, float] = MappingProxyType({"rouge_l": 0.5, "char_lcs": 0.7, "cosine": 0.75})
"""From where on two groups are one, by metric."""


def alike_at(weights: Mapping[str, float]) -> float:
    """The threshold for a mixture of metrics: the weighted mean of theirs."""
    return sum(ALIKE[name] * weight for name, weight in weights.items()) / sum(weights.values())


def clusters(likeness: Float[np.ndarray, "text text"], alike: float) -> Int[np.ndarray, " text"]:
    """The number of each text's group, from 0, in the order of their first texts.

    Of pairs of groups that are equally alike, within `NEAR`, the earliest is joined first; a mean
    that near to the threshold reaches it.
    """
    n = len(likeness)
    mean = np.array(likeness, dtype=float)
    np.fill_diagonal(mean, -np.inf)
    sizes, group = np.ones(n), np.arange(n)
    for _ in range(n - 1):
        most = mean.max()
        if most < alike - NEAR:
            break
        nearly = mean >= most - NEAR
        one, other = divmod(int(nearly.argmax()), n)  # the first in the upper triangle, by symmetry
        joined = sizes[one] * mean[one] + sizes[other] * mean[other]
        mean[one] = mean[:, one] = joined / (sizes[one] + sizes[other])
        mean[other] = mean[:, other] = mean[one, one] = -np.inf
        sizes[one] += sizes[other]
        group[group == other] = one
    numbers = {int(first): number for number, first in enumerate(dict.fromkeys(group.tolist()))}
    return np.array([numbers[first] for first in group.tolist()], dtype=np.int64)
