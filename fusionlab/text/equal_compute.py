"""Self-consistency at equal compute: as many samples as a run's tokens would have paid for.

Several published comparisons find that debates seldom beat it (https://arxiv.org/abs/2502.08788),
so every debate is shown beside it.
"""

from dataclasses import dataclass, replace

from fusionlab.events import Measured, RunFinished
from fusionlab.recipe import MemberRecipe, Recipe, named
from fusionlab.text.exchange import SO
from fusionlab.text.settings import THE_ANSWER_IS
from fusionlab.text.wording import step_by_step
from fusionlab.trace import Trace

BASELINE = "self_consistency"
TEMPERATURE = 0.7
"""Of the samples, where the run itself was greedy: greedy samples would all be equal."""
MOST = 64
"""The most samples; a debate of few agents pays for fewer."""


@dataclass(frozen=True, slots=True)
class EqualCompute:
    """Self-consistency that costs about as many tokens as a run did."""

    recipe: Recipe
    member: str
    samples: int
    tokens: int
    """What the run took, in and out, all members together."""

    @property
    def method(self) -> str:
        """What the baseline is called in a sentence."""
        return spoken(self.recipe.method)


def spoken(method: str) -> str:
    """What a method is called in a sentence."""
    return method.replace("_", "-")


def at_equal_compute(trace: Trace) -> EqualCompute | None:
    """As many samples of the first member as this finished exchange would have paid for.

    One sample is assumed to cost what a first answer of the run cost on average. None for runs that
    have no answers to count, that did not finish, or that are such a baseline themselves.
    """
    recipe = trace.recipe
    first = first_answer(trace)
    over = isinstance(trace.end, RunFinished) and recipe.method != BASELINE
    if not (over and first and trace.extracted and recipe.members):
        return None
    total = sum(cost.tokens_in + cost.tokens_out for cost in trace.costs.values())
    samples = min(round(total / first), MOST)
    if samples < 2:  # one sample is not a vote
        return None
    member = named(recipe.members)[0]
    return EqualCompute(_baseline(recipe, member, samples), member.name, samples, total)


def first_answer(trace: Trace) -> float:
    """Mean tokens, in and out, of each member's first answer."""
    first: dict[str, Measured] = {}
    for record in trace.records:
        if isinstance(record.event, Measured):
            first.setdefault(record.event.member, record.event)
    if not first:
        return 0.0
    return sum(cost.tokens_in + cost.tokens_out for cost in first.values()) / len(first)


def _baseline(recipe: Recipe, member: MemberRecipe, samples: int) -> Recipe:
    short = recipe.settings.get("wording") == "short"
    phrase = SO if short else str(recipe.settings.get("phrase", THE_ANSWER_IS))
    roles = () if short else recipe.settings.get("roles", ())
    sampling = recipe.sampling
    question = recipe.request.question
    return replace(
        recipe if short else recipe.asking(step_by_step(question, phrase)),
        method=BASELINE,
        members=(replace(member, system=member.system or next(iter(roles), "")),),
        settings={
            "samples": samples,
            "answer": "exact" if short else recipe.settings.get("answer", "text"),
            "phrase": phrase,
        },
        sampling=replace(sampling, temperature=sampling.temperature or TEMPERATURE),
    )
