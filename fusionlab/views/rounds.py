"""Rounds as data for the eye: who read whom, every solution and what it came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from fusionlab.events import MemberChosen, RoundKind, RunFinished, well_formed
from fusionlab.recipe import named
from fusionlab.text.answers import Kind, meaning, same
from fusionlab.text.topology import Topology, messages
from fusionlab.trace import Round, Trace
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
    "candidate": "Candidate {count}",
}
EXCHANGED = ("alone", "round")


def round_view(trace: Trace) -> dict[str, Any]:
    """The rounds so far, as JSON.

    A solution's `answer` is None while it is written, and empty where it comes to none; `before` is
    the agent's answer of the round before; `right` is None where the recipe names no right answer.
    `confidence` is the share of the agent's answers so far that are the most frequent one. `chosen`
    says which member was given the word, where a method gives it to one; `votes` how many in the
    last round say what was elected, `tied` which answers had equally many, where several had;
    `exchange` whether members read one another and may change their minds. `tokens` of a round is
    None where rounds are but samples. `asked` are the members in the order in which they were
    asked, the next only where less than the share `threshold` of the last one's answers were equal;
    of a run without such a rule there are none. `layers` has the numbers of each layer's rounds,
    `depth` how many layers there are to be.
    """
    agents = [member.name for member in named(trace.recipe.members)]
    kind = kind_of_answers(trace)
    truth = truth_of(trace)
    texts = trace.texts
    rounds = [one for one in trace.rounds if _is_begun(one, texts, agents)]
    layers = [phase for phase in trace.phases if phase[0].what == "layer"]
    staged = [one for one in trace.rounds if one.threshold is not None]
    histories: dict[str, _History] = {}
    elected = trace.end.answer if isinstance(trace.end, RunFinished) else None
    view = {
        "status": trace.status,
        "members": [{"name": name, "index": index} for index, name in enumerate(agents)],
        "topology": str(trace.recipe.settings.get("topology", "memory")),
        "rounds": [
            {
                "number": one.number,
                "what": one.what,
                "title": _title(one),
                "messages": [
                    {"from": agents.index(sent.sender), "to": agents.index(sent.receiver)}
                    for sent in one.messages
                    if sent.sender in agents and sent.receiver in agents
                ],
                "tokens": None if one.what == "sample" else one.tokens,
                "solutions": [
                    _solution(
                        index,
                        texts.get((name, one.number), ""),
                        one.answers.get(name),
                        histories.setdefault(name, _History(kind)),
                        truth,
                    )
                    for index, name in enumerate(agents)
                    if (name, one.number) in texts or name in one.answers
                ],
            }
            for one in rounds
        ],
        "elected": elected,
        "votes": _votes(elected, rounds, kind),
        "tied": list(trace.end.tied) if isinstance(trace.end, RunFinished) else [],
        "right": None if elected is None else is_right(elected, truth, kind),
        "exchange": any(one.what in EXCHANGED for one in rounds),
        "influence": influence(trace, agents),
        "chosen": [_chosen(one, agents) for one in trace.chosen],
        "asked": _places(staged, agents),
        "threshold": staged[0].threshold if staged else None,
        "layers": [[one.number for one in phase] for phase in layers],
        "depth": layers[0][0].of if layers else 0,
        "costs": [
            {"topology": each, "messages": messages(each, len(agents))}
            for each in get_args(Topology)
            if agents and "topology" in trace.recipe.settings
        ],
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _is_begun(one: Round, texts: Mapping[tuple[str, int], str], agents: Sequence[str]) -> bool:
    """Whether anything has been read or written in it."""
    return bool(one.messages or one.answers) or any((name, one.number) in texts for name in agents)


def _title(one: Round) -> str:
    return TITLES[one.what].format(count=one.count) if one.what else ""


def _places(rounds: Sequence[Round], agents: list[str]) -> list[int]:
    """Where those who wrote stand among the members, in the order in which they were asked."""
    names = dict.fromkeys(name for one in rounds for name in one.writers)
    return [agents.index(name) for name in names if name in agents]


def _chosen(one: MemberChosen, agents: list[str]) -> dict[str, Any]:
    scores = [
        {"member": agents.index(name), "score": score}
        for name, score in one.scores.items()
        if name in agents
    ]
    member = agents.index(one.member) if one.member in agents else -1
    return {"member": member, "by": one.by, "scores": scores}


def _votes(elected: str | None, rounds: Sequence[Round], kind: Kind) -> int:
    """How many of the last round's answers are the elected one."""
    said = [answer for one in rounds[-1:] for answer in one.answers.values() if answer]
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


def _solution(
    index: int, text: str, answer: str | None, history: _History, truth: str
) -> dict[str, Any]:
    before, kind = history.last, history.kind
    if answer is not None:
        history.add(answer)
    return {
        "agent": index,
        "text": text.strip(),
        "answer": answer,
        "right": None if answer is None else is_right(answer, truth, kind),
        "before": before,
        "changed": bool(
            answer and before is not None and not (before and same(answer, before, kind))
        ),
        "confidence": history.confidence,
    }
