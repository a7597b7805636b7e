"""A run as data: the fold of its events, the same live and replayed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from fusionlab.events import (
    AnswerExtracted,
    CandidateGiven,
    Event,
    ExpertsRouted,
    Measured,
    MemberChosen,
    MessageSent,
    Progress,
    Record,
    RoundBegan,
    RoundKind,
    RunFailed,
    RunFinished,
    TextDelta,
    TextGiven,
    TextScored,
    TokenChosen,
    Voted,
    Warned,
)
from fusionlab.loads import LayerLoad, count
from fusionlab.recipe import Recipe, named

FUSED = "fusion"
"""The author of text that no single member wrote."""

Status = Literal["running", "finished", "failed", "stopped"]


@dataclass(slots=True)
class Round:
    """What happened under one number: who read whom, and what was answered."""

    number: int
    what: RoundKind | None = None
    """None where nothing tells."""
    count: int = 0
    of: int = 0
    threshold: float | None = None
    writers: list[str] = field(default_factory=list)
    """Who was asked to write, in that order; empty where it is all members."""
    messages: list[MessageSent] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What each author's text came to."""
    tokens: int = 0
    """In and out, of all members."""

    def begin(self, began: RoundBegan) -> None:
        """It is what was told; a member that is asked later writes in it too."""
        self.what, self.count, self.of = began.what, began.count, began.of
        self.threshold = began.threshold
        self.writers += [name for name in began.writers if name not in self.writers]


