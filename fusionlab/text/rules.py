"""Voting rules that turn likenesses into a winner, each for many panels of candidates at once.

Every candidate is also a voter: its ballot ranks all others by their likeness to itself, equals
share a place, and the ballot has its author's weight. Nobody is on its own ballot.

- mbr: mean likeness to the others, Σ_{j≠i} wⱼ sᵢⱼ / Σ_{j≠i} wⱼ; where own ballots count, to all,
  Σⱼ wⱼ sᵢⱼ / Σⱼ wⱼ: see `fusionlab.text.consensus`.
- majority: the total weight of all texts with the same answer, one's own included; the heaviest
  answer wins, with or without an absolute majority. A text without an answer has no vote.
- borda: mean points over the others' ballots, one for each candidate ranked below, half a point for
  each that shares the place.
- condorcet: head-to-head wins minus losses (Copeland). A Condorcet winner, who beats all others, is
  always first.
- ranked_pairs: head-to-head wins are locked in, largest margin first, unless they close a cycle:
  Tideman 1987, https://doi.org/10.1007/BF00433944.
- clusters: the heaviest group of one meaning, and within it the best by mbr.

Under every rule the first of several equal candidates wins, also where all are equal because no
ballot has any weight. `fusionlab.text.ties` defines when two values are equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from fusionlab.text.ties import NEAR, levels

Rule = Literal["mbr", "majority", "borda", "condorcet", "ranked_pairs", "clusters"]
RULES: tuple[Rule, ...] = get_args(Rule)
VOTERS_AT_ONCE = 8
ROWS_AT_ONCE = 4
"""Rows of a product that numpy computes in one thread. For more it starts threads that cost more
than they save here, and on a busy machine mostly wait for one another."""
NO_ANSWER = -1
MOST_IN_A_CIRCLE = 32
"""Largest cycle whose candidates are all checked for whether ranked pairs could elect them."""

Table = Float[np.ndarray, "text text"]
Places = Int[np.ndarray, "panel text"]
"""The smaller the better; equals share a place, and whoever does not stand comes last."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What the rules decide from."""

    likeness: Table
    """Under the deciding metric."""
    answers: Int[np.ndarray, " text"]
    """Texts with the same number have the same answer; `NO_ANSWER` stands for none."""
    clusters: Int[np.ndarray, " text"]
    """Texts with the same number have the same meaning; numbered from 0 without gaps."""
    own_ballot: bool = False
    """Whether a text's mean likeness includes its own ballot."""


@dataclass(frozen=True, slots=True)
class Panels:
    """Who stands in each panel, and the weights of its ballots, of which the heaviest is 1."""

    stands: Bool[np.ndarray, "panel text"]
    weights: Float[np.ndarray, "panel text"]

    def __post_init__(self) -> None:
        weights = np.where(self.stands, self.weights, 0.0)
        heaviest = weights.max(axis=1, keepdims=True, initial=0)
        object.__setattr__(self, "weights", weights / np.where(heaviest > 0, heaviest, 1.0))


def rank(poll: Poll, rule: Rule, weights: Sequence[float]) -> tuple[int, ...]:
    """All candidates under this rule, best first; equals in their order."""
    return tuple(np.argsort(places(poll, rule, weights), kind="stable").tolist())


def places(poll: Poll, rule: Rule, weights: Sequence[float]) -> list[int]:
    """The place of each candidate under this rule, the smaller the better; equals share one."""
    found: list[int] = _places(poll, rule, everybody(weights))[0].tolist()
    return found


def first(
    poll: Poll, rule: Rule, weights: Sequence[float], place: Sequence[int]
) -> tuple[int, ...]:
    """Who is elected by these places, followed by all others that tie with it.

    Under clusters these are the best of every group that is as heavy as the heaviest; under ranked
    pairs, whoever would win if its own pairs were locked first among equal margins.
    """
    elected = int(np.argmin(place))
    if rule == "ranked_pairs":
        equals = _could_win(_margins(poll.likeness, everybody(weights))[0], elected)
    elif rule == "clusters":
        equals = _best_of_heaviest(poll, everybody(weights))
    else:
        equals = np.flatnonzero(np.array(place) == place[elected]).tolist()
    return elected, *(one for one in equals if one != elected)


def by_mbr(poll: Poll, rule: Rule) -> bool:
    """Whether mbr decides: as the rule, or in place of a majority where nobody gave an answer."""
    return rule == "mbr" or (rule == "majority" and bool((poll.answers == NO_ANSWER).all()))


