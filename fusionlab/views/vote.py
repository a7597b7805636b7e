"""An election as data for the eye: the candidates in order, their scores, who is like whom."""

from collections.abc import Sequence
from typing import Any

from fusionlab.events import CandidateGiven, RunFinished, Voted
from fusionlab.recipe import named
from fusionlab.text.answers import same
from fusionlab.trace import FUSED, Trace

METRICS = {
    "rouge_l": ("ROUGE-L", "words that both answers have, in the same order"),
    "char_lcs": ("Characters", "characters that both answers have, in the same order"),
    "cosine": ("Meaning", "cosine of the answers' sentence embeddings"),
    "votes": ("Votes", "share of the texts that come to the same answer"),
}
"""Label and explanation of every metric, in the order in which they are shown."""


def vote_view(trace: Trace) -> dict[str, Any]:
    """The election so far: answers that still grow, then candidates, then scores and a winner.

    Candidates come in the order of the ranking, or of arrival before there is one. `similarity` and
    `winner` go by the candidates' `index`. A rank is 1 + the number of better scores, so equals
    share it. `colour` is the member's place in the recipe; pasted candidates have the next one.
    `found` is the answer that a text comes to, empty where there is none; None where answers were
    not looked for.
    """
    candidates, vote = _by_answers(trace) if trace.extracted else (trace.candidates, trace.vote)
    found = {(each.author, each.sample): each.answer for each in trace.extracted}
    colours = {member.name: i for i, member in enumerate(named(trace.recipe.members))}
    pasted = len(colours)
    return {
        "status": trace.status,
        "members": [{"name": name, "colour": colour} for name, colour in colours.items()],
        "metrics": _metrics(vote),
        "decided_by": vote.metric if vote else None,
        "winner": vote.winner if vote else None,
        "candidates": [
            {
                "index": candidate.index,
                "author": candidate.author,
                "sample": candidate.sample,
                "colour": colours.get(candidate.author, pasted),
                "pasted": candidate.author not in colours,
                "text": candidate.text,
                "found": found.get((candidate.author, candidate.sample)),
                **_result(vote, candidate.index),
            }
            for candidate in _in_order(candidates, vote)
        ],
        "growing": [
            {
                "author": author,
                "sample": sample,
                "colour": colours.get(author, pasted),
                "text": text,
            }
            for (author, sample), text in _growing(trace, candidates)
        ],
        "similarity": {
            name: [list(row) for row in table] for name, table in _similarity(vote).items()
        },
    }


def _by_answers(trace: Trace) -> tuple[list[CandidateGiven], Voted | None]:
    """Texts as candidates, and a vote by equal answers, once all answers were looked for."""
    texts = [trace.texts.get((each.author, each.sample), "") for each in trace.extracted]
    candidates = [
        CandidateGiven(index, each.author, text.strip(), each.sample)
        for index, (each, text) in enumerate(zip(trace.extracted, texts, strict=True))
    ]
    if not isinstance(trace.end, RunFinished):
        return candidates, None
    kind: Any = trace.recipe.settings.get("answer", "text")
    answers = [each.answer for each in trace.extracted]
    alike = tuple(
        tuple(float(bool(a) and bool(b) and same(a, b, kind)) for b in answers) for a in answers
    )
    votes = tuple(sum(row) / len(answers) for row in alike)
    order = tuple(sorted(range(len(votes)), key=lambda at: -votes[at]))
    return candidates, Voted(order[0], "votes", {"votes": votes}, {"votes": alike}, order)


def _metrics(vote: Voted | None) -> list[dict[str, str]]:
    scored = vote.scores if vote else {}
    order = [name for name in METRICS if name in scored]
    order += [name for name in scored if name not in METRICS]
    return [
        {"name": name, "label": label, "explanation": explanation}
        for name in order
        for label, explanation in [METRICS.get(name, (name, ""))]
    ]


def _similarity(vote: Voted | None) -> dict[str, tuple[tuple[float, ...], ...]]:
    return vote.similarity if vote else {}


def _in_order(candidates: Sequence[CandidateGiven], vote: Voted | None) -> list[CandidateGiven]:
    place = {index: i for i, index in enumerate(vote.ranking)} if vote else {}
    return sorted(candidates, key=lambda candidate: place.get(candidate.index, len(place)))


def _result(vote: Voted | None, index: int) -> dict[str, Any]:
    """Scores and ranks by metric; a run file can lack some, and these are left out."""
    if vote is None:
        return {"scores": {}, "ranks": {}, "winner": False}
    scores = {name: row[index] for name, row in vote.scores.items() if 0 <= index < len(row)}
    ranks = {
        name: 1 + sum(other > score for other in vote.scores[name])
        for name, score in scores.items()
    }
    return {"scores": scores, "ranks": ranks, "winner": index == vote.winner}


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
