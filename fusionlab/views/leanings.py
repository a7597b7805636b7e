"""What each expert likes, which experts work together, and from which to which tokens go on.

An expert likes a token, or a kind of token, if it gets more of them than of all tokens, by more
than chance explains. With N tokens, n of them this expert's, m of them like this and k both, chance
would give P(X ≥ k) for X hypergeometric in N, n, m (Fisher's exact test), and p is multiplied by
the number of pairs of an expert and a token looked at in its layer (Bonferroni). So three tokens
are no liking, however alike they are. Lift is k/m over n/N; the interval of k/m is Wilson's.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from fusionlab.events import ExpertsRouted
from fusionlab.experts import load
from fusionlab.intervals import wilson

DIGITS = 4
SURE = 0.05
REPEATED = 3
"""Times that a token has to occur before it is looked at."""
MOST_TOKENS = 40
"""Different tokens that are looked at, the most frequent ones."""
SHOWN = 4
"""Tokens and kinds that an expert likes, as far as they are told."""
READ = 6
"""Tokens that an expert reads most often, as far as they are told."""
PARTS = 8
"""Parts of the text, of equal length, in which an expert's share is told."""
BUSIEST = 16
"""Experts of a layer in a picture of pairs."""

Like = tuple[str, str]
"""What tokens have in common: `token` and the text, or `kind` and its name."""


def leanings(facts: Sequence[ExpertsRouted]) -> list[dict[str, Any]]:
    """Of each layer, what its experts like, and which tokens they share; of one text."""
    if len({len(fact.layers) for fact in facts}) != 1:
        return []
    groups = _groups(facts)
    chosen = [[fact.layers[at].experts for fact in facts] for at in range(len(facts[0].layers))]
    sizes = [layer.n_experts for layer in facts[0].layers]
    numbers = [layer.layer for layer in facts[0].layers]
    return [
        {
            "layer": numbers[at],
            "tokens": len(facts),
            "experts": _experts(given, sizes[at], [fact.token for fact in facts], groups),
            "pairs": _pairs(given, sizes[at]),
            "next": _next(given, chosen[at + 1], sizes[at], sizes[at + 1], numbers[at + 1])
            if at + 1 < len(chosen)
            else None,
        }
        for at, given in enumerate(chosen)
    ]


def kind_of(token: str) -> str:
    """Of which kind a token is, by what it looks like."""
    bare = token.strip()
    if not bare:
        return "space"
    if len(bare) > 2 and bare.startswith("<") and bare.endswith(">"):
        return "mark"
    if any(each.isdigit() for each in bare):
        return "number"
    if not any(each.isalpha() for each in bare):
        return "punctuation"
    if any("\u2e80" <= each <= "\uffef" for each in bare):
        return "character"
    return "word" if token[0].isspace() else "part"


def chance(k: int, m: int, n: int, of: int) -> float:
    """P(X ≥ k): of n tokens drawn among `of`, that k or more are among the m that are alike."""
    total = _choose(of, n)
    return min(
        1.0,
        sum(
            math.exp(_choose(m, x) + _choose(of - m, n - x) - total)
            for x in range(max(k, n + m - of), min(m, n) + 1)
        ),
    )


