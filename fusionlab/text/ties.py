"""When two values count as equal in an election: one comparison for all rules.

Likenesses, merits and weights are floating-point sums, in which 0.4 may come out as
0.4000000000000001 in another order. So values closer than `NEAR` are equal. They are compared with
one another and not rounded: at any number of decimals, equal values can round differently, as
1/1024 does at nine.
"""

import math

import numpy as np
from jaxtyping import Float, Int

NEAR = 1e-9
"""Far larger than rounding errors, far smaller than the differences between texts of some hundred
words. Weights are relative to the heaviest: a ballot of a billionth of it decides nothing."""


def levels(values: Float[np.ndarray, "*row value"]) -> Int[np.ndarray, "*row value"]:
    """The place of each value in its row, from 0 for the highest; equals share a place.

    Equality is transitive: a new place begins where the next lower value is `NEAR` away.
    """
    flat = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
    rows, order = np.arange(len(flat))[:, None], (-flat).argsort(axis=1)
    falling = flat[rows, order]
    placed = np.zeros(flat.shape, dtype=np.int64)
    (falling[:, :-1] - falling[:, 1:] > NEAR).cumsum(axis=1, out=placed[:, 1:])
    found = np.empty_like(placed)
    found[rows, order] = placed
    return found.reshape(values.shape)
