"""Each fusion against the best single member, and against its baseline at equal tokens.

Two contenders are compared on the items on which both ran. Where more than a fifth of the items are
lost by that there is no verdict. Otherwise help or harm is only claimed where it would also be had
every failed run gone against the claim.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from fusionlab.bench.forms import Line
from fusionlab.bench.rows import Against, Comparison, Row, Share, able_singles
from fusionlab.bench.scoring import ROUGE
from fusionlab.bench.statistics import Scores, difference, mean_interval
from fusionlab.bench.tally import enough_ran, mean_score, ran, scores_of
from fusionlab.bench.verdict import (
    SURE,
    Compared,
    corrected,
    outcome,
)
from fusionlab.intervals import wilson

Answers = Mapping[str, Line]
"""One contender's, by item."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A fusion and a rival, and what the items say of the two.

    Failed where too many runs did, None where neither has answered.
    """

    contender: Row
    rival: Row | None
    said: Compared | Literal["failed"] | None


def comparisons(
    rows: Sequence[Row], answers: Mapping[str, Answers], best: str | None, *, graded: bool
) -> list[Comparison]:
    """Every fusion that has answered, with its figures."""
    by_key = {row.key: row for row in rows}
    among = len(able_singles(rows))
    fusions = [row for row in rows if row.role == "fusion" and row.done]
    alone, equal = [], []
    for row in fusions:
        follower = next((each for each in rows if each.baseline_of == row.key), None)
        alone.append(_pair(row, by_key.get(best or ""), answers, graded=graded))
        equal.append(
            _pair(row, follower, answers, graded=graded) if follower else _Pair(row, None, None)
        )
    result = []
    for first, second in zip(_corrected(alone, among), _corrected(equal, 1), strict=True):
        if first.said is not None or first.rival is None:
            result.append(_drawn(first, answers, "best_single", graded=graded))
        if second.said is not None:
            result.append(_drawn(second, answers, "equal_tokens", graded=graded))
    return result


def share(lines: Sequence[Line], *, graded: bool) -> Share:
    """How many runs there are, how many were right, their share and its interval.

    Of scores there is only their mean, and its interval where there are enough. Runs that failed
    are left out.
    """
    lines = ran(lines)
    right = None if graded else sum(bool(line.right) for line in lines)
    if not lines:
        return Share(right=right)
    score = mean_score(lines)
    if right is not None:
        return Share(len(lines), right, score, wilson(right, len(lines)))
    rouge = {name: math.fsum(line.rouge[name] for line in lines) / len(lines) for name in ROUGE}
    return Share(len(lines), None, score, mean_interval(_scores(lines)), rouge)


def _pair(a: Row, b: Row | None, answers: Mapping[str, Answers], *, graded: bool) -> _Pair:
    both = _on_both(a, b, answers) if b else []
    if not both:
        return _Pair(a, b, None)
    lost = sum(bool(x.error or y.error) for x, y in both)
    if not enough_ran(len(both), lost):
        return _Pair(a, b, "failed")
    x, y = _on_which_both_ran(both)
    gap = difference(_scores(x), _scores(y), graded=graded)
    alone = max(gap.p, _at_worst(both, gap.mean, graded=graded) if lost and gap.p < SURE else 0.0)
    return _Pair(a, b, Compared(len(x), gap, alone, alone, lost))


def _on_both(a: Row, b: Row, answers: Mapping[str, Answers]) -> list[tuple[Line, Line]]:
    """What the two said to each item that both have answered."""
    mine, theirs = answers[a.key], answers[b.key]
    return [(mine[item], theirs[item]) for item in mine if item in theirs]


def _on_which_both_ran(both: Sequence[tuple[Line, Line]]) -> tuple[list[Line], list[Line]]:
    good = [(x, y) for x, y in both if not (x.error or y.error)]
    return [x for x, _ in good], [y for _, y in good]


def _at_worst(both: Sequence[tuple[Line, Line]], gain: float, *, graded: bool) -> float:
    """p had every failed run gone against what the others say; 1 where that turns it round."""
    low, high = (0.0, 1.0) if gain > 0 else (1.0, 0.0)
    x = np.array([low if one.error else one.score for one, _ in both])
    y = np.array([high if other.error else other.score for _, other in both])
    gap = difference(x, y, graded=graded)
    return gap.p if gap.mean * gain > 0 else 1.0


def _corrected(pairs: Sequence[_Pair], among: int) -> list[_Pair]:
    compared = [pair.said for pair in pairs if isinstance(pair.said, Compared)]
    told = iter(corrected(compared, among))
    return [
        replace(pair, said=next(told)) if isinstance(pair.said, Compared) else pair
        for pair in pairs
    ]


def _drawn(
    pair: _Pair, answers: Mapping[str, Answers], role: Against, *, graded: bool
) -> Comparison:
    """The comparison with its figures, which are None where there is no verdict."""
    said, rival = pair.said, pair.rival
    told = Comparison(
        contender=pair.contender.key,
        against=rival.key if rival else None,
        test="sign_flip" if graded else "mcnemar",
        against_role=role,
    )
    if not isinstance(said, Compared) or rival is None:
        return told
    x, y = map(_scores, _on_which_both_ran(_on_both(pair.contender, rival, answers)))
    return replace(
        told,
        n=said.n,
        failed=said.failed,
        only_contender=int((x > y).sum()),
        only_against=int((x < y).sum()),
        difference=said.difference.mean,
        interval=said.difference.interval,
        p=said.p,
        p_alone=said.alone,
        outcome=outcome(said),
    )


def _scores(lines: Sequence[Line]) -> Scores:
    return np.array(scores_of(lines), dtype=np.float64)