def _choose(n: int, k: int) -> float:
    """The logarithm of the binomial coefficient."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _groups(facts: Sequence[ExpertsRouted]) -> dict[Like, list[int]]:
    """The places of tokens that are alike, where they are enough to look at."""
    found: dict[Like, list[int]] = {}
    frequent = Counter(fact.token for fact in facts).most_common(MOST_TOKENS)
    known = {token for token, n in frequent if n >= REPEATED}
    for place, fact in enumerate(facts):
        if fact.token in known:
            found.setdefault(("token", fact.token), []).append(place)
        found.setdefault(("kind", kind_of(fact.token)), []).append(place)
    # What is all tokens, or the same tokens by another name, tells nothing.
    kept = {like: places for like, places in found.items() if REPEATED <= len(places) < len(facts)}
    tokens = {tuple(places) for (what, _), places in kept.items() if what == "token"}
    return {
        like: places
        for like, places in kept.items()
        if like[0] == "token" or tuple(places) not in tokens
    }


def _experts(
    given: Sequence[Sequence[int]],
    n_experts: int,
    tokens: Sequence[str],
    groups: Mapping[Like, Sequence[int]],
) -> list[dict[str, Any]]:
    mine: list[set[int]] = [set() for _ in range(n_experts)]
    for place, experts in enumerate(given):
        for expert in experts:
            mine[expert].add(place)
    tried = n_experts * len(groups)
    return [
        {
            "expert": expert,
            "n": len(places),
            "base": round(len(places) / len(given), DIGITS),
            "reads": [
                {"token": token, "n": n}
                for token, n in Counter(tokens[at] for at in sorted(places)).most_common(READ)
            ],
            "likes": _likes(places, len(given), groups, tried),
            "parts": _parts(places, len(given)),
        }
        for expert, places in enumerate(mine)
    ]


def _likes(
    mine: set[int], of: int, groups: Mapping[Like, Sequence[int]], tried: int
) -> list[dict[str, Any]]:
    """What the expert of these places gets more of than chance explains, the surest first."""
    found = []
    for (what, name), places in groups.items():
        k, m, base = len(mine.intersection(places)), len(places), len(mine) / of
        if not k or k / m <= base:
            continue
        p = chance(k, m, len(mine), of) * tried
        if p >= SURE:
            continue
        low, high = wilson(k, m)
        like = {
            "what": what,
            "name": name,
            "k": k,
            "n": m,
            "share": round(k / m, DIGITS),
            "low": round(low, DIGITS),
            "high": round(high, DIGITS),
            "lift": round(k / m / base, DIGITS),
        }
        found.append((p, -k, like))
    return [like for _, _, like in sorted(found, key=lambda each: each[:2])[:SHOWN]]


def _parts(mine: set[int], of: int) -> list[float]:
    """The share of the tokens that the expert gets, in each part of the text."""
    ends = [round(of * part / PARTS) for part in range(PARTS + 1)]
    return [
        round(sum(place in mine for place in range(start, end)) / (end - start), DIGITS)
        for start, end in pairwise(ends)
        if end > start
    ]


def _pairs(given: Sequence[Sequence[int]], n_experts: int) -> dict[str, Any] | None:
    """Which experts of a layer are chosen for the same tokens; None where one is chosen."""
    if all(len(experts) < 2 for experts in given):
        return None
    counts = load.together(given, n_experts)
    alone = [counts[expert][expert] for expert in range(n_experts)]
    for expert in range(n_experts):
        counts[expert][expert] = 0
    return _table(counts, alone, alone, len(given))


def _next(
    given: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    n_experts: int,
    n_after: int,
    layer: int,
) -> dict[str, Any]:
    """Which expert of the next layer gets the tokens of each of this one."""
    counts = load.flow(given, after, n_experts, n_after)
    alone = [
        [sum(expert in experts for experts in all_given) for expert in range(size)]
        for all_given, size in ((given, n_experts), (after, n_after))
    ]
    return {"layer": layer, **_table(counts, alone[0], alone[1], len(given))}


def _table(
    counts: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int], of: int
) -> dict[str, Any]:
    """Counts and lift over independence, n·N/(row·column), of the busiest experts."""
    kept, across = _busiest(rows), _busiest(columns)
    return {
        "rows": kept,
        "columns": across,
        "cut": len(kept) < sum(map(bool, rows)) or len(across) < sum(map(bool, columns)),
        "counts": [[counts[row][column] for column in across] for row in kept],
        "lift": [
            [
                round(counts[row][column] * of / (rows[row] * columns[column]), DIGITS)
                for column in across
            ]
            for row in kept
        ],
    }


def _busiest(counts: Sequence[int]) -> list[int]:
    """The experts that got most, by number; silent ones are left out."""
    order = sorted(range(len(counts)), key=lambda expert: -counts[expert])[:BUSIEST]
    return sorted(expert for expert in order if counts[expert])
