"""How evenly the experts of a layer are used, from counts and probabilities alone.

With f the shares of a layer's choices that fell on each of its E experts, and P the mean of the
router's probabilities, all experts being used alike gives

    entropy −Σ f log f = log E     CV σ(f)/μ(f) = 0     peak max f/μ(f) = 1     balance E Σ f P = 1

and one expert for all gives 0, √(E − 1), E and E·P. The balance is the auxiliary loss of the Switch
Transformer (https://arxiv.org/abs/2101.03961) without its coefficient; the square of the CV is what
Shazeer et al. (https://arxiv.org/abs/1701.06538) make small.
"""

import math
from collections.abc import Sequence


def shares(counts: Sequence[int]) -> list[float]:
    """Of each expert, its part of all choices, from 0 to 1; all 0 where there is none."""
    total = sum(counts)
    return [count / total if total else 0.0 for count in counts]


def entropy(counts: Sequence[int]) -> float:
    """−Σ f log f in nats: log E where all are used alike, 0 where one does everything."""
    return -sum(share * math.log(share) for share in shares(counts) if share) or 0.0


def evenness(counts: Sequence[int]) -> float:
    """The entropy as a share of log E, the most that it can be; 1 of a single expert."""
    return entropy(counts) / math.log(len(counts)) if len(counts) > 1 else 1.0


def variation(counts: Sequence[int]) -> float:
    """The coefficient of variation σ/μ, with the population's σ; 0 where nothing was counted."""
    mean = sum(counts) / len(counts)
    if not mean:
        return 0.0
    return math.sqrt(sum((count - mean) ** 2 for count in counts) / len(counts)) / mean


def peak(counts: Sequence[int]) -> float:
    """How many times its even share the busiest expert got; 0 where nothing was counted."""
    return max(shares(counts)) * len(counts)


def balance(counts: Sequence[int], probs: Sequence[float]) -> float:
    """E Σ f·P, with the router's mean probability of each expert; 1 where either is even."""
    return len(counts) * sum(f * p for f, p in zip(shares(counts), probs, strict=True))


def drops(counts: Sequence[int], capacity: int) -> int:
    """How many choices are beyond what each expert takes, and so are computed by nobody."""
    return sum(max(0, count - capacity) for count in counts)


def silent(counts: Sequence[int]) -> list[int]:
    """The experts that no token was given to."""
    return [expert for expert, count in enumerate(counts) if not count]


def together(chosen: Sequence[Sequence[int]], n_experts: int) -> list[list[int]]:
    """Of how many tokens each pair of experts of a layer was chosen; each alone on the diagonal.

    `chosen` holds the experts of every token.
    """
    found = [[0] * n_experts for _ in range(n_experts)]
    for experts in chosen:
        for one in experts:
            for other in experts:
                found[one][other] += 1
    return found


def flow(
    chosen: Sequence[Sequence[int]], after: Sequence[Sequence[int]], n_experts: int, n_after: int
) -> list[list[int]]:
    """How many tokens were given to an expert (row) and in the next layer to another (column)."""
    found = [[0] * n_after for _ in range(n_experts)]
    for experts, others in zip(chosen, after, strict=True):
        for one in experts:
            for other in others:
                found[one][other] += 1
    return found
