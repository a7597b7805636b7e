"""What to notice: two to five sentences computed from the facts of a run, the most telling first.

Whatever a run is of, tokens, experts, an election or rounds, is looked at; no method is known here.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import TextDelta, TokenChosen
from fusionlab.text.equal_compute import at_equal_compute
from fusionlab.trace import Trace
from fusionlab.views.noted import Noted, noted
from fusionlab.views.notice_answers import answer_notes
from fusionlab.views.notice_change import change_notes
from fusionlab.views.notice_experts import expert_notes
from fusionlab.views.notice_tokens import token_notes
from fusionlab.views.notice_votes import vote_notes
from fusionlab.views.truncation import cut_off, texts_cut

LEAST, MOST = 2, 5
"""Sentences of one run; more would not be read."""


def notice_view(trace: Trace, before: Trace | None = None) -> dict[str, Any]:
    """The sentences as JSON: `{key, values, step, round}` each; none while the run goes on, nor of
    one that failed. The first is what became of the run `before` by one change.

    `step` and `round` are the numbers of the events, which begin with 0.
    """
    over = trace.status in ("finished", "stopped")
    notes = chain(change_notes(before, trace), _notes(trace))
    found = [each.to_json() for each in islice(notes, MOST)] if over else []
    checked: dict[str, Any] = well_formed({"status": trace.status, "sentences": found})
    return checked


def _notes(trace: Trace) -> Iterator[Noted]:
    """All that is to be noticed, by weight; the last are what every run has."""
    told = [*token_notes(trace), *expert_notes(trace), *vote_notes(trace), *answer_notes(trace)]
    last = list(_general(trace))
    found = [*told[: MOST - len(last)], *last]
    yield from found
    if len(found) < LEAST:
        yield from _speed(trace)


def _speed(trace: Trace) -> Iterator[Noted]:
    """How fast the text was written, where there is little else to say.

    One member's own time is its speed. Where several write, in turn or at once, their own times say
    nothing of how fast there is text: that is told by the clock, from the first piece to the last.
    """
    writers = [cost for cost in trace.costs.values() if cost.tokens_out and cost.seconds]
    if len(writers) == 1:
        (one,) = writers
        rate = _rate(one.tokens_out, one.seconds)
        yield noted("notice-speed", name=one.member, n=one.tokens_out, rate=rate)
    elif writers:
        fused = len(trace.tokens)
        kind = TokenChosen if fused else TextDelta
        times = [record.t for record in trace.records if isinstance(record.event, kind)]
        n = fused or sum(cost.tokens_out for cost in writers)
        if len(times) > 1 and times[-1] > times[0]:
            key = "notice-speed-fused" if fused else "notice-speed-several"
            rate = _rate(n, times[-1] - times[0])
            yield noted(key, members=len(writers), n=n, rate=rate)


def _rate(n: int, seconds: float) -> float:
    """Tokens a second, as roughly as they are known."""
    rate = n / seconds
    return round(rate) if rate >= LEAST else round(rate, 1)


def _general(trace: Trace) -> Iterator[Noted]:
    """What may be said of a run of any kind: what was cut, and what else the money would buy."""
    if cut_off(trace):
        limit = trace.recipe.sampling.max_tokens
        cut = texts_cut(trace)
        if cut:
            yield noted("notice-cut", n=cut, tokens=limit)
        else:
            yield noted("notice-cut-answer", tokens=limit)
    if equal := at_equal_compute(trace):
        yield noted("notice-budget", n=equal.samples, name=equal.member, tokens=equal.tokens)
