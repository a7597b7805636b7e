"""How a vote measures likeness: by one metric, or by a weighted mean of several.

A mixture is written as `rouge_l=1, char_lcs=0.5`; metrics that it does not name have no weight.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fusionlab.errors import SettingError, UnknownName
from fusionlab.registry import Group
from fusionlab.text.clustering import ALIKE, alike_at

Metric = Literal["rouge_l", "char_lcs", "cosine", "mixture"]
COSINE = "cosine"
MIXTURE = "mixture"
EVEN = "rouge_l=1, char_lcs=1, cosine=1"


@dataclass(frozen=True, slots=True)
class Measure:
    """The deciding metric, and the weight of each metric in it."""

    metric: Metric
    shares: Mapping[str, float]

    @property
    def meanings(self) -> bool:
        """Whether it needs the embedding model."""
        return self.shares.get(COSINE, 0) > 0

    @property
    def alike(self) -> float:
        """Likeness from which two texts count as one meaning."""
        return alike_at(self.shares)


def measure(metric: Metric, mixture: str) -> Measure:
    """The metric of this name; raises UnknownName or SettingError for a bad mixture."""
    return Measure(metric, shares_of(mixture) if metric == MIXTURE else {metric: 1.0})


def shares_of(mixture: str) -> dict[str, float]:
    """The weight of each metric that the mixture names."""
    shares: dict[str, float] = {}
    for part in filter(str.strip, mixture.split(",")):
        name, _, value = (side.strip() for side in part.partition("="))
        if name not in ALIKE:
            raise UnknownName("kind-metric-in-the-mixture", name, ALIKE)
        if name in shares:
            raise SettingError("mixture-twice", metric=name, example=EVEN)
        shares[name] = _weight(name, value)
    if not any(shares.values()):
        raise SettingError("mixture-weightless", mixture=repr(mixture), example=EVEN)
    return shares


def _weight(name: str, value: str) -> float:
    try:
        weight = float(value)
    except ValueError:
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise SettingError("mixture-weight", metric=name, weight=repr(value))
    return weight


def _checked(mixture: str) -> str:
    shares_of(mixture)
    return mixture


Mixture = Annotated[
    str,
    AfterValidator(_checked),
    Group("rule"),
    Field(
        description="Where the metric is mixture: the weight of each metric in the mean, such as "
        "rouge_l=1, cosine=2. If cosine has a weight, the embedding model is needed."
    ),
]
