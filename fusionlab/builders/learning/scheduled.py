"""How long a training goes on, and how its learning rate goes."""

from fusionlab.builders.data.own import Own
from fusionlab.errors import RecipeError
from fusionlab.training.loop import Plan as Schedule
from fusionlab.training.tuning import Lessons

WARMUP = 20
"""One in so many steps warms up, by default."""


def schedule_for(
    total: int, rate: float, warmup: int | None, seed: int, *, decays: bool
) -> Schedule:
    """How the learning rate goes; weights decay only where all of them are trained."""
    return Schedule(
        total,
        rate,
        warmup=max(1, total // WARMUP) if warmup is None else warmup,
        weight_decay=0.1 if decays else 0.0,
        seed=seed,
    )


def steps_for(found: Lessons, drawn: int, tokens: int, own: Own | None = None) -> int:
    """The steps that read so many tokens, or every unit once; of pairs that are yet to be made, as
    if each question gave one.
    """
    if own is not None:
        if tokens:
            raise RecipeError("train-own-tokens", suite=own.suite)
        return max(1, -(-len(own.asked) // drawn))
    if not tokens:
        return max(1, -(-len(found.units) // drawn))
    each = max(1, found.tokens // max(1, len(found.units)))
    return max(1, -(-tokens // (drawn * each)))
