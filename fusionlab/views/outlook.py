"""An election seen from all sides: who else might have won, and how much hangs on whom.

Each side of it is there if the run tells it; a run file written before it was told lacks it.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from fusionlab.events import CandidateGiven, Voted
from fusionlab.text.answers import Kind
from fusionlab.text.consensus import elect
from fusionlab.text.election import plain
from fusionlab.text.ties import NEAR

RULES = ("mbr", "majority", "borda", "condorcet", "ranked_pairs", "clusters")
"""Those that have a name in words, in the order in which they are shown."""

Candidates = Mapping[int, CandidateGiven]


def rule_of(name: str) -> dict[str, Any]:
    """The rule's name, label and explanation; one that is not known here has its name alone."""
    return labelled(name, f"ballots-rule-{name.replace('_', '-')}" if name in RULES else "")


def labelled(name: str, key: str) -> dict[str, Any]:
    """The name with its label and explanation by key; without a key it is its own label."""
    if not key:
        return {"name": name, "label": name, "explanation": ""}
    return {"name": name, "label": {"key": key}, "explanation": {"key": f"{key}.about"}}


def by_rule(vote: Voted, candidates: Candidates) -> list[dict[str, Any]]:
    """Whom each rule elects, and how that one compares with the one that was elected."""
    order = [name for name in RULES if name in vote.rules]
    order += [name for name in vote.rules if name not in RULES]
    return [
        {**rule_of(name), "decided": name == vote.rule, **_standing(vote, first, candidates)}
        for name in order
        for first in vote.rules[name][:1]
        if first in candidates
    ]


def by_metric(
    vote: Voted, metrics: Sequence[dict[str, Any]], candidates: Candidates
) -> list[dict[str, Any]]:
    """Who is most like the others under each metric; of equals the first, as in an election."""
    decided = vote.metric if vote.rule == "mbr" else None
    return [
        {**metric, "decided": metric["name"] == decided, **_standing(vote, first, candidates)}
        for metric in metrics
        if (scores := vote.scores[metric["name"]])
        if (first := elect(scores)) in candidates
    ]


def influence(vote: Voted, candidates: Candidates) -> dict[str, Any] | None:
    """Whose ballot decides: who else would win without it; None where that was not asked."""
    if len(vote.without) < 2 or vote.winner not in candidates:
        return None
    changes: dict[int, list[int]] = {}
    for ballot, winner in enumerate(vote.without):
        if winner != vote.winner and winner in candidates and ballot in candidates:
            changes.setdefault(winner, []).append(ballot)
    return {
        "ballots": len(vote.without),
        "changes": [
            {"without": ballots, **_standing(vote, winner, candidates)}
            for winner, ballots in changes.items()
        ],
    }


def groups(vote: Voted, candidates: Candidates) -> list[dict[str, Any]]:
    """Groups of like answers, the largest first, with what their ballots weigh together."""
    members: dict[int, list[int]] = {}
    for index, group in enumerate(vote.clusters):
        if index in candidates:
            members.setdefault(group, []).append(index)
    found = [_weighed(vote, {"candidates": each}) for each in members.values()]
    return sorted(found, key=lambda group: -len(group["candidates"]))


def tally(vote: Voted, kind: Kind, candidates: Candidates) -> list[dict[str, Any]]:
    """How many texts come to each answer, the heaviest first and texts without one last."""
    found: dict[Hashable, tuple[str, list[int]]] = {}
    for index, answer in enumerate(vote.answers):
        if index in candidates:
            key = plain(answer, kind) if answer else None
            found.setdefault(key, (answer, []))[1].append(index)
    rows = [
        _weighed(vote, {"answer": answer, "candidates": each}) for answer, each in found.values()
    ]
    return sorted(rows, key=lambda row: (not row["answer"], -row["share"]))


def tie(
    vote: Voted, counts: Sequence[Mapping[str, Any]], candidates: Candidates
) -> dict[str, Any] | None:
    """Who shares the first place, and where answers are counted, what each one's ballots weigh.

    Run files once did not tell who shares it; then it is who the counts say.
    """
    weights = {row["candidates"][0]: row["weight"] for row in counts}
    majority = vote.rule == "majority"
    told = vote.tied or (_level(vote, counts) if majority else ())
    sharing = [index for index in told if index in candidates]
    if len(sharing) < 2:
        return None
    counted = majority and all(index in weights for index in sharing)
    return {
        "candidates": sharing,
        "votes": [weights[index] for index in sharing] if counted else [],
    }


def _level(vote: Voted, counts: Sequence[Mapping[str, Any]]) -> list[int]:
    """The first candidate of each answer that has as many votes as the elected one's."""
    given = [row for row in counts if row["answer"]]
    own = next((row for row in given if vote.winner in row["candidates"]), None)
    if own is None:
        return []
    level = [row for row in given if abs(row["weight"] - own["weight"]) <= NEAR]
    return [own["candidates"][0], *(row["candidates"][0] for row in level if row is not own)]


def ballot_weights(vote: Voted) -> tuple[float, ...]:
    """What each ballot weighs; nothing where all weigh the same."""
    return vote.votes if len(set(vote.votes)) > 1 else ()


def _standing(vote: Voted, index: int, candidates: Candidates) -> dict[str, Any]:
    """The candidate, and what it has in common with the elected one: itself, text or answer."""
    elected = candidates.get(vote.winner)
    agrees = ""
    if index == vote.winner:
        agrees = "candidate"
    elif elected and elected.text == candidates[index].text:
        agrees = "text"
    elif _same_answer(vote, index):
        agrees = "answer"
    return {"index": index, "agrees": agrees}


def _same_answer(vote: Voted, index: int) -> bool:
    both = range(len(vote.answers))
    if index not in both or vote.winner not in both:
        return False
    return bool(vote.answers[index]) and vote.answers[index] == vote.answers[vote.winner]


def _weighed(vote: Voted, row: dict[str, Any]) -> dict[str, Any]:
    """The row with the weight of its ballots, and their share of all."""
    n = max(len(vote.clusters), len(vote.answers))
    weights = vote.votes if len(vote.votes) == n else (1.0,) * n
    weight, total = math.fsum(weights[index] for index in row["candidates"]), math.fsum(weights)
    return {**row, "weight": weight, "share": weight / (total or 1.0)}