def winners(poll: Poll, rule: Rule, panels: Panels) -> list[int]:
    """The winner of each panel."""
    if rule == "ranked_pairs":
        return _by_ranked_pairs(poll, panels)
    return [int(place) for place in _places(poll, rule, panels).argmin(1)]


def condorcet_winner(poll: Poll, weights: Sequence[float]) -> int | None:
    """The candidate that beats every other head to head, if there is one."""
    panels = everybody(weights)
    (found,) = _condorcet_winners(_margins(poll.likeness, panels), panels)
    return found


def everybody(weights: Sequence[float]) -> Panels:
    """A single panel of all candidates."""
    return Panels(np.ones((1, len(weights)), dtype=bool), np.array([weights], dtype=float))


def _places(poll: Poll, rule: Rule, panels: Panels) -> Places:
    """The place of each candidate in each panel."""
    if by_mbr(poll, rule):
        merits = [_by_mbr(poll, panels)]
    elif rule == "majority":
        merits = [_by_majority(poll, panels)]
    elif rule == "borda":
        merits = [_by_borda(poll, panels)]
    elif rule == "condorcet":
        merits = [np.sign(_margins(poll.likeness, panels)).sum(2)]
    elif rule == "ranked_pairs":
        locked = [_locked(margin) for margin in _margins(poll.likeness, panels)]
        merits = [np.array(locked, dtype=float)]
    else:
        merits = _by_clusters(poll, panels)
    return _one_after_the_other(merits, panels)


def _one_after_the_other(
    merits: Sequence[Float[np.ndarray, "panel text"]], panels: Panels
) -> Places:
    """The places by the first merit, with ties broken by the next."""
    n = panels.stands.shape[1]
    order = np.where(panels.stands, 0, n)
    for merit in merits:
        least = merit.min(axis=1, keepdims=True, initial=0) - 1
        order = order * n + levels(np.where(panels.stands, merit, least))
    return order


def _by_mbr(poll: Poll, panels: Panels) -> Float[np.ndarray, "panel text"]:
    if poll.own_ballot:
        everybody = panels.weights.sum(1, keepdims=True)
        total = _product(panels.weights, poll.likeness)
        return total / np.where(everybody > 0, everybody, 1.0)
    others = poll.likeness * ~np.eye(len(poll.likeness), dtype=bool)
    return _mean(_product(panels.weights, others), panels)


def _by_majority(poll: Poll, panels: Panels) -> Float[np.ndarray, "panel text"]:
    given = poll.answers != NO_ANSWER
    equal = (poll.answers[:, None] == poll.answers) & given
    return np.where(given, _product(panels.weights, equal.astype(float)), -1.0)


def _by_borda(poll: Poll, panels: Panels) -> Float[np.ndarray, "panel text"]:
    """Half the sum of margins: the points above the average, which is the same on each ballot."""
    return _mean(_margins(poll.likeness, panels).sum(2) / 2, panels)


def _by_clusters(poll: Poll, panels: Panels) -> list[Float[np.ndarray, "panel text"]]:
    """Each candidate's weight of group, how early its group begins, and its mean likeness."""
    member = poll.clusters[:, None] == np.arange(poll.clusters.max(initial=0) + 1)
    weight = _product(panels.weights, member.astype(float))
    earliest = -(panels.stands[:, :, None] & member).argmax(1).astype(float)
    return [weight[:, poll.clusters], earliest[:, poll.clusters], _by_mbr(poll, panels)]


def _best_of_heaviest(poll: Poll, panels: Panels) -> list[int]:
    """The best, by mean likeness, of each group that is as heavy as the heaviest."""
    weight, _, likeness = (merit[0] for merit in _by_clusters(poll, panels))
    heaviest = levels(weight) == 0
    best: list[int] = []
    for group in dict.fromkeys(poll.clusters[heaviest].tolist()):
        members = np.flatnonzero(poll.clusters == group)
        best += members[levels(likeness[members]) == 0].tolist()
    return best


def _mean(
    total: Float[np.ndarray, "panel text"], panels: Panels
) -> Float[np.ndarray, "panel text"]:
    """The total divided by the weight of all others' ballots; 0 where no other ballot has any."""
    others = _product(panels.weights, 1.0 - np.eye(panels.weights.shape[1]))
    return np.where(others > 0, total / np.where(others > 0, others, 1.0), 0.0)


