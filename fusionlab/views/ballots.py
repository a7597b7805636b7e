"""An election as data for the eye: the candidates in order, their scores, who is like whom."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np

from fusionlab.events import CandidateGiven, RunFinished, Voted
from fusionlab.recipe import named
from fusionlab.text.answers import Kind, same
from fusionlab.text.consensus import leaders, ranking
from fusionlab.text.ties import levels
from fusionlab.trace import FUSED, Trace
from fusionlab.views.influence import is_right, truth_of
from fusionlab.views.letters import Letters
from fusionlab.views.lighting import Lighting, lighting
from fusionlab.views.outlook import (
    ballot_weights,
    by_metric,
    by_rule,
    groups,
    influence,
    labelled,
    rule_of,
    tally,
    tie,
)

KINDS: tuple[Kind, ...] = get_args(Kind)
METRICS = ("rouge_l", "char_lcs", "cosine", "mixture", "votes")
"""Those that have a name in words, in the order in which they are shown."""


def ballot_view(trace: Trace) -> dict[str, Any]:
    """The election so far: answers that still grow, then candidates, then scores and a winner.

    Candidates come in the order of the ranking, or of arrival before there is one. `similarity` and
    `winner` go by the candidates' `index`. A rank is 1 + the number of better scores, so equals
    share it. `colour` is the member's place in the recipe; pasted candidates have the next one.
    `found` is the answer that a text comes to, empty where there is none; None where answers were
    not looked for. `letter` is the number of what an answer means, -1 for none; answers that mean
    the same share it; `right` is whether it is the right one, None where that is not known.
    `segments` is the text with its shared words lit, once there is a vote.
    """
    candidates, vote = _by_answers(trace) if trace.extracted else (trace.candidates, trace.vote)
    ordered = _in_order(candidates, vote)
    colours = {member.name: i for i, member in enumerate(named(trace.recipe.members))}
    lit = lighting([candidate.text for candidate in ordered] if vote else [])
    letters = _letters(trace, vote, candidates)
    kind, truth = _kind(trace), truth_of(trace)
    return {
        "status": trace.status,
        "members": [{"name": name, "colour": colour} for name, colour in colours.items()],
        "metrics": _metrics(vote),
        "decided_by": vote.metric if vote else None,
        "winner": vote.winner if vote else None,
        "candidates": [
            {
                **_described(candidate, colours),
                "found": found,
                "letter": letters.get(candidate.index, -1),
                "right": None if found is None else is_right(found, truth, kind),
                **_result(vote, candidate.index),
                **_lit(lit, place),
            }
            for place, (candidate, found) in enumerate(
                zip(ordered, _found(trace, vote, ordered), strict=True)
            )
        ],
        "growing": [
            {
                "author": author,
                "sample": sample,
                "colour": colours.get(author, len(colours)),
                "text": text,
            }
            for (author, sample), text in _growing(trace, candidates)
        ],
        "similarity": {
            name: [list(row) for row in table] for name, table in _similarity(vote).items()
        },
        "lighting": list(lit.notes),
        "outlook": _outlook(trace, vote, candidates, letters) if vote else None,
    }


def _by_answers(trace: Trace) -> tuple[list[CandidateGiven], Voted | None]:
    """Texts as candidates, and a vote by equal answers, once all answers were looked for."""
    said = trace.texts
    texts = [said.get((each.author, each.sample), "") for each in trace.extracted]
    candidates = [
        CandidateGiven(index, each.author, text.strip(), each.sample)
        for index, (each, text) in enumerate(zip(trace.extracted, texts, strict=True))
    ]
    if not isinstance(trace.end, RunFinished):
        return candidates, None
    kind = _kind(trace)
    answers = [each.answer for each in trace.extracted]
    alike = tuple(
        tuple(float(bool(a) and bool(b) and same(a, b, kind)) for b in answers) for a in answers
    )
    votes = tuple(sum(row) / len(answers) for row in alike)
    order = ranking(votes)
    tied: list[int] = []
    for at in leaders(votes):
        if votes[at] and not any(alike[at][other] for other in tied):
            tied.append(at)
    return candidates, Voted(
        order[0],
        "votes",
        {"votes": votes},
        {"votes": alike},
        order,
        rule="majority",
        answers=tuple(answers),
        tied=tuple(tied) if len(tied) > 1 else (),
    )


def _described(candidate: CandidateGiven, colours: Mapping[str, int]) -> dict[str, Any]:
    return {
        "index": candidate.index,
        "author": candidate.author,
        "sample": candidate.sample,
        "colour": colours.get(candidate.author, len(colours)),
        "pasted": candidate.author not in colours,
        "text": candidate.text,
    }


def _found(
    trace: Trace, vote: Voted | None, candidates: Sequence[CandidateGiven]
) -> list[str | None]:
    """What each text comes to, where that was asked for and is not the text itself."""
    extracted = {(each.author, each.sample): each.answer for each in trace.extracted}
    if extracted:
        return [extracted.get((each.author, each.sample)) for each in candidates]
    answers = dict(enumerate(vote.answers)) if vote and _counts_answers(trace, vote) else {}
    found = [answers.get(candidate.index) for candidate in candidates]
    return [
        None if answer == candidate.text else answer
        for answer, candidate in zip(found, candidates, strict=True)
    ]


def _letters(
    trace: Trace, vote: Voted | None, candidates: Sequence[CandidateGiven]
) -> dict[int, int]:
    """By candidate, the number of what its answer means, where answers are counted."""
    letters = Letters(_kind(trace))
    if trace.extracted:
        said = {(each.author, each.sample): each.answer for each in trace.extracted}
        return {one.index: letters.of(said.get((one.author, one.sample))) for one in candidates}
    if vote is None or not _counts_answers(trace, vote):
        return {}
    return {index: letters.of(answer) for index, answer in enumerate(vote.answers)}


def _counts_answers(trace: Trace, vote: Voted) -> bool:
    """Whether the run was about short answers in the texts, not the texts themselves."""
    settings = trace.recipe.settings
    asked = settings.get("rule") == "majority" or bool(settings.get("phrase"))
    return bool(vote.answers) and (asked or _kind(trace) != "text" or vote.rule == "majority")


def _kind(trace: Trace) -> Kind:
    """Of the answers that were looked for; text where the recipe names none that is known."""
    asked = trace.recipe.settings.get("answer")
    return next((kind for kind in KINDS if kind == asked), "text")


def _lit(lit: Lighting, place: int) -> dict[str, Any]:
    """The text in segments and how much of it is shared; None where it is not lit."""
    if place >= len(lit.segments):
        return {"segments": None, "shared": None}
    return {"segments": lit.segments[place], "shared": lit.shares[place]}


def _outlook(
    trace: Trace,
    vote: Voted,
    candidates: Sequence[CandidateGiven],
    letters: Mapping[int, int],
) -> dict[str, Any]:
    """Who else might have won, and how much hangs on whom."""
    standing = {candidate.index: candidate for candidate in candidates}
    kind = _kind(trace)
    counts = tally(vote, kind, standing) if _counts_answers(trace, vote) else []
    return {
        "rule": rule_of(vote.rule),
        "words": vote.words,
        "embedder": vote.embedder,
        "rules": by_rule(vote, standing),
        "by_metric": by_metric(vote, _metrics(vote), standing),
        "jury": list(vote.jury),
        "influence": influence(vote, standing),
        "groups": groups(vote, standing),
        "tally": [
            {
                **row,
                "letter": letters.get(row["candidates"][0], -1),
                "right": is_right(row["answer"], truth_of(trace), kind),
            }
            for row in counts
        ],
        "unanimous": len(counts) == 1 and len(candidates) > 1 and bool(counts[0]["answer"]),
        "tie": tie(vote, counts, standing),
    }


def _metrics(vote: Voted | None) -> list[dict[str, Any]]:
    scored = vote.scores if vote else {}
    order = [name for name in METRICS if name in scored]
    order += [name for name in scored if name not in METRICS]
    return [
        labelled(name, f"ballots-metric-{name.replace('_', '-')}" if name in METRICS else "")
        for name in order
    ]


def _similarity(vote: Voted | None) -> dict[str, tuple[tuple[float, ...], ...]]:
    return vote.similarity if vote else {}


def _in_order(candidates: Sequence[CandidateGiven], vote: Voted | None) -> list[CandidateGiven]:
    place = {index: i for i, index in enumerate(vote.ranking)} if vote else {}
    return sorted(candidates, key=lambda candidate: place.get(candidate.index, len(place)))


def _result(vote: Voted | None, index: int) -> dict[str, Any]:
    """Scores and ranks by metric; a run file can lack some, and these are left out."""
    if vote is None:
        return {"scores": {}, "ranks": {}, "winner": False, "ballot": None}
    scores = {name: row[index] for name, row in vote.scores.items() if 0 <= index < len(row)}
    places = {name: levels(np.array(vote.scores[name], dtype=float)) for name in scores}
    ranks = {name: 1 + int((place < place[index]).sum()) for name, place in places.items()}
    weights = ballot_weights(vote)
    ballot = weights[index] if 0 <= index < len(weights) else None
    return {"scores": scores, "ranks": ranks, "winner": index == vote.winner, "ballot": ballot}


def _growing(
    trace: Trace, candidates: Sequence[CandidateGiven]
) -> list[tuple[tuple[str, int], str]]:
    if trace.vote is not None:
        return []
    complete = {(candidate.author, candidate.sample) for candidate in candidates}
    return [
        (key, text)
        for key, text in trace.texts.items()
        if key not in complete and key[0] != FUSED and text.strip()
    ]
