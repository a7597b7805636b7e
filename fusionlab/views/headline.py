"""The answer of a run, what is to be said of it, and its cost in one line."""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import Measured, RunFinished, Voted
from fusionlab.recipe import named
from fusionlab.text.equal_compute import first_answer
from fusionlab.trace import Trace
from fusionlab.views.influence import truth_of
from fusionlab.views.members import is_pasted, members_of
from fusionlab.views.mixtures import has_two_mixtures
from fusionlab.views.outcome import agreement, alone, rightness
from fusionlab.views.spoken import Said, quoted, saying
from fusionlab.views.tokens import token_view

HALF = 0.5
SAME_COST = 1.05
"""Times the cost of one answer from which a run cost more than one."""
CHOSEN_BY = {
    "likeness": "headline-chosen-likeness",
    "agreement": "headline-chosen-agreement",
    "verdict": "headline-chosen-verdict",
}


def headline_view(trace: Trace) -> dict[str, Any]:
    """Answer, verdict and cost as JSON.

    `right` is None where the recipe names no right answer, or the run has no end; `compared` is
    `helped`, `cannot` or `harmed`, where answers that were given alone are known to be right or
    wrong; `how` says in sentences how the answer came about.
    """
    over = isinstance(trace.end, RunFinished)
    view = {
        "status": trace.status,
        "asked": trace.recipe.request.question,
        "label": _label(trace),
        "answer": trace.answer.strip() if over else _so_far(trace),
        "growing": trace.status == "running",
        "empty": over and not trace.answer.strip(),
        "right": rightness(trace),
        "truth": truth_of(trace),
        "compared": _compared(trace),
        "how": _how(trace) if over else [],
        "cost": _cost(trace),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def times_one_answer(trace: Trace) -> float | None:
    """What the run's tokens cost, in answers of one member; None where it was but one."""
    if trace.routed:
        return None
    costs = [cost.tokens_in + cost.tokens_out for cost in trace.costs.values()]
    if trace.tokens:  # all wrote the one answer
        return float(len(costs)) if len(costs) > 1 else None
    one = first_answer(trace)
    times = sum(costs) / one if one else 0.0
    return times if times >= SAME_COST else None


def _label(trace: Trace) -> Said:
    if not isinstance(trace.end, RunFinished):
        return saying("headline-so-far")
    return saying("headline-elected" if trace.end.reason == "elected" else "headline-answer")


def _so_far(trace: Trace) -> str:
    """The text that is the answer as it grows; nothing while several texts stand side by side."""
    growing = [text for (by, sample), text in trace.texts.items() if trace.is_answer(by, sample)]
    return growing[0].strip() if growing else ""


def _compared(trace: Trace) -> dict[str, Any] | None:
    right, before = rightness(trace), alone(trace)
    if right is None or before is None:
        return None
    share = before.right / before.of
    if right and share < HALF:
        mark = "helped"
    elif not right and share > HALF:
        mark = "harmed"
    else:
        mark = "cannot"
    said = saying(f"headline-{mark}", right=before.right, of=before.of)
    return {"mark": mark, "said": said}


def _how(trace: Trace) -> list[Said]:
    """How the answer came about: by whom, by how many, and how nearly."""
    if trace.vote and trace.candidates:
        return _by_vote(trace, trace.vote)
    found = []
    if trace.chosen and (last := trace.chosen[-1]):
        key = CHOSEN_BY.get(last.by, "headline-chosen")
        found.append(saying(key, name=last.member, score=last.scores.get(last.member, 0.0)))
    if counted := agreement(trace):
        if counted.tied:
            tied = len(counted.tied)
            found.append(saying("headline-tie", n=tied, votes=counted.votes, of=counted.of))
        elif counted.unanimous:
            found.append(saying("headline-unanimous", of=counted.of))
        else:
            found.append(saying("headline-votes", votes=counted.votes, of=counted.of))
    return found + _by_tokens(trace) + _beside(trace)


def _beside(trace: Trace) -> list[Said]:
    """Whose answer it is where two mixtures gave one each, and what the other one said."""
    if not has_two_mixtures(trace):
        return []
    one, two = (each.name for each in named(trace.recipe.members)[:2])
    text = next((text for (_, sample), text in trace.texts.items() if sample == 1), "")
    if not text.strip():
        return [saying("headline-of-two-empty", name=one, other=two)]
    return [saying("headline-of-two", name=one, other=two, answer=quoted(text.strip()))]


def _by_tokens(trace: Trace) -> list[Said]:
    """Who wrote the tokens together; one member alone, where the others' weights are 0."""
    if trace.given and trace.given.tokens and all(token.text == "" for token in trace.tokens):
        return [saying("headline-all-given")]  # an end at most was chosen
    members = members_of(trace)
    if not trace.tokens or len(members) < 2:
        return []
    heard = [each for each in members if each["weight"] > 0]
    deciders = {step["decided"] for step in token_view(trace)["steps"]}
    if len(heard) == 1 and deciders == {heard[0]["index"]}:
        return [saying("headline-one-voice", name=heard[0]["name"])]
    return [saying("headline-together", n=len(members))]


def _by_vote(trace: Trace, vote: Voted) -> list[Said]:
    elected = next((each for each in trace.candidates if each.index == vote.winner), None)
    if elected is None:
        return []
    by = {"name": elected.author, "answer": elected.sample + 1, "of": len(trace.candidates)}
    mine = sum(each.author == elected.author for each in trace.candidates)
    key = "headline-candidate-of" if mine > 1 else "headline-candidate"
    if is_pasted(trace, elected.author):
        key = "headline-candidate-pasted"
    found = [saying(key, **by)]
    if vote.tied:
        found.append(saying("headline-first-place-tied", n=len(vote.tied)))
    return found


def _cost(trace: Trace) -> dict[str, Any] | None:
    """Tokens, passes and seconds of all members; nothing before anything was measured."""
    costs: list[Measured] = list(trace.costs.values())
    if not costs:
        return None
    return {
        "tokens_in": sum(cost.tokens_in for cost in costs),
        "tokens_out": sum(cost.tokens_out for cost in costs),
        "forward_passes": sum(cost.forward_passes for cost in costs),
        "seconds": trace.seconds,
        "times": times_one_answer(trace) if trace.status == "finished" else None,
    }
