"""The rules by which likenesses become a winner, each over many panels of candidates at once.

Every candidate is also a voter: its ballot ranks all others by how like they are to itself, equals
sharing their place, and weighs what its author weighs. Nobody is on a ballot of its own.

- mbr: mean likeness to the others, Σ_{j≠i} wⱼ sᵢⱼ / Σ_{j≠i} wⱼ; where own ballots count, to all,
  Σⱼ wⱼ sᵢⱼ / Σⱼ wⱼ: see `fusionlab.text.consensus`.
- majority: weight of all whose text comes to the same answer, one's own ballot among them; the
  heaviest wins, over half or not. Without an answer there is no vote.
- borda: mean points over the others' ballots, a point for each candidate ranked below, half a point
  for each that shares the place.
- condorcet: candidates beaten head to head less those lost to (Copeland). Who beats all others, the
  Condorcet winner, is always first.
- ranked_pairs: head-to-head wins are locked in, largest margin first, unless they close a circle:
  Tideman 1987, https://doi.org/10.1007/BF00433944.
- clusters: the group of one meaning with the largest weight, and within it the best by mbr.

Of equals the first candidate wins, under every rule: also where no ballot weighs anything, and all
that can be elected are equal. What equal means is said in `fusionlab.text.ties`, once for all.
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
"""Rows of a product that numpy computes in one thread; for more it starts some that cost more than
they save here, and on a busy machine wait for one another many times as long as they work."""
NO_ANSWER = -1
MOST_IN_A_CIRCLE = 32
"""Candidates of a circle up to which is asked whether ranked pairs could elect others as well."""

Table = Float[np.ndarray, "text text"]
Places = Int[np.ndarray, "panel text"]
"""The smaller the better; equals share a place, and who does not stand comes after all."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What the rules go by."""

    likeness: Table
    """By the metric that decides."""
    answers: Int[np.ndarray, " text"]
    """Texts with one number come to the same answer; `NO_ANSWER` is none."""
    clusters: Int[np.ndarray, " text"]
    """Texts with one number mean the same; numbered from 0 without a gap."""
    own_ballot: bool = False
    """Whether the mean likeness of a text hears its own ballot too."""


@dataclass(frozen=True, slots=True)
class Panels:
    """Who stands in each panel, and what each ballot weighs there: 1 at most, in its panel."""

    stands: Bool[np.ndarray, "panel text"]
    weights: Float[np.ndarray, "panel text"]

    def __post_init__(self) -> None:
        weights = np.where(self.stands, self.weights, 0.0)
        heaviest = weights.max(axis=1, keepdims=True, initial=0)
        object.__setattr__(self, "weights", weights / np.where(heaviest > 0, heaviest, 1.0))


def rank(poll: Poll, rule: Rule, weights: Sequence[float]) -> tuple[int, ...]:
    """All candidates under this rule, best first; of equals the first."""
    return tuple(np.argsort(places(poll, rule, weights), kind="stable").tolist())


def places(poll: Poll, rule: Rule, weights: Sequence[float]) -> list[int]:
    """The place of each candidate under this rule, the smaller the better; equals share one."""
    found: list[int] = _places(poll, rule, everybody(weights))[0].tolist()
    return found


def first(
    poll: Poll, rule: Rule, weights: Sequence[float], place: Sequence[int]
) -> tuple[int, ...]:
    """Who is elected by these places, and then all others that are as good and only come later.

    Under clusters these are the best of every group that is as heavy as the heaviest; under ranked
    pairs, who would win if of equal margins its own were locked first.
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
    """Whether mbr decides: by itself, or in the place of a majority of no answers at all."""
    return rule == "mbr" or (rule == "majority" and bool((poll.answers == NO_ANSWER).all()))


def winners(poll: Poll, rule: Rule, panels: Panels) -> list[int]:
    """Whom each panel elects."""
    if rule == "ranked_pairs":
        return _by_ranked_pairs(poll, panels)
    return [int(place) for place in _places(poll, rule, panels).argmin(1)]


def condorcet_winner(poll: Poll, weights: Sequence[float]) -> int | None:
    """Who beats every other head to head, if anybody does."""
    panels = everybody(weights)
    (found,) = _condorcet_winners(_margins(poll.likeness, panels), panels)
    return found


def everybody(weights: Sequence[float]) -> Panels:
    """One panel of all."""
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
    """The places by the first merit; where equals share one, by the next."""
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
    """Half the margins' sum is the points above the middle, which all ballots give alike."""
    return _mean(_margins(poll.likeness, panels).sum(2) / 2, panels)


def _by_clusters(poll: Poll, panels: Panels) -> list[Float[np.ndarray, "panel text"]]:
    """The weight of each one's group, how early the group's first stands, and the mean likeness."""
    member = poll.clusters[:, None] == np.arange(poll.clusters.max(initial=0) + 1)
    weight = _product(panels.weights, member.astype(float))
    earliest = -(panels.stands[:, :, None] & member).argmax(1).astype(float)
    return [weight[:, poll.clusters], earliest[:, poll.clusters], _by_mbr(poll, panels)]


def _best_of_heaviest(poll: Poll, panels: Panels) -> list[int]:
    """Of each group that is as heavy as the heaviest, its first by mean likeness."""
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
    """The total over the weight of all others' ballots; 0 where no other has one."""
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
    """By how much weight more ballots rank a before b than b before a, for every pair that stands.

    Neither a's nor b's own ballot says anything of the pair. Ballots that outweigh one another
    leave exactly 0.
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
    """In each panel who beats all others that stand."""
    beaten = np.where(panels.stands, (margins > 0).sum(2), -1)
    found = beaten.max(1) == panels.stands.sum(1) - 1
    return [int(one) if ok else None for one, ok in zip(beaten.argmax(1), found, strict=True)]


def _by_ranked_pairs(poll: Poll, panels: Panels) -> list[int]:
    """A Condorcet winner wins; only where there is none the pairs have to be locked in."""
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
    """How many candidates each one is above, when all pairs have been locked in.

    Of equal margins the pair with the earlier winner goes first, then that with the earlier loser;
    where the margin is 0 the earlier candidate counts as the winner.
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
            continue  # it would close a circle, or follows from what is locked
        gained, gainers = under[low], over[high]
        for i in range(n):
            if gainers >> i & 1:
                under[i] |= gained
            if gained >> i & 1:
                over[i] |= gainers
    return [each.bit_count() - 1 for each in under]


def _could_win(margin: Table, elected: int) -> list[int]:
    """Who ranked pairs would elect if of equal margins its own were locked first.

    Only those come into question that are in one circle of wins and ties with the elected one: the
    Smith set. Of more than `MOST_IN_A_CIRCLE` of them nobody is asked, unless all pairs are ties.
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
