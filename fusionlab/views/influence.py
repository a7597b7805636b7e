"""Who changed whose mind: what an agent answered anew, and whom it had read that said so."""

from dataclasses import dataclass
from typing import Any, Literal

from fusionlab.text.answers import Kind, same
from fusionlab.trace import Trace

Turn = Literal["to_right", "to_wrong", "between_wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """An agent gave another answer than in the round before."""

    round: int
    agent: str
    before: str
    after: str
    followed: tuple[str, ...]
    """Whom it had just read that had given the new answer; nobody where it found it alone."""
    turn: Turn


def changes(trace: Trace) -> list[Change]:
    """Every change of an answer, in order; by a right answer where the recipe names one."""
    kind = kind_of_answers(trace)
    truth = truth_of(trace)
    found: list[Change] = []
    answers = {one.number: one.answers for one in trace.rounds}
    for one in trace.rounds:
        earlier = answers.get(one.number - 1, {})
        for agent, after in one.answers.items():
            before = earlier.get(agent)
            read = [sent.sender for sent in one.messages if sent.receiver == agent]
            if before is None or not read or _one(before, after, kind):
                continue
            followed = tuple(
                sender for sender in read if after and _one(earlier.get(sender, ""), after, kind)
            )
            turn = _turn(is_right(before, truth, kind), is_right(after, truth, kind))
            found.append(Change(one.number, agent, before, after, followed, turn))
    return found


def influence(trace: Trace, agents: list[str]) -> dict[str, Any]:
    """The changes as JSON, agents by their place, and how many led where."""
    found = [
        {
            "round": change.round,
            "agent": agents.index(change.agent),
            "before": change.before,
            "after": change.after,
            "followed": [agents.index(name) for name in change.followed if name in agents],
            "turn": change.turn,
        }
        for change in changes(trace)
        if change.agent in agents
    ]
    turns: tuple[Turn, ...] = ("to_right", "to_wrong", "between_wrong", "unknown")
    return {
        "truth": truth_of(trace),
        "changes": found,
        "counts": {turn: sum(each["turn"] == turn for each in found) for turn in turns},
    }


def truth_of(trace: Trace) -> str:
    """The right answer, where the recipe names one."""
    return str(trace.recipe.settings.get("truth", ""))


def kind_of_answers(trace: Trace) -> Kind:
    """How the run's answers are compared."""
    kind: Kind = trace.recipe.settings.get("answer", "text")
    return kind


def is_right(answer: str, truth: str, kind: Kind) -> bool | None:
    """Whether the answer is the right one; None where that is not known."""
    return bool(answer) and same(answer, truth, kind) if truth else None


def _one(a: str, b: str, kind: Kind) -> bool:
    """Whether two answers are one; two blanks are."""
    return a == b or (bool(a and b) and same(a, b, kind))


def _turn(before: bool | None, after: bool | None) -> Turn:  # noqa: FBT001
    if before is None or after is None:
        return "unknown"
    if after:
        return "to_right"
    return "to_wrong" if before else "between_wrong"
