"""A staircase as data for the eye: members asked in turn, each measured against one threshold."""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import RunFinished
from fusionlab.recipe import named
from fusionlab.text.answers import Kind
from fusionlab.text.rounds import counted
from fusionlab.text.ties import NEAR
from fusionlab.trace import Round, Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of
from fusionlab.views.letters import Letters, letters_of
from fusionlab.views.rounds import right_of


def has_threshold(trace: Trace) -> bool:
    """Whether members are asked in turn, until one agrees with itself often enough."""
    return any(one.threshold is not None for one in trace.rounds)


def staircase_view(trace: Trace) -> dict[str, Any]:
    """The steps from the first member to the last, as JSON.

    `state` of a step is `waiting`, `writing`, `passed` (too little agreement, the next was asked),
    `stopped` (enough, or nobody was left), `failed` (no answers, the next was asked), `spared`
    (never asked) or `unasked` (the run broke off before). `agreement` is the share of its most
    frequent answer, None until all of its answers are there. `taken` is the step whose answer
    stands, -1 until one does.
    """
    agents = [member.name for member in named(trace.recipe.members)]
    staged = [one for one in trace.rounds if one.threshold is not None]
    asked = list(dict.fromkeys(n for one in staged for n in one.writers))
    threshold = next((one.threshold for one in staged if one.threshold is not None), 0.0)
    letters = letters_of(trace)
    order = [*(n for n in asked if n in agents), *(n for n in agents if n not in asked)]
    steps = [_step(trace, name, staged, letters, asked) for name in order]
    taken = trace.chosen[-1].member if trace.chosen else None
    elected = trace.end.answer if isinstance(trace.end, RunFinished) else None
    tied = trace.end.tied if isinstance(trace.end, RunFinished) else ()
    view = {
        "status": trace.status,
        "members": [{"name": name, "index": index} for index, name in enumerate(agents)],
        "threshold": threshold,
        "samples": max((one.of for one in staged), default=0),
        "steps": [
            {**step, "member": agents.index(n)} for step, n in zip(steps, order, strict=True)
        ],
        "taken": order.index(taken) if taken in order else -1,
        "elected": elected,
        "letter": letters.of(elected),
        "tied": [letters.of(answer) for answer in tied],
        "right": right_of(trace),
        "spared": sum(step["state"] == "spared" for step in steps),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _step(
    trace: Trace, name: str, staged: list[Round], letters: Letters, asked: list[str]
) -> dict[str, Any]:
    texts, kind, truth = trace.texts, kind_of_answers(trace), truth_of(trace)
    mine = [one for one in staged if name in one.writers]
    answers = [
        _answer(texts.get((name, one.number), ""), one.answers.get(name), letters, kind, truth)
        for one in mine
        if (name, one.number) in texts or name in one.answers
    ]
    given = [one.answers[name] for one in mine if name in one.answers]
    whole = bool(mine) and len(given) == len(mine)
    count = counted([answer or None for answer in given], kind) if whole else None
    agreement = count.share if count else None
    cost = trace.costs.get(name)
    threshold = mine[0].threshold if mine else None
    return {
        "state": _state(trace, name, agreement, threshold, asked),
        "agreement": agreement,
        "enough": agreement is not None
        and agreement >= (threshold or 0.0) - NEAR
        and bool(count and count.answer is not None),
        "answers": answers,
        "tokens": cost.tokens_in + cost.tokens_out if cost else 0,
    }


def _answer(
    text: str, answer: str | None, letters: Letters, kind: Kind, truth: str
) -> dict[str, Any]:
    return {
        "text": text.strip(),
        "answer": answer,
        "letter": letters.of(answer),
        "right": None if answer is None else is_right(answer, truth, kind),
    }


def _state(
    trace: Trace, name: str, agreement: float | None, threshold: float | None, asked: list[str]
) -> str:
    """How far a member has come; who was asked before another one did not stop the ascent."""
    over = trace.end is not None or trace.stopped
    if name not in asked:
        done = isinstance(trace.end, RunFinished)
        return "spared" if done else "unasked" if over else "waiting"
    later = name != asked[-1]
    if agreement is None:
        return "failed" if later or over else "writing"
    enough = agreement >= (threshold or 0.0) - NEAR
    return "passed" if later or not (enough or over) else "stopped"
