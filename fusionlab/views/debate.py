"""An exchange as data for the eye: rounds, who read whom, every solution and what it came to."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from fusionlab.events import (
    AnswerExtracted,
    Measured,
    MemberChosen,
    MessageSent,
    RoundBegan,
    RoundKind,
    RunFinished,
    TextDelta,
    well_formed,
)
from fusionlab.recipe import named
from fusionlab.text.answers import Kind, meaning, same
from fusionlab.text.topology import Topology, messages
from fusionlab.trace import Trace
from fusionlab.views.influence import influence, is_right, kind_of_answers, truth_of

TITLES: Mapping[RoundKind, str] = {
    "alone": "Everyone alone",
    "round": "Round {count}",
    "layer": "Layer {count}",
    "answers": "The answers",
    "verdict": "Verdict {count}",
    "sample": "Sample {count}",
    "chosen": "The chosen member",
    "steps": "Step by step",
    "draft": "First answer",
    "criticism": "Criticism",
    "mended": "Refined answer",
}
EXCHANGED = ("alone", "round")


def debate_view(trace: Trace) -> dict[str, Any]:
    """The exchange so far, as JSON.

    A solution's `answer` is None while it is written, and empty where it comes to none; `before` is
    the agent's answer of the round before; `right` is None where the recipe names no right answer.
    `confidence` is the share of the agent's answers so far that are the most frequent one. `chosen`
    says which member was given the word, where a method gives it to one; `votes` how many in the
    last round say what was elected, `tied` which answers had equally many, where several had;
    `exchange` whether members read one another and may change their minds. `tokens` of a round is
    None where rounds are but samples.
    """
    agents = [member.name for member in named(trace.recipe.members)]
    kind = kind_of_answers(trace)
    truth = truth_of(trace)
    rounds = _rounds(trace)
    kinds = {number: _began(trace, number) for number in rounds}
    histories: dict[str, _History] = {}
    elected = trace.end.answer if isinstance(trace.end, RunFinished) else None
    view = {
        "status": trace.status,
        "members": [{"name": name, "index": index} for index, name in enumerate(agents)],
        "topology": str(trace.recipe.settings.get("topology", "memory")),
        "rounds": [
            {
                "number": number,
                "what": kinds[number].what,
                "title": TITLES[kinds[number].what].format(count=kinds[number].count),
                "messages": [
                    {"from": agents.index(sent.sender), "to": agents.index(sent.receiver)}
                    for sent in one.sent
                    if sent.sender in agents and sent.receiver in agents
                ],
                "tokens": None if kinds[number].what == "sample" else one.tokens,
                "solutions": [
                    _solution(index, name, one, histories.setdefault(name, _History(kind)), truth)
                    for index, name in enumerate(agents)
                    if name in one.texts or name in one.answers
                ],
            }
            for number, one in rounds.items()
        ],
        "elected": elected,
        "votes": _votes(elected, rounds, kind),
        "tied": list(trace.end.tied) if isinstance(trace.end, RunFinished) else [],
        "right": None if elected is None else is_right(elected, truth, kind),
        "exchange": any(began.what in EXCHANGED for began in kinds.values()),
        "influence": influence(trace, agents),
        "chosen": [_chosen(one, agents) for one in trace.chosen],
        "costs": [
            {"topology": each, "messages": messages(each, len(agents))}
            for each in get_args(Topology)
            if agents and "topology" in trace.recipe.settings
        ],
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _began(trace: Trace, number: int) -> RoundBegan:
    """What the round is; in files that do not tell, a round of an exchange."""
    return trace.rounds.get(number) or RoundBegan(number, "round" if number else "alone", number)


def _chosen(one: MemberChosen, agents: list[str]) -> dict[str, Any]:
    scores = [
        {"member": agents.index(name), "score": score}
        for name, score in one.scores.items()
        if name in agents
    ]
    member = agents.index(one.member) if one.member in agents else -1
    return {"member": member, "by": one.by, "scores": scores}


@dataclass(slots=True)
class _Round:
    """What happened in one round."""

    sent: list[MessageSent] = field(default_factory=list)
    texts: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """In pieces, so that a long text takes no longer a piece."""
    answers: dict[str, str] = field(default_factory=dict)
    tokens: int = 0
    """In and out, of all agents."""


def _rounds(trace: Trace) -> dict[int, _Round]:
    """The rounds by number; what is measured belongs to the round that was last spoken of."""
    found: dict[int, _Round] = {}
    now = 0
    for record in trace.records:
        match record.event:
            case MessageSent(number) as sent:
                now = number
                found.setdefault(now, _Round()).sent.append(sent)
            case TextDelta(author, text, number):
                now = number
                found.setdefault(now, _Round()).texts[author].append(text)
            case AnswerExtracted(author, answer, number):
                now = number
                found.setdefault(now, _Round()).answers[author] = answer
            case Measured() as cost:
                found.setdefault(now, _Round()).tokens += cost.tokens_in + cost.tokens_out
    return dict(sorted(found.items()))


def _votes(elected: str | None, rounds: dict[int, _Round], kind: Kind) -> int:
    """How many of the last round's answers are the elected one."""
    last = list(rounds.values())[-1:]
    said = [answer for one in last for answer in one.answers.values() if answer]
    return sum(same(answer, elected, kind) for answer in said) if elected else 0


@dataclass(slots=True)
class _History:
    """An agent's answers so far."""

    kind: Kind
    last: str | None = None
    given: int = 0
    times: Counter[Any] = field(default_factory=Counter)
    """How often each was given, blanks left out, by what it means."""

    def add(self, answer: str) -> None:
        """One more answer."""
        self.last = answer
        self.given += 1
        if answer and (means := meaning(answer, self.kind)) is not None:
            self.times[means] += 1

    @property
    def confidence(self) -> float:
        """The share of the most frequent one."""
        return max(self.times.values(), default=0) / self.given if self.given else 0.0


def _solution(index: int, name: str, one: _Round, history: _History, truth: str) -> dict[str, Any]:
    before, kind = history.last, history.kind
    answer = one.answers.get(name)
    if answer is not None:
        history.add(answer)
    return {
        "agent": index,
        "text": "".join(one.texts.get(name, ())).strip(),
        "answer": answer,
        "right": None if answer is None else is_right(answer, truth, kind),
        "before": before,
        "changed": bool(
            answer and before is not None and not (before and same(answer, before, kind))
        ),
        "confidence": history.confidence,
    }
