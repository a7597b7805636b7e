"""What counts as equal where an election is decided: one comparison, the same everywhere.

Likenesses, merits and weights are sums of binary fractions, in which 0.4 comes out as
0.4000000000000001 when it is summed in another order. Values that lie closer than `NEAR` are
therefore one. They are held against one another, not rounded to decimals: however fine these are,
equal values can fall on two sides of an edge, as 1/1024 does at nine.
"""

import math

import numpy as np
from jaxtyping import Float, Int

NEAR = 1e-9
"""Far more than sums in another order differ by, far less than texts of some hundred words do.
Weights are taken in units of the heaviest: a ballot of a billionth of it decides nothing."""


def levels(values: Float[np.ndarray, "*row value"]) -> Int[np.ndarray, "*row value"]:
    """The place of each value in its row, from 0 for the highest; equals share a place.

    What equals an equal is equal: a new place begins where the next lower value is `NEAR` away.
    """
    flat = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
    rows, order = np.arange(len(flat))[:, None], (-flat).argsort(axis=1)
    falling = flat[rows, order]
    placed = np.zeros(flat.shape, dtype=np.int64)
    (falling[:, :-1] - falling[:, 1:] > NEAR).cumsum(axis=1, out=placed[:, 1:])
    found = np.empty_like(placed)
    found[rows, order] = placed
    return found.reshape(values.shape)
