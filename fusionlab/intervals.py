"""How far a share that was counted may lie from the true one.

The interval is Wilson's, which holds near 0 and 1 as well: E. B. Wilson, "Probable inference, the
law of succession, and statistical inference", JASA 22 (1927).
"""

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
