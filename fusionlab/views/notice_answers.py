"""What to notice about answers: who agreed, who changed their mind and why, who was chosen."""

from collections.abc import Iterator
from typing import Any

from fusionlab.events import MemberChosen, RunFinished
from fusionlab.text.answers import same
from fusionlab.trace import Round, Trace
from fusionlab.views.influence import Change, changes, kind_of_answers
from fusionlab.views.noted import Noted, noted
from fusionlab.views.outcome import agreement, all_same, last_answers, rightness
from fusionlab.views.spoken import in_one_line

READ = ("alone", "round")
NARROW = 0.05
"""Difference of two scores below which a choice is a close one."""


def answer_notes(trace: Trace) -> Iterator[Noted]:
    """What is to be noticed about the answers of this run, the most telling first."""
    rounds = [one for one in trace.rounds if one.answers]
    if not rounds:
        return
    yield from _together_wrong(trace)
    yield from _tie(trace)
    yield from _stages(trace)
    yield from _choice(trace)
    if any(one.what in READ for one in rounds):
        yield from _exchange(trace, rounds)
    yield from _mended(trace, rounds)
    yield from _samples(trace)
    yield from _without_answer(trace)


def _together_wrong(trace: Trace) -> Iterator[Noted]:
    """All agreed, and all were wrong."""
    counted = agreement(trace)
    if counted and counted.unanimous and rightness(trace) is False:
        yield noted("notice-agreed-wrong", n=counted.of)


def _tie(trace: Trace) -> Iterator[Noted]:
    """A tie, and how it was broken."""
    counted = agreement(trace)
    if counted and counted.tied:
        first, *others = (in_one_line(each) for each in counted.tied)
        yield noted("notice-tied", votes=counted.votes, first=first, others=others[:3])


def _exchange(trace: Trace, rounds: list[Round]) -> Iterator[Noted]:
    """Who changed their mind in which round, and toward what; or that nobody did."""
    kind = kind_of_answers(trace)
    found = changes(trace)
    first = list(rounds[0].answers.values())
    if len(first) > 1 and all_same(first, kind):
        yield noted("notice-agreed-from-start", at_round=rounds[0].number, n=len(first))
    if not found and len(rounds) > 1:
        yield noted("notice-nobody-changed", n=len(rounds) - 1)
    for change in sorted(found, key=lambda each: each.turn == "unknown")[:2]:
        yield _changed(change)
    for one in rounds[1:]:
        said = list(one.answers.values())
        if len(said) > 1 and all_same(said, kind) and not all_same(first, kind):
            yield noted("notice-agreed-in", at_round=one.number, round=one.number)
            return


def _changed(change: Change) -> Noted:
    """Whose mind changed, from what to what, and after whom."""
    values: dict[str, Any] = {
        "round": change.round,
        "name": change.agent,
        "before": in_one_line(change.before) or "–",
        "after": in_one_line(change.after) or "–",
    }
    turn = change.turn.replace("_", "-")
    if change.followed:
        values["others"] = list(change.followed)
        return noted(f"notice-changed-after-{turn}", at_round=change.round, **values)
    return noted(f"notice-changed-{turn}", at_round=change.round, **values)


def _mended(trace: Trace, rounds: list[Round]) -> Iterator[Noted]:
    """Whether criticism of a first answer came to another one."""
    drafts = [one for one in rounds if one.what == "draft"]
    later = [one for one in rounds if one.what == "mended"]
    if not drafts:
        return
    before = next(iter(drafts[0].answers.values()))
    if not later:
        yield noted("notice-nothing-mended", at_round=drafts[0].number)
        return
    after = next(iter(later[-1].answers.values()))
    if before and after and not same(before, after, kind_of_answers(trace)):
        words: dict[str, Any] = {"before": in_one_line(before), "after": in_one_line(after)}
        yield noted("notice-mended", at_round=later[-1].number, **words)
    else:
        yield noted("notice-mended-same", at_round=later[-1].number)


def _stages(trace: Trace) -> Iterator[Noted]:
    """Of members that are asked one after the other: who was sure enough, and who was not."""
    staged = [one for one in trace.rounds if one.threshold is not None]
    scores = trace.chosen[-1].scores if trace.chosen else {}
    if not staged or not scores:
        return
    threshold = staged[0].threshold or 0.0
    *before, last = scores.items()
    for name, share in before[-2:]:
        yield noted("notice-stage-unsure", name=name, share=share, threshold=threshold)
    unasked = len(trace.recipe.members) - len(scores)
    name, share = last
    if share >= threshold and unasked > 0:
        yield noted("notice-stage-sure", name=name, share=share, n=unasked)
    elif share < threshold:
        yield noted("notice-stage-last", name=name, share=share, threshold=threshold)


def _choice(trace: Trace) -> Iterator[Noted]:
    """By what the chosen member was ahead of the next one."""
    if not trace.chosen or any(one.threshold is not None for one in trace.rounds):
        return
    chosen: MemberChosen = trace.chosen[-1]
    others = {name: score for name, score in chosen.scores.items() if name != chosen.member}
    if chosen.member not in chosen.scores or not others:
        return
    other = max(others, key=lambda name: others[name])
    mine, next_best = chosen.scores[chosen.member], others[other]
    if chosen.by == "likeness":
        close = mine - next_best < NARROW
        key = "notice-route-close" if close else "notice-route"
        yield noted(key, name=chosen.member, p=mine, other=other, q=next_best)
    elif chosen.by == "verdict" and mine >= 1:
        yield noted("notice-verdict-sure", name=chosen.member)
    elif chosen.by == "verdict":
        yield noted("notice-verdict-split", name=chosen.member, share=mine, other=other)


def _samples(trace: Trace) -> Iterator[Noted]:
    """How many different answers stood against the elected one, where nobody read anybody."""
    counted = agreement(trace)
    exchange = any(one.what in READ for one in trace.rounds)
    if counted is None or exchange or trace.chosen:
        return
    if counted.unanimous:
        yield noted("notice-samples-agreed", n=counted.of)
        return
    kind = kind_of_answers(trace)
    elected = trace.end.answer if isinstance(trace.end, RunFinished) else ""
    others: list[str] = []
    for each in last_answers(trace):
        if each and not any(same(each, one, kind) for one in (elected, *others)):
            others.append(each)
    share = counted.votes / counted.of
    yield noted("notice-samples", n=counted.votes, of=counted.of, share=share, others=len(others))


def _without_answer(trace: Trace) -> Iterator[Noted]:
    """How many texts came to no answer."""
    given = [answer for one in trace.rounds for answer in one.answers.values()]
    if blank := given.count(""):
        yield noted("notice-without-answer", n=blank, of=len(given))
