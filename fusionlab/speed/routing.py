"""What it costs to see experts route, as a share of the time per token.

The same prompt is answered by `moe`, which captures every router and yields a fact a token, and by
`solo`, which does not, in turn; what is compared is the median time from one token to the next. The
mixtures have the shapes of the zoo's and random weights: the smaller a model, the larger the share.
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from fusionlab.engines.transformers import TransformersModel
from fusionlab.events import TextDelta
from fusionlab.methods.moe import moe
from fusionlab.methods.solo import solo
from fusionlab.models.base import Level, Member, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.registry import MethodFunction, Request
from fusionlab.speed.ratio import SpeedResult
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.recipes import recipe_names, zoo_recipe
from fusionlab.zoo.tokenizers import tokenizer

TOKENS = 96
ROUNDS = 10
BAR = 0.1
REQUEST = Request("sort,reverse kmtqa=", Sampling(max_tokens=TOKENS))


def measure_routing() -> Iterator[SpeedResult]:
    """One share for each shape of mixture that the zoo has."""
    for name in recipe_names():
        shape = zoo_recipe(name).shape
        if shape is not None and shape.experts:
            yield _share(name)


def _share(name: str) -> SpeedResult:
    member = Member("member", _mixture(name))
    seen, unseen = list[float](), list[float]()
    for _ in range(ROUNDS):
        seen += _gaps(moe, member)
        unseen += _gaps(solo, member)
    with_capture, without = statistics.median(seen), statistics.median(unseen)
    return SpeedResult(
        f"capture of routing / time per token, shape of {name}",
        (with_capture - without) / with_capture,
        BAR,
        "lower",
        {"moe_ms_per_token": 1e3 * with_capture, "solo_ms_per_token": 1e3 * without},
        note=f"median over {len(seen)} tokens each; capture, and a fact for every token",
    )


def _gaps(method: MethodFunction, member: Member) -> list[float]:
    """Seconds from each token of the answer to the next."""
    came = [
        time.perf_counter() for event in method([member], REQUEST) if isinstance(event, TextDelta)
    ]
    return [after - before for before, after in pairwise(came)]


def _mixture(name: str) -> TransformersModel:
    """A mixture of this recipe's shape whose every token is text and ends nothing."""
    recipe = zoo_recipe(name)
    fast = tokenizer(recipe.vocabulary)
    spec = ModelSpec(name, "transformers", Level.INTERNALS)
    model = TransformersModel(spec, random_model(recipe, fast).eval(), fast)
    model.vocabulary = replace(model.vocabulary, ends=frozenset(), special=frozenset())
    return model
