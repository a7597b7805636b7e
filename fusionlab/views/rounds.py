"""Rounds as data for the eye: who read whom, every solution and what it came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from fusionlab.encoding import well_formed
from fusionlab.events import MemberChosen, RunFinished
from fusionlab.recipe import named
from fusionlab.text.answers import Kind, meaning
from fusionlab.text.topology import Topology, messages
from fusionlab.trace import Round, Trace
from fusionlab.views.influence import influence, is_right, kind_of_answers, truth_of
from fusionlab.views.letters import Letters, letters_of

EXCHANGED = ("alone", "round")


def round_view(trace: Trace) -> dict[str, Any]:
    """The rounds so far, as JSON.

    A solution's `answer` is None while it is written, and empty where it comes to none; `letter` is
    the number of what it means, -1 for none; `before` is the agent's answer of the round before;
    `right` is None where the recipe names no right answer. `confidence` is the share of the agent's
    answers so far that are the most frequent one. `chosen` says which member was given the word,
    where a method gives it to one; `outcome` what the answers of the last round have come to;
    `exchange` whether members read one another and may change their minds. `tokens` of a round is
    None where it is written at the same time as another. `costs` are in rising order.
    """
    agents = [member.name for member in named(trace.recipe.members)]
    rounds = [one for one in trace.rounds if _is_begun(one, trace.texts, agents)]
    alone = {phase[0].number for phase in trace.phases if len(phase) == 1}
    elected = trace.end.answer if isinstance(trace.end, RunFinished) else None
    view = {
        "status": trace.status,
        "members": [{"name": name, "index": index} for index, name in enumerate(agents)],
        "topology": str(trace.recipe.settings.get("topology", "memory")),
        "rounds": _rounds(trace, rounds, agents, alone),
        "elected": elected,
        "letter": letters_of(trace).of(elected),
        "outcome": None if elected is None else outcome(trace, elected, rounds),
        "right": right_of(trace),
        "exchange": any(one.what in EXCHANGED for one in rounds),
        "influence": influence(trace, agents),
        "chosen": [chosen_json(one, agents) for one in trace.chosen],
        "costs": _costs(trace, len(agents)),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def outcome(trace: Trace, elected: str, rounds: Sequence[Round]) -> dict[str, Any]:
    """How the answers of the last round stand to the elected one.

    `tied` are the numbers of the answers that had equally many votes, that of the elected one
    first; `votes` how many each of them had, of `given` answers and blanks.
    """
    letters = letters_of(trace)
    said = list(rounds[-1].answers.values()) if rounds else []
    votes = Counter(letters.of(answer) for answer in said if answer)
    own = letters.of(elected)
    told = trace.end.tied if isinstance(trace.end, RunFinished) else ()
    tied = [letters.of(answer) for answer in told]
    if not tied and own in votes:
        equal = [letter for letter in votes if votes[letter] == votes[own] and letter != own]
        tied = [own, *equal] if equal and max(votes.values()) == votes[own] else []
    return {"votes": votes[own], "given": len(said), "tied": tied, "after": len(rounds) - 1}


def right_of(trace: Trace) -> bool | None:
    """Whether the run's answer is right; None where that is not known."""
    if not isinstance(trace.end, RunFinished):
        return None
    return is_right(trace.end.answer, truth_of(trace), kind_of_answers(trace))


def chosen_json(one: MemberChosen, agents: list[str]) -> dict[str, Any]:
    """Who was given the word, and the scores of all that were weighed, by their places."""
    scores = [
        {"member": agents.index(name), "score": score}
        for name, score in one.scores.items()
        if name in agents
    ]
    member = agents.index(one.member) if one.member in agents else -1
    return {"member": member, "by": one.by, "scores": scores}


def _rounds(
    trace: Trace, rounds: Sequence[Round], agents: Sequence[str], alone: set[int]
) -> list[dict[str, Any]]:
    kind, truth, texts, letters = (
        kind_of_answers(trace),
        truth_of(trace),
        trace.texts,
        letters_of(trace),
    )
    histories: dict[str, _History] = {name: _History(kind) for name in agents}
    return [
        {
            "number": one.number,
            "what": one.what,
            "count": one.count,
            "messages": [
                {"from": agents.index(sent.sender), "to": agents.index(sent.receiver)}
                for sent in one.messages
                if sent.sender in agents and sent.receiver in agents
            ],
            "tokens": one.tokens if one.number in alone else None,
            "solutions": [
                _solution(
                    index,
                    texts.get((name, one.number), ""),
                    one.answers.get(name),
                    histories[name],
                    truth,
                    letters,
                )
                for index, name in enumerate(agents)
                if (name, one.number) in texts or name in one.answers
            ],
        }
        for one in rounds
    ]


def _costs(trace: Trace, n_agents: int) -> list[dict[str, Any]]:
    """How many solutions are read in a round under each topology, the fewest first."""
    if not n_agents or "topology" not in trace.recipe.settings:
        return []
    costs = [
        {"topology": each, "messages": messages(each, n_agents)} for each in get_args(Topology)
    ]
    return sorted(costs, key=lambda cost: cost["messages"])


def _is_begun(one: Round, texts: Mapping[tuple[str, int], str], agents: Sequence[str]) -> bool:
    """Whether anything has been read or written in it."""
    return bool(one.messages or one.answers) or any((name, one.number) in texts for name in agents)


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
    index: int, text: str, answer: str | None, history: _History, truth: str, letters: Letters
) -> dict[str, Any]:
    before = history.last
    if answer is not None:
        history.add(answer)
    changed = bool(answer and before is not None) and letters.of(answer) != letters.of(before)
    return {
        "agent": index,
        "text": text.strip(),
        "answer": answer,
        "letter": letters.of(answer),
        "right": None if answer is None else is_right(answer, truth, history.kind),
        "before": before,
        "letter_before": letters.of(before),
        "changed": changed,
        "confidence": history.confidence,
    }