def _product(
    rows: Float[np.ndarray, "panel text"], table: Float[np.ndarray, "text column"]
) -> Float[np.ndarray, "panel column"]:
    """The matrix product, a few rows at a time."""
    n = len(rows)
    padded = np.pad(rows, ((0, -n % ROWS_AT_ONCE), (0, 0)))
    parts: Float[np.ndarray, "part row column"] = (
        padded.reshape(-1, ROWS_AT_ONCE, rows.shape[1]) @ table
    )
    return parts.reshape(len(padded), table.shape[1])[:n]


def _margins(likeness: Table, panels: Panels) -> Float[np.ndarray, "panel text text"]:
    """The weight of ballots that rank a before b, less those that rank b before a, for all pairs.

    The ballots of a and b themselves do not count. Ballots that balance give exactly 0.
    """
    n = len(likeness)
    total = np.zeros((len(panels.weights), n * n))
    for start in range(0, n, VOTERS_AT_ONCE):
        voters = np.arange(start, min(start + VOTERS_AT_ONCE, n))
        place = levels(likeness[voters]).astype(float)
        ballots = np.sign(place[:, None, :] - place[:, :, None])
        ballots[voters - start, voters] = ballots[voters - start, :, voters] = 0
        total += _product(panels.weights[:, voters], ballots.reshape(len(voters), n * n))
    margins = np.where(np.abs(total) > NEAR, total, 0.0).reshape(-1, n, n)
    both: Float[np.ndarray, "panel text text"] = margins * (
        panels.stands[:, :, None] & panels.stands[:, None, :]
    )
    return both


def _condorcet_winners(
    margins: Float[np.ndarray, "panel text text"], panels: Panels
) -> list[int | None]:
    """In each panel, the candidate that beats all others that stand, if there is one."""
    beaten = np.where(panels.stands, (margins > 0).sum(2), -1)
    found = beaten.max(1) == panels.stands.sum(1) - 1
    return [int(one) if ok else None for one, ok in zip(beaten.argmax(1), found, strict=True)]


def _by_ranked_pairs(poll: Poll, panels: Panels) -> list[int]:
    """A Condorcet winner wins; pairs are locked in only where there is none."""
    margins = _margins(poll.likeness, panels)
    found = _condorcet_winners(margins, panels)
    result = []
    for panel, winner in enumerate(found):
        if winner is None:
            among = np.flatnonzero(panels.stands[panel])
            levels = _locked(margins[panel][among][:, among])
            result.append(int(among[int(np.argmax(levels))]))
        else:
            result.append(winner)
    return result


def _locked(margin: Table) -> list[int]:
    """How many candidates each one is above once all pairs are locked in.

    Among equal margins the pair with the earlier winner goes first, then the one with the earlier
    loser; where the margin is 0, the earlier candidate counts as the winner.
    """
    n = len(margin)
    one, other = np.triu_indices(n, 1)
    between = margin[one, other]
    above, below = np.where(between >= 0, one, other), np.where(between >= 0, other, one)
    order = np.lexsort((below, above, levels(np.abs(between))))
    under = [1 << i for i in range(n)]
    over = [1 << i for i in range(n)]
    for high, low in zip(above[order].tolist(), below[order].tolist(), strict=True):
        if under[low] >> high & 1 or under[high] >> low & 1:
            continue  # it would close a cycle, or follows from what is locked
        gained, gainers = under[low], over[high]
        for i in range(n):
            if gainers >> i & 1:
                under[i] |= gained
            if gained >> i & 1:
                over[i] |= gainers
    return [each.bit_count() - 1 for each in under]


def _could_win(margin: Table, elected: int) -> list[int]:
    """All that ranked pairs would elect if their own pairs were locked first among equal margins.

    Only candidates in a cycle of wins and ties with the elected one can be: the Smith set. If it is
    larger than `MOST_IN_A_CIRCLE`, only the elected one is given, unless all pairs are ties.
    """
    inside = np.arange(len(margin)) == elected
    while (grown := inside | (margin[:, inside] >= 0).any(1)).sum() > inside.sum():
        inside = grown
    among: list[int] = np.flatnonzero(inside).tolist()
    inner = margin[among][:, among]
    if not inner.any():
        return among
    if len(among) > MOST_IN_A_CIRCLE:
        return [elected]
    found = []
    for k, one in enumerate(among):
        order = [k, *(i for i in range(len(among)) if i != k)]
        if _locked(inner[order][:, order])[0] == len(among) - 1:
            found.append(one)
    return found
