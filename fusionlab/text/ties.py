"""What counts as equal where an election is decided: one comparison, the same everywhere.

Likenesses, merits and weights are sums of binary fractions, in which 0.4 comes out as
0.4000000000000001 when it is summed in another order. Values that lie closer than `NEAR` are
therefore one. They are held against one another, not rounded to decimals: however fine these are,
equal values can fall on two sides of an edge, as 1/1024 does at nine.
"""

import numpy as np
from jaxtyping import Float, Int

NEAR = 1e-9
"""Far more than sums in another order differ by, far less than texts of some hundred words do.
Weights are taken in units of the heaviest: a ballot of a billionth of it decides nothing."""


def levels(values: Float[np.ndarray, "*row value"]) -> Int[np.ndarray, "*row value"]:
    """The place of each value in its row, from 0 for the highest; equals share a place.

    What equals an equal is equal: a new place begins where the next lower value is `NEAR` away.
    """
    order = np.argsort(-values, axis=-1, kind="stable")
    falling = np.take_along_axis(values, order, axis=-1)
    placed = np.zeros(values.shape, dtype=np.int64)
    np.cumsum(falling[..., :-1] - falling[..., 1:] > NEAR, axis=-1, out=placed[..., 1:])
    found = np.empty_like(placed)
    np.put_along_axis(found, order, placed, axis=-1)
    return found
