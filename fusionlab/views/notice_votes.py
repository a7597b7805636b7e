"""What to notice about an election: how near the winner is to the others, and how sure it is."""

from collections.abc import Iterator
from itertools import pairwise

from fusionlab.events import CandidateGiven, Voted
from fusionlab.trace import Trace
from fusionlab.views.members import is_pasted
from fusionlab.views.noted import Noted, noted
from fusionlab.views.spoken import Said, in_one_line, saying

CLOSE = 0.02
"""Difference of two scores below which one is hardly better."""


def vote_notes(trace: Trace) -> Iterator[Noted]:
    """What is to be noticed about the election of this run, the most telling first."""
    vote = trace.vote
    standing = {each.index: each for each in trace.candidates}
    if vote is None or vote.winner not in standing or len(standing) < 2:
        return
    texts = {index: " ".join(each.text.split()) for index, each in standing.items()}
    if len(set(texts.values())) == 1:
        yield noted("notice-vote-same", n=len(texts))
        return
    yield from _tie(vote)
    names = {index: _named(trace, each) for index, each in standing.items()}
    yield from _nearness(vote, names)
    yield from _repeated(texts, vote)
    yield from _other_rules(vote, texts)
    yield from _hanging(vote, names, texts)


def _named(trace: Trace, candidate: CandidateGiven) -> Said:
    """The candidate by its author; by number too where the author has several."""
    if is_pasted(trace, candidate.author):
        return saying("notice-answer-pasted", n=candidate.sample + 1)
    several = sum(each.author == candidate.author for each in trace.candidates) > 1
    key = "notice-answer-of" if several else "notice-name"
    values = {"name": candidate.author}
    return saying(key, **values, n=candidate.sample + 1) if several else saying(key, **values)


def _tie(vote: Voted) -> Iterator[Noted]:
    if vote.tied:
        yield noted("notice-vote-tied", n=len(vote.tied))


def _nearness(vote: Voted, names: dict[int, Said]) -> Iterator[Noted]:
    """How like the others the elected text is on average, and how much nearer than the next."""
    scores = vote.scores.get(vote.metric, ())
    ranked = sorted((at for at in names if at < len(scores)), key=lambda at: -scores[at])
    if vote.winner not in ranked or len(ranked) < 2:
        return
    who = names[vote.winner]
    if ranked[0] != vote.winner:
        best = names[ranked[0]]
        yield noted("notice-vote-unlike", who=who, p=scores[vote.winner], other=best)
        return
    gaps = [scores[one] - scores[other] for one, other in pairwise(ranked)]
    key = "notice-vote-close" if gaps[0] < CLOSE else "notice-vote-near"
    yield noted(key, who=who, p=scores[ranked[0]], q=scores[ranked[1]])


def _repeated(texts: dict[int, str], vote: Voted) -> Iterator[Noted]:
    """How often the elected text was written word for word."""
    times = sum(text == texts[vote.winner] for text in texts.values())
    if times > 1:
        yield noted("notice-vote-repeated", n=times, of=len(texts))


def _other_rules(vote: Voted, texts: dict[int, str]) -> Iterator[Noted]:
    """How many other rules would have elected another text."""
    firsts = [order[0] for name, order in vote.rules.items() if order and name != vote.rule]
    others = sum(texts.get(first, "") != texts[vote.winner] for first in firsts)
    if others:
        yield noted("notice-vote-rules", n=others, of=len(firsts))
    elif firsts:
        yield noted("notice-vote-rules-agree", of=len(firsts))


def _hanging(vote: Voted, names: dict[int, Said], texts: dict[int, str]) -> Iterator[Noted]:
    """Without whose ballot another text would have been elected."""
    for ballot, winner in enumerate(vote.without):
        if ballot in names and texts.get(winner, "") not in ("", texts[vote.winner]):
            who, text = names[ballot], in_one_line(texts[winner])
            yield noted("notice-vote-hangs", who=who, answer=text)
            return
