"""Tensors to merge, and a call of a rule in one line."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from fusionlab.weights.rule import Rule, seeded
from fusionlab.weights.rules import RULES, get_rule
from tests import strategies  # noqa: F401  no deadline

SHAPES = ((), (0,), (1,), (5,), (3, 4), (4, 3), (0, 3), (2, 3, 4), (3, 2, 2, 2))
"""A scalar, vectors, matrices, packed experts, a convolution; two of them without elements."""
THINNED = [name for name, rule in RULES.items() if "density" in rule.of_each.model_fields]


@st.composite
def tensors(
    draw: st.DrawFn, count: int, shapes: Sequence[tuple[int, ...]] = SHAPES
) -> list[Tensor]:
    """Random tensors of one shape and precision; now and then many elements are equal, or zero."""
    shape = draw(st.sampled_from(shapes))
    dtype = draw(st.sampled_from((torch.float32, torch.float64)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    coarse = draw(st.booleans())
    drawn = [torch.randn(shape, generator=generator, dtype=dtype) for _ in range(count)]
    return [tensor.round() if coarse else tensor for tensor in drawn]


def models_of(rule: Rule) -> int:
    """How many models the rule can be tried with: three where it takes them."""
    return min(3, rule.max_models or 3)


def statistics_of(rule: Rule, models: Sequence[Tensor]) -> list[Tensor] | None:
    """Plausible measurements, made up from the models themselves."""
    match rule.statistic:
        case "fisher":
            return [model.square() for model in models]
        case "gram":
            return [model.mT @ model for model in models]
        case "shift":
            return [torch.tensor(0.1) for _ in models]
        case _:
            return None


def takes(rule: Rule, tensor: Tensor) -> bool:
    """Whether the rule is one for tensors of this shape: only regmean is not for all."""
    return rule.statistic != "gram" or tensor.ndim in (2, 3)


def merge(
    name: str,
    models: Sequence[Tensor],
    base: Tensor | None = None,
    each: Sequence[Mapping[str, Any]] | None = None,
    *,
    statistics: Sequence[Tensor] | None = None,
    seed: int = 0,
    **settings: Any,
) -> Tensor:
    """What the rule makes of the models; a base that it does not take is left out."""
    rule = get_rule(name)
    settings = {key.removesuffix("_"): value for key, value in settings.items()}  # as lambda_
    return rule.merged(
        models,
        None if rule.base == "refused" else base,
        rule.checked(each or [{}] * len(models), settings),
        generator=seeded(seed, "a tensor") if rule.random else None,
        statistics=statistics_of(rule, models) if statistics is None else statistics,
    )
