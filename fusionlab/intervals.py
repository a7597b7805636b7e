"""How far a share that was counted, or a rate that was measured, may lie from the true one.

That of a share is Wilson's, which holds near 0 and 1 as well: E. B. Wilson, "Probable inference,
the law of succession, and statistical inference", JASA 22 (1927). That of a rate is the ratio
estimator's of survey sampling, with Student's quantile: W. G. Cochran, Sampling Techniques (1977).
"""

import math
from collections.abc import Sequence

Z95 = 1.959964
"""The normal quantile of 97.5%."""


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)."""
    p, z2n = right / total, Z95**2 / total
    middle = p + z2n / 2
    spread = Z95 * (p * (1 - p) / total + z2n / (4 * total)) ** 0.5
    low = (middle - spread) / (1 + z2n) if right else 0.0
    high = (middle + spread) / (1 + z2n) if right < total else 1.0
    return low, high


def rate(amounts: Sequence[float], sizes: Sequence[float]) -> tuple[float, float] | None:
    """The 95% interval of Σ amounts / Σ sizes over pieces that stand for many like them.

    With r that rate and eᵢ = amountᵢ − r·sizeᵢ it is r ± t·√(n/(n−1) · Σ eᵢ²) / Σ sizes. None of
    fewer than two pieces, or where an amount is no number.
    """
    from scipy.special import stdtrit  # takes a moment, which the app's start need not wait for

    n, whole = len(amounts), sum(sizes)
    if n < 2 or whole <= 0 or not all(map(math.isfinite, amounts)):
        return None
    r = sum(amounts) / whole
    spread = sum((a - r * b) ** 2 for a, b in zip(amounts, sizes, strict=True))
    reach = float(stdtrit(n - 1, 0.975)) * math.sqrt(n / (n - 1) * spread) / whole
    return r - reach, r + reach