@dataclass(slots=True)
class Trace:
    """All that is known of a run so far."""

    recipe: Recipe
    env: dict[str, Any] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    given: TextGiven | None = None
    """What the answer began with."""
    tokens: list[TokenChosen] = field(default_factory=list)
    routed: list[ExpertsRouted] = field(default_factory=list)
    loads: dict[int, list[LayerLoad]] = field(default_factory=dict)
    """Of the texts that `routed` is of, by sample: how often each layer's experts were chosen."""
    scored: list[TextScored] = field(default_factory=list)
    extracted: list[AnswerExtracted] = field(default_factory=list)
    chosen: list[MemberChosen] = field(default_factory=list)
    candidates: list[CandidateGiven] = field(default_factory=list)
    vote: Voted | None = None
    costs: dict[str, Measured] = field(default_factory=dict)
    """The sum of what was measured, by member."""
    warnings: list[Warned] = field(default_factory=list)
    progress: Progress | None = None
    end: RunFinished | RunFailed | None = None
    stopped: bool = False
    _rounds: dict[int, Round] = field(default_factory=dict)
    """By number, as far as they were told; `rounds` completes them."""
    _now: int = 0
    """The round that was last spoken of."""
    _pieces: dict[tuple[str, int], list[str]] = field(default_factory=dict, compare=False)
    """Of each text; joined when it is read, so that a long one takes no longer a piece."""

    @property
    def texts(self) -> dict[tuple[str, int], str]:
        """Text so far, by author and sample."""
        for pieces in self._pieces.values():
            if len(pieces) > 1:
                pieces[:] = ["".join(pieces)]
        return {key: pieces[0] for key, pieces in self._pieces.items()}

    def add(self, record: Record) -> None:
        """The trace holds one more record; progress lasts until something else happens."""
        self.records.append(record)
        self.progress = None
        match record.event:
            case TextDelta(author, text, sample):
                self._round(sample)
                self._pieces.setdefault((author, sample), []).append(text)
            case TextGiven() as given:
                self.given = given
            case TokenChosen() as token:
                self.tokens.append(token)
            case TextScored() as scored:
                self.scored.append(scored)
            case ExpertsRouted() as routed:
                self.routed.append(routed)
                count(self.loads.setdefault(routed.sample, []), routed)
            case AnswerExtracted() as extracted:
                self.extracted.append(extracted)
                self._round(extracted.sample).answers[extracted.author] = extracted.answer
            case RoundBegan(number) as began:
                self._rounds.setdefault(number, Round(number)).begin(began)
            case MessageSent(number) as sent:
                self._round(number).messages.append(sent)
            case MemberChosen() as chosen:
                self.chosen.append(chosen)
            case CandidateGiven() as candidate:
                self.candidates.append(candidate)
            case Voted() as vote:
                self.vote = vote
            case Measured() as cost:
                self.costs[cost.member] = _sum(self.costs.get(cost.member), cost)
                self._round(self._now).tokens += cost.tokens_in + cost.tokens_out
            case Warned() as warning:
                self.warnings.append(warning)
            case Progress() as progress:
                self.progress = progress
            case RunFinished() | RunFailed() as end:
                self.end = end

    def _round(self, number: int) -> Round:
        """The round of this number, which is the one that is spoken of now."""
        self._now = number
        return self._rounds.setdefault(number, Round(number))

    @property
    def rounds(self) -> list[Round]:
        """The rounds by number; none where the method has none.

        Run files did not tell at first what is written in a round. Of those, answers of one member
        that reads nothing are samples, unless its text was the answer; all else is an exchange.
        """
        found = [self._rounds[number] for number in sorted(self._rounds)]
        exchanged = any(one.messages for one in found)
        if not (exchanged or self.extracted or any(one.what for one in found)):
            return []
        kept = isinstance(self.end, RunFinished) and self.end.reason != "elected"
        sampled = len(self.recipe.members) == 1 and not exchanged and not kept
        return [one if one.what else _untold(one, sampled=sampled) for one in found]

    @property
    def phases(self) -> list[list[Round]]:
        """The rounds; those together that are written at the same time, as a layer is."""
        together: dict[tuple[str, int], list[Round]] = {}
        for one in self.rounds:
            match one.what:
                case "sample" | "candidate" | "verdict":
                    key = (str(one.what), 0)
                case "layer":
                    key = ("layer", one.count)
                case _:
                    key = ("", one.number)
            together.setdefault(key, []).append(one)
        return list(together.values())

    def is_answer(self, author: str, sample: int) -> bool:
        """Whether this text is the answer as it grows: the fusion's, or a member's who is alone."""
        alone = len(self.recipe.members) == 1 and not self.rounds
        return sample == 0 and (
            author == FUSED or (alone and author == named(self.recipe.members)[0].name)
        )

    @property
    def status(self) -> Status:
        """How the run stands."""
        match self.end:
            case RunFinished():
                return "finished"
            case RunFailed():
                return "failed"
            case _:
                return "stopped" if self.stopped else "running"

    @property
    def answer(self) -> str:
        """The answer, or what there is of it so far."""
        if isinstance(self.end, RunFinished):
            return self.end.answer
        texts = self.texts
        return texts.get((FUSED, 0), "") or next(iter(texts.values()), "")

    @property
    def seconds(self) -> float:
        """Time of the last record, in seconds since the run began."""
        return self.records[-1].t if self.records else 0.0


def fold(recipe: Recipe, records: Iterable[Record]) -> Trace:
    """The trace of all these records; without an end among them it is a stopped run."""
    trace = Trace(recipe)
    for record in records:
        trace.add(record)
    trace.stopped = trace.end is None
    return trace


def replayed(trace: Trace) -> Iterator[Event]:
    """The events of a trace, in order."""
    return (record.event for record in trace.records)


def _untold(one: Round, *, sampled: bool) -> Round:
    if sampled:
        return replace(one, what="sample", count=one.number + 1)
    return replace(one, what="round" if one.number else "alone", count=one.number)


def _sum(old: Measured | None, new: Measured) -> Measured:
    if old is None:
        return new
    return replace(
        new,
        tokens_in=old.tokens_in + new.tokens_in,
        tokens_out=old.tokens_out + new.tokens_out,
        forward_passes=old.forward_passes + new.forward_passes,
        seconds=old.seconds + new.seconds,
        tokens_reused=old.tokens_reused + new.tokens_reused,
    )
