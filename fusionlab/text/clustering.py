"""Groups texts that mean the same: average linkage over their likenesses, cut at a threshold.

The two groups with the highest mean likeness over all pairs are joined, again and again, while that
mean reaches the threshold (UPGMA). The threshold depends on the metric: unrelated English sentences
share half their characters in order, but few of their words.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

from fusionlab.text.ties import NEAR

ALIKE: Mapping[str, float] = MappingProxyType({"rouge_l": 0.5, "char_lcs": 0.7, "cosine": 0.75})
"""Mean likeness from which two groups are joined, by metric."""


def alike_at(weights: Mapping[str, float]) -> float:
    """The threshold for a mixture of metrics: the weighted mean of their thresholds."""
    return sum(ALIKE[name] * weight for name, weight in weights.items()) / sum(weights.values())


def clusters(likeness: Float[np.ndarray, "text text"], alike: float) -> Int[np.ndarray, " text"]:
    """The number of each text's group, from 0, in the order of their first texts.

    Among equally alike pairs of groups (within `NEAR`) the earliest is joined first; a mean within
    `NEAR` of the threshold reaches it.
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
